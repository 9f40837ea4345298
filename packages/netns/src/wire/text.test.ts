import { describe, expect, it } from 'vitest';
import { sliceOf } from './slice.ts';
import { paddedText, str } from './text.ts';
import { Writer } from './writer.ts';

const read = (...bytes: number[]) => {
  const { bytes: plain, view, start, end } = sliceOf(Uint8Array.from(bytes));
  return str.read(plain, view, start, end);
};
const write = (value: unknown) => {
  const writer = new Writer(1);
  return str.write(writer, value) ?? [...writer.finish()];
};

describe('str', () => {
  it('ends at a NUL byte, or at the end without one', () => {
    expect(read(0x61, 0x62, 0)).toBe('ab');
    expect(read(0x61, 0x62)).toBe('ab');
    expect(read(0x61, 0, 0x62)).toBe('a');
    expect(read()).toBe('');
  });

  it('reads names of every length, also those that look alike to what was read before', () => {
    for (let length = 0; length < 70; length++) {
      const name = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(2).slice(0, length);
      for (let again = 0; again < 3; again++) expect(read(...Buffer.from(name), 0)).toBe(name);
    }
    // "Aa" and "BB" have the same sum in base 31, and so the same place among the texts that are kept.
    for (const name of ['Aa', 'BB', 'Aa', 'AaAa', 'BBBB', 'AaBB', 'BB']) expect(read(...Buffer.from(name))).toBe(name);
  });

  it('reads UTF-8, up to the NUL byte', () => {
    expect(read(...Buffer.from('zürich\0rest'))).toBe('zürich');
    expect(read(...Buffer.from('\ufeffa'))).toBe('\ufeffa');
  });

  it('replaces what is not UTF-8 instead of failing', () => {
    expect(read(0x61, 0xff, 0x62, 0)).toBe('a\ufffdb');
  });

  it('writes the closing NUL byte', () => {
    expect(write('ab')).toEqual([0x61, 0x62, 0]);
    expect(write('')).toEqual([0]);
    expect(write('aü')).toEqual([0x61, 0xc3, 0xbc, 0]);
  });

  it('refuses what is no string, and a NUL inside', () => {
    expect(write(1)).toBe('must be a string');
    expect(write('a\0b')).toBe('must not contain a NUL byte');
  });
});

describe('paddedText', () => {
  const leaf = paddedText(4);

  it('fills up with NUL bytes, which do not come back', () => {
    const writer = new Writer(1);
    expect(leaf.write(writer, 'ab')).toBeUndefined();
    const bytes = writer.finish();
    expect([...bytes]).toEqual([0x61, 0x62, 0, 0]);
    const { view, start, end } = sliceOf(bytes);
    expect(leaf.read(bytes, view, start, end)).toBe('ab');
  });

  it.each([['abcde'], ['a\0b'], [7]])('refuses %j', (value) => {
    expect(leaf.write(new Writer(1), value)).toMatch(/^must /);
  });
});
