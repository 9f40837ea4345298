import { s32, u8, u32 } from '../../../wire/integers.ts';
import { pad, struct } from '../../../wire/struct.ts';

/** The root of a device's queueing (TC_H_ROOT). */
export const TC_H_ROOT = 0xffff_ffff;
/** Where `ingress` and `clsact` hang (TC_H_INGRESS, TC_H_CLSACT). */
export const TC_H_INGRESS = 0xffff_fff1;
/** The two places of clsact where filters are asked: what comes in, what goes out. */
export const TC_H_MIN_INGRESS = 0xfff2;
export const TC_H_MIN_EGRESS = 0xfff3;
/** In `ifindex`: the message is about a block that devices share, whose number is in `parent`. */
export const TCM_IFINDEX_MAGIC_BLOCK = -1;

/**
 * `struct tcmsg` (`linux/rtnetlink.h`): of queueing disciplines, classes, filters and chains. `info` is the number of users of a qdisc, the
 * handle of a class's own qdisc, and of a filter its priority (upper 16 bits) and its Ethernet protocol (lower 16, in network order).
 */
export const tcmsg = struct({ family: u8, reserved: pad(3), ifindex: s32, handle: u32, parent: u32, info: u32 });
