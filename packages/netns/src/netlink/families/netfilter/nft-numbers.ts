import { NETLINK_NETFILTER } from '../../protocols.ts';
import { NFNL_SUBSYS_NFTABLES, netfilterMessage, nfgenmsg } from './nfgenmsg.ts';

/** The number of an nftables message (NFT_MSG_*, `linux/netfilter/nf_tables.h`). */
export function nftMessage(message: number): number {
  return netfilterMessage(NFNL_SUBSYS_NFTABLES, message);
}

/** What all messages of nftables have in common. The header's `resId` is the low half of the generation's number in answers. */
export const nftables = { protocol: NETLINK_NETFILTER, header: nfgenmsg } as const;
