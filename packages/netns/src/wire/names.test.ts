import { describe, expect, it } from 'vitest';
import { u8, u16, u32 } from './integers.ts';
import { flagNames, flags, named, nameOf, numberOf, word } from './names.ts';
import { Writer } from './writer.ts';

const states = ['unknown', undefined, 'down'];

it('names a value, and leaves a number that has no name', () => {
  expect([0, 1, 2, 3].map((value) => nameOf(states, value))).toEqual(['unknown', '1', 'down', '3']);
  expect(nameOf({ 253: 'link' }, 253)).toBe('link');
});

it('names bits, lowest first, and gives the rest together', () => {
  expect(flagNames(['a', 'b'], 0b11)).toEqual(['a', 'b']);
  expect(flagNames(['a', 'b'], 0x80000006)).toEqual(['b', '0x80000004']);
  expect(flagNames(['a'], 0)).toEqual([]);
  // What is kept is kept for one table, and cannot be changed by whoever got it.
  const names = ['x', 'y'];
  const both = flagNames(names, 3);
  expect(flagNames(names, 3)).toBe(both);
  expect(() => (both as string[]).push('z')).toThrow(TypeError);
  for (let bits = 1; bits < 2000; bits++) flagNames(names, bits);
  expect(flagNames(names, 2 + 4096)).toEqual(['y', '0x1000']);
});

it('shows names without changing values', () => {
  expect(named(u8, states).show?.(2)).toBe('down');
  expect(flags(u32, ['a', 'b']).show?.(3)).toBe('a|b');
  expect(flags(u32, ['a', 'b']).show?.(0)).toBe('0');
});

describe('word', () => {
  const leaf = word(u16, { 1: 'one', 300: 'many' });
  const write = (value: unknown) => {
    const writer = new Writer();
    return leaf.write(writer, value) ?? Buffer.from(writer.finish()).toString('hex');
  };

  it('is the name of a number, or its digits', () => {
    const bytes = Uint8Array.of(0x2c, 1, 5, 0);
    const view = new DataView(bytes.buffer);
    expect([leaf.read(bytes, view, 0, 2), leaf.read(bytes, view, 2, 4)]).toEqual(['many', '5']);
    expect([write('many'), write('5')]).toEqual(['2c01', '0500']);
  });

  it.each(['none', '70000', 5.5, undefined])('is not %j', (value) => {
    expect(write(value)).toContain('must be');
  });
});

it('finds the number of a name', () => {
  const names = { 3: 'boot', 4: 'static', 5: 'boot' };
  expect(['static', 'boot', '7', 9, 'none', '-1', '', 'toString'].map((word) => numberOf(names, word))).toEqual([
    4,
    3,
    7,
    9,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(numberOf(['unspec', 'unicast'], 'unicast')).toBe(1);
});
