import { attrs } from '../../../../wire/attributes.ts';
import { bool, flag, u8, u16, u16be, u32, u32be } from '../../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../../wire/ip-address.ts';
import { flags, named } from '../../../../wire/names.ts';
import { ip6TunnelFlags, tunnelEncapFlags, tunnelEncaps } from './tunnel-common.ts';

/** Bits of `iflags` and `oflags` (GRE_*, RFC 2890): what a packet carries beside its content. */
export const greFlags = { 12: 'seq', 13: 'key', 15: 'csum' } as const;

const ends = {
  link: [1, u32],
  iflags: [2, flags(u16be, greFlags)],
  oflags: [3, flags(u16be, greFlags)],
  ikey: [4, u32be],
  okey: [5, u32be],
} as const;

const rest = {
  ttl: [8, u8],
  tos: [9, u8],
  pmtudisc: [10, bool],
  encapLimit: [11, u8],
  flowinfo: [12, u32be],
  flags: [13, flags(u32, ip6TunnelFlags)],
  encapType: [14, named(u16, tunnelEncaps)],
  encapFlags: [15, flags(u16, tunnelEncapFlags)],
  encapSport: [16, u16be],
  encapDport: [17, u16be],
  collectMetadata: [18, flag],
  ignoreDf: [19, bool],
  fwmark: [20, u32],
  erspanIndex: [21, u32],
  erspanVer: [22, u8],
  erspanDir: [23, u8],
  erspanHwid: [24, u16],
} as const;

/** IFLA_GRE_*: `ip link add type gre`, the same for gretap and erspan. A key counts when `key` is among the flags of its way. */
export const gre = attrs({ ...ends, local: [6, ipv4Address], remote: [7, ipv4Address], ...rest });

/** IFLA_GRE_* over IPv6: `ip link add type ip6gre`, the same for ip6gretap and ip6erspan. */
export const ip6gre = attrs({ ...ends, local: [6, ipv6Address], remote: [7, ipv6Address], ...rest });
