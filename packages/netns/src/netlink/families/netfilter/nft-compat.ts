import { attrs } from '../../../wire/attributes.ts';
import { u32be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import { str } from '../../../wire/text.ts';
import { NFNL_SUBSYS_NFT_COMPAT, netfilterMessage } from './nfgenmsg.ts';
import { nftables } from './nft-numbers.ts';

/** NFTA_COMPAT_* (`linux/netfilter/nf_tables_compat.h`). */
export const nftCompatAttributes = attrs({
  name: [1, str],
  rev: [2, u32be],
  type: [3, named(u32be, ['match', 'target'])],
});

/** Asks which revision of an extension of iptables the kernel has, for `match` and `target` expressions: `iptables-nft` does. */
export const nftCompat = message({
  ...nftables,
  name: 'nftCompat',
  kernelName: 'NFNL_MSG_COMPAT_*',
  types: { get: netfilterMessage(NFNL_SUBSYS_NFT_COMPAT, 0) },
  attributes: nftCompatAttributes,
});
