import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileSink, ReaderGone } from './io.ts';

it('writes everything, also what is no ASCII', () => {
  const directory = mkdtempSync(join(tmpdir(), 'netns-io-'));
  const fd = openSync(join(directory, 'file'), 'w');
  fileSink(fd, false).write('é☃\n'.repeat(1000));
  fileSink(fd, false).write('');
  closeSync(fd);
  expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('é☃\n'.repeat(1000));
  rmSync(directory, { recursive: true });
});

it('tells that the reader of a pipe is gone', () => {
  const fifo = join(mkdtempSync(join(tmpdir(), 'netns-io-')), 'fifo');
  spawnSync('mkfifo', [fifo]);
  const reader = openSync(fifo, 'r+');
  const writer = openSync(fifo, 'w');
  closeSync(reader);
  expect(() => fileSink(writer, false).write('x')).toThrow(ReaderGone);
  closeSync(writer);
  rmSync(join(fifo, '..'), { recursive: true });
});
