import { expect, it } from 'vitest';
import { bytes, fixed } from './bytes.ts';
import { macAddress } from './mac-address.ts';
import type { Leaf } from './shape.ts';
import { sliceOf } from './slice.ts';
import { Writer } from './writer.ts';

const write = (leaf: Leaf, value: unknown) => leaf.write(new Writer(), value);

it('copies, so that the buffer may be used again', () => {
  const slice = sliceOf(Buffer.from([1, 2, 3]));
  const read = bytes.read(slice.bytes, slice.view, 1, 3) as Uint8Array;
  slice.bytes[1] = 9;
  expect(read).toEqual(Uint8Array.of(2, 3));
  expect(read.constructor).toBe(Uint8Array);
});

it('refuses what are no bytes', () => {
  expect(write(bytes, [1])).toBe('must be a Uint8Array');
});

it('makes a leaf of a fixed size', () => {
  expect(fixed(bytes, 4).sizes).toEqual([4]);
  expect(write(fixed(bytes, 4), new Uint8Array(4))).toBeUndefined();
  expect(write(fixed(bytes, 4), new Uint8Array(3))).toBe('must be 4 bytes long');
  expect(write(fixed(macAddress, 6), '02:00:00:00:00')).toBe('must be 6 bytes long');
  expect(write(fixed(macAddress, 6), 'x')).toBe(write(macAddress, 'x'));
});
