import { invalidArgument, misuse } from '../exit.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import { parseUnsigned } from '../numbers.ts';
import { realmsNumber } from '../route-names.ts';
import { Words } from '../words.ts';
import type { RouteAttributes, RouteDraft } from './draft.ts';
import { readEncap } from './encap/encap.ts';
import { flag, type RouteContext } from './options.ts';
import { readRouter } from './via.ts';

type Hop = NonNullable<RouteAttributes['multipath']>[number];
type Attributes = { -readonly [K in keyof NonNullable<Hop['attributes']>]: NonNullable<Hop['attributes']>[K] };

interface HopDraft {
  flags: number;
  hops: number;
  ifindex: number;
  readonly route: RouteDraft;
  readonly attributes: Attributes;
}

const rows: readonly OptionRow<HopDraft, RouteContext>[] = [
  {
    words: 'via',
    apply: ({ route, attributes }, take) => {
      const router = readRouter(route.family, take);
      route.family ??= router.family;
      Object.assign(attributes, router.attribute);
    },
  },
  {
    words: 'dev',
    apply: (draft, take, { devices }) => {
      const name = take();
      draft.ifindex = devices.indexOf(name);
      if (draft.ifindex === 0) throw misuse(`Cannot find device "${name}"\nError: cannot parse nexthop\n`);
    },
  },
  {
    words: 'weight',
    apply: (draft, take) => {
      const word = take();
      const weight = parseUnsigned(word, 32);
      if (weight === undefined || weight === 0 || weight > 256) throw invalidArgument(word, '"weight" is invalid\n');
      draft.hops = weight - 1;
    },
  },
  flag('onlink'),
  {
    words: 'realms*',
    apply: ({ attributes }, take) => {
      const word = take();
      const realm = realmsNumber(word);
      if (realm === undefined) throw invalidArgument(word, '"realm" value is invalid\n');
      attributes.flow = realm;
    },
  },
  {
    words: 'encap',
    apply: ({ attributes }, take, context) => {
      attributes.encap = readEncap(take(), context);
    },
  },
];

/** Reads the next hops behind the first `nexthop`. Throws Exit. */
export function readHops(draft: RouteDraft, list: readonly string[], context: RouteContext): readonly Hop[] {
  const words = new Words(list);
  const found: Hop[] = [];
  for (;;) {
    if (words.peek() === undefined) throw misuse('Error: unexpected end of line after "nexthop"\n');
    const hop: HopDraft = { flags: 0, hops: 0, ifindex: 0, route: draft, attributes: {} };
    readOptions({ rows }, words, hop, { ...context, words });
    found.push({ header: { flags: hop.flags, hops: hop.hops, ifindex: hop.ifindex }, attributes: hop.attributes });
    const next = words.take();
    if (next === undefined) return found;
    if (next !== 'nexthop') {
      throw misuse(`Error: "nexthop" or end of line is expected instead of "${next}"\n`);
    }
  }
}
