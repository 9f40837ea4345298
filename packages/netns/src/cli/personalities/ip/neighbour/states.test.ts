import { expect, it } from 'vitest';
import { stateNames, stateNumber } from './states.ts';

it.each([
  ['permanent', 0x80],
  ['p', 0x80],
  ['r', 0x02],
  ['f', 0x20],
  ['probe', 0x10],
  ['noarp', 0x40],
  ['none', 0],
  ['0x80', 0x80],
])('%s is %i', (word, expected) => {
  expect(stateNumber(word)).toBe(expected);
});

it.each(['n', 'pr', 's', 'foo', '3', '256', ''])('refuses %j', (word) => {
  expect(() => stateNumber(word)).toThrow('nud state is bad');
});

it('names what is set', () => {
  expect(stateNames(0x84)).toEqual(['STALE', 'PERMANENT']);
});
