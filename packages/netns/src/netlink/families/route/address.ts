import { attrs } from '../../../wire/attributes.ts';
import { s32, u8, u32 } from '../../../wire/integers.ts';
import { ipAddress } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { addressFamilies } from './address-families.ts';

/** Scopes of addresses and routes (RT_SCOPE_*, `linux/rtnetlink.h`), named as `ip` names them. */
export const scopes = { 0: 'global', 200: 'site', 253: 'link', 254: 'host', 255: 'nowhere' } as const;

/** Bits of `flags` (IFA_F_*, `linux/if_addr.h`), lowest first, named as `ip` names them. Bit 0 is `temporary` for IPv6. */
export const addressFlags = [
  'secondary',
  'nodad',
  'optimistic',
  'dadfailed',
  'home',
  'deprecated',
  'tentative',
  'permanent',
  'mngtmpaddr',
  'noprefixroute',
  'autojoin',
  'stable-privacy',
] as const;

/** Who made an address (IFAPROT_*, since Linux 5.18). */
export const addressProtocols = { 1: 'kernel_lo', 2: 'kernel_ra', 3: 'kernel_ll' } as const;

/** The mask of an address flag: `addressFlag('nodad')` is 2. */
export function addressFlag(name: (typeof addressFlags)[number]): number {
  return 1 << addressFlags.indexOf(name);
}

/** `struct ifaddrmsg` (`linux/if_addr.h`). `flags` here holds the lowest eight; the attribute of that name holds all. */
export const ifaddrmsg = struct({
  family: named(u8, addressFamilies),
  prefixlen: u8,
  flags: flags(u8, addressFlags),
  scope: named(u8, scopes),
  index: u32,
});

/** `struct ifa_cacheinfo`: lifetimes in seconds (2^32 - 1 is for ever), time stamps in hundredths since boot. */
export const addressCacheinfo = struct({ preferred: u32, valid: u32, created: u32, updated: u32 });

/**
 * IFA_* attributes. `local` is the address itself and `address` the other end of a point-to-point link; on all other links
 * IPv4 has both the same, and IPv6 has `address` only.
 */
export const addressAttributes = attrs({
  address: [1, ipAddress],
  local: [2, ipAddress],
  label: [3, str],
  broadcast: [4, ipAddress],
  anycast: [5, ipAddress],
  cacheinfo: [6, addressCacheinfo],
  multicast: [7, ipAddress],
  flags: [8, flags(u32, addressFlags)],
  rtPriority: [9, u32],
  targetNetnsid: [10, s32],
  proto: [11, named(u8, addressProtocols)],
});

/** Addresses of links: `ip address`. `targetNetnsid` needs Linux 4.20, `proto` 5.18. See rtnetlink(7). */
export const address = message({
  name: 'address',
  kernelName: 'ADDR',
  protocol: NETLINK_ROUTE,
  types: { new: 20, del: 21, get: 22 },
  header: ifaddrmsg,
  attributes: addressAttributes,
});

const joined = { protocol: NETLINK_ROUTE, header: ifaddrmsg, attributes: addressAttributes } as const;

/** Groups that a link has joined: `ip monitor maddress`. IPv6 has listed them since Linux 2.6, events and IPv4 came with 6.15. */
export const multicastAddress = message({
  ...joined,
  name: 'multicastAddress',
  kernelName: 'MULTICAST',
  types: { new: 56, del: 57, get: 58 },
});

/** Anycast addresses of links: `ip monitor acaddress`. Events since Linux 6.15. */
export const anycastAddress = message({
  ...joined,
  name: 'anycastAddress',
  kernelName: 'ANYCAST',
  types: { new: 60, del: 61, get: 62 },
});

export type AddressMessage = Out<typeof address>;
export type AddressMessageInput = In<typeof address>;
