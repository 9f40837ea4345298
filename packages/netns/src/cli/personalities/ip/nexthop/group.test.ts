import { expect, it } from 'vitest';
import { readGroup } from './group.ts';

it('reads members with their weights, which are kept less one', () => {
  expect(readGroup('10,3/13/14,300')).toEqual([
    { id: 10, weight: 2, weightHigh: 0 },
    { id: 13, weight: 0, weightHigh: 0 },
    { id: 14, weight: 43, weightHigh: 1 },
  ]);
});

it.each([
  ['foo', 'argument "foo" is wrong: "group" value is invalid'],
  ['10/', 'argument "10" is wrong: "group" value is invalid'],
  ['10,0', 'argument "0" is wrong: "weight" is invalid'],
  ['10,65537', 'argument "65537" is wrong: "weight" is invalid'],
  ['10,5,6', 'argument "5,6" is wrong: "weight" is invalid'],
])('refuses %s', (word, message) => {
  expect(() => readGroup(word)).toThrow(message);
});
