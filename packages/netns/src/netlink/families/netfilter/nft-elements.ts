import { attrs, listOf, nested } from '../../../wire/attributes.ts';
import { u32be, u64be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { flags } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { nftStatefulExpression } from './expressions.ts';
import { nftData } from './nft-data.ts';
import { nftables, nftMessage } from './nft-numbers.ts';
import { nftElementUserdata } from './nft-userdata.ts';

/** Bits of an element's flags (NFT_SET_ELEM_*): it ends the interval that began before it; it is for all keys that have none. */
export const nftElementFlags = ['interval_end', 'catchall'] as const;

/** NFTA_SET_ELEM_*. Times in milliseconds; `expiration` is how long it will yet be there. `data` is what a map gives, `objref` an object's name. */
export const nftElement = attrs({
  key: [1, nested(nftData)],
  data: [2, nested(nftData)],
  flags: [3, flags(u32be, nftElementFlags)],
  timeout: [4, u64be],
  expiration: [5, u64be],
  userdata: [6, nftElementUserdata],
  expr: [7, nested(nftStatefulExpression)],
  objref: [9, str],
  keyEnd: [10, nested(nftData)],
  expressions: [11, listOf(1, nested(nftStatefulExpression))],
});

/** NFTA_SET_ELEM_LIST_*. `setId` means a set that the same transaction makes. */
export const nftElementsAttributes = attrs({
  table: [1, str],
  set: [2, str],
  elements: [3, listOf(1, nested(nftElement))],
  setId: [4, u32be],
});

/** What is in a set or map. One message holds as many elements as go into an attribute: 64 KiB. `destroy` since Linux 6.3. */
export const nftElements = message({
  ...nftables,
  name: 'nftElements',
  kernelName: 'NFT_MSG_*SETELEM',
  types: { new: nftMessage(12), get: nftMessage(13), del: nftMessage(14), destroy: nftMessage(30) },
  attributes: nftElementsAttributes,
});

/** Asks for elements and sets their counters and quotas to zero: `nft reset element`. Answered by {@link nftElements}. Linux 6.5. */
export const nftElementsReset = message({
  ...nftables,
  name: 'nftElementsReset',
  kernelName: 'NFT_MSG_*SETELEM_RESET',
  types: { get: nftMessage(33) },
  attributes: nftElementsAttributes,
});

export type NftElement = Out<typeof nftElement>;
export type NftElementInput = In<typeof nftElement>;
export type NftElementsMessage = Out<typeof nftElements>;
export type NftElementsMessageInput = In<typeof nftElements>;
