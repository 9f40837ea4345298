import { attrs } from '../../../wire/attributes.ts';
import { s32, u8, u32 } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { struct } from '../../../wire/struct.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { addressFamilies } from './address-families.ts';

/** No id has been given to that namespace here (NETNSA_NSID_NOT_ASSIGNED); in a request: choose one. */
export const NSID_NOT_ASSIGNED = -1;

/** `struct rtgenmsg` (`linux/rtnetlink.h`); the kernel wants it padded to four bytes. */
export const rtgenmsg = struct({ family: named(u8, addressFamilies) });

/** NETNSA_* attributes (`linux/net_namespace.h`). */
export const nsidAttributes = attrs({
  nsid: [1, s32],
  pid: [2, u32],
  fd: [3, u32],
  targetNsid: [4, s32],
  currentNsid: [5, s32],
});

/**
 * The numbers that one network namespace has for others: `ip netns set`, `ip netns list-id`.
 *
 * RTM_NEWNSID and RTM_GETNSID since Linux 4.0; `targetNsid` and `currentNsid` since 5.0. The kernel itself sends
 * RTM_DELNSID when a namespace goes away; user space cannot (EOPNOTSUPP).
 */
export const nsid = message({
  name: 'nsid',
  kernelName: 'NSID',
  protocol: NETLINK_ROUTE,
  types: { new: 88, del: 89, get: 90 },
  header: rtgenmsg,
  attributes: nsidAttributes,
});

export type NsidMessage = Out<typeof nsid>;
export type NsidMessageInput = In<typeof nsid>;
