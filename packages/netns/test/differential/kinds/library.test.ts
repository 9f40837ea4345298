import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LinkSpec, openNamespace, openNetwork } from '../../../dist/index.js';
import { hasKind, ours, theirs } from './programs.ts';
import { describeWireguard } from './wireguard.ts';

// What the library makes is read back by it as it was asked for, and the installed `ip` shows it so. The table has a row for each kind
// of the catalogue: a kind without one does not compile.

/** All kinds but those that are made by opening a file (tun) or need hardware below. */
type Kind = Exclude<LinkSpec['kind'], 'other' | 'tun' | 'dsa' | 'ipoib' | 'amt' | 'gtp' | 'rmnet' | 'wwan'>;
type Spec<K> = Omit<Extract<LinkSpec, { readonly kind: K }>, 'kind' | 'name' | 'data'> & {
  /** What the kind is told, and reads back. */
  readonly data?: NonNullable<Extract<LinkSpec, { readonly kind: K }>['data']>;
  /** What else `ip -details -json` shows as its data. */
  readonly shown?: object;
  /** What reads back where that is not what it was told. */
  readonly reads?: object;
};

const tunnel = (net: number) => ({ local: `10.${net}.0.1`, remote: `10.${net}.0.2` });
const tunnel6 = (net: number) => ({ local: `fd00:${net}::1`, remote: `fd00:${net}::2` });

const specs: { readonly [K in Kind]: Spec<K> } = {
  veth: { peer: { name: 'veth-peer', mtu: 1400 } },
  vxcan: { peer: { name: 'vxcan-peer' } },
  netkit: { data: { mode: 0, policy: 0 } },
  dummy: { mtu: 1400, address: '02:00:00:00:00:44' },
  ifb: {},
  nlmon: {},
  team: {},
  ovpn: { data: { mode: 1 }, shown: { mode: 'mp' } },
  vcan: {},
  wireguard: {},
  bridge: { data: { forwardDelay: 300, stpState: 0 }, shown: { forward_delay: 300 } },
  vxlan: {
    data: { id: 5, port: 4789, local: '10.9.0.1', learning: false, ttl: 7 },
    shown: { id: 5, port: 4789, local: '10.9.0.1', learning: false, ttl: 7 },
  },
  vlan: {
    link: 'base',
    data: { id: 5, protocol: 0x88a8, flags: { flags: 2, mask: 2 }, egressQos: { mapping: [{ from: 1, to: 2 }] } },
    reads: { id: 5, protocol: 0x88a8, flags: { flags: 3 }, egressQos: { mapping: [{ from: 1, to: 2 }] } },
    shown: { id: 5, protocol: '802.1ad', flags: ['REORDER_HDR', 'GVRP'], egress_qos: [{ from: 1, to: 2 }] },
  },
  macvlan: { link: 'base2', data: { mode: 4 }, shown: { mode: 'bridge' } },
  macvtap: { link: 'base2', data: { mode: 2 }, shown: { mode: 'vepa' } },
  ipvlan: { link: 'base3', data: { mode: 1, flags: 1 }, shown: { mode: 'l3', private: true } },
  ipvtap: { link: 'base4', data: { mode: 2, flags: 2 }, shown: { mode: 'l3s', vepa: true } },
  bond: {
    data: { mode: 1, miimon: 100, arpAllTargets: 1, xmitHashPolicy: 1 },
    shown: { mode: 'active-backup', miimon: 100, arp_all_targets: 'all', xmit_hash_policy: 'layer3+4' },
  },
  vrf: { data: { table: 77 }, shown: { table: 77 } },
  geneve: {
    data: { id: 5, remote: '10.9.0.2', ttl: 7, tos: 0x10, df: 1, port: 6082 },
    shown: { id: 5, remote: '10.9.0.2', ttl: 7, tos: '0x10', df: 'set', port: 6082 },
  },
  gre: {
    data: { ...tunnel(10), iflags: 0x2000, oflags: 0x3000, ikey: 5, okey: 6, ttl: 7, pmtudisc: true },
    shown: { remote: '10.10.0.2', ikey: '0.0.0.5', okey: '0.0.0.6', oseq: true, ttl: 7 },
  },
  gretap: { data: { ...tunnel(11), fwmark: 9 }, shown: { local: '10.11.0.1', fwmark: '0x9' } },
  erspan: {
    data: { ...tunnel(12), iflags: 0x3000, oflags: 0x3000, ikey: 5, okey: 5, erspanVer: 1, erspanIndex: 9 },
    shown: { erspan_ver: 1, erspan_index: 9 },
  },
  ip6gre: {
    data: { ...tunnel6(10), ttl: 7, encapLimit: 3, flowinfo: 0x02012345 },
    shown: { ttl: 7, encap_limit: 3, tclass: '0x20', flowlabel: '0x12345' },
  },
  ip6gretap: { data: { ...tunnel6(11), ttl: 64 }, shown: { local: 'fd00:11::1' } },
  ip6erspan: {
    data: {
      ...tunnel6(12),
      iflags: 0x3000,
      oflags: 0x3000,
      ikey: 5,
      okey: 5,
      erspanVer: 2,
      erspanDir: 1,
      erspanHwid: 3,
    },
    shown: { erspan_ver: 2, erspan_dir: 'egress', erspan_hwid: '0x3' },
  },
  ipip: { data: { ...tunnel(13), proto: 4, ttl: 9 }, shown: { proto: 'ipip', remote: '10.13.0.2', ttl: 9 } },
  sit: {
    data: { ...tunnel(14), proto: 41, sixrdPrefix: '2001:db8::', sixrdPrefixlen: 32 },
    shown: { proto: 'ip6ip', prefix: '2001:db8::', prefixlen: 32 },
  },
  ip6tnl: { data: { ...tunnel6(13), proto: 4, ttl: 9 }, shown: { proto: 'ipip6', ttl: 9 } },
  vti: { data: { ...tunnel(15), ikey: 5, okey: 6 }, shown: { ikey: '0.0.0.5', okey: '0.0.0.6' } },
  vti6: { data: { ...tunnel6(15), ikey: 5, okey: 6 }, shown: { ikey: '0.0.0.5', okey: '0.0.0.6' } },
  xfrm: { data: { ifId: 42 }, shown: { if_id: '0x2a' } },
  bareudp: { data: { port: 6635, ethertype: 0x8847, srcportMin: 5000 } },
  macsec: {
    link: 'base',
    data: { port: 11, encrypt: true, validation: 1 },
    reads: { sci: 0x02000000_0001000bn, encrypt: true, validation: 1 },
    shown: { sci: '020000000001000b', encrypt: true, validation: 'check' },
  },
  hsr: { data: { slave1: 11, slave2: 12, version: 1 }, reads: { slave1: 11, slave2: 12 } },
};

