import { describe, expect, it } from 'vitest';
import { hexWithPrefix, leadingInteger, parseInteger, parseUnsigned } from './numbers.ts';

describe('parseInteger', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['10', 10],
    ['+7', 7],
    ['-5', -5],
    ['010', 8],
    ['0x10', 16],
    ['0XfF', 255],
    [' \t12', 12],
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
  ])('reads %j', (word, expected) => {
    expect(parseInteger(word)).toBe(expected);
  });

  it.each(['', ' ', 'x', '5x', '12 ', '0x', '08', '1e3', '1.0', '--1', '2147483648', '-2147483649', '99999999999'])(
    'refuses %j',
    (word) => {
      expect(parseInteger(word)).toBeUndefined();
    },
  );
});

describe('parseUnsigned', () => {
  it('has a range', () => {
    expect(parseUnsigned('255', 8)).toBe(255);
    expect(parseUnsigned('256', 8)).toBeUndefined();
    expect(parseUnsigned('0xffff', 16)).toBe(65535);
    expect(parseUnsigned('65536', 16)).toBeUndefined();
    expect(parseUnsigned('4294967295', 32)).toBe(4294967295);
    expect(parseUnsigned('4294967296', 32)).toBeUndefined();
  });

  it('wraps negative numbers at 64 bits, as strtoul does', () => {
    expect(parseUnsigned('-1', 32)).toBeUndefined();
    expect(parseUnsigned('-18446744073709551615', 8)).toBe(1);
    expect(parseUnsigned('18446744073709551616', 32)).toBeUndefined();
  });
});

it('leadingInteger takes what digits there are', () => {
  expect(['7', ' -8x', 'x', '', '0x10'].map(leadingInteger)).toEqual([7, -8, 0, 0, 0]);
});

it('hexWithPrefix leaves zero alone', () => {
  expect([0, 8, 0x8000].map(hexWithPrefix)).toEqual(['0', '0x8', '0x8000']);
});
