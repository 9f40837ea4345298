import { describe, expect, it } from 'vitest';
import { bool, flag, flagOrBool, s8, s16, s32, s64, u8, u16, u16be, u32, u32be, u64, u64be, uint } from './integers.ts';
import type { Leaf } from './shape.ts';
import { sliceOf } from './slice.ts';
import { Writer } from './writer.ts';

const write = (leaf: Leaf, value: unknown) => {
  const writer = new Writer();
  return leaf.write(writer, value) ?? [...writer.finish()];
};
const read = (leaf: Leaf, ...bytes: number[]) => {
  const slice = sliceOf(Uint8Array.from(bytes));
  return leaf.read(slice.bytes, slice.view, slice.start, slice.end);
};

it.each([
  [u8, 0xfe, [0xfe]],
  [s8, -2, [0xfe]],
  [u16, 0x0102, [2, 1]],
  [s16, -2, [0xfe, 0xff]],
  [u16be, 4789, [0x12, 0xb5]],
  [u32, 0x01020304, [4, 3, 2, 1]],
  [s32, -1, [0xff, 0xff, 0xff, 0xff]],
  [u32be, 0x01020304, [1, 2, 3, 4]],
  [u64, 1n, [1, 0, 0, 0, 0, 0, 0, 0]],
  [s64, -1n, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  [u64be, 1n, [0, 0, 0, 0, 0, 0, 0, 1]],
  [uint, 5n, [5, 0, 0, 0]],
  [uint, 1n << 32n, [0, 0, 0, 0, 1, 0, 0, 0]],
  [bool, true, [1]],
  [bool, false, [0]],
  [flag, true, []],
  [flagOrBool, true, []],
] as [Leaf, unknown, number[]][])('%s %s', (leaf, value, bytes) => {
  expect(write(leaf, value)).toEqual(bytes);
  expect(read(leaf, ...bytes)).toBe(value);
});

describe('values that do not fit', () => {
  it.each([
    [u8, -1, 'must be an integer from 0 to 255'],
    [u8, 256, 'must be an integer from 0 to 255'],
    [s32, 2 ** 31, 'must be an integer from -2147483648 to 2147483647'],
    [u32, 1.5, 'must be an integer from 0 to 4294967295'],
    [u32, '1', 'must be an integer from 0 to 4294967295'],
    [u32, Number.NaN, 'must be an integer from 0 to 4294967295'],
    [u64, 1, 'must be a bigint from 0 to 18446744073709551615'],
    [u64, -1n, 'must be a bigint from 0 to 18446744073709551615'],
    [uint, 1n << 64n, 'must be a bigint from 0 to 2^64 - 1'],
    [bool, 1, 'must be true or false'],
    [flag, 1, 'must be true or false'],
    [flagOrBool, undefined, 'must be true or false'],
  ] as [Leaf, unknown, string][])('%s refuses %s', (leaf, value, reason) => {
    expect(write(leaf, value)).toBe(reason);
  });
});

it('reads a flag that the kernel sends as a byte', () => {
  expect([read(flagOrBool, 0), read(flagOrBool, 1), read(bool, 2)]).toEqual([false, true, true]);
});
