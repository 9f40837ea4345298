import { attrs, byKind } from '../../../wire/attributes.ts';
import { message } from '../../../wire/message.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { ifinfomsg } from './ifinfomsg.ts';
import { vrf } from './kinds/small.ts';

/**
 * Links, as much of them as it takes to tell their names, and a VRF's table: for those who ask for nothing else, and so need not load what
 * there is to know of all kinds of links.
 */
export const linkName = message({
  name: 'link',
  kernelName: 'LINK',
  protocol: NETLINK_ROUTE,
  types: { get: 18 },
  header: ifinfomsg,
  attributes: attrs({ ifname: [3, str], linkinfo: [18, byKind(1, 2, { vrf })], altIfname: [53, str] }),
});

export type LinkNameMessage = Out<typeof linkName>;
export type LinkNameMessageInput = In<typeof linkName>;
