import { InvalidArgumentError } from '../../../errors.ts';
import type { filterKinds } from '../../../netlink/families/route/filter.ts';
import type { In, Out } from '../../../wire/shape.ts';

type Wire = typeof filterKinds.u32;

/** One condition: the 32 bits at `at` (bytes from the network header, a multiple of 4), under the mask, are `value`. */
export interface U32Match {
  readonly value: number;
  readonly mask: number;
  readonly at: number;
  /** Counted from the header behind this one (TCP, UDP), which must have been found by `offset` of a filter that links here. */
  readonly nextHeader?: boolean | undefined;
}

/** Any bits at any place, all of which must be as said. */
export interface U32Options {
  /** None: everything. */
  readonly matches?: readonly U32Match[] | undefined;
  /** Makes a hash table of so many buckets instead of a filter: a power of two up to 256. */
  readonly divisor?: number | undefined;
  /** The table (and bucket) that this goes into, such as `2:a`: table, bucket. As the kernel has it, see `handle`. */
  readonly hashTable?: number | undefined;
  /** The table in which it is looked on. */
  readonly linkTo?: number | undefined;
}

/** Bit 0 of the flags: what is found here is final (TC_U32_TERMINAL). */
const terminal = 1;

export function encodeU32(options: U32Options, classid: number | undefined): In<Wire> {
  const { matches = [], divisor, hashTable, linkTo } = options;
  if (divisor !== undefined) return { divisor };
  const keys = matches.map(({ value, mask, at, nextHeader }) => {
    if (!Number.isInteger(at) || at % 4 !== 0)
      throw new InvalidArgumentError('options.matches.at', at, 'it must be a multiple of 4');
    return { val: (value & mask) >>> 0, mask: mask >>> 0, off: at, offmask: nextHeader ? -1 : 0 };
  });
  return {
    classid,
    hash: hashTable,
    link: linkTo,
    sel: { flags: classid === undefined && linkTo !== undefined ? 0 : terminal, keys: keys.length === 0 ? [{}] : keys },
  };
}

export function decodeU32({ sel, divisor, hash, link }: Out<Wire>): U32Options {
  return {
    matches: sel?.keys
      .filter(({ mask }) => mask !== 0)
      .map(({ val: value, mask, off: at, offmask }) => ({
        value,
        mask,
        at,
        ...(offmask === 0 ? {} : { nextHeader: true }),
      })),
    divisor,
    hashTable: hash,
    linkTo: link,
  };
}
