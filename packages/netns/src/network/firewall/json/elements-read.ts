import type { NftStatefulExpressionInput } from '../../../netlink/families/netfilter/expressions.ts';
import type { NftDataInput } from '../../../netlink/families/netfilter/nft-data.ts';
import type { NftElementInput } from '../../../netlink/families/netfilter/nft-elements.ts';
import { parseIpAddress } from '../../../wire/ip-address.ts';
import { bytesFor, bytesOfNumber, joinBytes, ones, padded } from './bits.ts';
import { integerAt, isObject, nameAt, objectAt, oneOrMoreAt, onlyEntry, stringAt } from './checked.ts';
import { type Constant, constantAt, isImmediateJson, keyBytes, partsAt } from './constants.ts';
import type { PartType } from './elements-show.ts';
import { fault, nowhere, type Path, unknownWord } from './fault.ts';
import { readStateful } from './stateful-read.ts';
import { type JsonContext, readNamePrefix, readValue } from './values.ts';

/** What the data of a map are; undefined for a set. */
export type DataKind =
  | { readonly kind: 'verdict' }
  | { readonly kind: 'object' }
  | { readonly kind: 'value'; readonly parts: readonly PartType[] }
  | undefined;

/** One element as JSON has it. */
export interface Item {
  /** None: for all keys that are not there. */
  readonly key: readonly Constant[] | undefined;
  /** Which of the elements it is, and where they are. */
  readonly index: number;
  readonly path: Path;
  readonly details: Pick<NftElementInput, 'timeout' | 'expiration' | 'userdata' | 'expr' | 'expressions'> | undefined;
  readonly data?: NftDataInput;
  readonly dataIsRange?: boolean;
  readonly objref?: string;
}

/** Elements as the kernel takes them; there may be a great many. */
export interface ElementList extends Iterable<NftElementInput> {
  readonly length: number;
}

type ReadItem = Omit<Item, 'index' | 'path'>;

const verdicts: Readonly<Record<string, number>> = { accept: 1, drop: 0, continue: -1, return: -5, jump: -3, goto: -4 };

/** A verdict; undefined for something else. */
export function verdictAt(json: unknown, path: Path): NftDataInput['verdict'] | undefined {
  if (!isObject(json)) return undefined;
  const [word, target] = onlyEntry(json, path);
  const code = Object.hasOwn(verdicts, word) ? verdicts[word] : undefined;
  if (code === undefined) return undefined;
  if (word !== 'jump' && word !== 'goto') return { code };
  return { code, chain: nameAt(objectAt(target, path.at(word)).target, path.at(word).at('target')) };
}

/** The elements that JSON lists: one, or an array of them. */
export function itemsAt(
  json: unknown,
  key: readonly PartType[],
  data: DataKind,
  path: Path,
  context: JsonContext,
): Item[] {
  const list = data !== undefined && isPair(json) ? [json] : oneOrMoreAt(json);
  return list.map((item, index) => {
    try {
      return { ...itemAt(item, key, data, nowhere, context), index, path };
    } catch {
      // There may be a great many elements, so only a wrong one is read with its path.
      return { ...itemAt(item, key, data, path.at(index), context), index, path };
    }
  });
}

/** A map's elements are a list of pairs; one pair alone looks like a list of two elements that are no lists. */
function isPair(json: unknown): boolean {
  return Array.isArray(json) && json.length === 2 && !Array.isArray(json[0]);
}

/**
 * Elements that are single values of one part and nothing else, packed: mostly all of a large set are. Undefined where one is more than that, or
 * wrong: `itemsAt` tells.
 */
export function pointsAt(json: unknown, key: readonly PartType[], context: JsonContext): ElementList | undefined {
  const [part] = key;
  if (key.length !== 1 || part === undefined || part.shift || !Array.isArray(json)) return undefined;
  const { type, bits, order } = part;
  const length = bytesFor(bits);
  const packed = new Uint8Array(length * json.length);
  for (let index = 0; index < json.length; index++) {
    const value: unknown = json[index];
    if (!isImmediateJson(value) || value === '*') return undefined;
    if (type.form === 'name' && readNamePrefix(value) !== undefined) return undefined;
    const address = type.form === 'ipv4' || type.form === 'ipv6' ? parseIpAddress(String(value)) : undefined;
    const read = address === undefined ? readValue(type, value, bits, context) : undefined;
    const bytes = typeof read === 'bigint' ? bytesOfNumber(read, length, order) : address;
    if (bytes?.length !== length) return undefined;
    packed.set(bytes, index * length);
  }
  return {
    length: json.length,
    *[Symbol.iterator]() {
      for (let at = 0; at < packed.length; at += length) yield { key: { value: packed.subarray(at, at + length) } };
    },
  };
}

