import { attrs, pair, records } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { bool, s32, u8, u16be, u32, u32be, u64 } from '../../../wire/integers.ts';
import { ipAddress } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { scopes } from './address.ts';
import { AF_IP6MR, AF_IPMR, AF_MPLS, addressFamilies } from './address-families.ts';
import { encapKind, encaps } from './encap.ts';
import { mplsLabels } from './mpls-labels.ts';
import { via } from './via.ts';

/** Kinds of routes by number (RTN_*, `linux/rtnetlink.h`): what happens to a packet that matches. */
export const routeTypes = [
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
] as const;

/** Who made a route or rule, by number (RTPROT_*), named as in `/etc/iproute2/rt_protos`. */
export const routeProtocols = {
  0: 'unspec',
  1: 'redirect',
  2: 'kernel',
  3: 'boot',
  4: 'static',
  8: 'gated',
  9: 'ra',
  10: 'mrt',
  11: 'zebra',
  12: 'bird',
  13: 'dnrouted',
  14: 'xorp',
  15: 'ntk',
  16: 'dhcp',
  17: 'mrouted',
  18: 'keepalived',
  42: 'babel',
  84: 'ovn',
  99: 'openr',
  186: 'bgp',
  187: 'isis',
  188: 'ospf',
  189: 'rip',
  192: 'eigrp',
} as const;

/** Routing tables that have a name (RT_TABLE_*). The attribute `table` holds all 32 bits, the header the lowest eight. */
export const routeTables = { 0: 'unspec', 252: 'compat', 253: 'default', 254: 'main', 255: 'local' } as const;

/** Bits of a route's and of a next hop's `flags` (RTNH_F_* below bit 8, RTM_F_* and RTCF_* above), named as `ip` names them. */
export const routeFlags = {
  0: 'dead',
  1: 'pervasive',
  2: 'onlink',
  3: 'offload',
  4: 'linkdown',
  5: 'unresolved',
  6: 'trap',
  8: 'notify',
  9: 'cloned',
  10: 'equalize',
  11: 'prefix',
  12: 'lookup_table',
  13: 'fib_match',
  14: 'rt_offload',
  15: 'rt_trap',
  18: 'redirected',
  24: 'redirect',
  28: 'broadcast',
  29: 'rt_offload_failed',
  31: 'local',
} as const;

/** Say which table the answer is from, not the one that was asked for. */
export const RTM_F_LOOKUP_TABLE = 0x1000;
/** Give the whole route that matches, not the decision for the one address. Linux 4.13. */
export const RTM_F_FIB_MATCH = 0x2000;
/** A decision that the kernel remembers, no route of a table. */
export const RTM_F_CLONED = 0x200;

/** How much a router wants to be preferred (ICMPV6_ROUTER_PREF_*, RFC 4191). */
export const routePreferences = { 0: 'medium', 1: 'high', 3: 'low' } as const;

/** `struct rtmsg` (`linux/rtnetlink.h`). */
export const rtmsg = struct({
  family: named(u8, addressFamilies),
  dstLen: u8,
  srcLen: u8,
  tos: u8,
  table: named(u8, routeTables),
  protocol: named(u8, routeProtocols),
  scope: named(u8, scopes),
  type: named(u8, routeTypes),
  flags: flags(u32, routeFlags),
});

/** RTAX_*: what is known of the path, `mtu`, `rtt`, …. Bits of `lock` are numbers of attributes that are not to be changed. */
export const routeMetrics = attrs({
  lock: [1, u32],
  mtu: [2, u32],
  window: [3, u32],
  rtt: [4, u32],
  rttvar: [5, u32],
  ssthresh: [6, u32],
  cwnd: [7, u32],
  advmss: [8, u32],
  reordering: [9, u32],
  hoplimit: [10, u32],
  initcwnd: [11, u32],
  features: [12, u32],
  rtoMin: [13, u32],
  initrwnd: [14, u32],
  quickack: [15, u32],
  ccAlgo: [16, str],
  fastopenNoCookie: [17, u32],
});

/** The encapsulation of a route or of one of its next hops: `{ kind: 'mpls', data: { dst: [100] } }`. */
const encap = pair(21, 22, encaps, encapKind);

/** `struct rtnexthop`, behind it the attributes of one next hop. `hops` is its weight less one. */
const routeNexthop = records(
  struct({ length: pad(2), flags: flags(u8, routeFlags), hops: u8, ifindex: s32 }),
  attrs({ gateway: [5, ipAddress], flow: [11, u32], via: [18, via], newdst: [19, mplsLabels], encap }),
);

/**
 * RTA_* attributes. `dst` with `dstLen` of the header is the prefix, `oif` the device, `gateway` (or `via`, of another family) the
 * router; `multipath` holds several of these; `nhId` is the number of a nexthop object instead.
 */
export const routeAttributes = attrs({
  dstLabel: [1, mplsLabels, { family: AF_MPLS }],
  dst: [1, ipAddress],
  src: [2, ipAddress],
  iif: [3, u32],
  oif: [4, u32],
  gateway: [5, ipAddress],
  priority: [6, u32],
  prefsrc: [7, ipAddress],
  metrics: [8, routeMetrics],
  multipath: [9, routeNexthop],
  protoinfo: [10, bytes],
  flow: [11, u32],
  cacheinfo: [
    12,
    struct({ clntref: u32, lastuse: u32, expires: s32, error: u32, used: u32, id: u32, ts: u32, tsage: u32 }),
  ],
  session: [13, bytes],
  mpAlgo: [14, bytes],
  table: [15, named(u32, routeTables)],
  mark: [16, u32],
  mfcStats: [17, struct({ packets: u64, bytes: u64, wrongIf: u64 })],
  via: [18, via],
  newdst: [19, mplsLabels],
  pref: [20, named(u8, routePreferences)],
  encap,
  expires: [23, u32],
  mfcExpires: [23, u64, { family: AF_IPMR }],
  mfcExpires6: [23, u64, { family: AF_IP6MR }],
  uid: [25, u32],
  ttlPropagate: [26, bool],
  ipProto: [27, u8],
  sport: [28, u16be],
  dport: [29, u16be],
  nhId: [30, u32],
  flowlabel: [31, u32be],
});

/** Routes: `ip route`, `ip mroute`, `ip -M route`. See rtnetlink(7), rtnetlink(3) and `linux/rtnetlink.h`. */
export const route = message({
  name: 'route',
  kernelName: 'ROUTE',
  protocol: NETLINK_ROUTE,
  types: { new: 24, del: 25, get: 26 },
  header: rtmsg,
  attributes: routeAttributes,
});

export type RouteMessage = Out<typeof route>;
export type RouteMessageInput = In<typeof route>;
