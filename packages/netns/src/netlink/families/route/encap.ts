import { attrs, nested } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { s32, u8, u16, u16be, u32, u32be, u64, u64be } from '../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../wire/ip-address.ts';
import { named, word } from '../../../wire/names.ts';
import { struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { mplsLabels } from './mpls-labels.ts';

/** Kinds of encapsulation by number (LWTUNNEL_ENCAP_*, `linux/lwtunnel.h`), named as `ip route … encap` names them. */
export const encapKinds = {
  0: 'none',
  1: 'mpls',
  2: 'ip',
  3: 'ila',
  4: 'ip6',
  5: 'seg6',
  6: 'bpf',
  7: 'seg6local',
  8: 'rpl',
  9: 'ioam6',
  10: 'xfrm',
} as const;

/** RTA_ENCAP_TYPE and its siblings: the number as a word. */
export const encapKind = word(u16, encapKinds);

/** MPLS_IPTUNNEL_*: labels to put on. `encap mpls 100/200`. Linux 4.3. */
export const encapMpls = attrs({ dst: [1, mplsLabels], ttl: [2, u8] });

/** LWTUNNEL_IP_*: what a collecting tunnel device (`external`) puts around. `encap ip id 100 dst 192.0.2.1`. Linux 4.3. */
export const encapIp = attrs({
  id: [1, u64be],
  dst: [2, ipv4Address],
  src: [3, ipv4Address],
  ttl: [4, u8],
  tos: [5, u8],
  flags: [6, u16be],
  opts: [8, bytes],
});

/** LWTUNNEL_IP6_*: the same over IPv6. `encap ip6 …`. Linux 4.3. */
export const encapIp6 = attrs({
  id: [1, u64be],
  dst: [2, ipv6Address],
  src: [3, ipv6Address],
  hoplimit: [4, u8],
  tc: [5, u8],
  flags: [6, u16be],
  opts: [8, bytes],
});

/** How checksums are kept right (ILA_CSUM_*, `linux/ila.h`). */
export const ilaChecksumModes = ['adj-transport', 'neutral-map', 'no-action', 'neutral-map-auto'] as const;

/** What an identifier is (ILA_ATYPE_*) by number: `use-format` leaves it to its first three bits. */
export const ilaIdentifierTypes = {
  0: 'iid',
  1: 'luid',
  2: 'virt-v4',
  3: 'virt-uni-v6',
  4: 'virt-multi-v6',
  5: 'nonlocal-addr',
  32: 'use-format',
} as const;

/** Where packets are looked at (ILA_HOOK_*). */
export const ilaHookTypes = ['output', 'input'] as const;

/** ILA_ATTR_*: identifier-locator addressing, `encap ila …`. Linux 4.3. */
export const encapIla = attrs({
  locator: [1, u64be],
  identifier: [2, u64be],
  locatorMatch: [3, u64be],
  ifindex: [4, s32],
  dir: [5, u32],
  csumMode: [7, u8],
  identType: [8, u8],
  hookType: [9, u8],
});

/** How the segments are put on (SEG6_IPTUN_MODE_*). */
export const seg6Modes = ['inline', 'encap', 'l2encap', 'encap.red', 'l2encap.red'] as const;

/**
 * `struct ipv6_sr_hdr` (`linux/seg6.h`, RFC 8754). `rest` holds the segments, sixteen bytes each and the last one first, and what
 * may follow them.
 */
const segmentRoutingHeader = {
  nexthdr: u8,
  hdrlen: u8,
  type: u8,
  segmentsLeft: u8,
  firstSegment: u8,
  flags: u8,
  tag: u16be,
} as const;

/**
 * SEG6_IPTUNNEL_*: segment routing over IPv6, `encap seg6 mode encap segs …`. Linux 4.10; newer ones take the `src` of
 * what they wrap (`tunsrc`), and the `table` that is asked for the first segment (`lookup`).
 */
export const encapSeg6 = attrs({
  srh: [1, struct({ mode: named(u32, seg6Modes), ...segmentRoutingHeader })],
  src: [2, ipv6Address],
  table: [3, u32],
});

const bpfProgram = nested(attrs({ fd: [1, u32], name: [2, str] }));

/** LWT_BPF_*: a BPF program decides, `encap bpf in obj FILE`. Linux 4.10. */
export const encapBpf = attrs({
  in: [1, bpfProgram],
  out: [2, bpfProgram],
  xmit: [3, bpfProgram],
  xmitHeadroom: [4, u32],
});

/** What a segment endpoint does (SEG6_LOCAL_ACTION_*, `linux/seg6_local.h`). */
export const seg6LocalActions = [
  'unspec',
  'End',
  'End.X',
  'End.T',
  'End.DX2',
  'End.DX6',
  'End.DX4',
  'End.DT6',
  'End.DT4',
  'End.B6',
  'End.B6.Encaps',
  'End.BM',
  'End.S',
  'End.AS',
  'End.AM',
  'End.BPF',
  'End.DT46',
] as const;

/** SEG6_LOCAL_*: what is done with packets that arrive for a segment, `encap seg6local action End`. Linux 4.14. */
export const encapSeg6Local = attrs({
  action: [1, named(u32, seg6LocalActions)],
  srh: [2, struct(segmentRoutingHeader)],
  table: [3, u32],
  nh4: [4, ipv4Address],
  nh6: [5, ipv6Address],
  iif: [6, u32],
  oif: [7, u32],
  bpf: [8, nested(attrs({ prog: [1, u32], progName: [2, str] }))],
  vrftable: [9, u32],
  counters: [10, nested(attrs({ packets: [2, u64], bytes: [3, u64], errors: [4, u64] }))],
  flavors: [11, nested(attrs({ operation: [1, u32], lcblockBits: [2, u8], lcnodeFnBits: [3, u8] }))],
});

/**
 * RPL_IPTUNNEL_*: source routing for low-power networks, `encap rpl segs …`. Linux 5.7. `srh` is a `struct ipv6_rpl_sr_hdr` (`linux/rpl.h`,
 * RFC 6554); its `rest` holds the segments, sixteen bytes each and the last one first.
 */
export const encapRpl = attrs({
  srh: [1, struct({ nexthdr: u8, hdrlen: u8, type: u8, segmentsLeft: u8, compression: u32be })],
});

/** How telemetry gets into packets (IOAM6_IPTUNNEL_MODE_*, `linux/ioam6_iptunnel.h`). */
export const ioam6Modes = ['unspec', 'inline', 'encap', 'auto'] as const;

/**
 * IOAM6_IPTUNNEL_*: telemetry carried by the packets, `encap ioam6 …`. Linux 5.15. `trace` is a `struct ioam6_trace_hdr`: `remaining` counts
 * words of four bytes, and the wanted data (`type`) are its upper 24 bits.
 */
export const encapIoam6 = attrs({
  mode: [1, u8],
  dst: [2, ipv6Address],
  trace: [3, struct({ namespace: u16be, bits: u8, remaining: u8, type: u32be })],
  freqK: [4, u32],
  freqN: [5, u32],
  src: [6, ipv6Address],
});

/** LWT_XFRM_*: an IPsec interface that collects, `encap xfrm if_id 1`. Linux 6.2. */
export const encapXfrm = attrs({ ifId: [1, u32], link: [2, u32] });

/** What belongs to each kind, wherever an encapsulation may stand: a route, one of its next hops, a nexthop object. */
export const encaps = {
  mpls: encapMpls,
  ip: encapIp,
  ila: encapIla,
  ip6: encapIp6,
  seg6: encapSeg6,
  bpf: encapBpf,
  seg6local: encapSeg6Local,
  rpl: encapRpl,
  ioam6: encapIoam6,
  xfrm: encapXfrm,
} as const;
