import { attrs } from '../../../wire/attributes.ts';
import { u32be, u64be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { flags } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { nftables, nftMessage } from './nft-numbers.ts';
import { nftUserdata } from './nft-userdata.ts';

/** Bits of a table's flags (NFT_TABLE_F_*). `owner` needs Linux 5.12, `persist` 6.9. */
export const nftTableFlags = ['dormant', 'owner', 'persist'] as const;

/** NFTA_TABLE_*. `use` counts chains, sets, objects and flowtables; `owner` is the netlink port of the socket that owns it. */
export const nftTableAttributes = attrs({
  name: [1, str],
  flags: [2, flags(u32be, nftTableFlags)],
  use: [3, u32be],
  handle: [4, u64be],
  userdata: [6, nftUserdata],
  owner: [7, u32be],
});

/** Tables hold chains, sets, objects and flowtables of one protocol family: `nft list tables`. See nft(8). `destroy` since Linux 6.3. */
export const nftTable = message({
  ...nftables,
  name: 'nftTable',
  kernelName: 'NFT_MSG_*TABLE',
  types: { new: nftMessage(0), get: nftMessage(1), del: nftMessage(2), destroy: nftMessage(26) },
  attributes: nftTableAttributes,
});

export type NftTableMessage = Out<typeof nftTable>;
export type NftTableMessageInput = In<typeof nftTable>;
