import { expect, it } from 'vitest';
import { Captured, declaredFields } from '../../test/codec/coverage.ts';
import { loadFixtures } from '../../test/codec/load.ts';
import { catalogue } from './catalogue.ts';

/** What a network is made of: the messages whose every attribute was captured from a tool or a kernel, but for those below. */
const network = [
  'link',
  'linkProperty',
  'linkStatisticsRequest',
  'linkStatistics',
  'address',
  'multicastAddress',
  'anycastAddress',
  'addressLabel',
  'route',
  'nexthop',
  'nexthopBucket',
  'rule',
  'neighbour',
  'neighbourTable',
  'netconf',
  'prefix',
  'bridgeVlan',
  'bridgeVlanDump',
  'mdbRequest',
  'mdb',
  'nsid',
];

/** Attributes that nobody at hand has sent, by the reason; a path stands for what is within it, too. */
const lacking: Readonly<Record<string, readonly string[]>> = {
  'old: Linux has the numbers, and nothing that sends them': [
    'link.cost',
    'link.priority',
    'link.wireless',
    'link.weight',
    'link.portSelf',
    'link.vfPorts',
    'route.protoinfo',
    'route.session',
    'route.mpAlgo',
    'link.linkinfo.xstats',
    'link.inet6.mcast',
    'link.protinfo',
  ],
  'numbers that several kinds share, where a kind has no use for them': [
    'link.linkinfo.gre.encapLimit',
    'link.linkinfo.gre.flowinfo',
    'link.linkinfo.gre.flags',
    'link.linkinfo.ip6gre.tos',
    'link.linkinfo.ip6gre.pmtudisc',
    'link.linkinfo.ip6gre.ignoreDf',
    'link.linkinfo.ipip.encapLimit',
    'link.linkinfo.ipip.flowinfo',
    'link.linkinfo.sit.encapLimit',
    'link.linkinfo.sit.flowinfo',
    'link.linkinfo.ip6tnl.tos',
    'link.linkinfo.ip6tnl.pmtudisc',
    'route.encap.ila.identifier',
    'route.encap.ila.dir',
  ],
  'of cards and buses that no kernel at hand can imitate': [
    'link.physPortId',
    'link.afSpec.mctp',
    'link.dpllPin.id',
    'linkStatistics.linkOffloadXstats.cpuHit',
  ],
  'named by Linux, which leaves it out of its own events and answers (7.2)': ['netconf.forceForwarding'],
};

const known = Object.values(lacking).flat();
const captured = new Captured(loadFixtures());
const declared = declaredFields(catalogue.filter(({ name }) => network.includes(name)));
const missing = declared.filter((each) => !captured.has(each)).map(({ path }) => path);
const isWithin = (path: string, outer: string) => path === outer || path.startsWith(`${outer}.`);

it('the messages of a network are in the catalogue', () => {
  const names = catalogue.map(({ name }) => name);
  expect(network.filter((name) => !names.includes(name))).toEqual([]);
});

it('each attribute of them is in a captured message', () => {
  expect(missing.filter((path) => !known.some((outer) => isWithin(path, outer)))).toEqual([]);
});

it('what is said to lack a captured message has none', () => {
  expect(known.filter((outer) => !missing.some((path) => isWithin(path, outer)))).toEqual([]);
});
