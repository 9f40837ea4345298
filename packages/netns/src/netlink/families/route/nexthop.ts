import { attrs, nested, pair, repeated } from '../../../wire/attributes.ts';
import { flag, u8, u16, u16be, u32, u64, uint } from '../../../wire/integers.ts';
import { ipAddress } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { AttributeSet, In, Out, Typed } from '../../../wire/shape.ts';
import { array, pad, struct } from '../../../wire/struct.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { scopes } from './address.ts';
import { addressFamilies } from './address-families.ts';
import { encapKind, encaps } from './encap.ts';
import { routeFlags, routeProtocols } from './route.ts';

/** Kinds of groups (NEXTHOP_GRP_TYPE_*): by a hash of the flow, or with a table of buckets that disturbs few flows when it changes. */
export const nexthopGroupTypes = ['mpath', 'resilient'] as const;

/** What belongs to each kind of encapsulation; here the kernel wants it to be marked as nested. */
const nestedEncaps = Object.fromEntries(
  Object.entries(encaps).map(([kind, data]) => [kind, nested(data as Typed<AttributeSet, unknown>)]),
) as typeof encaps;

/** `struct nhmsg` (`linux/nexthop.h`). */
export const nhmsg = struct({
  family: named(u8, addressFamilies),
  scope: named(u8, scopes),
  protocol: named(u8, routeProtocols),
  reserved: pad(1),
  flags: flags(u32, routeFlags),
});

/** NHA_RES_GROUP_*: times are in hundredths of a second. */
export const nexthopResGroup = attrs({
  buckets: [1, u16],
  idleTimer: [2, u32],
  unbalancedTimer: [3, u32],
  unbalancedTime: [4, u64],
});

/** NHA_RES_BUCKET_*: which member a bucket sends to, and for how long it has been idle, in hundredths of a second. */
export const nexthopResBucket = attrs({ index: [1, u16], idleTime: [2, u64], nhId: [3, u32] });

/** NHA_GROUP_STATS_ENTRY_*: packets by member. */
export const nexthopGroupStats = attrs({ id: [1, u32], packets: [2, uint], packetsHw: [3, uint] });

/**
 * NHA_* attributes. `group` holds numbers of other nexthops; the weight is one more than `weight + 256 * weightHigh`. `groups`, `master` and
 * `fdb` also filter a dump. Bits of `opFlags`: 1 asks for counters, 2 for those of the hardware.
 */
export const nexthopAttributes = attrs({
  id: [1, u32],
  group: [2, array(struct({ id: u32, weight: u8, weightHigh: u8, reserved: pad(2) }))],
  groupType: [3, named(u16, nexthopGroupTypes)],
  blackhole: [4, flag],
  oif: [5, u32],
  gateway: [6, ipAddress],
  encap: pair(7, 8, nestedEncaps, encapKind),
  groups: [9, flag],
  master: [10, u32],
  fdb: [11, flag],
  resGroup: [12, nested(nexthopResGroup)],
  resBucket: [13, nested(nexthopResBucket)],
  opFlags: [14, u32],
  groupStats: [15, nested(attrs({ entry: [1, repeated(nested(nexthopGroupStats))] }))],
  hwStatsEnable: [16, u32],
  hwStatsUsed: [17, u32],
  dstPort: [18, u16be],
});

/**
 * Nexthops as objects of their own, which routes refer to by number: `ip nexthop`, since Linux 5.3. See ip-nexthop(8).
 *
 * Groups in the forwarding database (`fdb`) since 5.8, resilient groups since 5.13, counters since 6.9, weights above 255 since 6.12,
 * ports (`dstPort`, for VXLAN) since 7.2.
 */
export const nexthop = message({
  name: 'nexthop',
  kernelName: 'NEXTHOP',
  protocol: NETLINK_ROUTE,
  types: { new: 104, del: 105, get: 106 },
  header: nhmsg,
  attributes: nexthopAttributes,
});

/** The buckets of a resilient group: `ip nexthop bucket`, since Linux 5.13. */
export const nexthopBucket = message({
  name: 'nexthopBucket',
  kernelName: 'NEXTHOPBUCKET',
  protocol: NETLINK_ROUTE,
  types: { new: 116, del: 117, get: 118 },
  header: nhmsg,
  attributes: nexthopAttributes,
});

export type NexthopMessage = Out<typeof nexthop>;
export type NexthopMessageInput = In<typeof nexthop>;
