import { attrs, nested } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { s32, u16, u32, u64 } from '../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import type { Out } from '../../../wire/shape.ts';
import { NETLINK_GENERIC } from '../../protocols.ts';
import { genericFamilies, genericMessage } from './families.ts';
import { genlmsghdr } from './genlmsghdr.ts';

/** TCP_METRIC_*, numbered from one. Times in milliseconds, and in microseconds where the name ends in Us. */
export const tcpMetricsVals = attrs({
  rtt: [1, u32],
  rttvar: [2, u32],
  ssthresh: [3, u32],
  cwnd: [4, u32],
  reordering: [5, u32],
  rttUs: [6, u32],
  rttvarUs: [7, u32],
});

/** TCP_METRICS_ATTR_* (`linux/tcp_metrics.h`). Ages are in milliseconds. */
export const tcpMetricsAttributes = attrs({
  addrIpv4: [1, ipv4Address],
  addrIpv6: [2, ipv6Address],
  age: [3, u64],
  twTsval: [4, u32],
  twTsStamp: [5, s32],
  vals: [6, nested(tcpMetricsVals)],
  fopenMss: [7, u16],
  fopenSynDrops: [8, u16],
  fopenSynDropTs: [9, u64],
  fopenCookie: [10, bytes],
  saddrIpv4: [11, ipv4Address],
  saddrIpv6: [12, ipv6Address],
});

/** What TCP remembers of other machines: `ip tcp_metrics`. Linux 3.6. */
export const tcpMetrics = message({
  name: 'tcpMetrics',
  kernelName: 'TCP_METRICS_CMD_*',
  protocol: NETLINK_GENERIC,
  types: { get: genericMessage(genericFamilies.tcpMetrics, 1), del: genericMessage(genericFamilies.tcpMetrics, 2) },
  header: genlmsghdr,
  attributes: tcpMetricsAttributes,
});

export type TcpMetricsMessage = Out<typeof tcpMetrics>;
