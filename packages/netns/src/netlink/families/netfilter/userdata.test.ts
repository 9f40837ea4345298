import { describe, expect, it } from 'vitest';
import { u32 } from '../../../wire/integers.ts';
import { str } from '../../../wire/text.ts';
import { Writer } from '../../../wire/writer.ts';
import { userdata, userdataEntries } from './userdata.ts';

const inner = userdata({ number: [0, u32] });
const leaf = userdata({ comment: [0, str], order: [1, u32], inner: [2, inner], list: [3, userdataEntries] });

const read = (...bytes: number[]) => {
  const source = Uint8Array.from(bytes);
  return leaf.read(source, new DataView(source.buffer), 0, source.length);
};
const write = (value: unknown) => {
  const writer = new Writer();
  return leaf.write(writer, value) ?? [...writer.finish()];
};

describe('user data', () => {
  it.each([
    ['a text', [0, 2, 0x61, 0], { comment: 'a' }],
    ['several entries, in their order', [1, 4, 5, 0, 0, 0, 0, 2, 0x61, 0], { order: 5, comment: 'a' }],
    ['entries in an entry', [2, 6, 0, 4, 7, 0, 0, 0], { inner: { number: 7 } }],
    ['entries without names', [3, 3, 9, 1, 8], { list: [{ type: 9, raw: Uint8Array.of(8) }] }],
    ['what is not known', [7, 1, 9], { unknown: [{ type: 7, raw: Uint8Array.of(9) }] }],
    ['nothing', [], {}],
  ])('is %s', (_, bytes, value) => {
    expect(read(...bytes)).toEqual(value);
    expect(write(value)).toEqual(bytes);
  });

  it.each([
    ['ends half-way', [0, 9, 0x61]],
    ['has a length only', [0]],
    ['has a text without its end', [0, 1, 0x61]],
    ['has one name twice', [1, 4, 1, 0, 0, 0, 1, 4, 2, 0, 0, 0]],
    ['has what is not known before what is', [7, 0, 1, 4, 1, 0, 0, 0, 7, 0]],
  ])('is kept whole when it %s', (_, bytes) => {
    expect(read(...bytes)).toEqual({ raw: Uint8Array.from(bytes) });
    expect(write({ raw: Uint8Array.from(bytes) })).toEqual(bytes);
  });

  it.each([
    ['must be an object', 5],
    ['there is no entry what', { what: 1 }],
    ['an entry holds at most 255 bytes', { comment: 'x'.repeat(255) }],
    ['raw must be a Uint8Array', { raw: 5 }],
    ['unknown must be an array', { unknown: 5 }],
    ['an unknown entry is { type, raw }', { unknown: [{ type: 1 }] }],
    ['must be a string', { comment: 5 }],
  ])('is refused: %s', (reason, value) => {
    expect(write(value)).toBe(reason);
  });
});
