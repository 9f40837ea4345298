import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KernelError } from '../errors.ts';
import { AT_FDCWD, O_CLOEXEC, O_RDONLY } from './constants.ts';
import { FileReader } from './file-reader.ts';
import { syscall } from './syscall.ts';

const directory = mkdtempSync(join(tmpdir(), 'netns-reader-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('a file reader', () => {
  it('reads a file of any length to its end', () => {
    for (const length of [0, 1, 32_767, 32_768, 32_769, 200_000]) {
      const path = join(directory, `file-${length}`);
      const content = Buffer.alloc(length, 'abcdefg');
      writeFileSync(path, content);
      expect(Buffer.compare(new FileReader().bytes(path) ?? Buffer.from('none'), content)).toBe(0);
    }
  });

  it('knows nothing of what is not there or is no file', () => {
    const reader = new FileReader();
    expect([reader.bytes(join(directory, 'none')), reader.bytes(directory)]).toEqual([undefined, undefined]);
  });

  it('reads a file of /proc, whose length nobody tells', () => {
    const bytes = new FileReader().bytes('/proc/self/cmdline') ?? new Uint8Array();
    expect(Buffer.from(bytes)).toEqual(readFileSync('/proc/self/cmdline'));
  });

  it('lists a directory of any length, with the names as they are', () => {
    const path = mkdtempSync(join(directory, 'many-'));
    const names = [
      ...Array.from({ length: 1500 }, (_, index) => `name-${index}-${'x'.repeat(40)}`),
      'größe',
      '☃',
      '...',
    ];
    for (const name of names) symlinkSync('nowhere', join(path, name));
    const fd = syscall('openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    expect(new FileReader().namesIn(fd, 'list').sort()).toEqual(names.sort());
    syscall('close', fd);
  });

  it('fails for what is no directory', () => {
    const fd = syscall('openat', AT_FDCWD, '/proc/self/cmdline', O_RDONLY | O_CLOEXEC);
    expect(() => new FileReader().namesIn(fd, 'list it')).toThrow(KernelError);
    expect(() => new FileReader().namesIn(fd, 'list it')).toThrow(
      'cannot list it: Not a directory (ENOTDIR, getdents64)',
    );
    syscall('close', fd);
  });
});
