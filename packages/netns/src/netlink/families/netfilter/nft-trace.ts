import { attrs, nested } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { u8, u16be, u32be, u64be } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import type { Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { netfilterFamilies } from './nfgenmsg.ts';
import { nftVerdict, nftVerdicts } from './nft-data.ts';
import { nftables, nftMessage } from './nft-numbers.ts';

/** What a trace event tells of (NFT_TRACETYPE_*). */
export const nftTraceTypes = ['unspec', 'policy', 'return', 'rule'] as const;

/** NFTA_TRACE_*. `id` is the packet's. The headers are there once for each packet, cut short. Those of the connection since Linux 6.17. */
export const nftTraceAttributes = attrs({
  table: [1, str],
  chain: [2, str],
  ruleHandle: [3, u64be],
  type: [4, named(u32be, nftTraceTypes)],
  verdict: [5, nested(nftVerdict)],
  id: [6, u32be],
  llHeader: [7, bytes],
  networkHeader: [8, bytes],
  transportHeader: [9, bytes],
  iif: [10, u32be],
  iiftype: [11, u16be],
  oif: [12, u32be],
  oiftype: [13, u16be],
  mark: [14, u32be],
  nfproto: [15, named(u32be, netfilterFamilies)],
  policy: [16, named(u32be, nftVerdicts)],
  ctId: [18, u32be],
  ctDirection: [19, u8],
  ctStatus: [20, u32be],
  ctState: [21, u32be],
});

/** The way of a packet that a rule marked (`meta nftrace set 1`) through the rules: `nft monitor trace`. */
export const nftTrace = message({
  ...nftables,
  name: 'nftTrace',
  kernelName: 'NFT_MSG_TRACE',
  types: { new: nftMessage(17) },
  attributes: nftTraceAttributes,
});

export type NftTraceMessage = Out<typeof nftTrace>;
