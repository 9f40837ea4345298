import { attrs } from '../../../wire/attributes.ts';
import { flag, s32, u8, u16be } from '../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import type { Out } from '../../../wire/shape.ts';
import { NETLINK_GENERIC } from '../../protocols.ts';
import { genericFamilies, genericMessage } from './families.ts';
import { genlmsghdr } from './genlmsghdr.ts';

/** What is in the UDP packets (FOU_ENCAP_*): a packet as it is, or with a header that tells what it is. */
export const fouTypes = ['unspec', 'direct', 'gue'] as const;

/** FOU_ATTR_* (`linux/fou.h`). */
export const fouAttributes = attrs({
  port: [1, u16be],
  af: [2, u8],
  ipproto: [3, u8],
  type: [4, u8],
  remcsumNopartial: [5, flag],
  localV4: [6, ipv4Address],
  localV6: [7, ipv6Address],
  peerV4: [8, ipv4Address],
  peerV6: [9, ipv6Address],
  peerPort: [10, u16be],
  ifindex: [11, s32],
});

const family = genericFamilies.fou;

/** Ports whose UDP packets hold packets of other protocols: `ip fou`. Linux 3.18; addresses, peers and devices since 5.2. */
export const fou = message({
  name: 'fou',
  kernelName: 'FOU_CMD_*',
  protocol: NETLINK_GENERIC,
  types: { new: genericMessage(family, 1), del: genericMessage(family, 2), get: genericMessage(family, 3) },
  header: genlmsghdr,
  attributes: fouAttributes,
});

export type FouMessage = Out<typeof fou>;
