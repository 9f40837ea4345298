import { expect, it } from 'vitest';
import { fromPlain, toPlain } from './plain.ts';

it('writes bytes and large numbers as texts, and takes them back', () => {
  const value = {
    bytes: Uint8Array.of(0, 255),
    none: new Uint8Array(),
    far: -5n,
    list: [1n, { word: '0xyz' }],
    no: null,
  };
  const plain = { bytes: '0x00ff', none: '0x', far: '-5n', list: ['1n', { word: '0xyz' }], no: null };
  expect(toPlain({ ...value, absent: undefined })).toEqual(plain);
  expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
  expect(fromPlain(plain)).toEqual(value);
});
