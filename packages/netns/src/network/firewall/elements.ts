import {
  type NftStatefulExpressionInput,
  nftStatefulExpression,
} from '../../netlink/families/netfilter/expressions.ts';
import type { NftVerdict } from '../../netlink/families/netfilter/nft-data.ts';
import {
  type NftElement,
  type NftElementInput,
  type NftElementsMessage,
  nftElementFlags,
  nftElements,
} from '../../netlink/families/netfilter/nft-elements.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../netlink/header.ts';
import { encodeValue } from '../../wire/encode.ts';
import { flagNames } from '../../wire/names.ts';
import { Writer } from '../../wire/writer.ts';
import type { Change, ChangeMessage, Sink } from './change.ts';
import { describeSet, type SetName } from './sets.ts';
import { bitsOf, familyNumberOf } from './words.ts';

/** An element to be put into a set or map: `nft add element`. */
export interface ElementSpec {
  /** The bytes of the key, as they are in the packet; missing for `catchall`. In a set of intervals it begins one. */
  readonly key?: Uint8Array | undefined;
  /** The end of an interval of keys that are put together, which belongs to it. */
  readonly keyEnd?: Uint8Array | undefined;
  /** Of a map: what the key stands for. */
  readonly data?: Uint8Array | undefined;
  /** Of a map of verdicts. */
  readonly verdict?: NftVerdict | undefined;
  /** Of a map of objects: the name of one. */
  readonly object?: string | undefined;
  /** `interval_end`: it is the first that does not belong any more to the interval before it. `catchall`: for all other keys (Linux 5.13). */
  readonly flags?: readonly string[] | undefined;
  /** How long it stays, in milliseconds. */
  readonly timeout?: bigint | undefined;
  /** How long it will yet stay, in milliseconds. */
  readonly expires?: bigint | undefined;
  readonly comment?: string | undefined;
  /** What else is stored with it, as `nft` reads it; instead of `comment`. */
  readonly userdata?: NftElementUserdataInput | undefined;
  /** Its counter, limit, … */
  readonly expressions?: readonly NftStatefulExpressionInput[] | undefined;
}

type NftElementUserdataInput = NonNullable<NftElementInput['userdata']>;

/** An element as the kernel describes it. Keys that it does not have are not there: there may be a great many of them. */
export type FirewallElement = ElementSpec;

/** Changes of what is in sets and maps. `nft add element`, `delete element`. */
export class ElementChanges<R> {
  readonly #make: Sink<R>;

  constructor(make: Sink<R>) {
    this.#make = make;
  }

  /** Puts elements into a set, as many as you like. Refused with EEXIST if one is there. `nft create element`. */
  add(set: SetName, elements: readonly ElementSpec[]): R {
    return this.#make(() => change('add', 'new', set, elements, NLM_F_CREATE | NLM_F_EXCL));
  }

  /** Puts elements into a set; those that are there stay. `nft add element`. */
  replace(set: SetName, elements: readonly ElementSpec[]): R {
    return this.#make(() => change('set', 'new', set, elements, NLM_F_CREATE));
  }

  /** Takes elements out. Refused with ENOENT if one is not there. What was listed can be deleted as it is. */
  delete(set: SetName, elements: readonly ElementSpec[]): R {
    return this.#make(() => change('delete', 'del', set, elements, 0));
  }

  /** Takes elements out that are there. `nft destroy element`. Linux 6.3. */
  destroy(set: SetName, elements: readonly ElementSpec[]): R {
    return this.#make(() => change('delete', 'destroy', set, elements, 0));
  }
}

function change(what: string, verb: string, set: SetName, elements: readonly ElementSpec[], flags: number): Change {
  return {
    operation: `${what} ${elements.length === 1 ? 'an element' : `${elements.length} elements`} of set ${describeSet(set)}`,
    messages: messages(verb, set, elements, flags),
  };
}

/** An attribute holds 65,531 bytes. */
const mostBytes = 65_000;

