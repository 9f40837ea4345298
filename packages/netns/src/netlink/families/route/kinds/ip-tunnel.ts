import { attrs } from '../../../../wire/attributes.ts';
import { bool, flag, u8, u16, u16be, u32, u32be } from '../../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../../wire/ip-address.ts';
import { flags, named } from '../../../../wire/names.ts';
import { ip6TunnelFlags, tunnelEncapFlags, tunnelEncaps } from './tunnel-common.ts';

const head = { link: [1, u32] } as const;

const middle = {
  ttl: [4, u8],
  tos: [5, u8],
  encapLimit: [6, u8],
  flowinfo: [7, u32be],
} as const;

const tail = {
  /** What is inside: IPPROTO_IPIP (4), IPPROTO_IPV6 (41), IPPROTO_MPLS (137), or 0 for any. */
  proto: [9, u8],
  pmtudisc: [10, bool],
  encapType: [15, named(u16, tunnelEncaps)],
  encapFlags: [16, flags(u16, tunnelEncapFlags)],
  encapSport: [17, u16be],
  encapDport: [18, u16be],
  collectMetadata: [19, flag],
  fwmark: [20, u32],
} as const;

/** IFLA_IPTUN_* over IPv4: `ip link add type ipip`. */
export const ipip = attrs({ ...head, local: [2, ipv4Address], remote: [3, ipv4Address], ...middle, ...tail });

/** Bits of `flags` of a sit tunnel (SIT_*), lowest first. */
export const sitFlags = ['isatap'] as const;

/** IFLA_IPTUN_* of IPv6 over IPv4: `ip link add type sit`, with the prefixes of 6rd (RFC 5969). */
export const sit = attrs({
  ...head,
  local: [2, ipv4Address],
  remote: [3, ipv4Address],
  ...middle,
  flags: [8, flags(u16, sitFlags)],
  ...tail,
  sixrdPrefix: [11, ipv6Address],
  sixrdRelayPrefix: [12, ipv4Address],
  sixrdPrefixlen: [13, u16],
  sixrdRelayPrefixlen: [14, u16],
});

/** IFLA_IPTUN_* over IPv6: `ip link add type ip6tnl`. `flowinfo` is traffic class and flow label as they stand in the packet. */
export const ip6tnl = attrs({
  ...head,
  local: [2, ipv6Address],
  remote: [3, ipv6Address],
  ...middle,
  flags: [8, flags(u32, ip6TunnelFlags)],
  ...tail,
});
