import { expect, it } from 'vitest';
import { hardwareTypeName, hasIpAddress } from './hardware-types.ts';

it('names types', () => {
  expect([1, 772, 65534, 4242].map(hardwareTypeName)).toEqual(['ether', 'loopback', 'none', '[4242]']);
});

it('knows whose address is an IP address', () => {
  expect([hasIpAddress(768, 4), hasIpAddress(778, 4), hasIpAddress(769, 16), hasIpAddress(823, 16)]).toEqual(
    Array(4).fill(true),
  );
  expect([hasIpAddress(1, 4), hasIpAddress(768, 6), hasIpAddress(769, 4)]).toEqual(Array(3).fill(false));
});