function itemAt(json: unknown, key: readonly PartType[], data: DataKind, path: Path, context: JsonContext): ReadItem {
  if (data === undefined) return withDetails(json, key, path, context);
  if (!Array.isArray(json) || json.length !== 2)
    throw fault(path, json, 'must be a list of a key and what it stands for');
  const item = withDetails(json[0], key, path.at(0), context);
  const at = path.at(1);
  if (data.kind === 'object') return { ...item, objref: stringAt(json[1], at) };
  if (data.kind === 'verdict') {
    const verdict = verdictAt(json[1], at);
    if (verdict === undefined) throw unknownWord(at, wordOf(json[1]), 'verdict', Object.keys(verdicts));
    return { ...item, data: { verdict } };
  }
  const { parts, path: partsPath } = partsAt(json[1], at);
  if (parts.length !== data.parts.length) throw fault(at, json[1], `must have ${data.parts.length} parts`);
  const values = data.parts.map((part, index) =>
    constantAt(parts[index], part, parts === undefined ? at : partsPath.at(index), context),
  );
  const low = keyBytes(
    data.parts,
    values.map((value) => value.low),
  );
  const ranges = values.some(({ range }) => range);
  if (!ranges) return { ...item, data: { value: low } };
  const high = keyBytes(
    data.parts,
    values.map((value) => value.high),
  );
  return { ...item, data: { value: joinBytes([padded(low), padded(high)]) }, dataIsRange: true };
}

function wordOf(json: unknown): unknown {
  return isObject(json) ? Object.keys(json)[0] : json;
}

const statefulKeys = ['counter', 'limit', 'quota', 'ct count', 'last'] as const;

function withDetails(json: unknown, key: readonly PartType[], path: Path, context: JsonContext): ReadItem {
  if (!isObject(json) || !('elem' in json)) return { key: keyAt(json, key, path, context), details: undefined };
  const at = path.at('elem');
  const elem = objectAt(json.elem, at);
  for (const word of Object.keys(elem))
    if (!['val', 'timeout', 'expires', 'comment', ...statefulKeys].includes(word))
      throw unknownWord(at, word, 'key', ['val', 'timeout', 'expires', 'comment', ...statefulKeys]);
  const seconds = (word: 'timeout' | 'expires') =>
    elem[word] === undefined
      ? undefined
      : BigInt(integerAt(elem[word], at.at(word), 0, Number.MAX_SAFE_INTEGER)) * 1000n;
  const [timeout, expiration] = [seconds('timeout'), seconds('expires')];
  const expressions: NftStatefulExpressionInput[] = statefulKeys.flatMap((word) =>
    word in elem ? (readStateful(word, elem[word], at.at(word)) ?? []) : [],
  );
  const [first] = expressions;
  return {
    key: keyAt(elem.val, key, at.at('val'), context),
    details: {
      ...(timeout !== undefined && { timeout }),
      ...(expiration !== undefined && { expiration }),
      ...(elem.comment !== undefined && { userdata: { comment: stringAt(elem.comment, at.at('comment')) } }),
      ...(expressions.length === 1 && first !== undefined && { expr: first }),
      ...(expressions.length > 1 && { expressions }),
    },
  };
}

function keyAt(
  json: unknown,
  key: readonly PartType[],
  path: Path,
  context: JsonContext,
): readonly Constant[] | undefined {
  if (json === '*') return undefined;
  const [only] = key;
  if (key.length === 1 && only !== undefined) return [constantAt(json, only, path, context)];
  const { parts, path: partsPath } = partsAt(json, path);
  if (parts.length !== key.length) throw fault(path, json, `must be { "concat": [...] } with ${key.length} parts`);
  return key.map((part, index) => constantAt(parts[index], part, partsPath.at(index), context));
}

/** Whether a key of the items is more than one value: the set has to be one of intervals then. */
export function haveRanges(items: readonly Item[]): boolean {
  return items.some(({ key }) => key?.some(({ range }) => range));
}