const setup = [11, 13]
  .map((index) => {
    const name = index === 11 ? ['base', 'base2'] : ['base3', 'base4'];
    const address = (n: number) => `02:00:00:00:00:${String(n - 10).padStart(2, '0')}`;
    return `link add name ${name[0]} address ${address(index)} index ${index} type veth peer name ${name[1]} address ${address(index + 1)} index ${index + 1}`;
  })
  .join('\n');

const kinds = Object.keys(specs) as Kind[];
const nameOf = (kind: Kind) => `x-${kind}`;

interface Shown {
  readonly ifname?: string;
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: object };
}

describe('kinds of links, with the library', () => {
  const errors = new Map<Kind, unknown>();
  const read = new Map<Kind, unknown>();
  const present = new Set<Kind>();
  let byTheirs: readonly Shown[];
  let byOurs: readonly Shown[];

  beforeAll(async () => {
    execFileSync('ip', ['netns', 'add', 'library']);
    execFileSync('ip', ['-n', 'library', '-batch', '-'], { input: setup });
    using namespace = openNamespace('library');
    using network = openNetwork(namespace);
    for (const kind of kinds) {
      if (!(await hasKind(kind))) continue;
      present.add(kind);
      const { shown: _, reads: __, ...spec } = specs[kind];
      try {
        await network.links.add({ kind, name: nameOf(kind), ...spec } as LinkSpec);
        const { linkinfo } = (await network.links.get(nameOf(kind))).message.attributes;
        read.set(kind, linkinfo);
      } catch (error) {
        errors.set(kind, error);
      }
    }
    const show = ['-n', 'library', '-d', '-j', 'link', 'show'];
    byTheirs = JSON.parse(theirs(...show).out);
    byOurs = JSON.parse((await ours(...show)).out);
  }, 600_000);

  afterAll(() => {
    execFileSync('ip', ['netns', 'del', 'library']);
  });

  it.for(kinds)('%s', (kind, { skip }) => {
    skip(!present.has(kind), `this kernel has no links of type ${kind}`);
    expect(errors.get(kind)).toBeUndefined();
    const { data, reads = data, shown } = specs[kind] as Spec<Kind>;
    expect(read.get(kind), 'read back').toMatchObject({ kind, ...(reads && { data: reads }) });
    const isOwn = ({ ifname }: Shown) => ifname === nameOf(kind);
    const wanted = { info_kind: kind, ...(shown && { info_data: shown }) };
    // that ours shows all else as the newest ip is seen in ip.test.ts
    expect(byTheirs.find(isOwn)?.linkinfo, 'shown by the installed ip').toMatchObject(wanted);
    expect(byOurs.find(isOwn)?.linkinfo, 'shown by ours').toMatchObject(wanted);
  });
});

await describeWireguard();
