import { message } from '../../../wire/message.ts';
import type { Out } from '../../../wire/shape.ts';
import { NETLINK_GENERIC } from '../../protocols.ts';
import { encapIla } from '../route/encap.ts';
import { genericFamilies, genericMessage } from './families.ts';
import { genlmsghdr } from './genlmsghdr.ts';

const family = genericFamilies.ila;

/** How locators of incoming packets are translated: `ip ila`. The attributes are those of the encapsulation. Linux 4.5. */
export const ila = message({
  name: 'ila',
  kernelName: 'ILA_CMD_*',
  protocol: NETLINK_GENERIC,
  types: {
    new: genericMessage(family, 1),
    del: genericMessage(family, 2),
    get: genericMessage(family, 3),
    flush: genericMessage(family, 4),
  },
  header: genlmsghdr,
  attributes: encapIla,
});

export type IlaMessage = Out<typeof ila>;
