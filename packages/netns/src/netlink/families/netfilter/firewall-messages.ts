import { Declarations } from '../../declarations.ts';
import { netfilterBatch } from './batch.ts';
import { nftChain } from './nft-chain.ts';
import { nftCompat } from './nft-compat.ts';
import { nftElements, nftElementsReset } from './nft-elements.ts';
import { nftFlowtable } from './nft-flowtable.ts';
import { nftGeneration } from './nft-generation.ts';
import { nftObject, nftObjectReset } from './nft-object.ts';
import { nftRule, nftRuleReset } from './nft-rule.ts';
import { nftSet } from './nft-set.ts';
import { nftTable } from './nft-table.ts';
import { nftTrace } from './nft-trace.ts';

/** nftables. */
export const firewallMessages = new Declarations([
  netfilterBatch,
  nftTable,
  nftChain,
  nftRule,
  nftRuleReset,
  nftSet,
  nftElements,
  nftElementsReset,
  nftObject,
  nftObjectReset,
  nftFlowtable,
  nftGeneration,
  nftTrace,
  nftCompat,
]);
