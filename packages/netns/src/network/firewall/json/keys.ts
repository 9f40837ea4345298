import { nftCtKeys, nftMetaKeys, nftSocketKeys, nftXfrmKeys } from '../../../netlink/families/netfilter/expressions.ts';
import type { Names } from '../../../wire/names.ts';
import type { ByteOrder } from './bits.ts';
import { type DataType, type DataTypeName, dataTypes } from './datatypes.ts';

/** What a key of `meta`, `ct`, `rt` or `socket` gives. */
export interface Key {
  readonly name: string;
  readonly number: number;
  readonly type: DataType;
  readonly bits: number;
  readonly order: ByteOrder;
  /** The protocol family that it is only for. */
  readonly family?: 'ip' | 'ip6';
  /** It says by its value which protocol the packet has: at this layer. */
  readonly tells?: 'll' | 'nh' | 'th';
}

type Row = readonly [type: DataTypeName, bits?: number, more?: Partial<Pick<Key, 'order' | 'family' | 'tells'>>];

/** The keys of one expression, to be found both ways. */
export interface Keys {
  readonly byName: ReadonlyMap<string, Key>;
  readonly byNumber: ReadonlyMap<number, Key>;
}

function keysOf(names: Names, rows: Readonly<Record<string, Row>>): Keys {
  const keys: Key[] = [];
  for (const [number, name] of Object.entries(names)) {
    const row = name === undefined ? undefined : rows[name];
    if (row === undefined) continue;
    const [typeName, bits, more] = row;
    const type = dataTypes[typeName];
    // A number that has no order of its own is the machine's here: the kernel made it.
    const order = typeName === 'integer' ? 'machine' : type.order;
    keys.push({ name: name as string, number: Number(number), type, bits: bits ?? type.bits, order, ...more });
  }
  return {
    byName: new Map(keys.map((key) => [key.name, key])),
    byNumber: new Map(keys.map((key) => [key.number, key])),
  };
}

/** Keys of `meta`. */
export const metaKeys = keysOf(nftMetaKeys, {
  length: ['integer', 32],
  protocol: ['ether_type', 16, { tells: 'nh' }],
  priority: ['classid'],
  mark: ['mark'],
  iif: ['iface_index'],
  oif: ['iface_index'],
  iifname: ['ifname'],
  oifname: ['ifname'],
  iiftype: ['iface_type', 16, { tells: 'll' }],
  oiftype: ['iface_type', 16, { tells: 'll' }],
  skuid: ['uid'],
  skgid: ['gid'],
  nftrace: ['integer', 1],
  rtclassid: ['realm'],
  secmark: ['mark'],
  nfproto: ['nf_proto', 8, { tells: 'nh' }],
  l4proto: ['inet_proto', 8, { tells: 'th' }],
  ibrname: ['ifname'],
  obrname: ['ifname'],
  pkttype: ['pkt_type'],
  cpu: ['integer', 32],
  iifgroup: ['devgroup'],
  oifgroup: ['devgroup'],
  cgroup: ['integer', 32],
  random: ['integer', 32, { order: 'network' }],
  ipsec: ['boolean', 1],
  iifkind: ['ifname'],
  oifkind: ['ifname'],
  ibrpvid: ['integer', 16],
  ibrvproto: ['ether_type', 16],
  time: ['date'],
  day: ['day'],
  hour: ['hour'],
  sdif: ['iface_index'],
  sdifname: ['ifname'],
  broute: ['integer', 1],
  ibrhwaddr: ['ether_addr'],
});

/** Keys of `ct`. */
export const ctKeys = keysOf(nftCtKeys, {
  state: ['ct_state'],
  direction: ['ct_dir'],
  status: ['ct_status'],
  mark: ['mark'],
  secmark: ['integer', 32],
  expiration: ['time'],
  helper: ['string', 128],
  l3proto: ['nf_proto', 8, { tells: 'nh' }],
  saddr: ['ipv4_addr', 32, { family: 'ip' }],
  daddr: ['ipv4_addr', 32, { family: 'ip' }],
  // It says nothing of the packet at hand: `nft` asks for that before it names a field.
  protocol: ['inet_proto'],
  'proto-src': ['inet_service'],
  'proto-dst': ['inet_service'],
  label: ['ct_label'],
  packets: ['integer', 64],
  bytes: ['integer', 64],
  avgpkt: ['integer', 64],
  zone: ['integer', 16],
  event: ['ct_event'],
  'ip saddr': ['ipv4_addr'],
  'ip daddr': ['ipv4_addr'],
  'ip6 saddr': ['ipv6_addr'],
  'ip6 daddr': ['ipv6_addr'],
  id: ['integer', 32, { order: 'network' }],
});

/** Keys of `rt`; `nexthop` is there once for each family. */
export const rtKeys = keysOf(['classid', 'ip nexthop', 'ip6 nexthop', 'mtu', 'ipsec'], {
  classid: ['realm'],
  'ip nexthop': ['ipv4_addr', 32, { family: 'ip' }],
  'ip6 nexthop': ['ipv6_addr', 128, { family: 'ip6' }],
  mtu: ['integer', 16],
  ipsec: ['boolean', 1],
});

/** Keys of `socket`. */
export const socketKeys = keysOf(nftSocketKeys, {
  transparent: ['integer', 8],
  mark: ['mark'],
  wildcard: ['integer', 8],
  cgroupv2: ['cgroupsv2'],
});

/** Keys of `ipsec`: what the transformation of a packet was. */
export const ipsecKeys = keysOf(nftXfrmKeys, {
  'ip daddr': ['ipv4_addr', 32, { family: 'ip' }],
  'ip6 daddr': ['ipv6_addr', 128, { family: 'ip6' }],
  'ip saddr': ['ipv4_addr', 32, { family: 'ip' }],
  'ip6 saddr': ['ipv6_addr', 128, { family: 'ip6' }],
  reqid: ['integer', 32],
  spi: ['integer', 32, { order: 'network' }],
});

/** What `fib` can give. The index is NFT_FIB_RESULT_*. */
export const fibResults = keysOf(['unspec', 'oif', 'oifname', 'type'], {
  oif: ['iface_index'],
  oifname: ['ifname'],
  type: ['fib_addrtype'],
});
