import { attrs, nested } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { s32be, u32be } from '../../../wire/integers.ts';
import { named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';

/** What becomes of a packet (NF_*, `linux/netfilter.h`), or of the walk through the rules (NFT_*). */
export const nftVerdicts = {
  [-5]: 'return',
  [-4]: 'goto',
  [-3]: 'jump',
  [-2]: 'break',
  [-1]: 'continue',
  0: 'drop',
  1: 'accept',
  2: 'stolen',
  3: 'queue',
  4: 'repeat',
} as const;

/** NFTA_VERDICT_*. `chain` goes with jump and goto; `chainId` means a chain that the same transaction makes. */
export const nftVerdict = attrs({ code: [1, named(s32be, nftVerdicts)], chain: [2, str], chainId: [3, u32be] });

/** NFTA_DATA_*: what a register holds, bytes as they are in the packet, or a verdict. */
export const nftData = attrs({ value: [1, bytes], verdict: [2, nested(nftVerdict)] });

export type NftVerdict = Out<typeof nftVerdict>;
export type NftData = Out<typeof nftData>;
export type NftDataInput = In<typeof nftData>;
