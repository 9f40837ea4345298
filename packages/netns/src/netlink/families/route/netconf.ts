import { attrs } from '../../../wire/attributes.ts';
import { s32, u8 } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { struct } from '../../../wire/struct.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { addressFamilies } from './address-families.ts';

/** `ifindex` of the settings that hold for all devices (NETCONFA_IFINDEX_ALL), and of those that new devices get. */
export const NETCONFA_IFINDEX_ALL = -1;
export const NETCONFA_IFINDEX_DEFAULT = -2;

/** `struct netconfmsg` (`linux/netconf.h`). */
export const netconfmsg = struct({ family: named(u8, addressFamilies) });

/** NETCONFA_*: the values of the sysctls of that name, below `net.ipv4.conf` and `net.ipv6.conf`. */
export const netconfAttributes = attrs({
  ifindex: [1, s32],
  forwarding: [2, s32],
  rpFilter: [3, s32],
  mcForwarding: [4, s32],
  proxyNeigh: [5, s32],
  ignoreRoutesWithLinkdown: [6, s32],
  input: [7, s32],
  bcForwarding: [8, s32],
  forceForwarding: [9, s32],
});

/** What a device does with packets that are not its own: `ip netconf`. The kernel tells of changes; they are made by sysctl. */
export const netconf = message({
  name: 'netconf',
  kernelName: 'NETCONF',
  protocol: NETLINK_ROUTE,
  types: { new: 80, del: 81, get: 82 },
  header: netconfmsg,
  attributes: netconfAttributes,
});

export type NetconfMessage = Out<typeof netconf>;
export type NetconfMessageInput = In<typeof netconf>;
