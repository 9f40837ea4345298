import { expect, it } from 'vitest';
import { macAddress } from './mac-address.ts';
import { sliceOf } from './slice.ts';
import { Writer } from './writer.ts';

it.each([
  ['02:00:00:00:00:ff', [2, 0, 0, 0, 0, 0xff]],
  ['c0:00:02:01', [0xc0, 0, 2, 1]],
  ['', []],
])('%s', (text, bytes) => {
  const writer = new Writer();
  expect(macAddress.write(writer, text)).toBeUndefined();
  expect([...writer.finish()]).toEqual(bytes);
  const slice = sliceOf(Uint8Array.from(bytes));
  expect(macAddress.read(slice.bytes, slice.view, slice.start, slice.end)).toBe(text);
});

it.each(['02:0', '02:00:', '0200', '02-00', 'gg', 2])('refuses %s', (text) => {
  expect(macAddress.write(new Writer(), text)).toMatch(/^must be bytes in hexadecimal/);
});
