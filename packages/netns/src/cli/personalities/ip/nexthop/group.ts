import type { NexthopMessageInput } from '../../../../netlink/families/route/nexthop.ts';
import { invalidArgument } from '../exit.ts';
import { parseUnsigned } from '../numbers.ts';

type Member = NonNullable<NonNullable<NexthopMessageInput['attributes']>['group']>[number];

/** Weights are kept less one, in two bytes since Linux 6.12. */
const maximumWeight = 1 << 16;

/** The members of a group with their weights: `10,3/13`. Throws Exit (255). */
export function readGroup(word: string): readonly Member[] {
  return word.split('/').map((part) => {
    const comma = part.indexOf(',');
    const id = parseUnsigned(comma < 0 ? part : part.slice(0, comma), 32);
    if (id === undefined) throw invalidArgument(/^[^/,]*/.exec(word)?.[0] ?? word, '"group" value is invalid\n');
    const weight = comma < 0 ? 1 : parseUnsigned(part.slice(comma + 1), 32);
    if (weight === undefined || weight === 0 || weight > maximumWeight) {
      throw invalidArgument(part.slice(comma + 1), '"weight" is invalid\n');
    }
    return { id, weight: (weight - 1) & 0xff, weightHigh: (weight - 1) >> 8 };
  });
}
