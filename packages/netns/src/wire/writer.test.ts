import { expect, it } from 'vitest';
import { Writer } from './writer.ts';

it('grows, and keeps what was written before', () => {
  const writer = new Writer(2);
  writer.byte(1);
  writer.append(Uint8Array.of(2, 3, 4));
  writer.byte(5);
  expect([...writer.finish()]).toEqual([1, 2, 3, 4, 5]);
});

it('aligns with zeros', () => {
  const writer = new Writer();
  writer.byte(7);
  writer.align();
  writer.align();
  expect([...writer.finish()]).toEqual([7, 0, 0, 0]);
});

it('gives a view that sees what was written', () => {
  const writer = new Writer(1);
  const at = writer.reserve(4);
  writer.view.setUint32(at, 0x01020304);
  expect([...writer.finish()]).toEqual([1, 2, 3, 4]);
});

it('takes back what was written, and has zeros in its place', () => {
  const writer = new Writer(4);
  writer.append(Uint8Array.of(1, 2, 3, 4, 5, 6));
  writer.truncate(2);
  expect([...writer.finish()]).toEqual([1, 2]);
  writer.reserve(4);
  expect([...writer.finish()]).toEqual([1, 2, 0, 0, 0, 0]);
});
