import { nftObjectTypes } from '../../../netlink/families/netfilter/nft-object.ts';

/** The schema has no words for these. */
const wordless: readonly string[] = ['ct count', 'tunnel'];

const known = Object.entries(nftObjectTypes).filter(([, word]) => !wordless.includes(word));

/** The schema's words for the kinds of objects, by NFT_OBJECT_*. */
export const objectWords: Readonly<Record<number, string>> = Object.fromEntries(known);

/** NFT_OBJECT_* by the schema's words. */
export const objectNumbers: Readonly<Record<string, number>> = Object.fromEntries(
  known.map(([number, word]) => [word, Number(number)]),
);
