import { attrs, byKind, partial } from '../../../wire/attributes.ts';
import { s32, u32 } from '../../../wire/integers.ts';
import { ipAddress } from '../../../wire/ip-address.ts';
import { macAddress } from '../../../wire/mac-address.ts';
import { message } from '../../../wire/message.ts';
import type { Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { ifaddrmsg } from './address.ts';
import { ifinfomsg } from './ifinfomsg.ts';
import { amt } from './kinds/small.ts';
import { vxlan } from './kinds/vxlan.ts';

/**
 * Links, as much of them as a map of networks shows: for those who look at thousands of namespaces. What is not declared here is passed over.
 * Of the kinds, those whose own settings say what they stand on.
 */
export const linkOutline = message({
  name: 'link',
  kernelName: 'LINK',
  protocol: NETLINK_ROUTE,
  types: { get: 18 },
  header: ifinfomsg,
  attributes: partial(
    attrs({
      address: [1, macAddress],
      ifname: [3, str],
      mtu: [4, u32],
      link: [5, u32],
      master: [10, u32],
      linkinfo: [18, partial(byKind(1, 2, { vxlan, amt }))],
      extMask: [29, u32],
      linkNetnsid: [37, s32],
      targetNetnsid: [46, s32],
    }),
  ),
});

/** Addresses, likewise. */
export const addressOutline = message({
  name: 'address',
  kernelName: 'ADDR',
  protocol: NETLINK_ROUTE,
  types: { get: 22 },
  header: ifaddrmsg,
  attributes: partial(attrs({ address: [1, ipAddress], local: [2, ipAddress], targetNetnsid: [10, s32] })),
});

export type LinkOutlineMessage = Out<typeof linkOutline>;
export type AddressOutlineMessage = Out<typeof addressOutline>;
