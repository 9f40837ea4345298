import { attrs, nested } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { u8, u16be, u32, u32be, u64be } from '../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../wire/ip-address.ts';
import { exchange, message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_NETFILTER } from '../../protocols.ts';
import { NFNL_SUBSYS_CTNETLINK, NFNL_SUBSYS_CTNETLINK_EXP, netfilterMessage, nfgenmsg } from './nfgenmsg.ts';

/** Multicast groups of connections and of what is expected (NFNLGRP_*). */
export const conntrackGroups = {
  new: 1,
  update: 2,
  destroy: 3,
  expectationNew: 4,
  expectationUpdate: 5,
  expectationDestroy: 6,
} as const;

/** Bits of `status` (IPS_*), lowest first. `assured`: not to be forgotten early; `src_nat` and `dst_nat`: addresses are changed. */
export const conntrackStatuses = [
  'expected',
  'seen_reply',
  'assured',
  'confirmed',
  'src_nat',
  'dst_nat',
  'seq_adjust',
  'src_nat_done',
  'dst_nat_done',
  'dying',
  'fixed_timeout',
  'template',
  'nat_clash',
  'helper',
  'offload',
  'hw_offload',
] as const;

/** The mask of a status: `conntrackStatus('assured')` is 4. */
export function conntrackStatus(name: (typeof conntrackStatuses)[number]): number {
  return 1 << conntrackStatuses.indexOf(name);
}

/** States of TCP connections as the firewall follows them (TCP_CONNTRACK_*), named as `conntrack` names them. */
export const conntrackTcpStates = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
] as const;

/** The same of SCTP (SCTP_CONNTRACK_*). */
export const conntrackSctpStates = [
  'NONE',
  'CLOSED',
  'COOKIE_WAIT',
  'COOKIE_ECHOED',
  'ESTABLISHED',
  'SHUTDOWN_SENT',
  'SHUTDOWN_RECD',
  'SHUTDOWN_ACK_SENT',
  'HEARTBEAT_SENT',
  'HEARTBEAT_ACKED',
] as const;

/** The same of DCCP (CT_DCCP_*). */
export const conntrackDccpStates = [
  'NONE',
  'REQUEST',
  'RESPOND',
  'PARTOPEN',
  'OPEN',
  'CLOSEREQ',
  'CLOSING',
  'TIMEWAIT',
  'IGNORE',
  'INVALID',
] as const;

/** CTA_TUPLE_*: addresses and ports of packets in one direction. Of ICMP, `icmpId` with type and code stand for the ports. */
export const conntrackTuple = attrs({
  ip: [
    1,
    nested(
      attrs({ v4Src: [1, ipv4Address], v4Dst: [2, ipv4Address], v6Src: [3, ipv6Address], v6Dst: [4, ipv6Address] }),
    ),
  ],
  proto: [
    2,
    nested(
      attrs({
        num: [1, u8],
        srcPort: [2, u16be],
        dstPort: [3, u16be],
        icmpId: [4, u16be],
        icmpType: [5, u8],
        icmpCode: [6, u8],
        icmpv6Id: [7, u16be],
        icmpv6Type: [8, u8],
        icmpv6Code: [9, u8],
      }),
    ),
  ],
  zone: [3, u16be],
});

/** `struct nf_ct_tcp_flags`: which flags of a direction are set, and which are meant. */
const tcpFlags = struct({ flags: u8, mask: u8 });

/** CTA_PROTOINFO_*: how far a connection has got. */
export const conntrackProtoinfo = attrs({
  tcp: [
    1,
    nested(
      attrs({
        state: [1, named(u8, conntrackTcpStates)],
        wscaleOriginal: [2, u8],
        wscaleReply: [3, u8],
        flagsOriginal: [4, tcpFlags],
        flagsReply: [5, tcpFlags],
      }),
    ),
  ],
  dccp: [2, nested(attrs({ state: [1, named(u8, conntrackDccpStates)], role: [2, u8], handshakeSeq: [3, u64be] }))],
  sctp: [
    3,
    nested(attrs({ state: [1, named(u8, conntrackSctpStates)], vtagOriginal: [2, u32be], vtagReply: [3, u32be] })),
  ],
});

/** CTA_NAT_*: to what addresses and ports are changed, when a connection is made by hand. */
export const conntrackNat = attrs({
  v4Minip: [1, ipv4Address],
  v4Maxip: [2, ipv4Address],
  proto: [3, nested(attrs({ portMin: [1, u16be], portMax: [2, u16be] }))],
  v6Minip: [4, ipv6Address],
  v6Maxip: [5, ipv6Address],
});

const counters = nested(attrs({ packets: [1, u64be], bytes: [2, u64be], packets32: [3, u32be], bytes32: [4, u32be] }));
const sequenceAdjustment = nested(
  attrs({ correctionPos: [1, u32be], offsetBefore: [2, u32be], offsetAfter: [3, u32be] }),
);

