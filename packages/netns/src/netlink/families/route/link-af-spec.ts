import { attrs } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { s32, u8, u32, u64 } from '../../../wire/integers.ts';
import { ipv6Address } from '../../../wire/ip-address.ts';
import { named } from '../../../wire/names.ts';
import { array, struct } from '../../../wire/struct.ts';
import { AF_INET, AF_INET6, AF_MCTP } from './address-families.ts';

/** How a link makes its own IPv6 addresses (IN6_ADDR_GEN_MODE_*): `ip link set addrgenmode`. */
export const addrGenModes = ['eui64', 'none', 'stable_secret', 'random'] as const;

/**
 * IFLA_INET6_*. `conf`, `stats` and `icmp6stats` are counted by the kernel's own lists (DEVCONF_*, IPSTATS_MIB_*,
 * ICMP6_MIB_*), which grow at the end; `stats` and `icmp6stats` begin with their own length.
 */
export const linkInet6 = attrs({
  flags: [1, u32],
  conf: [2, array(s32)],
  stats: [3, array(u64)],
  mcast: [4, bytes],
  cacheinfo: [5, struct({ maxReasmLen: u32, tstamp: u32, reachableTime: u32, retransTime: u32 })],
  icmp6stats: [6, array(u64)],
  token: [7, ipv6Address],
  addrGenMode: [8, named(u8, addrGenModes)],
  raMtu: [9, u32],
});

/** IFLA_AF_SPEC: what address families know about a link. `inet.conf` holds the sysctls of net.ipv4.conf by number, from 1. */
export const linkAfSpec = attrs({
  inet: [AF_INET, attrs({ conf: [1, array(s32)] })],
  inet6: [AF_INET6, linkInet6],
  mctp: [AF_MCTP, attrs({ net: [1, u32], physBinding: [2, u8] })],
});
