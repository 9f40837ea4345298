import { expect, it } from 'vitest';
import { base64 } from './base64.ts';
import { fixed } from './bytes.ts';
import { Writer } from './writer.ts';

const written = (value: unknown, leaf = base64) => {
  const writer = new Writer();
  return leaf.write(writer, value) ?? [...writer.finish()];
};

it.each([
  ['', []],
  ['AA==', [0]],
  ['AP8=', [0, 255]],
  ['AQID', [1, 2, 3]],
] as const)('%j is %j', (text, bytes) => {
  expect(written(text)).toEqual(bytes);
  const buffer = Uint8Array.from(bytes);
  expect(base64.read(buffer, new DataView(buffer.buffer), 0, buffer.length)).toBe(text);
});

it.each(['A', 'AA=', 'AA', 'A A=', '-_==', 7, undefined])('%j is refused', (text) => {
  expect(written(text)).toBe('must be bytes in base64');
});

it('has a length where it must', () => {
  expect(written('AQID', fixed(base64, 32))).toBe('must be 32 bytes long');
});
