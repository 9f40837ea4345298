import { attrs, nested } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { bool, flag, u8, u16, u32, u64 } from '../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import type { Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_GENERIC } from '../../protocols.ts';
import { genericFamilies, genericMessage } from './families.ts';
import { genlmsghdr } from './genlmsghdr.ts';

/** What a tunnel's packets are in (L2TP_ENCAPTYPE_*), by number. */
export const l2tpEncaps = ['udp', 'ip'] as const;

/** Headers between those of the session and the frame (L2TP_L2SPECTYPE_*), by number. */
export const l2tpHeaders = ['none', 'default'] as const;

/** What a session carries (L2TP_PWTYPE_*): Ethernet is what `ip l2tp` makes. */
export const l2tpPseudowires: Readonly<Record<number, string>> = {
  4: 'vlan',
  5: 'eth',
  7: 'ppp',
  8: 'pppAc',
  11: 'ip',
};

/** L2TP_ATTR_*_PACKETS and so on, in L2TP_ATTR_STATS. */
export const l2tpStatistics = attrs({
  txPackets: [1, u64],
  txBytes: [2, u64],
  txErrors: [3, u64],
  rxPackets: [4, u64],
  rxBytes: [5, u64],
  rxSeqDiscards: [6, u64],
  rxOosPackets: [7, u64],
  rxErrors: [8, u64],
  rxCookieDiscards: [10, u64],
  rxInvalid: [11, u64],
});

/** L2TP_ATTR_* (`linux/l2tp.h`). `connId` is the tunnel; cookies have four or eight bytes. Ports are in the order of the machine. */
export const l2tpAttributes = attrs({
  pwType: [1, named(u16, l2tpPseudowires)],
  encapType: [2, named(u16, l2tpEncaps)],
  l2specType: [5, named(u8, l2tpHeaders)],
  l2specLen: [6, u8],
  protoVersion: [7, u8],
  ifname: [8, str],
  connId: [9, u32],
  peerConnId: [10, u32],
  sessionId: [11, u32],
  peerSessionId: [12, u32],
  udpCsum: [13, bool],
  cookie: [15, bytes],
  peerCookie: [16, bytes],
  debug: [17, u32],
  recvSeq: [18, bool],
  sendSeq: [19, bool],
  lnsMode: [20, bool],
  usingIpsec: [21, bool],
  recvTimeout: [22, u64],
  fd: [23, u32],
  ipSaddr: [24, ipv4Address],
  ipDaddr: [25, ipv4Address],
  udpSport: [26, u16],
  udpDport: [27, u16],
  stats: [30, nested(l2tpStatistics)],
  ip6Saddr: [31, ipv6Address],
  ip6Daddr: [32, ipv6Address],
  udpZeroCsum6Tx: [33, flag],
  udpZeroCsum6Rx: [34, flag],
});

const family = genericFamilies.l2tp;
const common = { protocol: NETLINK_GENERIC, header: genlmsghdr, attributes: l2tpAttributes } as const;

/** Tunnels that carry frames through IP (L2TPv3, RFC 3931): `ip l2tp … tunnel`. Linux 2.6.35. */
export const l2tpTunnel = message({
  ...common,
  name: 'l2tpTunnel',
  kernelName: 'L2TP_CMD_TUNNEL_*',
  types: { new: genericMessage(family, 1), del: genericMessage(family, 2), get: genericMessage(family, 4) },
});

/** What goes through such a tunnel, each with a device: `ip l2tp … session`. Linux 2.6.35. */
export const l2tpSession = message({
  ...common,
  name: 'l2tpSession',
  kernelName: 'L2TP_CMD_SESSION_*',
  types: { new: genericMessage(family, 5), del: genericMessage(family, 6), get: genericMessage(family, 8) },
});

export type L2tpMessage = Out<typeof l2tpTunnel>;
