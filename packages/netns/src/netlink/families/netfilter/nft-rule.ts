import { attrs, listOf, nested } from '../../../wire/attributes.ts';
import { u32be, u64be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { flags } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { nftExpression } from './expressions.ts';
import { nftables, nftMessage } from './nft-numbers.ts';
import { nftRuleUserdata } from './nft-userdata.ts';

/** NFTA_RULE_COMPAT_*: what matches of iptables want to know of the rule that they are in. Bit 1 of `flags` inverts `proto`. */
export const nftRuleCompat = attrs({ proto: [1, u32be], flags: [2, flags(u32be, ['unused', 'inv'])] });

/**
 * NFTA_RULE_*. `position` is the handle of the rule that this one comes behind, or, with NLM_F_APPEND missing, before. `id` and
 * `positionId` stand for handles within the transaction that makes the rule.
 */
export const nftRuleAttributes = attrs({
  table: [1, str],
  chain: [2, str],
  handle: [3, u64be],
  expressions: [4, listOf(1, nested(nftExpression))],
  compat: [5, nested(nftRuleCompat)],
  position: [6, u64be],
  userdata: [7, nftRuleUserdata],
  id: [9, u32be],
  positionId: [10, u32be],
  chainId: [11, u32be],
});

/** Rules: lists of expressions, which a packet goes through until one does not hold or decides. `nft list ruleset`. `destroy` since Linux 6.3. */
export const nftRule = message({
  ...nftables,
  name: 'nftRule',
  kernelName: 'NFT_MSG_*RULE',
  types: { new: nftMessage(6), get: nftMessage(7), del: nftMessage(8), destroy: nftMessage(28) },
  attributes: nftRuleAttributes,
});

/** Asks for rules and sets the counters and quotas in them to zero: `nft reset rules`. Answered by {@link nftRule}. Linux 6.2. */
export const nftRuleReset = message({
  ...nftables,
  name: 'nftRuleReset',
  kernelName: 'NFT_MSG_*RULE_RESET',
  types: { get: nftMessage(25) },
  attributes: nftRuleAttributes,
});

export type NftRuleMessage = Out<typeof nftRule>;
export type NftRuleMessageInput = In<typeof nftRule>;
