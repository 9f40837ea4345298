import { describe, expect, it } from 'vitest';
import { Exit } from './exit.ts';
import { address, hostBits, isAny, isMulticast, isWithin, prefix, toText } from './inet.ts';

describe('address', () => {
  it.each([
    ['10.0.0.1', 'inet', '10.0.0.1'],
    ['10.1', 'inet', '10.1.0.0'],
    ['0x0a.010.1.1', 'inet', '10.8.1.1'],
    ['any', 'inet', '0.0.0.0'],
    ['fd00::1', 'inet6', 'fd00::1'],
    ['::ffff:1.2.3.4', 'inet6', '::ffff:1.2.3.4'],
  ])('reads %s', (word, family, text) => {
    const found = address(word);
    expect([found.family, toText(found)]).toEqual([family, text]);
  });

  it.each([
    ['foo', undefined, 'Error: any valid address is expected rather than "foo".\n'],
    ['1.2.3.256', undefined, 'Error: any valid address is expected rather than "1.2.3.256".\n'],
    ['1.2.3.4.5', undefined, 'Error: any valid address is expected rather than "1.2.3.4.5".\n'],
    ['1..2', 'inet', 'Error: inet address is expected rather than "1..2".\n'],
    ['fd00::1', 'inet', 'Error: inet address is expected rather than "fd00::1".\n'],
    ['10.0.0.1', 'inet6', 'Error: inet6 address is expected rather than "10.0.0.1".\n'],
  ] as const)('refuses %s for %s', (word, family, message) => {
    expect(() => address(word, family)).toThrow(new Exit(message, 1, true));
  });
});

describe('prefix', () => {
  it.each([
    ['10.0.0.1/24', 24, true],
    ['10.0.0.1', 32, false],
    ['10.0.0.1/0x8', 8, true],
    ['10.0.0.1/255.255.255.0', 24, true],
    ['10.0.0.1/0.0.0.0', 0, true],
    ['fd00::1', 128, false],
    ['fd00::1/64', 64, true],
    ['default', 0, false],
  ])('reads %s', (word, length, lengthGiven) => {
    expect(prefix(word)).toMatchObject({ length, lengthGiven });
  });

  it.each(['10.0.0.1/33', '10.0.0.1/x', '10.0.0.1/255.0.255.0', 'fd00::1/129', '/24', ''])('refuses %j', (word) => {
    expect(() => prefix(word)).toThrow(`any valid prefix is expected rather than "${word}"`);
  });
});

it('tells kinds of addresses', () => {
  const of = (test: typeof isAny) =>
    ['0.0.0.0', '224.0.0.1', '239.1.1.1', '240.0.0.1', '::', 'ff02::1', 'fe80::1'].map((word) => test(address(word)));
  expect(of(isAny)).toEqual([true, false, false, false, true, false, false]);
  expect(of(isMulticast)).toEqual([false, true, true, false, false, true, false]);
});

it.each([
  ['10.0.0.77', '10.0.0.0/24', true],
  ['10.0.1.77', '10.0.0.0/24', false],
  ['10.0.0.129', '10.0.0.0/25', false],
  ['10.0.0.127', '10.0.0.0/25', true],
  ['10.0.0.127', '0.0.0.0/0', true],
  ['fd00::1', '0.0.0.0/0', false],
  ['fd01::1', 'fd00::/15', true],
  ['fd02::1', 'fd00::/15', false],
])('%s within %s: %j', (word, outer, expected) => {
  expect(isWithin(address(word), prefix(outer))).toBe(expected);
});

it('knows the ends of a network', () => {
  const ends = (word: string) =>
    [true, false].map((ones) => hostBits(prefix(word), ones)).map((end) => end && toText(end));
  expect(ends('10.0.0.1/24')).toEqual(['10.0.0.255', '10.0.0.0']);
  expect(ends('10.0.0.5/30')).toEqual(['10.0.0.7', '10.0.0.4']);
  expect(ends('10.0.0.5/0')).toEqual(['255.255.255.255', '0.0.0.0']);
  expect(ends('10.0.0.5/31')).toEqual([undefined, undefined]);
});
