import { expect, it } from 'vitest';
import { u8, u32 } from './integers.ts';
import { flagNames, flags, named, nameOf } from './names.ts';

const states = ['unknown', undefined, 'down'];

it('names a value, and leaves a number that has no name', () => {
  expect([0, 1, 2, 3].map((value) => nameOf(states, value))).toEqual(['unknown', '1', 'down', '3']);
  expect(nameOf({ 253: 'link' }, 253)).toBe('link');
});

it('names bits, lowest first, and gives the rest together', () => {
  expect(flagNames(['a', 'b'], 0b11)).toEqual(['a', 'b']);
  expect(flagNames(['a', 'b'], 0x80000006)).toEqual(['b', '0x80000004']);
  expect(flagNames(['a'], 0)).toEqual([]);
});

it('shows names without changing values', () => {
  expect(named(u8, states).show?.(2)).toBe('down');
  expect(flags(u32, ['a', 'b']).show?.(3)).toBe('a|b');
  expect(flags(u32, ['a', 'b']).show?.(0)).toBe('0');
});
