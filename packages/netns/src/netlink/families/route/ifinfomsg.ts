import { s32, u8, u16, u32 } from '../../../wire/integers.ts';
import { flags, named } from '../../../wire/names.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { addressFamilies } from './address-families.ts';

/** Bits of `flags` (IFF_*, `linux/if.h`), lowest first, named as `ip` names them. */
export const linkFlags = [
  'UP',
  'BROADCAST',
  'DEBUG',
  'LOOPBACK',
  'POINTOPOINT',
  'NOTRAILERS',
  'RUNNING',
  'NOARP',
  'PROMISC',
  'ALLMULTI',
  'MASTER',
  'SLAVE',
  'MULTICAST',
  'PORTSEL',
  'AUTOMEDIA',
  'DYNAMIC',
  'LOWER_UP',
  'DORMANT',
  'ECHO',
] as const;

/** The mask of a link flag: `linkFlag('MULTICAST')` is 0x1000. */
export function linkFlag(name: (typeof linkFlags)[number]): number {
  return 1 << linkFlags.indexOf(name);
}

/** `struct ifinfomsg` (`linux/rtnetlink.h`). `type` is ARPHRD_*; `change` is the mask of flags that a request changes. */
export const ifinfomsg = struct({
  family: named(u8, addressFamilies),
  pad: pad(1),
  type: u16,
  index: s32,
  flags: flags(u32, linkFlags),
  change: u32,
});
