import { expect, it } from 'vitest';
import { addressFlag } from '../../../../netlink/families/route/address.ts';
import { misuse } from '../exit.ts';
import { readOptions } from '../grammar.ts';
import { toText } from '../inet.ts';
import { Words } from '../words.ts';
import { type AddressDraft, addressGrammar } from './options.ts';
import { addressUsage } from './usage.ts';

function read(line: string, family?: 'inet' | 'inet6'): AddressDraft {
  const draft: AddressDraft = { family, flags: 0 };
  readOptions(addressGrammar, new Words(line.split(' ')), draft, {
    help: () => {
      throw misuse('help');
    },
    warn: () => {},
  });
  return draft;
}

it('reads addresses and what belongs to them', () => {
  const draft = read(
    '10.0.0.1/24 dev eth0 brd + label eth0:1 scope host metric 7 valid_lft forever preferred_lft 5 noprefixroute',
  );
  expect(draft).toMatchObject({
    family: 'inet',
    device: 'eth0',
    broadcast: '+',
    label: 'eth0:1',
    scope: 254,
    metric: 7,
    validLifetime: 0xffffffff,
    preferredLifetime: 5,
    flags: addressFlag('noprefixroute'),
    local: { length: 24, lengthGiven: true, word: '10.0.0.1/24' },
  });
  expect(draft.local && toText(draft.local)).toBe('10.0.0.1');
  expect(read('local fd00::1 peer fd00::2/64')).toMatchObject({ family: 'inet6', peer: { length: 64 } });
  expect(read('any dev lo').family).toBeUndefined();
});

it('shortens as ip does', () => {
  expect(read('10.0.0.1 dev eth0 valid 7 pref 5 broad 10.0.0.9')).toMatchObject({ validLifetime: 7, metric: 5 });
});

it.each([
  ['foo dev lo', 'any valid prefix is expected rather than "foo"'],
  ['10.0.0.1 10.0.0.2', 'either "local" is duplicate, or "10.0.0.2" is garbage'],
  ['10.0.0.1 peer fd00::1', 'inet prefix is expected rather than "fd00::1"'],
  ['10.0.0.1 peer 10.0.0.2 remote 10.0.0.3', 'duplicate "peer": "10.0.0.3" is the second value'],
  ['10.0.0.1 brd + brd -', 'duplicate "broadcast": "-" is the second value'],
  ['10.0.0.1 scope foo', 'argument "foo" is wrong: invalid scope value.'],
  ['10.0.0.1 metric x', 'argument "x" is wrong: "metric" value is invalid\n'],
  ['10.0.0.1 valid_lft x', 'argument "x" is wrong: valid_lft value'],
  ['10.0.0.1 dev', 'Command line is not complete'],
  ['h', 'help'],
])('refuses %s', (line, message) => {
  expect(() => read(line)).toThrow(message);
});

it('help comes from the tables', () => {
  expect(addressUsage()).toContain('\t\t[ broadcast { ADDR | + | - } ]\n');
});
