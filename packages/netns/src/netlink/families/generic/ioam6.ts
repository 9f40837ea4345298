import { attrs } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { flag, u16, u32, u64 } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import type { Out } from '../../../wire/shape.ts';
import { NETLINK_GENERIC } from '../../protocols.ts';
import { genericFamilies, genericMessage } from './families.ts';
import { genlmsghdr } from './genlmsghdr.ts';

/** IOAM6_ATTR_* (`linux/ioam6_genl.h`). */
export const ioam6Attributes = attrs({
  nsId: [1, u16],
  nsData: [2, u32],
  nsDataWide: [3, u64],
  scId: [4, u32],
  scData: [5, bytes],
  scNone: [6, flag],
});

const family = genericFamilies.ioam6;
const common = { protocol: NETLINK_GENERIC, header: genlmsghdr, attributes: ioam6Attributes } as const;

/** Namespaces of in-situ OAM (RFC 9197): `ip ioam namespace`. `set` gives one a schema. Linux 5.15. */
export const ioam6Namespace = message({
  ...common,
  name: 'ioam6Namespace',
  kernelName: 'IOAM6_CMD_*_NAMESPACE',
  types: {
    new: genericMessage(family, 1),
    del: genericMessage(family, 2),
    get: genericMessage(family, 3),
    set: genericMessage(family, 7),
  },
});

/** Data that a node adds to what it tells of itself: `ip ioam schema`. Linux 5.15. */
export const ioam6Schema = message({
  ...common,
  name: 'ioam6Schema',
  kernelName: 'IOAM6_CMD_*_SCHEMA',
  types: { new: genericMessage(family, 4), del: genericMessage(family, 5), get: genericMessage(family, 6) },
});

export type Ioam6NamespaceMessage = Out<typeof ioam6Namespace>;
export type Ioam6SchemaMessage = Out<typeof ioam6Schema>;
