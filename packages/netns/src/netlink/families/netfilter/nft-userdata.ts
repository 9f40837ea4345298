import { u32 } from '../../../wire/integers.ts';
import { str } from '../../../wire/text.ts';
import { userdata, userdataEntries } from './userdata.ts';

/** NFTNL_UDATA_* (libnftnl): what `nft` remembers in tables, chains, objects. The kernel only keeps it. */
export const nftUserdata = userdata({ comment: [0, str] });

export const nftRuleUserdata = userdata({ comment: [0, str], ebtablesPolicy: [1, u32] });

export const nftElementUserdata = userdata({ comment: [0, str], flags: [1, u32] });

/** A `typeof`: which kind of expression, by libnftables' own number, and what it needs to know to make it again. */
const typeOf = userdata({ expression: [0, u32], data: [1, userdataEntries] });

/** Byte orders of key and data are 1 for the machine's, 2 for the network's. `keyTypeof` is there for a set that was declared with `typeof`. */
export const nftSetUserdata = userdata({
  keyByteorder: [0, u32],
  dataByteorder: [1, u32],
  mergeElements: [2, u32],
  keyTypeof: [3, typeOf],
  dataTypeof: [4, typeOf],
  expr: [5, userdataEntries],
  dataInterval: [6, u32],
  comment: [7, str],
});
