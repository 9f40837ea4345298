import { attrs } from '../../../../wire/attributes.ts';
import { u32, u32be } from '../../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../../wire/ip-address.ts';

const ends = { link: [1, u32], ikey: [2, u32be], okey: [3, u32be] } as const;

/** IFLA_VTI_*: a tunnel for IPsec, `ip link add type vti`. */
export const vti = attrs({ ...ends, local: [4, ipv4Address], remote: [5, ipv4Address], fwmark: [6, u32] });

/** IFLA_VTI_* over IPv6: `ip link add type vti6`. */
export const vti6 = attrs({ ...ends, local: [4, ipv6Address], remote: [5, ipv6Address], fwmark: [6, u32] });
