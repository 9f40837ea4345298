import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import * as errors from './errors.ts';

const { ClosedError, DecodeError, InvalidArgumentError, KernelError, NetlinkError, UnsupportedError } = errors;
const details = { errno: 17, syscall: 'mkdirat', operation: 'create the directory /run/netns' };

describe('errors', () => {
  it.each([
    [new KernelError(details), 'EEXIST', 'cannot create the directory /run/netns: File exists (EEXIST, mkdirat)'],
    [
      new KernelError({ ...details, hint: 'it is there' }),
      'EEXIST',
      'cannot create the directory /run/netns: File exists (EEXIST, mkdirat); it is there',
    ],
    [
      new NetlinkError(
        { errno: 22, syscall: 'RTM_NEWLINK', operation: 'add link v' },
        { message: 'bad id', attribute: 'linkinfo.data.id' },
      ),
      'EINVAL',
      'cannot add link v: Invalid argument (EINVAL, RTM_NEWLINK; kernel: "bad id [linkinfo.data.id]")',
    ],
    [
      new DecodeError('link.mtu', 40, 'takes 4 bytes, not 2'),
      'ERR_NETNS_DECODE',
      'cannot decode link.mtu at byte 40: takes 4 bytes, not 2',
    ],
    [new InvalidArgumentError('netns name', 'a\n', 'bad'), 'ERR_NETNS_INVALID', 'invalid netns name "a\\n": bad'],
    [
      new InvalidArgumentError('word', '\n'.repeat(100_000), 'bad'),
      'ERR_NETNS_INVALID',
      `invalid word "${'\\n'.repeat(100)}"…: bad`,
    ],
    [new InvalidArgumentError('process id', -1, 'bad'), 'ERR_NETNS_INVALID', 'invalid process id -1: bad'],
    [
      new UnsupportedError('listns', 'Linux 6.19'),
      'ERR_NETNS_UNSUPPORTED',
      'listns is not available here: it needs Linux 6.19',
    ],
    [new ClosedError('the socket'), 'ERR_NETNS_CLOSED', 'the socket is closed'],
  ])('say in one line what was being done, to what, and why it failed: %s', (error, code, message) => {
    expect([error.code, error.message, error.message.includes('\n')]).toEqual([code, message, false]);
    expect(error.stack).toContain(`${error.name}: ${message}`);
  });

  it('keep their cause', () => {
    const cause = new Error('below');
    expect(new KernelError({ ...details, cause }).cause).toBe(cause);
    expect('cause' in new KernelError(details)).toBe(false);
  });

  it('keep their names in a program that was made smaller', async () => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, 'errors.ts')],
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
    });
    const path = `data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`;
    const copy: typeof errors = await import(/* @vite-ignore */ path);
    const error = new copy.KernelError(details);
    expect([error.name, copy.KernelError.name]).toEqual(['KernelError', 'KernelError']);
    expect([error instanceof KernelError, new KernelError(details) instanceof copy.KernelError]).toEqual([true, true]);
    expect(error instanceof NetlinkError).toBe(false);
  });

  it('are recognised by another copy of the package', async () => {
    const path = './errors.ts?another-copy';
    const copy: typeof errors = await import(/* @vite-ignore */ path);
    expect(copy.KernelError).not.toBe(KernelError);
    const error = new copy.NetlinkError({ errno: 1, syscall: 'RTM_DELLINK', operation: 'delete link v' });
    expect([error instanceof NetlinkError, error instanceof KernelError, error instanceof Error]).toEqual([
      true,
      true,
      true,
    ]);
    expect([error instanceof ClosedError, error instanceof DecodeError]).toEqual([false, false]);
    expect(new copy.KernelError(details) instanceof NetlinkError).toBe(false);
  });

  it('are not anything else', () => {
    for (const value of [undefined, null, 1, 'KernelError', {}, new Error('x'), { name: 'KernelError' }])
      expect(value instanceof KernelError).toBe(false);
  });

  it('of a class that was made from ours are its instances only', () => {
    class Special extends KernelError {}
    expect([new Special(details) instanceof Special, new Special(details) instanceof KernelError]).toEqual([
      true,
      true,
    ]);
    expect(new KernelError(details) instanceof Special).toBe(false);
  });
});
