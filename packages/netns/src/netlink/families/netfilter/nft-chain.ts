import { attrs, nested, repeated } from '../../../wire/attributes.ts';
import { s32be, u32be, u64be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { nftCounter } from './expressions.ts';
import { nftVerdicts } from './nft-data.ts';
import { nftables, nftMessage } from './nft-numbers.ts';
import { nftUserdata } from './nft-userdata.ts';

/** Bits of a chain's flags (NFT_CHAIN_*). */
export const nftChainFlags = ['base', 'offload', 'binding'] as const;

/** NFTA_DEVICE_*: names of devices; `prefix` is the beginning of many (Linux 6.18, before it a `name` without NUL). */
export const nftDevices = attrs({ name: [1, repeated(str)], prefix: [2, repeated(str)] });

/** NFTA_HOOK_*: where and when a base chain sees packets. What `hooknum` means depends on the family. */
export const nftHook = attrs({
  hooknum: [1, u32be],
  priority: [2, s32be],
  dev: [3, str],
  devs: [4, nested(nftDevices)],
});

/** NFTA_CHAIN_*. A chain without `hook` is one to jump to. `counters` is what the policy decided about. */
export const nftChainAttributes = attrs({
  table: [1, str],
  handle: [2, u64be],
  name: [3, str],
  hook: [4, nested(nftHook)],
  policy: [5, named(u32be, nftVerdicts)],
  use: [6, u32be],
  type: [7, str],
  counters: [8, nested(nftCounter)],
  flags: [10, flags(u32be, nftChainFlags)],
  id: [11, u32be],
  userdata: [12, nftUserdata],
});

/** Chains of rules: `nft list chains`. See nft(8). `destroy` since Linux 6.3. */
export const nftChain = message({
  ...nftables,
  name: 'nftChain',
  kernelName: 'NFT_MSG_*CHAIN',
  types: { new: nftMessage(3), get: nftMessage(4), del: nftMessage(5), destroy: nftMessage(27) },
  attributes: nftChainAttributes,
});

export type NftChainMessage = Out<typeof nftChain>;
export type NftChainMessageInput = In<typeof nftChain>;
