import { attrs, listOf, nested } from '../../../wire/attributes.ts';
import { u32be, u64be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { nftStatefulExpression } from './expressions.ts';
import { nftables, nftMessage } from './nft-numbers.ts';
import { nftObjectTypes } from './nft-object.ts';
import { nftSetUserdata } from './nft-userdata.ts';

/** Bits of a set's flags (NFT_SET_*). `interval` and `map` are said of the set, `eval` that rules may add to it. */
export const nftSetFlags = [
  'anonymous',
  'constant',
  'interval',
  'map',
  'timeout',
  'dynamic',
  'object',
  'concat',
  'expr',
] as const;

/** NFT_SET_POL_*. */
export const nftSetPolicies = ['performance', 'memory'] as const;

/** The data type of a map whose data are verdicts (NFT_DATA_VERDICT). */
export const NFT_DATA_VERDICT = 0xffffff00;

/** NFTA_SET_DESC_*: how many elements there may be, and the lengths in bytes of the parts of a key. */
export const nftSetDesc = attrs({ size: [1, u32be], concat: [2, listOf(1, nested(attrs({ len: [1, u32be] })))] });

/**
 * NFTA_SET_*. Lengths are in bytes, times in milliseconds. `keyType` and `dataType` are numbers of the `nft` program, which the kernel
 * only keeps; `expressions` are made for each element. `type` and `count` (what is in it, elements) since Linux 6.16.
 */
export const nftSetAttributes = attrs({
  table: [1, str],
  name: [2, str],
  flags: [3, flags(u32be, nftSetFlags)],
  keyType: [4, u32be],
  keyLen: [5, u32be],
  dataType: [6, u32be],
  dataLen: [7, u32be],
  policy: [8, named(u32be, nftSetPolicies)],
  desc: [9, nested(nftSetDesc)],
  id: [10, u32be],
  timeout: [11, u64be],
  gcInterval: [12, u32be],
  userdata: [13, nftSetUserdata],
  objType: [15, named(u32be, nftObjectTypes)],
  handle: [16, u64be],
  expr: [17, nested(nftStatefulExpression)],
  expressions: [18, listOf(1, nested(nftStatefulExpression))],
  type: [19, str],
  count: [20, u32be],
});

/** Sets and maps: `nft list sets`, `nft list maps`. What is in them comes with {@link nftElements}. `destroy` since Linux 6.3. */
export const nftSet = message({
  ...nftables,
  name: 'nftSet',
  kernelName: 'NFT_MSG_*SET',
  types: { new: nftMessage(9), get: nftMessage(10), del: nftMessage(11), destroy: nftMessage(29) },
  attributes: nftSetAttributes,
});

export type NftSetMessage = Out<typeof nftSet>;
export type NftSetMessageInput = In<typeof nftSet>;
