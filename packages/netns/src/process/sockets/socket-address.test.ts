import { endianness } from 'node:os';
import { expect, it } from 'vitest';
import { ipSocketAddress, splitZone, unixSocketAddress } from './socket-address.ts';

const little = endianness() === 'LE';

it('writes IPv4 and IPv6 addresses as the kernel has them', () => {
  const family = (number: number) => (little ? [number, 0] : [0, number]);
  expect([...(ipSocketAddress('10.1.2.3', 0x1234) ?? [])]).toEqual([
    ...family(2),
    ...[0x12, 0x34, 10, 1, 2, 3],
    ...new Array(8).fill(0),
  ]);
  expect([...(ipSocketAddress('::1', 80) ?? [])]).toEqual([
    ...family(10),
    ...[0, 80, 0, 0, 0, 0],
    ...[...new Array(15).fill(0), 1],
    ...[0, 0, 0, 0],
  ]);
  expect(ipSocketAddress('nonsense', 80)).toBeUndefined();
});

it('writes paths with their end, and abstract names without', () => {
  expect([...(unixSocketAddress('/a') ?? [])].slice(2)).toEqual([0x2f, 0x61, 0]);
  expect([...(unixSocketAddress('\0a') ?? [])].slice(2, 4)).toEqual([0, 0x61]);
  expect(unixSocketAddress('x'.repeat(107))).toHaveLength(110);
  expect(unixSocketAddress('x'.repeat(108))).toBeUndefined();
});

it('takes the zone off an address', () => {
  expect(splitZone('fe80::1%eth0')).toEqual(['fe80::1', 'eth0']);
  expect(splitZone('fe80::1')).toEqual(['fe80::1', undefined]);
});