export interface Encoding {
  readonly intervals: boolean;
  /** The set is made with these elements, so there is nothing yet before the first interval. */
  readonly first: boolean;
  /** It has no name: what touches becomes one. */
  readonly anonymous: boolean;
  /** What overlaps becomes one. */
  readonly merge: boolean;
}

/** Elements as the kernel takes them. */
export function elementsOf(items: readonly Item[], key: readonly PartType[], encoding: Encoding): NftElementInput[] {
  const catchall = items.filter((item) => item.key === undefined).map((item) => ({ ...rest(item), flags: 2 }));
  const keyed = items.filter((item) => item.key !== undefined);
  if (!encoding.intervals) return [...keyed.map((item) => point(item, key)), ...catchall];
  if (key.length > 1) return [...keyed.map((item) => box(item, key)), ...catchall];
  return [...intervals(keyed, key[0] as PartType, encoding), ...catchall];
}

function rest({ details, data, objref }: Item): NftElementInput {
  if (details === undefined && data === undefined && objref === undefined) return {};
  return { ...details, ...(data !== undefined && { data }), ...(objref !== undefined && { objref }) };
}

function point(item: Item, key: readonly PartType[]): NftElementInput {
  const [first] = item.key ?? [];
  if (key.length === 1 && first !== undefined) {
    const part = key[0] as PartType;
    const shift = part.shift ?? 0;
    const value = shift === 0 ? first.low : first.low << BigInt(shift);
    const bytes = bytesOfNumber(value, bytesFor(part.bits + shift), part.order);
    return { key: { value: bytes }, ...rest(item) };
  }
  return {
    key: {
      value: keyBytes(
        key,
        (item.key ?? []).map(({ low }) => low),
      ),
    },
    ...rest(item),
  };
}

/** A concatenation of ranges: the lowest of each and the highest of each, in network order. */
function box(item: Item, key: readonly PartType[]): NftElementInput {
  const ends = item.key ?? [];
  const low = keyBytes(
    key,
    ends.map((each) => each.low),
    'network',
  );
  const high = keyBytes(
    key,
    ends.map((each) => each.high),
    'network',
  );
  return { key: { value: low }, keyEnd: { value: high }, ...rest(item) };
}

interface Span {
  readonly low: bigint;
  high: bigint;
  readonly item: Item;
}

const END = 1;
/** libnftables' mark for an interval that ends with the highest value. */
const OPEN = 1;

/** Beginnings and the first values behind the ends, in network order. */
function intervals(items: readonly Item[], part: PartType, { first, anonymous, merge }: Encoding): NftElementInput[] {
  const shift = BigInt(part.shift ?? 0);
  const length = bytesFor(part.bits + Number(shift));
  const most = ones(length * 8);
  const spans = items.map((item): Span => {
    const [{ low, high }] = item.key as readonly [Constant];
    return { low: low << shift, high: high << shift, item };
  });
  spans.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  const joined = join(spans, merge, anonymous);
  const elements: NftElementInput[] = [];
  const at = (value: bigint) => ({ value: bytesOfNumber(value, length, 'network') });
  if (first && joined[0] !== undefined && joined[0].low > 0n) elements.push({ key: at(0n), flags: END });
  joined.forEach((span, index) => {
    const open = span.high === most;
    const details = rest(span.item);
    elements.push({
      key: at(span.low),
      ...details,
      ...(open && { userdata: { ...details.userdata, flags: OPEN } }),
    });
    const touches = anonymous && joined[index + 1]?.low === span.high + 1n;
    if (!open && !touches) elements.push({ key: at(span.high + 1n), flags: END });
  });
  return elements;
}

function join(spans: readonly Span[], merge: boolean, touching: boolean): Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    const mergeable = merge && span.item.data === undefined && span.item.objref === undefined;
    if (last !== undefined && span.low <= last.high) {
      if (!mergeable && !(span.low === last.low && span.high === last.high))
        throw fault(span.item.path.at(span.item.index), undefined, 'overlaps another element');
      if (span.high > last.high) last.high = span.high;
    } else if (last !== undefined && mergeable && touching && span.low === last.high + 1n) last.high = span.high;
    else joined.push({ ...span });
  }
  return joined;
}
