import { attrs, nested } from '../../../wire/attributes.ts';
import { flag, s32, u8, u16, u16be, u32 } from '../../../wire/integers.ts';
import { ipAddress } from '../../../wire/ip-address.ts';
import { macAddress } from '../../../wire/mac-address.ts';
import { message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { addressFamilies } from './address-families.ts';
import { routeProtocols, routeTypes } from './route.ts';

/** Bits of `state` (NUD_*, `linux/neighbour.h`), lowest first, named as `ip` names them. No bit is `NONE`. */
export const neighbourStates = [
  'INCOMPLETE',
  'REACHABLE',
  'STALE',
  'DELAY',
  'PROBE',
  'FAILED',
  'NOARP',
  'PERMANENT',
] as const;

/** The mask of a state: `neighbourState('PERMANENT')` is 0x80. */
export function neighbourState(name: (typeof neighbourStates)[number]): number {
  return 1 << neighbourStates.indexOf(name);
}

/** Bits of `flags` (NTF_*), lowest first, named as `ip` and `bridge` name them. */
export const neighbourFlags = [
  'use',
  'self',
  'master',
  'proxy',
  'extern_learn',
  'offload',
  'sticky',
  'router',
] as const;

/** The mask of a flag: `neighbourFlag('proxy')` is 8. */
export function neighbourFlag(name: (typeof neighbourFlags)[number]): number {
  return 1 << neighbourFlags.indexOf(name);
}

/** Bits of the attribute `flagsExt` (NTF_EXT_*). `managed`: Linux 5.16, `locked`: 6.2, `ext_validated`: 6.17. */
export const neighbourExtFlags = ['managed', 'locked', 'ext_validated'] as const;

/** `struct ndmsg` (`linux/neighbour.h`). */
export const ndmsg = struct({
  family: named(u8, addressFamilies),
  pad: pad(3),
  ifindex: s32,
  state: flags(u16, neighbourStates),
  flags: flags(u8, neighbourFlags),
  type: named(u8, routeTypes),
});

/**
 * NDA_* attributes. For family `bridge` the key is `lladdr` (with `vlan` or `srcVni`), and `dst`, `port`, `vni`, `ifindex` say where a
 * vxlan sends what is for it. Times of `cacheinfo` are in hundredths of a second before now.
 */
export const neighbourAttributes = attrs({
  dst: [1, ipAddress],
  lladdr: [2, macAddress],
  cacheinfo: [3, struct({ confirmed: u32, used: u32, updated: u32, refcnt: u32 })],
  probes: [4, u32],
  vlan: [5, u16],
  port: [6, u16be],
  vni: [7, u32],
  ifindex: [8, u32],
  master: [9, u32],
  linkNetnsid: [10, s32],
  srcVni: [11, u32],
  protocol: [12, named(u8, routeProtocols)],
  nhId: [13, u32],
  fdbExtAttrs: [14, nested(attrs({ activityNotify: [1, u8], dontRefresh: [2, flag] }))],
  flagsExt: [15, flags(u32, neighbourExtFlags)],
  ndmStateMask: [16, u16],
  ndmFlagsMask: [17, u8],
});

/**
 * Neighbours: which hardware address an IP address has on a link, `ip neighbour`. With family `bridge`, the forwarding database:
 * behind which port a hardware address is, `bridge fdb`. See arp(7).
 *
 * Asking for one needs Linux 5.0; `protocol` 5.0, `nhId` 5.8, `fdbExtAttrs` and `flagsExt` 5.13 and 5.16, the masks (bulk deletion) 6.0.
 */
export const neighbour = message({
  name: 'neighbour',
  kernelName: 'NEIGH',
  protocol: NETLINK_ROUTE,
  types: { new: 28, del: 29, get: 30 },
  header: ndmsg,
  attributes: neighbourAttributes,
});

export type NeighbourMessage = Out<typeof neighbour>;
export type NeighbourMessageInput = In<typeof neighbour>;
