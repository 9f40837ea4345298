import { u8, u16be } from '../../../wire/integers.ts';
import { named } from '../../../wire/names.ts';
import { struct } from '../../../wire/struct.ts';

/** Protocol families of netfilter (NFPROTO_*, `linux/netfilter.h`), named as `nft` names them. */
export const netfilterFamilies = {
  0: 'unspec',
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
} as const;

/** `struct nfgenmsg` (`linux/netfilter/nfnetlink.h`): `family` is NFPROTO_*; what `resId` means depends on the message. */
export const nfgenmsg = struct({ family: named(u8, netfilterFamilies), version: u8, resId: u16be });

/** Parts of netfilter that can be talked with (NFNL_SUBSYS_*). */
export const NFNL_SUBSYS_CTNETLINK = 1;
export const NFNL_SUBSYS_CTNETLINK_EXP = 2;
export const NFNL_SUBSYS_NFTABLES = 10;
export const NFNL_SUBSYS_NFT_COMPAT = 11;

/** The number of a message: the part of netfilter in the upper byte, what it is there in the lower. */
export function netfilterMessage(subsystem: number, message: number): number {
  return (subsystem << 8) | message;
}
