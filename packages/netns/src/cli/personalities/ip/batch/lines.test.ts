import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLines } from './lines.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netns-lines-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function linesOf(bytes: string | Uint8Array): string[] {
  const path = join(directory, 'file');
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  try {
    return [...readLines(fd)];
  } finally {
    closeSync(fd);
  }
}

it('gives lines with their newlines, and a last one without', () => {
  expect(linesOf('a\n\nb')).toEqual(['a\n', '\n', 'b']);
  expect(linesOf('')).toEqual([]);
});

it('joins what lies across chunks, also a character', () => {
  const long = `${'x'.repeat(65535)}é`;
  expect(linesOf(`${long}\n${long}\n`)).toEqual([`${long}\n`, `${long}\n`]);
});

it('takes what cannot be read for empty', () => {
  const fd = openSync(directory, 'r');
  expect([...readLines(fd)]).toEqual([]);
  closeSync(fd);
});
