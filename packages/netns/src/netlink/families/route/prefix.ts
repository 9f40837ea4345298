import { attrs } from '../../../wire/attributes.ts';
import { s32, u8, u32 } from '../../../wire/integers.ts';
import { ipv6Address } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import type { Out } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { addressFamilies } from './address-families.ts';

/** `struct prefixmsg` (`linux/rtnetlink.h`). `flags`: 1 on this link, 2 for addresses (IF_PREFIX_*); Linux 6.18 has those of RFC 4861. */
export const prefixmsg = struct({
  family: named(u8, addressFamilies),
  pad: pad(3),
  ifindex: s32,
  type: u8,
  len: u8,
  flags: u8,
  pad2: pad(1),
});

/** PREFIX_* attributes. Times are in seconds. */
export const prefixAttributes = attrs({
  address: [1, ipv6Address],
  cacheinfo: [2, struct({ preferred: u32, valid: u32 })],
});

/** Prefixes that routers advertise to a link (IPv6): events only. `ip monitor prefix`. */
export const prefix = message({
  name: 'prefix',
  kernelName: 'PREFIX',
  protocol: NETLINK_ROUTE,
  types: { new: 52 },
  header: prefixmsg,
  attributes: prefixAttributes,
});

export type PrefixMessage = Out<typeof prefix>;
