import { u8, u16, u32, u64 } from '../../../wire/integers.ts';
import { flags, named } from '../../../wire/names.ts';
import { struct } from '../../../wire/struct.ts';
import { socketStates } from './sock-diag.ts';

/** How TCP's loss recovery stands (`TCP_CA_*`). */
export const tcpCaStates = ['open', 'disorder', 'cwr', 'recovery', 'loss'] as const;

/** What was agreed on when a TCP connection began (TCPI_OPT_*), lowest bit first, named as `ss` names them. */
export const tcpOptions = ['ts', 'sack', 'wscale', 'ecn', 'ecnseen', 'fastopen', 'usec_ts', 'tfo_child'] as const;

/**
 * `struct tcp_info` (`linux/tcp.h`): everything that the kernel knows of a TCP connection, `ss -i`. tcp(7).
 *
 * Round-trip times (`rtt`, `rttvar`, `minRtt`, `rcvRtt`), `rto`, `ato`, `busyTime`, `rwndLimited` and `sndbufLimited` are in microseconds; the
 * `last…` in milliseconds ago; rates in bytes per second; `snd…`, `rcv…` and the like in segments or bytes as tcp(7) has them. `wscale` is two
 * half bytes: the window scale of what is sent in the lower, of what is received in the upper one.
 */
export const tcpInfo = struct(
  {
    state: named(u8, socketStates),
    caState: named(u8, tcpCaStates),
    retransmits: u8,
    probes: u8,
    backoff: u8,
    options: flags(u8, tcpOptions),
    wscale: u8,
    flags: u8,
    rto: u32,
    ato: u32,
    sndMss: u32,
    rcvMss: u32,
    unacked: u32,
    sacked: u32,
    lost: u32,
    retrans: u32,
    fackets: u32,
    lastDataSent: u32,
    lastAckSent: u32,
    lastDataRecv: u32,
    lastAckRecv: u32,
    pmtu: u32,
    rcvSsthresh: u32,
    rtt: u32,
    rttvar: u32,
    sndSsthresh: u32,
    sndCwnd: u32,
    advmss: u32,
    reordering: u32,
    rcvRtt: u32,
    rcvSpace: u32,
    totalRetrans: u32,
  },
  {
    // Linux 3.15 and 4.1 to 4.19, each at the end of the one before.
    pacingRate: u64,
    maxPacingRate: u64,
    bytesAcked: u64,
    bytesReceived: u64,
    segsOut: u32,
    segsIn: u32,
    notsentBytes: u32,
    minRtt: u32,
    dataSegsIn: u32,
    dataSegsOut: u32,
    deliveryRate: u64,
    busyTime: u64,
    rwndLimited: u64,
    sndbufLimited: u64,
    delivered: u32,
    deliveredCe: u32,
    bytesSent: u64,
    bytesRetrans: u64,
    dsackDups: u32,
    reordSeen: u32,
    // 5.4, 6.2, 6.7
    rcvOoopack: u32,
    sndWnd: u32,
    rcvWnd: u32,
    rehash: u32,
    totalRto: u16,
    totalRtoRecoveries: u16,
    totalRtoTime: u32,
    // Accurate ECN, 6.18
    receivedCe: u32,
    deliveredE1Bytes: u32,
    deliveredE0Bytes: u32,
    deliveredCeBytes: u32,
    receivedE1Bytes: u32,
    receivedE0Bytes: u32,
    receivedCeBytes: u32,
    accecnFailMode: u16,
    accecnOptSeen: u16,
  },
);
