import { expect, it } from 'vitest';
import { looseIpv4 } from './loose-address.ts';

it.each([
  ['127.1', '127.0.0.1'],
  ['1.2.3', '1.2.0.3'],
  ['1.2.65535', '1.2.255.255'],
  ['0x7f.1', '127.0.0.1'],
  ['017700000001', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['4294967295', '255.255.255.255'],
  ['0', '0.0.0.0'],
  ['010.0X10.0.1', '8.16.0.1'],
])('reads %s', (text, address) => {
  expect(looseIpv4(text)).toBe(address);
});

it.each(['', '.', '1.', '1..2', '256.1', '1.2.65536', '4294967296', '08', '0x', '1.2.3.4.5', '-1', 'a', '1e3', ' 1'])(
  'leaves %j alone',
  (text) => {
    expect(looseIpv4(text)).toBeUndefined();
  },
);
