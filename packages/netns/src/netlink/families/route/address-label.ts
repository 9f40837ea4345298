import { attrs } from '../../../wire/attributes.ts';
import { u8, u32 } from '../../../wire/integers.ts';
import { ipv6Address } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { addressFamilies } from './address-families.ts';

/** `struct ifaddrlblmsg` (`linux/if_addrlabel.h`). */
export const ifaddrlblmsg = struct({
  family: named(u8, addressFamilies),
  reserved: pad(1),
  prefixlen: u8,
  flags: u8,
  index: u32,
  seq: u32,
});

/** IFAL_*. */
export const addressLabelAttributes = attrs({ address: [1, ipv6Address], label: [2, u32] });

/** Labels of IPv6 prefixes, by which a source address is chosen (RFC 6724): `ip addrlabel`. */
export const addressLabel = message({
  name: 'addressLabel',
  kernelName: 'ADDRLABEL',
  protocol: NETLINK_ROUTE,
  types: { new: 72, del: 73, get: 74 },
  header: ifaddrlblmsg,
  attributes: addressLabelAttributes,
});

export type AddressLabelMessage = Out<typeof addressLabel>;
export type AddressLabelMessageInput = In<typeof addressLabel>;
