import { expect, it } from 'vitest';
import type { NetlinkConnection } from '../../../../connection/connection.ts';
import type { RouteMessage } from '../../../../netlink/families/route/route.ts';
import { DeviceNames } from '../device-names.ts';
import { misuse } from '../exit.ts';
import { defaultOptions } from '../options.ts';
import { fixedBy, isShown, readRouteFilter } from './filter.ts';

const header: RouteMessage['header'] = {
  family: 2,
  dstLen: 24,
  srcLen: 0,
  tos: 0,
  table: 254,
  protocol: 3,
  scope: 0,
  type: 1,
  flags: 0,
};
const route: RouteMessage = { header, attributes: { dst: '10.1.2.0', gateway: '10.0.0.1', flow: 0x30004 } };

/** Knows one link. */
const vrf = { header: { index: 9 }, attributes: { ifname: 'r0', linkinfo: { kind: 'vrf', data: { table: 254 } } } };
const connection = { requestSync: () => [vrf] } as unknown as NetlinkConnection;

function read(line: string) {
  return readRouteFilter(line.split(' '), defaultOptions(), {
    devices: new DeviceNames(connection),
    help: () => {
      throw misuse('help');
    },
  });
}
const shows = (line: string) => isShown(route, read(line), { output: undefined, input: undefined }, undefined);

it.each([
  ['root 10.1.0.0/16', true],
  ['root 10.1.2.0/25', false],
  ['match 10.1.2.3', true],
  ['match 10.1.0.0/16', false],
  ['exact 10.1.2.0/24', true],
  ['10.1.2.0/24', true],
  ['10.1.2.0', false],
  ['root default', true],
  ['via 10.0.0.0/8', true],
  ['via 10.0.0.2', false],
  ['realms 4', true],
  ['realms 3/', true],
  ['realms 4/3', false],
  ['type blackhole', false],
  ['table 5', false],
  ['table all', true],
  ['proto boot scope global metric 0', true],
  ['cached', false],
  ['vrf r0', true],
  ['vrf r0 type local', false],
])('%s: %s', (line, expected) => {
  expect(shows(line)).toBe(expected);
});

it('knows what need not be said of each route', () => {
  expect([...fixedBy(read('table all'))]).toEqual([]);
  expect([...fixedBy(read('via 10.0.0.1 src 10.0.0.0/8 realms 3/4 dev v0'))].sort()).toEqual([
    'dev',
    'realms',
    'table',
    'via',
  ]);
});

it('shows the routes of a VRF to its own addresses only when their type is asked for', () => {
  const local: RouteMessage = { ...route, header: { ...header, type: 2 } };
  const isLocalShown = (line: string) => isShown(local, read(line), { output: undefined, input: undefined }, undefined);
  expect([isLocalShown('table main'), isLocalShown('vrf r0'), isLocalShown('vrf r0 type local')]).toEqual([
    true,
    false,
    true,
  ]);
});
