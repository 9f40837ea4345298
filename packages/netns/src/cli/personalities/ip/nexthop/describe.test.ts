import { expect, it } from 'vitest';
import { AF_INET } from '../../../../netlink/families/route/address-families.ts';
import type { NexthopMessage } from '../../../../netlink/families/route/nexthop.ts';
import { defaultOptions, type Options } from '../options.ts';
import { plain } from '../show/paint.ts';
import { bucketText, type NexthopView, nexthopJson, nexthopText } from './describe.ts';

const view = (options: Partial<Options> = {}): NexthopView => ({
  options: { ...defaultOptions(), ...options },
  paint: plain,
  newline: '\n',
  host: String,
  deviceName: (index) => `eth${index}`,
});
const header: NexthopMessage['header'] = { family: AF_INET, scope: 253, protocol: 0, flags: 4 };

it('tells of a nexthop', () => {
  const nexthop: NexthopMessage = { header, attributes: { id: 7, gateway: '10.0.0.1', oif: 3 } };
  expect(nexthopText(nexthop, view())).toBe('id 7 via 10.0.0.1 dev eth3 scope link onlink ');
  expect(nexthopText(nexthop, view({ details: 1 }))).toBe('id 7 via 10.0.0.1 dev eth3 scope link proto unspec onlink ');
});

it('tells of a group and of its buckets', () => {
  const group = [
    { id: 1, weight: 255, weightHigh: 1 },
    { id: 2, weight: 0, weightHigh: 0 },
  ];
  const resGroup = { buckets: 8, idleTimer: 6000, unbalancedTimer: 150, unbalancedTime: 5n };
  const nexthop: NexthopMessage = {
    header: { ...header, scope: 0, flags: 0 },
    attributes: { id: 9, group, groupType: 1, resGroup },
  };
  expect(nexthopText(nexthop, view())).toBe(
    'id 9 group 1,512/2 type resilient buckets 8 idle_timer 60 unbalanced_timer 1.5 unbalanced_time 0.05 ',
  );
  expect(nexthopJson(nexthop, view())).toMatchObject({ group: [{ id: 1, weight: 512 }, { id: 2 }], type: 'resilient' });
  const bucket: NexthopMessage = { header, attributes: { id: 9, resBucket: { index: 3, idleTime: 42n, nhId: 2 } } };
  expect(bucketText(bucket, view())).toBe('id 9 index 3 idle_time 0.42 nhid 2 onlink ');
});

it('tells of what a group has counted', () => {
  const attributes: NexthopMessage['attributes'] = {
    id: 9,
    hwStatsEnable: 1,
    hwStatsUsed: 0,
    groupStats: { entry: [{ id: 1, packets: 7n, packetsHw: 3n }, { id: 2 }] },
  };
  const nexthop: NexthopMessage = { header: { ...header, scope: 0, flags: 0 }, attributes };
  expect(nexthopText(nexthop, view())).toBe(
    'id 9 hw_stats on used off \n  stats:\n    id 1 packets 7 packets_hw 3\n    id 2 packets 0',
  );
  expect(nexthopJson(nexthop, view())).toMatchObject({
    hw_stats: { enabled: true, used: false },
    group_stats: [
      { id: 1, packets: 7n, packets_hw: 3n },
      { id: 2, packets: 0n },
    ],
  });
});
