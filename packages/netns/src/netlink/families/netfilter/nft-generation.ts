import { attrs } from '../../../wire/attributes.ts';
import { u32be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import type { Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { nftables, nftMessage } from './nft-numbers.ts';

/** NFTA_GEN_*. */
export const nftGenerationAttributes = attrs({ id: [1, u32be], procPid: [2, u32be], procName: [3, str] });

/** The generation of the ruleset: a number that every transaction raises, and, in events, who did. */
export const nftGeneration = message({
  ...nftables,
  name: 'nftGeneration',
  kernelName: 'NFT_MSG_*GEN',
  types: { new: nftMessage(15), get: nftMessage(16) },
  attributes: nftGenerationAttributes,
});

export type NftGenerationMessage = Out<typeof nftGeneration>;