/** CTA_*. Times are in seconds, those of `timestamp` in nanoseconds since 1970. `labels` has a bit for each label. */
export const conntrackAttributes = attrs({
  tupleOrig: [1, nested(conntrackTuple)],
  tupleReply: [2, nested(conntrackTuple)],
  status: [3, flags(u32be, conntrackStatuses)],
  protoinfo: [4, nested(conntrackProtoinfo)],
  help: [5, nested(attrs({ name: [1, str], info: [2, bytes] }))],
  natSrc: [6, nested(conntrackNat)],
  timeout: [7, u32be],
  mark: [8, u32be],
  countersOrig: [9, counters],
  countersReply: [10, counters],
  use: [11, u32be],
  id: [12, u32be],
  natDst: [13, nested(conntrackNat)],
  tupleMaster: [14, nested(conntrackTuple)],
  seqAdjOrig: [15, sequenceAdjustment],
  seqAdjReply: [16, sequenceAdjustment],
  secmark: [17, u32be],
  zone: [18, u16be],
  secctx: [19, nested(attrs({ name: [1, str] }))],
  timestamp: [20, nested(attrs({ start: [1, u64be], stop: [2, u64be] }))],
  markMask: [21, u32be],
  labels: [22, bytes],
  labelsMask: [23, bytes],
  synproxy: [24, nested(attrs({ isn: [1, u32be], its: [2, u32be], tsoff: [3, u32be] }))],
  filter: [25, nested(attrs({ origFlags: [1, u32], replyFlags: [2, u32] }))],
  statusMask: [26, u32be],
  timestampEvent: [27, u64be],
});

const common = {
  kernelName: 'IPCTNL_MSG_CT_*',
  protocol: NETLINK_NETFILTER,
  header: nfgenmsg,
} as const;

const ct = (number: number) => netfilterMessage(NFNL_SUBSYS_CTNETLINK, number);
const exp = (number: number) => netfilterMessage(NFNL_SUBSYS_CTNETLINK_EXP, number);

/**
 * Connections that the firewall keeps track of (nf_conntrack), `conntrack -L`. Events are NEW (with NLM_F_CREATE for a new one) and DELETE.
 *
 * Linux 2.6.14; filters of dumps by mark 2.6.38, zone 5.8 (of deletion 6.9), `filter` 5.8, status 5.20. Needs CAP_NET_ADMIN.
 */
export const conntrack = message({
  ...common,
  name: 'conntrack',
  types: { new: ct(0), get: ct(1), del: ct(2) },
  attributes: conntrackAttributes,
});

/** The same question, which sets the counters of what it lists to zero. `conntrack -L -z`. */
export const conntrackReset = exchange(
  message({
    ...common,
    kernelName: 'IPCTNL_MSG_CT_GET_CTRZERO',
    name: 'conntrackReset',
    types: { get: ct(3) },
    direction: 'sent',
    attributes: conntrackAttributes,
  }),
  conntrack,
);

/** CTA_STATS_*: what one processor has counted; its number is `resId` of the header. `conntrack -S`. Linux 3.5. */
export const conntrackCpuStatistics = message({
  ...common,
  kernelName: 'IPCTNL_MSG_CT_GET_STATS_CPU',
  name: 'conntrackCpuStatistics',
  types: { get: ct(4) },
  attributes: attrs({
    searched: [1, u32be],
    found: [2, u32be],
    new: [3, u32be],
    invalid: [4, u32be],
    ignore: [5, u32be],
    delete: [6, u32be],
    deleteList: [7, u32be],
    insert: [8, u32be],
    insertFailed: [9, u32be],
    drop: [10, u32be],
    earlyDrop: [11, u32be],
    error: [12, u32be],
    searchRestart: [13, u32be],
    clashResolve: [14, u32be],
    chainToolong: [15, u32be],
  }),
});

/** CTA_STATS_GLOBAL_*: how many connections there are, and can be. `conntrack -C`. Linux 3.5; `maxEntries` 4.20. */
export const conntrackStatistics = message({
  ...common,
  kernelName: 'IPCTNL_MSG_CT_GET_STATS',
  name: 'conntrackStatistics',
  types: { get: ct(5) },
  attributes: attrs({ entries: [1, u32be], maxEntries: [2, u32be] }),
});

/** Bits of the flags of an expectation (NF_CT_EXPECT_*), lowest first. */
export const expectationFlags = ['permanent', 'inactive', 'userspace'] as const;

/** CTA_EXPECT_*. `mask` says which parts of `tuple` count. `timeout` is in seconds. */
export const conntrackExpectationAttributes = attrs({
  master: [1, nested(conntrackTuple)],
  tuple: [2, nested(conntrackTuple)],
  mask: [3, nested(conntrackTuple)],
  timeout: [4, u32be],
  id: [5, u32be],
  helpName: [6, str],
  zone: [7, u16be],
  flags: [8, flags(u32be, expectationFlags)],
  class: [9, u32be],
  nat: [10, nested(attrs({ dir: [1, u32be], tuple: [2, nested(conntrackTuple)] }))],
  fn: [11, str],
});

/** Connections that are expected because another one said so: the data of FTP. `conntrack -L expect`. */
export const conntrackExpectation = message({
  ...common,
  kernelName: 'IPCTNL_MSG_EXP_*',
  name: 'conntrackExpectation',
  types: { new: exp(0), get: exp(1), del: exp(2) },
  attributes: conntrackExpectationAttributes,
});

export type ConntrackMessage = Out<typeof conntrack>;
export type ConntrackMessageInput = In<typeof conntrack>;
export type ConntrackTuple = Out<typeof conntrackTuple>;
