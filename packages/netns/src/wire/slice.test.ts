import { expect, it } from 'vitest';
import { align4, sliceOf } from './slice.ts';

it('aligns to four', () => {
  expect([0, 1, 3, 4, 5].map(align4)).toEqual([0, 4, 4, 4, 8]);
});

it('covers all the bytes, through a plain Uint8Array over the same memory', () => {
  const buffer = Buffer.from([9, 1, 0, 0, 0, 9]).subarray(1, 5);
  const slice = sliceOf(buffer);
  expect(slice.bytes.constructor).toBe(Uint8Array);
  expect([slice.start, slice.end, slice.origin, slice.view.getUint32(0, true)]).toEqual([0, 4, 0, 1]);
  buffer[0] = 2;
  expect(slice.bytes[0]).toBe(2);
});

it('returns a slice as it is', () => {
  const slice = sliceOf(new Uint8Array(4));
  expect(sliceOf(slice)).toBe(slice);
});
