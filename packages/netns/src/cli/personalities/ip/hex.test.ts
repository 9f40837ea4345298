import { expect, it } from 'vitest';
import { hexOf, parseHex } from './hex.ts';

it('reads two digits for each byte, and writes them', () => {
  expect([...(parseHex('00fF10') ?? [])]).toEqual([0, 255, 16]);
  expect(parseHex('')).toEqual(new Uint8Array());
  expect(hexOf(Uint8Array.of(0, 255, 16))).toBe('00ff10');
});

it.each(['0', 'zz', '0x00', ' 00'])('takes %j for no such word', (word) => {
  expect(parseHex(word)).toBeUndefined();
});
