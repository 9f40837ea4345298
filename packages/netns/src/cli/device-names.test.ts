import { expect, it } from 'vitest';
import { parseDeviceTable } from './device-names.ts';

it('reads the names out of /proc/net/dev', () => {
  const head =
    'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop|bytes\n';
  expect(parseDeviceTable(head)).toEqual([]);
  expect(
    parseDeviceTable(`${head}    lo:       0       0    0    0\n  eth0.5: 1 2 3\nvery-long-name1:1 2 3\n`),
  ).toEqual(['lo', 'eth0.5', 'very-long-name1']);
});
