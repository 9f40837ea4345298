import { nftSetFlags } from '../../../netlink/families/netfilter/nft-set.ts';

const bit = (name: (typeof nftSetFlags)[number]) => 1 << nftSetFlags.indexOf(name);

export const ANONYMOUS: number = bit('anonymous');
export const CONSTANT: number = bit('constant');
export const INTERVAL: number = bit('interval');
export const MAP: number = bit('map');
export const TIMEOUT: number = bit('timeout');
export const DYNAMIC: number = bit('dynamic');
export const OBJECTS: number = bit('object');
export const CONCAT: number = bit('concat');

/** Flags that JSON tells of, with their bits. The others follow from the rest. */
export const setFlagWords = { constant: CONSTANT, interval: INTERVAL, timeout: TIMEOUT, dynamic: DYNAMIC } as const;
