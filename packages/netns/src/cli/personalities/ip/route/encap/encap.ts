import type { encaps } from '../../../../../netlink/families/route/encap.ts';
import type { RouteMessage, RouteMessageInput } from '../../../../../netlink/families/route/route.ts';
import { invalidArgument, notImplemented } from '../../exit.ts';
import { readOptions } from '../../grammar.ts';
import { toJson, toText } from '../../show/fields.ts';
import { ip6Encap, ipEncap } from './ip.ts';
import type { EncapContext, EncapKind, EncapView } from './kind.ts';
import { mplsEncap } from './mpls.ts';
import { seg6Encap } from './seg6.ts';
import { seg6LocalEncap } from './seg6local.ts';

export type Encap = NonNullable<RouteMessage['attributes']['encap']>;
export type EncapInput = NonNullable<NonNullable<RouteMessageInput['attributes']>['encap']>;

/** The kinds that this program has the words of. */
// biome-ignore lint/suspicious/noExplicitAny: what the words make of each is checked by its declaration
const kinds: Readonly<Partial<Record<keyof typeof encaps, EncapKind<any, any>>>> = {
  mpls: mplsEncap,
  ip: ipEncap,
  ip6: ip6Encap,
  seg6: seg6Encap,
  seg6local: seg6LocalEncap,
};

const missing = ['ila', 'bpf', 'rpl', 'ioam6', 'xfrm'];

/** Reads what stands behind `encap`. Throws Exit. */
export function readEncap(word: string, context: EncapContext): EncapInput {
  const kind = Object.hasOwn(kinds, word) ? kinds[word as keyof typeof kinds] : undefined;
  if (kind === undefined) {
    if (missing.includes(word)) throw notImplemented(`The encapsulation "${word}"`);
    throw invalidArgument(word, '"encap type" value is invalid\n');
  }
  if (context.words.peek() === undefined) context.words.value();
  const draft = kind.begin(context);
  readOptions({ rows: kind.rows }, context.words, draft, context);
  return { kind: word, data: kind.finish(draft) } as EncapInput;
}

/** An encapsulation in both notations. */
export function describeEncap(encap: Encap | undefined, view: EncapView) {
  if (encap === undefined) return undefined;
  const name = encap.kind === 'other' ? encap.name : encap.kind;
  const parts = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds]?.parts : undefined;
  const data = encap.kind === 'other' ? {} : encap.data;
  return {
    text: ` encap ${name} ${parts === undefined ? '' : toText(parts, data, view)}`,
    json: { encap: name, ...(parts === undefined ? {} : toJson(parts, data, view)) },
  };
}
