import { describe, expect, it } from 'vitest';
import { link } from '../../../../../netlink/families/route/link.ts';
import { Exit } from '../../exit.ts';
import { Words } from '../../words.ts';
import type { Lookup } from '../lookup.ts';
import { linkOf } from '../testing.ts';
import type { KindContext } from './kind.ts';
import { kindNames, loadKind } from './kinds.ts';

const warnings: string[] = [];
const context: KindContext = {
  lookup: { indexOf: (name: string) => (name === 'eth0' ? 7 : 0) } as Lookup,
  creating: true,
  existing: () => undefined,
  warn: (text) => void warnings.push(text),
};

async function parse(kind: string, words: string, more: Partial<KindContext> = {}): Promise<unknown> {
  const found = await loadKind(kind);
  return found?.parse?.(new Words(words.split(' ').filter((word) => word !== '')), { ...context, ...more });
}

/** The words of a usage text that stand for options: `[no]learning`, `forward_delay FORWARD_DELAY`. */
function optionsOf(usage: string): string[] {
  const body = usage.split('\n\n')[0] ?? '';
  return [...body.matchAll(/\[ (?:\{ )?(\[no\])?([a-z0-9_]+)/g)].flatMap(([, no, word = '']) =>
    no ? [word, `no${word}`] : [word],
  );
}

describe.each(['vxlan', 'bridge', 'bridge_slave', 'bond'])('%s', (kind) => {
  it('reads every option of its usage text', async () => {
    const usage = (await loadKind(kind))?.usage ?? '';
    const options = optionsOf(usage);
    expect(options.length).toBeGreaterThan(15);
    for (const option of options) {
      // without a value, or with one that may be wrong: but the word itself is known
      const error = await parse(kind, option).catch((reason: unknown) => reason);
      if (error instanceof Exit) expect(error.message, option).not.toContain('unknown');
      else expect(error, option).toBeTypeOf('object');
    }
  });

  it('answers help and unknown words with its usage', async () => {
    const usage = (await loadKind(kind))?.usage ?? '';
    await expect(parse(kind, 'help')).rejects.toEqual(new Exit(usage, 1, false));
    await expect(parse(kind, 'xyz')).rejects.toThrow(`"xyz"?\n${usage.trimEnd()}`);
  });
});

const encapDefaults = { encapType: 0, encapFlags: 0, encapSport: 0, encapDport: 0 };
const noKeys = { ikey: 0, okey: 0, iflags: 0, oflags: 0 };
const greDefaults = { ...noKeys, pmtudisc: true, tos: 0, ttl: 0, fwmark: 0, ...encapDefaults };
const ipDefaults = { proto: 0, pmtudisc: true, tos: 0, ttl: 0, link: 0, fwmark: 0, ...encapDefaults };
const ip6Defaults = { ttl: 64, encapLimit: 4, flowinfo: 0, flags: 0, fwmark: 0, ...encapDefaults, encapFlags: 2 };

it.each<[string, string, unknown]>([
  ['vxlan', 'id 233 dstport 4789', { id: 233, port: 4789, learning: true }],
  ['vxlan', 'id 1 dstport 0', { id: 1, port: undefined, learning: true }],
  [
    'vxlan',
    'id 1 dstport 1 dev eth0 ttl inherit tos inherit',
    { id: 1, port: 1, learning: true, link: 7, ttlInherit: true, tos: 1 },
  ],
  ['vxlan', 'id 1 dstport 1 ttl auto df set', { id: 1, port: 1, learning: true, ttl: 0, df: 1 }],
  ['vxlan', 'external dstport 1', { collectMetadata: true, port: 1, learning: false }],
  ['vxlan', 'external gpe', { collectMetadata: true, gpe: true, port: 4790, learning: false }],
  [
    'vxlan',
    'id 1 dst 1 local fd00::1 remote fd00::2',
    { id: 1, port: 1, learning: true, local6: 'fd00::1', group6: 'fd00::2' },
  ],
  [
    'vxlan',
    'id 1 dst 1 srcport 5 6 maxaddress unlimited ageing none',
    { id: 1, port: 1, learning: true, portRange: { low: 5, high: 6 }, limit: 0, ageing: 0 },
  ],
  ['bridge', 'f 300 vlan_filtering 1', { forwardDelay: 300, vlanFiltering: true }],
  ['bridge', 'vlan_protocol 802.1AD', { vlanProtocol: 0x88a8 }],
  ['bridge', 'no_linklocal_learn 1 mcast_vlan_snooping 0', { multiBoolopt: { optval: 1, optmask: 3 } }],
  ['bridge', 'mcast_querier_interval 5 fdb_flush', { mcastQuerierIntvl: 5n, fdbFlush: true }],
  ['bridge_slave', 'hairpin on flood off backup_port eth0', { mode: true, unicastFlood: false, backupPort: 7 }],
  ['bridge_slave', 'nobackup_port', { backupPort: 0 }],
  [
    'macvlan',
    'mode source macaddr set 2:0:0:0:0:1 2:0:0:0:0:2',
    { mode: 16, macaddrMode: 3, macaddrData: { macaddr: ['02:00:00:00:00:01', '02:00:00:00:00:02'] } },
  ],
  ['macvlan', 'mode passthru flag nopromisc bcqueuelen 5', { mode: 8, flags: 1, bcQueueLen: 5 }],
  ['macvtap', 'mode bridge nodst flag null', { mode: 4, flags: 0 }],
  ['vlan', 'id 5 protocol 802.1AD', { id: 5, protocol: 0x88a8 }],
  ['vlan', 'gvrp on reorder_hdr off', { flags: { flags: 2, mask: 3 } }],
  [
    'vlan',
    'ingress-qos-map 1:2 3:4 id 5 egress 5:6',
    {
      ingressQos: {
        mapping: [
          { from: 1, to: 2 },
          { from: 3, to: 4 },
        ],
      },
      id: 5,
      egressQos: { mapping: [{ from: 5, to: 6 }] },
    },
  ],
  ['ipvlan', 'mode l2', { mode: 0, flags: 0 }],
  ['ipvtap', 'private', { flags: 1 }],
  ['bond', 'mode 4 xmit_hash_policy layer3+4 primary eth0', { mode: 4, xmitHashPolicy: 1, primary: 7 }],
  ['bond', 'arp_ip_target 10.0.0.1,,10.2 mode 1', { arpIpTarget: ['10.0.0.1', '10.2.0.0'], mode: 1 }],
  ['bond', 'ns_ip6_target', { nsIp6Target: [] }],
  ['bond_slave', 'queue_id 5 prio -7', { queueId: 5, prio: -7 }],
  ['vrf', 'table main', { table: 254 }],
  ['geneve', 'id 5 remote 10.0.0.1', { id: 5, remote: '10.0.0.1', label: 0, ttl: 0, tos: 0 }],
  [
    'geneve',
    'id 5 remote fd00::1 ttl inherit tos 10 dstport 0',
    { id: 5, remote6: 'fd00::1', label: 0, ttl: 0, ttlInherit: true, tos: 16, port: undefined },
  ],
  ['geneve', 'external noudpcsum', { id: 0, label: 0, ttl: 0, tos: 0, collectMetadata: true, udpCsum: false }],
  ['gre', 'external local 10.0.0.1 key 5', { collectMetadata: true }],
  [
    'gre',
    'local 10.0.0.1 remote 10.0.0.2 ikey 1.2.3 okey 7 seq nocsum dev eth0 encap gue encap-csum',
    {
      ...greDefaults,
      local: '10.0.0.1',
      remote: '10.0.0.2',
      ikey: 0x01020300,
      okey: 7,
      iflags: 0x3000,
      oflags: 0x3000,
      link: 7,
      encapType: 2,
      encapFlags: 1,
    },
  ],
  [
    'gretap',
    'ikey 5 remote 239.0.0.1 local 10.0.0.1',
    {
      ...greDefaults,
      remote: '239.0.0.1',
      local: '10.0.0.1',
      ikey: 5,
      okey: 0xef000001,
      iflags: 0x2000,
      oflags: 0x2000,
    },
  ],
  ['erspan', 'erspan_ver 1 erspan 5', { ...greDefaults, erspanVer: 1, erspanIndex: 5 }],
  ['erspan', 'erspan_ver 2 erspan 5 erspan_dir e', { ...greDefaults, erspanVer: 2, erspanDir: 1, erspanHwid: 0 }],
  ['ip6gre', 'encaplimit none', { ...ip6Defaults, ...noKeys, flags: 1, erspanVer: 1 }],
  ['ip6gre', 'tclass 20 flowlabel 7', { ...ip6Defaults, ...noKeys, flowinfo: 0x0200_0007, erspanVer: 1 }],
  ['ip6tnl', 'mode ipip6 tclass inherit fwmark inherit', { ...ip6Defaults, proto: 4, link: 0, flags: 0x22 }],
  ['ip6tnl', 'external', { proto: 0, collectMetadata: true }],
  ['ipip', 'mode any 6rd-prefix 2001::/32', { ...ipDefaults }],
  [
    'sit',
    '6rd-prefix 2001:db8::/32 isatap mode ip6ip',
    { ...ipDefaults, proto: 41, flags: 1, sixrdPrefix: '2001:db8::', sixrdPrefixlen: 32 },
  ],
  ['vti', 'key 5 dev eth0', { ikey: 5, okey: 5, fwmark: 0, link: 7 }],
  ['vti6', 'remote fd00::1', { ikey: 0, okey: 0, fwmark: 0, remote: 'fd00::1' }],
  ['xfrm', 'dev eth0 if_id 0x2a', { link: 7, ifId: 42 }],
  ['bareudp', 'dstport 5 ethertype MPLS_UC', { port: 5, ethertype: 0x8847 }],
  ['macsec', 'address 2:0:0:0:0:55 port 5', { sci: 0x0200_0000_0055_0005n }],
  [
    'macsec',
    'port 5 replay off cipher gcm-aes-256',
    { port: 5, replayProtect: false, window: 0xffffffff, cipherSuite: 0x0080_c200_0100_0002n },
  ],
  ['hsr', 'slave1 eth0 supervision 45', { slave1: 7, multicastSpec: 45 }],
])('%s %s', async (kind, words, expected) => {
  const data = await parse(kind, words);
  expect(data).toEqual(expected);
  const master = kind.endsWith('_slave') ? kind.slice(0, -'_slave'.length) : undefined;
  const linkinfo = master === undefined ? { kind, data } : { slave: { kind: master, data } };
  expect(() => link.encode({ attributes: { linkinfo } } as Parameters<typeof link.encode>[0])).not.toThrow();
});

it('warns of a port that is not given, but only for a new link', async () => {
  warnings.length = 0;
  await parse('vxlan', 'id 1', { creating: false });
  expect(warnings).toEqual([]);
  await parse('vxlan', 'id 1');
  expect(warnings).toEqual([expect.stringContaining('vxlan: destination port not specified\n')]);
});

it('a changed vxlan keeps what is not mentioned', async () => {
  expect(await parse('vxlan', 'ageing 5', { creating: false })).toEqual({ ageing: 5 });
});

it.each([
  ['vxlan', 'dstport 1', 'vxlan: missing virtual network identifier'],
  ['vxlan', 'id 16777216', 'argument "16777216" is wrong: invalid id'],
  ['vxlan', 'id 1 id 2', 'either "id" is duplicate, or "2" is garbage'],
  ['vxlan', 'id 1 proxy noproxy', 'either "noproxy" is duplicate, or "noproxy" is garbage'],
  ['vxlan', 'id 1 external', "both 'external' and vni cannot be specified"],
  ['vxlan', 'id 1 group 239.1.1.1', "'group' requires 'dev' to be specified"],
  ['vxlan', 'id 1 dev nope', 'Cannot find device "nope"'],
  ['bridge', 'priority 65536', 'argument "65536" is wrong: invalid priority'],
  ['bridge_slave', 'state x', 'argument "x" is wrong: state is invalid'],
  ['bridge_slave', 'guard x', 'argument of "guard" must be one of "off", "on", not "x"'],
  ['macvlan', 'mode x', 'must be "private", "vepa", "bridge", "passthru" or "source", not "x"'],
  ['macvlan', 'mode bridge nopromisc', 'macvlan: nopromisc flag only valid in passthru mode'],
])('%s %s is refused', async (kind, words, message) => {
  await expect(parse(kind, words)).rejects.toThrow(message);
});

it('a changed tunnel begins with what it is', async () => {
  const data = {
    link: 0,
    local: 'fd00::1',
    remote: '::',
    ttl: 7,
    encapLimit: 4,
    flowinfo: 0,
    flags: 16,
    proto: 41,
    fwmark: 0,
  };
  const existing = () => linkOf({}, { linkinfo: { kind: 'ip6tnl', data } });
  expect(await parse('ip6tnl', 'encaplimit 9', { creating: false, existing })).toEqual({
    ...ip6Defaults,
    ...data,
    remote: undefined,
    encapLimit: 9,
  });
  await expect(parse('gre', 'ttl 9', { creating: false, existing })).rejects.toThrow(
    'Failed to get existing tunnel info.',
  );
});

it('knows its kinds', async () => {
  for (const name of kindNames) expect((await loadKind(name))?.usage).toMatch(/^Usage:\s/);
  expect(await loadKind('nosuch')).toBeUndefined();
  expect(await loadKind('constructor')).toBeUndefined();
});