/** As many messages as it takes. */
function* messages(
  verb: string,
  { family, table, name }: SetName,
  elements: readonly ElementSpec[],
  flags: number,
): Iterable<ChangeMessage> {
  const header = { family: familyNumberOf(family) };
  let batch: NftElementInput[] = [];
  let bytes = 0;
  const message = () => ({
    declaration: nftElements,
    verb,
    value: { header, attributes: { table, set: name, elements: batch } },
    flags,
  });
  for (const element of elements) {
    const size = sizeOf(element);
    if (bytes + size > mostBytes) {
      yield message();
      batch = [];
      bytes = 0;
    }
    batch.push(encodeElement(element));
    bytes += size;
  }
  if (batch.length > 0) yield message();
}

/** At most so many bytes long. */
function sizeOf(element: ElementSpec): number {
  const { key, keyEnd, data, verdict, flags, timeout, expires, object, comment, expressions } = element;
  // Each of them is an attribute in an attribute: eight bytes and at most three of padding.
  let size = 4 + (key === undefined ? 0 : key.length + 11);
  if (keyEnd !== undefined) size += keyEnd.length + 11;
  if (data !== undefined) size += data.length + 11;
  if (verdict !== undefined) size += 28 + 3 * (verdict.chain?.length ?? 0);
  if (flags !== undefined) size += 8;
  if (timeout !== undefined) size += 12;
  if (expires !== undefined) size += 12;
  // A character is at most three bytes.
  if (object !== undefined) size += 8 + 3 * object.length;
  // All that is stored with it are at most 256 bytes.
  if (element.userdata !== undefined) size += 260;
  else if (comment !== undefined) size += 10 + 3 * comment.length;
  return expressions === undefined ? size : size + sizeOfExpressions(expressions);
}

function sizeOfExpressions(expressions: readonly NftStatefulExpressionInput[]): number {
  const writer = new Writer();
  for (const expression of expressions) {
    writer.reserve(16);
    encodeValue(nftStatefulExpression, writer, expression, 'expression');
  }
  return writer.length;
}

/** An element as it is sent. */
export function encodeElement(element: ElementSpec): NftElementInput {
  const { key, keyEnd, data, verdict, flags, comment, expressions } = element;
  // Mostly there is nothing but the key, and there may be a great many of them.
  const value: { -readonly [K in keyof NftElementInput]: NftElementInput[K] } = {};
  if (flags !== undefined && flags.length > 0) value.flags = bitsOf(nftElementFlags, flags, 'flags');
  if (key !== undefined) value.key = { value: key };
  if (keyEnd !== undefined) value.keyEnd = { value: keyEnd };
  if (data !== undefined) value.data = { value: data };
  if (verdict !== undefined) value.data = { verdict };
  if (element.object !== undefined) value.objref = element.object;
  if (element.timeout !== undefined) value.timeout = element.timeout;
  if (element.expires !== undefined) value.expiration = element.expires;
  if (element.userdata !== undefined) value.userdata = element.userdata;
  else if (comment !== undefined) value.userdata = { comment };
  if (expressions?.length === 1) [value.expr] = expressions;
  if (expressions !== undefined && expressions.length > 1) value.expressions = expressions;
  return value;
}

/** The elements of one message, in the words of this library. */
export function elementsOf(message: NftElementsMessage): FirewallElement[] {
  return message.attributes.elements?.map(elementOf) ?? [];
}

function elementOf(element: NftElement): FirewallElement {
  const { key, keyEnd, data, flags, timeout, expiration, userdata, expr, expressions, objref } = element;
  const value: { -readonly [K in keyof FirewallElement]: FirewallElement[K] } = {};
  if (key?.value !== undefined) value.key = key.value;
  if (keyEnd?.value !== undefined) value.keyEnd = keyEnd.value;
  if (data?.value !== undefined) value.data = data.value;
  if (data?.verdict !== undefined) value.verdict = data.verdict;
  if (objref !== undefined) value.object = objref;
  if (flags !== undefined && flags !== 0) value.flags = flagNames(nftElementFlags, flags);
  if (timeout !== undefined) value.timeout = timeout;
  if (expiration !== undefined) value.expires = expiration;
  if (userdata !== undefined) value.userdata = userdata;
  if (userdata?.comment !== undefined) value.comment = userdata.comment;
  if (expressions !== undefined) value.expressions = expressions;
  else if (expr !== undefined) value.expressions = [expr];
  return value;
}
