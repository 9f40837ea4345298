import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetlinkConnection } from '../connection/connection.ts';
import { InvalidArgumentError } from '../errors.ts';
import { acknowledge, ScriptedKernel } from '../testing/scripted-kernel.ts';
import type { AddressSpec } from './addresses.ts';
import type { FdbSpec } from './fdb.ts';
import type { LinkChanges, PeerSpec } from './links.ts';
import type { NeighbourSpec } from './neighbours.ts';
import { Network } from './network.ts';
import type { NexthopSpec } from './nexthops.ts';
import type { RouteQuery, RouteSpec } from './routes.ts';
import type { RuleSpec } from './rules.ts';

type Bad = fc.Arbitrary<unknown>;

const noText: Bad = fc.oneof(fc.constant({}), fc.integer(), fc.constant(true), fc.constant([9, 3]));
const fraction = fc.double({ noInteger: true });
const noNumber: Bad = fc.oneof(fc.string(), fc.constant({}), fc.constant([9, 3]), fraction);
/** No whole number that fits into so many bits. */
const beyond = (bits: number): Bad =>
  fc.oneof(noNumber, fc.integer({ max: -1 }), fc.integer({ min: 2 ** bits, max: 2 ** 50 }));
const u8 = beyond(8);
const u16 = beyond(16);
const u32 = beyond(32);
/** The kernel takes -1 here for "not set". */
const s32: Bad = fc.oneof(noNumber, fc.integer({ min: 2 ** 32, max: 2 ** 50 }));
/** Neither an address nor a prefix: every one of these ends in a letter that is no hexadecimal digit, or has a part too large. */
const noAddress: Bad = fc.oneof(
  noText,
  fc.string().map((text) => `${text}z`),
  fc.constantFrom('', '10.0.0.256', '1.2.3', '::1::', '10.0.0.1 ', 'fe80::1%eth0'),
);
const noPrefix: Bad = fc.oneof(noAddress, fc.constantFrom('10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '::/129', '::/x'));
const noHardware: Bad = fc.oneof(
  noText,
  fc.string().map((text) => `${text}z`),
  fc.constantFrom('02:00:00:00:00:100', '02:0', '02:00:00:00:00:', '02:00:00:00:00:0g'),
);
const noWord: Bad = fc.oneof(
  fc.string().map((text) => `no ${text}`),
  fc.constant({}),
);
const noIndex: Bad = fc.oneof(
  fraction,
  fc.integer({ max: -1 }),
  fc.integer({ min: 2 ** 31, max: 2 ** 50 }),
  fc.constant({}),
);
const noLink: Bad = fc.oneof(noIndex, fc.constantFrom('', true));
const noRange: Bad = fc.oneof(fc.constantFrom([9, 3], [1], [-1, 5], [1, 2 ** 40], 80, '80', {}));
const noObject: Bad = fc.oneof(fc.string({ minLength: 1 }), fc.integer({ min: 1 }), fc.constant(true));
const noList: Bad = fc.oneof(noObject, fc.constant({}));

/** What cannot be right for each option; those that are on or off are left out: JavaScript has no wrong truth value. */
type Options<Spec, Flags extends keyof Spec = never> = Readonly<Record<Exclude<keyof Spec, Flags>, Bad>>;

const settings = {
  name: fc.oneof(noText, fc.constantFrom('', '.', '..', 'a/b', 'a b', 'a:b', 'sixteen-letters-')),
  mtu: u32,
  address: noHardware,
  alias: noText,
  group: u32,
  txQueueLength: u32,
  netns: fc.oneof(fc.integer(), fc.constantFrom(true, null)),
};
type KindOptions = 'kind' | 'data';
const newLink: Options<PeerSpec> = { ...settings, index: s32, numTxQueues: u32, numRxQueues: u32 };
const changes: Options<LinkChanges, 'up' | 'promiscuous' | 'allMulticast' | 'multicast' | 'arp' | KindOptions> = {
  ...settings,
  master: noLink,
  port: noObject,
};
const address: Options<AddressSpec, 'noDad' | 'noPrefixRoute'> = {
  link: noLink,
  address: noPrefix,
  prefixLength: fc.oneof(u8, fc.integer({ min: 33, max: 255 })),
  peer: fc.oneof(noPrefix, fc.constant('2001:db8::1')),
  broadcast: fc.oneof(noAddress, fc.constant('2001:db8::1')),
  label: noText,
  scope: fc.oneof(noWord, fc.integer({ min: 256 })),
  validLifetime: u32,
  preferredLifetime: u32,
  metric: u32,
  protocol: fc.oneof(noWord, fc.integer({ min: 256 })),
};
const route: Options<RouteSpec, 'onlink'> = {
  destination: noPrefix,
  family: fc.oneof(noWord, fc.constantFrom('inet7')),
  from: fc.oneof(noPrefix, fc.constant('2001:db8::/32')),
  type: noWord,
  table: fc.oneof(noWord, fc.integer({ min: 2 ** 32, max: 2 ** 50 })),
  metric: u32,
  source: fc.oneof(noAddress, fc.constant('2001:db8::1')),
  protocol: fc.oneof(noWord, fc.integer({ min: 256 })),
  scope: fc.oneof(noWord, fc.integer({ min: 256 })),
  tos: u8,
  nexthops: noList,
  nexthop: u32,
  metrics: noObject,
  preference: noWord,
  expires: u32,
  gateway: noAddress,
  link: noLink,
  encap: noObject,
  realms: u32,
};
const rule: Options<RuleSpec, 'not' | 'l3mdev'> = {
  family: noWord,
  priority: u32,
  from: noPrefix,
  to: noPrefix,
  inputLink: noText,
  outputLink: noText,
  mark: u32,
  markMask: u32,
  tos: u8,
  ipProtocol: u8,
  sourcePorts: noRange,
  destinationPorts: noRange,
  users: noRange,
  tunnelId: fc.oneof(fc.constantFrom<unknown>(5, -1n, 2n ** 64n, 'x', {})),
  action: noWord,
  table: fc.oneof(noWord, fc.integer({ min: 2 ** 32, max: 2 ** 50 })),
  goto: u32,
  suppressPrefixLength: s32,
  suppressGroup: s32,
  protocol: fc.oneof(noWord, fc.integer({ min: 256 })),
  realms: u32,
};
const neighbour: Options<NeighbourSpec, 'proxy' | 'router' | 'externallyLearned' | 'managed'> = {
  address: noPrefix,
  link: noLink,
  linkAddress: noHardware,
  state: noWord,
  protocol: fc.oneof(noWord, fc.integer({ min: 256 })),
};
const nexthop: Options<NexthopSpec, 'onlink' | 'blackhole' | 'fdb'> = {
  id: u32,
  gateway: noAddress,
  link: noLink,
  encap: noObject,
  family: noWord,
  group: noList,
  resilient: noObject,
  protocol: fc.oneof(noWord, fc.integer({ min: 256 })),
};
const fdb: Options<FdbSpec, 'sticky' | 'externallyLearned'> = {
  linkAddress: fc.oneof(noHardware, fc.constant('')),
  link: noLink,
  owner: noWord,
  vlan: u16,
  kind: noWord,
  destination: noAddress,
  port: u16,
  vni: u32,
  via: noLink,
  sourceVni: u32,
  nexthop: u32,
};

const query: Options<RouteQuery, 'matched'> = {
  from: fc.oneof(noPrefix, fc.constant('2001:db8::/32')),
  inputLink: noLink,
  link: noLink,
  mark: u32,
  uid: u32,
  tos: u8,
  ipProtocol: u8,
  sourcePort: u16,
  destinationPort: u16,
};

const table = fc.oneof(noWord, fc.integer({ min: 2 ** 32, max: 2 ** 50 }));
const inTable = { family: noWord, link: noLink };

type Change = (network: Network, option: object) => Promise<unknown>;
const calls: readonly (readonly [string, Readonly<Record<string, Bad>>, Change])[] = [
  ['links.add', newLink, ({ links }, option) => links.add({ kind: 'bridge', ...option })],
  [
    'links.add, of devices',
    { master: noLink, link: noLink },
    (n, option) => n.links.add({ kind: 'bridge', ...option }),
  ],
  ['links.set', changes, ({ links }, option) => links.set(1, { ...option })],
  ['links.get', { link: noLink }, (n, option) => n.links.get((option as { link: string }).link)],
  ['addresses.add', address, (n, option) => n.addresses.add({ link: 1, address: '10.0.0.1', ...option })],
  ['routes.add', route, (n, option) => n.routes.add({ destination: '192.0.2.0/24', link: 1, ...option })],
  ['routes.get', query, (n, option) => n.routes.get('192.0.2.1', { ...option })],
  ['addresses.list', { ...inTable, targetNsid: s32 }, (n, filter) => n.addresses.list(filter)],
  [
    'routes.list',
    { ...inTable, destination: noPrefix, protocol: noWord, table, type: noWord },
    (n, filter) => n.routes.list(filter),
  ],
  ['rules.list', { family: noWord, protocol: noWord, table: noWord }, (n, filter) => n.rules.list(filter)],
  ['neighbours.list', { ...inTable, master: noLink }, (n, filter) => n.neighbours.list(filter)],
  ['nexthops.list', { link: noLink, master: noLink }, (n, filter) => n.nexthops.list(filter)],
  ['fdb.list', { link: noLink, bridge: noLink }, (n, filter) => n.fdb.list(filter)],
  ['links.list', { master: noLink }, (n, filter) => n.links.list(filter)],
  ['rules.add', rule, (n, option) => n.rules.add({ ...option })],
  ['neighbours.add', neighbour, (n, option) => n.neighbours.add({ address: '10.0.0.1', link: 1, ...option })],
  ['nexthops.add', nexthop, (n, option) => n.nexthops.add({ id: 1, ...option })],
  ['fdb.add', fdb, (n, option) => n.fdb.add({ linkAddress: '02:00:00:00:00:01', link: 1, ...option })],
];

async function refusal(change: Change, option: object): Promise<{ reason: unknown; sent: number }> {
  const transport = new ScriptedKernel((request) => [acknowledge(request)]);
  const network = new Network(new NetlinkConnection({ transport }));
  const reason = await change(network, option).catch((error: unknown) => error);
  return { reason, sent: transport.sent.length };
}

describe.each(calls)('%s', (_, options, change) => {
  it.each(Object.entries(options))('names %s when it cannot be right, and asks nothing', async (name, bad) => {
    await fc.assert(
      fc.asyncProperty(bad, async (value) => {
        const { reason, sent } = await refusal(change, { [name]: value });
        expect(reason).toBeInstanceOf(InvalidArgumentError);
        const { argument } = reason as InvalidArgumentError;
        expect(argument === name || argument.startsWith(`${name}.`) ? name : argument).toBe(name);
        expect(sent).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
});

describe.each(calls.filter(([name]) => name !== 'links.get'))('%s', (_, options, change) => {
  it('refuses a word that it does not know, says what may have been meant, and asks nothing', async () => {
    for (const name of Object.keys(options)) {
      const { reason, sent } = await refusal(change, { [`${name}q`]: 1 });
      expect(reason).toBeInstanceOf(InvalidArgumentError);
      expect(reason).toMatchObject({
        argument: `${name}q`,
        reason: expect.stringMatching(`^there is no such option: did you mean '${name.slice(0, -1)}`),
      });
      expect(sent).toBe(0);
    }
  });
});

describe('a word that is not known', () => {
  const zeros = '00:00:00:00:00:00';
  it.each<[string, (network: Network) => Promise<unknown>]>([
    ['peer.mtuq', (n) => n.links.add({ kind: 'veth', peer: { mtuq: 1 } as never })],
    ['data.idq', (n) => n.links.add({ kind: 'vxlan', data: { idq: 1 } as never })],
    ['data.bogus', (n) => n.links.add({ kind: 'veth', data: { bogus: 1 } as never, peer: { mtu: 1500 } })],
    ['port.data.costq', (n) => n.links.set(1, { port: { kind: 'bridge', data: { costq: 1 } as never } })],
    ['statsq', (n) => n.links.get('lo', { statsq: true } as never)],
    [
      'nexthops.1.weightq',
      (n) => n.routes.add({ destination: '::/0', nexthops: [{ link: 1 }, { weightq: 1 } as never] }),
    ],
    [
      'encap.data.dstq',
      (n) => n.routes.add({ destination: '::/0', encap: { kind: 'mpls', data: { dstq: [1] } as never } }),
    ],
    ['metrics.mtuq', (n) => n.routes.add({ destination: '::/0', metrics: { mtuq: 1 } as never })],
    ['group.0.weightq', (n) => n.nexthops.add({ group: [{ id: 1, weightq: 1 } as never] })],
    ['resilient.bucketsq', (n) => n.nexthops.add({ group: [{ id: 1 }], resilient: { bucketsq: 8 } as never })],
    ['groupq', (n) => n.nexthops.buckets({ groupq: 1 } as never)],
    ['proxyq', (n) => n.neighbours.get('10.0.0.1', 1, { proxyq: true } as never)],
    ['bridgeq', (n) => n.fdb.get(zeros, { bridge: 1, bridgeq: 1 } as never)],
    ['ownerq', (n) => n.fdb.get(zeros, { link: 1, ownerq: 'self' } as never)],
    ['vlanq', (n) => n.fdb.get(zeros, { link: 1 }, { vlanq: 5 } as never)],
    ['linkq', (n) => n.routes.flush({ linkq: 1 } as never)],
    ['metricq', (n) => n.routes.addAll([{ destination: '::/0' }, { destination: '::/0', metricq: 1 } as never])],
    ['metricq', (n) => n.routes.delete({ destination: '::/0', metricq: 1 } as never)],
    ['metricq', (n) => n.routes.append({ destination: '::/0', metricq: 1 } as never)],
    ['metricq', (n) => n.routes.replaceAll([{ destination: '::/0', metricq: 1 } as never])],
    ['labelq', (n) => n.addressLabels.add({ prefix: '::/0', label: 1, labelq: 1 } as never)],
    ['labelq', (n) => n.addressLabels.list({ labelq: 1 } as never)],
    ['vlanq', (n) => n.vlans.add({ link: 1, vlan: 1, vlanq: 1 } as never)],
    ['linkq', (n) => n.vlans.list({ linkq: 1 } as never)],
    ['vlanq', (n) => n.mdb.add({ bridge: 1, port: 1, group: '239.1.1.1', vlanq: 1 } as never)],
    ['vlanq', (n) => n.mdb.list({ vlanq: 1 } as never)],
    ['familyq', (n) => n.netconf.list({ familyq: 'inet' } as never)],
    ['targetNsidq', (n) => n.nsids.list({ targetNsidq: 1 } as never)],
    ['targetNsidq', (n) => n.nsids.get({ nsid: 1 }, { targetNsidq: 1 } as never)],
    ['parentq', (n) => n.qdiscs.add({ link: 1, kind: 'fq', parentq: '1:' } as never)],
    ['parentq', (n) => n.qdiscs.get({ link: 1, parentq: '1:' } as never)],
    ['linkq', (n) => n.qdiscs.list({ linkq: 1 } as never)],
    [
      'options.ratq',
      (n) => n.qdiscs.add({ link: 1, kind: 'tbf', options: { rate: 1e6, burst: 5000, latency: 5, ratq: 1 } as never }),
    ],
    ['options.limiq', (n) => n.qdiscs.add({ link: 1, kind: 'choke', options: { limiq: 1 } as never })],
    ['handleq', (n) => n.classes.add({ link: 1, kind: 'drr', handleq: '1:' } as never)],
    ['qdiscq', (n) => n.classes.list({ link: 1, qdiscq: '1:' } as never)],
    ['priorityq', (n) => n.filters.add({ link: 1, kind: 'matchall', priorityq: 1 } as never)],
    ['options.bogus', (n) => n.filters.add({ link: 1, kind: 'matchall', options: { bogus: 1 } } as never)],
    ['options.maskq', (n) => n.filters.add({ link: 1, kind: 'fw', options: { maskq: 1 } as never })],
    [
      'actions.verdictq',
      (n) => n.filters.add({ link: 1, kind: 'fw', actions: [{ kind: 'gact', verdict: 'drop', verdictq: 1 } as never] }),
    ],
    ['kindq', (n) => n.filters.list({ link: 1, kindq: 'fw' } as never)],
    ['chainq', (n) => n.chains.add({ link: 1, chain: 1, chainq: 1 } as never)],
    [
      'template.protocolq',
      (n) => n.chains.add({ link: 1, chain: 1, template: { kind: 'flower', protocolq: 'ip' } as never }),
    ],
    ['chainq', (n) => n.chains.list({ link: 1, chainq: 1 } as never)],
  ])('is refused before anything is sent, however deep it is: %s', async (argument, change) => {
    const { reason, sent } = await refusal(change, {});
    expect(reason).toMatchObject({ code: 'ERR_NETNS_INVALID', argument });
    expect(sent).toBe(0);
  });

  it('may be there where it says nothing', async () => {
    const { sent } = await refusal((n) => n.routes.add({ destination: '::/0', metricq: undefined } as never), {});
    expect(sent).toBe(1);
  });
});

describe('an option inside another one', () => {
  it.each<[string, Change, object]>([
    ['peer.txQueueLength', (n, o) => n.links.add({ kind: 'veth', ...o }), { peer: { txQueueLength: -1 } }],
    ['data.id', (n, o) => n.links.add({ kind: 'vxlan', ...o }), { data: { id: 'x' } }],
    ['port.data.cost', (n, o) => n.links.set(1, { ...o }), { port: { kind: 'bridge', data: { cost: -1 } } }],
    ['netns.nsid', (n, o) => n.links.set(1, { ...o }), { netns: { nsid: 1.5 } }],
    ['sourcePorts.end', (n, o) => n.rules.add({ ...o }), { sourcePorts: [1, 70_000] }],
    [
      'nexthops.1.realms',
      (n, o) => n.routes.add({ destination: 'default', ...o }),
      { nexthops: [{ link: 1 }, { realms: -1 }] },
    ],
  ])('is named with its way: %s', async (argument, change, option) => {
    expect((await refusal(change, option)).reason).toMatchObject({ code: 'ERR_NETNS_INVALID', argument });
  });
});

describe('options that contradict each other', () => {
  it.each<[string, Change, object]>([
    ['to', (n, o) => n.rules.add({ ...o }), { from: '10.0.0.0/8', to: '2001:db8::/32' }],
    ['from', (n, o) => n.rules.add({ ...o }), { family: 'inet6', from: '10.0.0.0/8' }],
    [
      'destination',
      (n, o) => n.routes.add({ destination: 'default', ...o }),
      { family: 'inet6', destination: '10.0.0.0/8' },
    ],
    ['netns', (n, o) => n.links.set(1, { ...o }), { netns: { pid: 1, nsid: 2 } }],
    ['namespace', (n, o) => n.nsids.assign(o as never), { pid: 1, name: 'blue' }],
    ['gateway', (n, o) => n.nexthops.add({ ...o }), { family: 'inet6', gateway: '10.0.0.1' }],
    ['prefixLength', (n, o) => n.addresses.add({ link: 1, address: '::1', ...o }), { prefixLength: 129 }],
  ])('are refused before anything is sent: %s', async (argument, change, option) => {
    const { reason, sent } = await refusal(change, option);
    expect(reason).toMatchObject({ code: 'ERR_NETNS_INVALID', argument });
    expect(sent).toBe(0);
  });
});
