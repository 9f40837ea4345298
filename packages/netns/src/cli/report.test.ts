import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InvalidArgumentError, KernelError } from '../errors.ts';
import { fakeIo } from './fake-io.ts';
import { ReaderGone } from './io.ts';
import { report } from './report.ts';
import { UsageError } from './verb.ts';

function reported(error: unknown, verb: Parameters<typeof report>[2] = { name: 'add' }) {
  const { io, text } = fakeIo();
  return { status: report(io, error, verb), ...text };
}

describe('report', () => {
  it('says what the kernel refused in one line', () => {
    const error = new KernelError({
      errno: 17,
      syscall: 'mknodat',
      operation: 'create namespace file /run/netns/a\nb',
    });
    expect(reported(error)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'netns: cannot create namespace file /run/netns/a\\nb: File exists (EEXIST, mknodat)\n',
    });
    expect(reported(error, { name: 'run', ownStatus: 125 }).status).toBe(125);
  });

  it('says it of files, too, which Node opens', () => {
    const refusal = (read: () => unknown) => {
      try {
        return read();
      } catch (error) {
        return reported(error).stderr;
      }
    };
    expect(refusal(() => readFileSync('/nowhere'))).toBe(
      'netns: cannot open /nowhere: No such file or directory (ENOENT, open)\n',
    );
    expect(refusal(() => readFileSync('/'))).toBe('netns: cannot read a file: Is a directory (EISDIR, read)\n');
  });

  it('points to the help when the words are wrong', () => {
    expect(reported(new UsageError('which name?'))).toEqual({
      status: 2,
      stdout: '',
      stderr: "netns: which name?\ntry 'netns help add'\n",
    });
    expect(reported(new InvalidArgumentError('netns name', 'a/b', 'it contains a slash')).status).toBe(2);
    expect(reported(new UsageError('which command?'), { name: 'exec', ownStatus: 125 }).status).toBe(125);
  });

  it('passes on what is no refusal: that nobody reads, and our own faults', () => {
    expect(() => reported(new ReaderGone())).toThrow(ReaderGone);
    expect(() => reported(new TypeError('undefined is not a function'))).toThrow(TypeError);
  });
});
