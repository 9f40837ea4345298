import type { encaps } from '../../../../../netlink/families/route/encap.ts';
import type { RouteMessage, RouteMessageInput } from '../../../../../netlink/families/route/route.ts';
import { incompleteCommand, invalidArgument } from '../../exit.ts';
import { readOptions } from '../../grammar.ts';
import { toJson, toText } from '../../show/fields.ts';
import { bpfEncap } from './bpf.ts';
import { ilaEncap } from './ila.ts';
import { ioam6Encap } from './ioam6.ts';
import { ip6Encap, ipEncap } from './ip.ts';
import { type EncapContext, type EncapKind, type EncapView, unexpectedEnd } from './kind.ts';
import { mplsEncap } from './mpls.ts';
import { rplEncap } from './rpl.ts';
import { seg6Encap } from './seg6.ts';
import { seg6LocalEncap } from './seg6local.ts';
import { xfrmEncap } from './xfrm.ts';

export type Encap = NonNullable<RouteMessage['attributes']['encap']>;
export type EncapInput = NonNullable<NonNullable<RouteMessageInput['attributes']>['encap']>;

/** The words of each kind. */
// biome-ignore lint/suspicious/noExplicitAny: what the words make of each is checked by its declaration
const kinds: Readonly<Record<keyof typeof encaps, EncapKind<any, any>>> = {
  mpls: mplsEncap,
  ip: ipEncap,
  ip6: ip6Encap,
  seg6: seg6Encap,
  seg6local: seg6LocalEncap,
  ila: ilaEncap,
  bpf: bpfEncap,
  rpl: rplEncap,
  ioam6: ioam6Encap,
  xfrm: xfrmEncap,
};

/** Reads what stands behind `encap`. Throws Exit. */
export function readEncap(word: string, context: EncapContext): EncapInput {
  const kind = Object.hasOwn(kinds, word) ? kinds[word as keyof typeof kinds] : undefined;
  if (kind === undefined) throw invalidArgument(word, '"encap type" value is invalid\n');
  if (context.words.left === 0) throw incompleteCommand();
  // Each kind takes two words at least, as `ip` sees it.
  if (context.words.left === 1) throw unexpectedEnd();
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
    json: { encap: { encap_type: name, ...(parts === undefined ? {} : toJson(parts, data, view)) } },
  };
}
