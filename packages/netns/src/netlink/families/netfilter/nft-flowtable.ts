import { attrs, nested } from '../../../wire/attributes.ts';
import { s32be, u32be, u64be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { flags } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { nftDevices } from './nft-chain.ts';
import { nftables, nftMessage } from './nft-numbers.ts';

/** Bits of a flowtable's flags (NFT_FLOWTABLE_*). */
export const nftFlowtableFlags = ['offload', 'counter'] as const;

/** NFTA_FLOWTABLE_HOOK_*. */
export const nftFlowtableHook = attrs({ num: [1, u32be], priority: [2, s32be], devs: [3, nested(nftDevices)] });

/** NFTA_FLOWTABLE_*. */
export const nftFlowtableAttributes = attrs({
  table: [1, str],
  name: [2, str],
  hook: [3, nested(nftFlowtableHook)],
  use: [4, u32be],
  handle: [5, u64be],
  flags: [7, flags(u32be, nftFlowtableFlags)],
});

/** Flowtables: connections whose packets go past the rules. `nft list flowtables`. See nft(8). `destroy` since Linux 6.3. */
export const nftFlowtable = message({
  ...nftables,
  name: 'nftFlowtable',
  kernelName: 'NFT_MSG_*FLOWTABLE',
  types: { new: nftMessage(22), get: nftMessage(23), del: nftMessage(24), destroy: nftMessage(32) },
  attributes: nftFlowtableAttributes,
});

export type NftFlowtableMessage = Out<typeof nftFlowtable>;
export type NftFlowtableMessageInput = In<typeof nftFlowtable>;
