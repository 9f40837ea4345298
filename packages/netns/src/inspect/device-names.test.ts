import { expect, it } from 'vitest';
import { parseDeviceTable } from './device-names.ts';

const parse = (text: string) => parseDeviceTable(new TextEncoder().encode(text));

it('reads the names out of /proc/net/dev', () => {
  const head =
    'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop|bytes\n';
  expect(parse(head)).toEqual([]);
  const rows = '    lo:       0       0    0    0\n  eth0.5: 1 2 3\nvery-long-name1:1 2 3\n  größe: 1\n';
  expect(parse(head + rows)).toEqual(['lo', 'eth0.5', 'very-long-name1', 'größe']);
});
