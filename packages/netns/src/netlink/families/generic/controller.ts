import { attrs, list } from '../../../wire/attributes.ts';
import { u16, u32 } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import type { Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_GENERIC } from '../../protocols.ts';
import { genlmsghdr } from './genlmsghdr.ts';

/** GENL_ID_CTRL: the only family whose number is always the same. */
const controllerNumber = 16;
export const CTRL_CMD_GETFAMILY = 3;

/** CTRL_ATTR_* (`linux/genetlink.h`). */
export const familyAttributes = attrs({
  familyId: [1, u16],
  familyName: [2, str],
  version: [3, u32],
  hdrsize: [4, u32],
  maxattr: [5, u32],
  ops: [6, list(attrs({ id: [1, u32], flags: [2, u32] }))],
  mcastGroups: [7, list(attrs({ name: [1, str], id: [2, u32] }))],
});

/** The families of generic netlink that the kernel has, with their numbers and groups of events: `genl ctrl list`. Linux 2.6.15. */
export const genericFamily = message({
  name: 'genericFamily',
  kernelName: 'CTRL_CMD_*FAMILY',
  protocol: NETLINK_GENERIC,
  types: { get: controllerNumber },
  header: genlmsghdr,
  attributes: familyAttributes,
});

export type GenericFamilyMessage = Out<typeof genericFamily>;
