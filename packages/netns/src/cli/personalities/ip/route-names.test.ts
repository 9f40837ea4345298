import { expect, it } from 'vitest';
import { dsfieldNumber, realmsNumber, typeNumber } from './route-names.ts';

it.each([
  ['4', 4],
  ['3/4', 0x30004],
  ['3/', 0x30000],
  ['/4', undefined],
  ['70000', 70000],
  ['3/4/5', undefined],
  ['3/70000', undefined],
  ['foo', undefined],
])('realms %s', (word, expected) => {
  expect(realmsNumber(word)).toBe(expected);
});

it.each([
  ['unicast', 1],
  ['un', 7],
  ['u', 7],
  ['uni', 1],
  ['b', 3],
  ['brd', 3],
  ['bl', 6],
  ['throw', 9],
  ['t', undefined],
  ['l', undefined],
  ['2', 2],
])('type %s', (word, expected) => {
  expect(typeNumber(word)).toBe(expected);
});

it('reads a TOS byte as hexadecimal, with or without a mark', () => {
  expect([dsfieldNumber('10', ''), dsfieldNumber('0x10', '')]).toEqual([16, 16]);
  expect(() => dsfieldNumber('100', 'too much')).toThrow('too much');
});
