import { attrs, nested, repeated } from '../../../wire/attributes.ts';
import { bool, u8, u16, u32, u64 } from '../../../wire/integers.ts';
import { exchange, message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { array, pad, struct } from '../../../wire/struct.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { AF_MPLS, addressFamilies } from './address-families.ts';
import { linkStats64, trafficCounters } from './link-stats.ts';

/** Bits of `filterMask`, lowest first: which groups of counters are wanted (IFLA_STATS_FILTER_BIT). */
export const linkStatisticsGroups = ['link', 'xstats', 'xstats_slave', 'offload', 'afstats'] as const;

/** The mask of a group: `linkStatisticsGroup('xstats')` is 2. */
export function linkStatisticsGroup(name: (typeof linkStatisticsGroups)[number]): number {
  return 1 << linkStatisticsGroups.indexOf(name);
}

/** `struct if_stats_msg` (`linux/if_link.h`). */
export const ifStatsMsg = struct({
  family: named(u8, addressFamilies),
  pad: pad(3),
  ifindex: u32,
  filterMask: flags(u32, linkStatisticsGroups),
});

/**
 * BRIDGE_XSTATS_*. `mcast` is a `struct br_mcast_stats`: pairs of received and sent of IGMP v1, v2, v3 queries, leaves, v1, v2, v3 reports, then
 * parse errors; of MLD v1, v2 queries, leaves, v1, v2 reports, then parse errors; then bytes and packets.
 */
export const bridgeXstats = attrs({
  vlan: [
    1,
    repeated(struct({ rxBytes: u64, rxPackets: u64, txBytes: u64, txPackets: u64, vid: u16, flags: u16, pad: pad(4) })),
  ],
  mcast: [2, array(u64)],
  stp: [
    4,
    struct({
      transitionBlk: u64,
      transitionFwd: u64,
      rxBpdu: u64,
      txBpdu: u64,
      rxTcn: u64,
      txTcn: u64,
    }),
  ],
});

/** BOND_3AD_STAT_*: packets of the link aggregation protocol (IEEE 802.3ad). */
export const bond3adXstats = attrs({
  lacpduRx: [0, u64],
  lacpduTx: [1, u64],
  lacpduUnknownRx: [2, u64],
  lacpduIllegalRx: [3, u64],
  markerRx: [4, u64],
  markerTx: [5, u64],
  markerRespRx: [6, u64],
  markerRespTx: [7, u64],
  markerUnknownRx: [8, u64],
});

/** LINK_XSTATS_TYPE_*: counters that only some kinds of links have. */
export const linkXstats = attrs({ bridge: [1, bridgeXstats], bond: [2, attrs({ ad: [1, bond3adXstats] })] });

/** IFLA_OFFLOAD_XSTATS_HW_S_INFO_*: whether counters were asked of the hardware, and whether it has them. */
const hardwareInfo = nested(attrs({ request: [1, bool], used: [2, bool] }));

/** IFLA_OFFLOAD_XSTATS_*: what went through the hardware alone. */
export const linkOffloadXstats = attrs({
  cpuHit: [1, linkStats64],
  hwSInfo: [2, nested(attrs({ l3Stats: [3, hardwareInfo] }))],
  l3Stats: [3, struct({ ...trafficCounters, multicast: u64 })],
});

/** `struct mpls_link_stats` (`linux/mpls.h`). */
const mplsLinkStats = struct({ ...trafficCounters, rxNoroute: u64 });

/** IFLA_STATS_* attributes of answers and events. */
export const linkStatisticsAttributes = attrs({
  link64: [1, linkStats64],
  linkXstats: [2, linkXstats],
  linkXstatsSlave: [3, linkXstats],
  linkOffloadXstats: [4, linkOffloadXstats],
  afSpec: [5, attrs({ mpls: [AF_MPLS, attrs({ link: [1, mplsLinkStats] })] })],
});

/** IFLA_STATS_GET_* and IFLA_STATS_SET_*: attributes of requests. Filters are by number of the group. */
export const linkStatisticsRequestAttributes = attrs({
  getFilters: [1, nested(attrs({ linkOffloadXstats: [4, u32] }))],
  setOffloadXstatsL3Stats: [2, bool],
});

const common = { kernelName: 'STATS', protocol: NETLINK_ROUTE, header: ifStatsMsg } as const;

/**
 * Counters of links, in groups that can be asked for one by one: `ip stats`, since Linux 4.7. `RTM_SETSTATS` since 5.18.
 * The attributes of requests are others than those of answers.
 */
export const linkStatistics = exchange(
  message({
    ...common,
    name: 'linkStatisticsRequest',
    types: { get: 94, set: 95 },
    attributes: linkStatisticsRequestAttributes,
  }),
  message({ ...common, name: 'linkStatistics', types: { new: 92 }, attributes: linkStatisticsAttributes }),
);

export type LinkStatisticsMessage = Out<typeof linkStatistics>;
export type LinkStatisticsMessageInput = In<typeof linkStatistics>;
