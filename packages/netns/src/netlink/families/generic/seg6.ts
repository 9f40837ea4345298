import { attrs } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { s32, u8, u32 } from '../../../wire/integers.ts';
import { ipv6Address } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import { NETLINK_GENERIC } from '../../protocols.ts';
import { genericFamilies, genericMessage } from './families.ts';
import { genlmsghdr } from './genlmsghdr.ts';

/** How headers are signed (SEG6_HMAC_ALGO_*, `linux/seg6_hmac.h`). */
export const seg6Algorithms = { 1: 'sha1', 2: 'sha256' } as const;

/** SEG6_ATTR_* (`linux/seg6_genl.h`). */
export const seg6Attributes = attrs({
  dst: [1, ipv6Address],
  dstlen: [2, s32],
  hmackeyid: [3, u32],
  secret: [4, bytes],
  secretlen: [5, u8],
  algid: [6, named(u8, seg6Algorithms)],
});

const common = { protocol: NETLINK_GENERIC, header: genlmsghdr, attributes: seg6Attributes } as const;

/** Keys by which headers of segment routing are signed: `ip sr hmac`. Linux 4.10. */
export const seg6Hmac = message({
  ...common,
  name: 'seg6Hmac',
  kernelName: 'SEG6_CMD_*HMAC',
  types: { set: genericMessage(genericFamilies.seg6, 1), get: genericMessage(genericFamilies.seg6, 2) },
});

/** The source address of what segment routing wraps: `ip sr tunsrc`. Linux 4.10. */
export const seg6TunnelSource = message({
  ...common,
  name: 'seg6TunnelSource',
  kernelName: 'SEG6_CMD_*_TUNSRC',
  types: { set: genericMessage(genericFamilies.seg6, 3), get: genericMessage(genericFamilies.seg6, 4) },
});
