import type { NftStatefulExpression } from '../../../netlink/families/netfilter/expressions.ts';
import type { NftData } from '../../../netlink/families/netfilter/nft-data.ts';
import type { NftElement } from '../../../netlink/families/netfilter/nft-elements.ts';
import { NFT_DATA_VERDICT, type NftSetMessage } from '../../../netlink/families/netfilter/nft-set.ts';
import { type ByteOrder, bytesFor, bytesOfNumber, numberOfBytes, ones, prefixOfRange } from './bits.ts';
import type { DataType } from './datatypes.ts';
import type { ElementExpression, Expression, SetItem, Statement, Verdict } from './schema.ts';
import { CONCAT, INTERVAL } from './set-flags.ts';
import { showLimit, showQuota } from './units.ts';
import { flagsOf, isFlags, type JsonContext, jsonNumber, NAME_BYTES, showNamePrefix, showValue } from './values.ts';

/** What a part of a key or of the data of a set is. */
export interface PartType {
  readonly type: DataType;
  readonly bits: number;
  readonly order: ByteOrder;
  /** How many bits of the packet's bytes below the value are other fields'. */
  readonly shift?: number;
}

const INTERVAL_END = 1;
const CATCHALL = 2;

export function showVerdict(verdict: NonNullable<NftData['verdict']>): Verdict | undefined {
  const { code, chain = '' } = verdict;
  switch (code) {
    case 1:
      return { accept: null };
    case 0:
      return { drop: null };
    case -1:
      return { continue: null };
    case -5:
      return { return: null };
    case -3:
      return { jump: { target: chain } };
    case -4:
      return { goto: { target: chain } };
    default:
      return undefined;
  }
}

/** One value of a set: flags that have no word together are or-ed words. */
export function showPart(part: PartType, value: bigint, context: JsonContext): Expression {
  const own = value >> BigInt(part.shift ?? 0);
  const shown = showValue(part.type, own, context);
  const flags = isFlags(part.type) && typeof shown !== 'string' ? flagsOf(part.type, own) : undefined;
  if (flags === undefined || flags.length < 2) return shown;
  return (flags as Expression[]).reduce((left, right) => ({ '|': [left, right] }));
}

/** A range of values: one value, a prefix, the beginning of names, or a range. */
export function showRange(part: PartType, low: bigint, high: bigint, context: JsonContext): Expression {
  if (low === high) return showPart(part, low, context);
  const length = prefixOfRange(low, high, part.bits);
  if (length !== undefined && part.type.prefixes)
    return { prefix: { addr: showPart(part, low, context), len: length } };
  if (length !== undefined && part.type.form === 'name' && length % 8 === 0)
    return showNamePrefix(bytesOfNumber(low, NAME_BYTES, 'network').subarray(0, length / 8));
  return { range: [showPart(part, low, context), showPart(part, high, context)] };
}

/** The parts of a concatenation: each begins at a whole register. */
function split(bytes: Uint8Array, parts: readonly PartType[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { bits } of parts) {
    const length = bytesFor(bits);
    pieces.push(bytes.subarray(at, at + length));
    at += Math.ceil(length / 4) * 4;
  }
  return pieces;
}

function showBytes(
  parts: readonly PartType[],
  low: Uint8Array,
  high: Uint8Array | undefined,
  context: JsonContext,
): Expression {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && high === undefined)
    return showPart(only, numberOfBytes(low, only.order), context);
  const lows = split(low, parts);
  const highs = high === undefined ? lows : split(high, parts);
  const concat = parts.map((part, index) => {
    const [from, to] = [lows[index], highs[index]] as [Uint8Array, Uint8Array];
    return showRange(part, numberOfBytes(from, part.order), numberOfBytes(to, part.order), context);
  });
  return { concat };
}

/** What elements of the kind `expr` count or measure, as JSON shows it in an element. */
export function showStateful(expression: NftStatefulExpression): Statement | undefined {
  switch (expression.kind) {
    case 'counter':
      return {
        counter: {
          packets: jsonNumber(expression.data?.packets ?? 0n),
          bytes: jsonNumber(expression.data?.bytes ?? 0n),
        },
      };
    case 'limit': {
      const limit = showLimit(expression.data ?? {});
      return limit && { limit };
    }
    case 'quota':
      return { quota: showQuota(expression.data ?? {}) };
    case 'connlimit':
      return {
        'ct count': { val: expression.data?.count ?? 0, ...((expression.data?.flags ?? 0) & 1 ? { inv: true } : {}) },
      };
    case 'last':
      return { last: expression.data?.set ? { used: jsonNumber(expression.data.msecs ?? 0n) } : null };
    default:
      return undefined;
  }
}

/** The same, for what a set makes in each new element: counters begin at nothing. */
export function showTemplate(expression: NftStatefulExpression): Statement | undefined {
  if (expression.kind === 'counter') return { counter: null };
  if (expression.kind === 'quota') return { quota: showQuota({ ...expression.data, consumed: 0n }) };
  return showStateful(expression);
}

interface Shown {
  readonly key: Expression;
  readonly element: NftElement;
  readonly rank: bigint;
}

/** The elements of a set or map as JSON, in the order in which `nft` lists them; undefined if one of them has no words in JSON. */
export function showElements(
  set: NftSetMessage,
  elements: readonly NftElement[],
  key: readonly PartType[],
  data: readonly PartType[],
  context: JsonContext,
): SetItem[] | undefined {
  const shown = isIntervals(set) ? showIntervals(elements, key, context) : showPoints(elements, key, context);
  const items: SetItem[] = [];
  for (const { key: value, element } of shown) {
    const item = withDetails(value, element);
    if (((set.attributes.flags ?? 0) & (8 | 64)) === 0) {
      items.push(item);
      continue;
    }
    const mapped = showData(set, element, data, context);
    if (mapped === undefined) return undefined;
    items.push([item, mapped]);
  }
  return items;
}

function isIntervals(set: NftSetMessage): boolean {
  const flags = set.attributes.flags ?? 0;
  return (flags & INTERVAL) !== 0 && (flags & CONCAT) === 0;
}

function showPoints(elements: readonly NftElement[], key: readonly PartType[], context: JsonContext): Shown[] {
  const ranges = elements.some(({ keyEnd }) => keyEnd?.value !== undefined);
  const shown = elements.map((element): Shown => {
    const bytes = element.key?.value;
    if (bytes === undefined) return { key: '*', element, rank: 1n << 600n };
    const low = showBytes(key, bytes, element.keyEnd?.value, context);
    return { key: low, element, rank: ranges ? 0n : rankOf(bytes, key) };
  });
  return ranges ? shown : sorted(shown);
}

/** Sorts by merging. Of two that are alike the later one comes first, as where libnftables does it. */
function sorted(items: readonly Shown[]): Shown[] {
  if (items.length < 2) return [...items];
  const middle = Math.ceil(items.length / 2);
  const [first, second] = [sorted(items.slice(0, middle)), sorted(items.slice(middle))];
  const merged: Shown[] = [];
  let [i, j] = [0, 0];
  while (i < first.length && j < second.length) {
    const [a, b] = [first[i] as Shown, second[j] as Shown];
    merged.push(a.rank < b.rank ? (first[i++] as Shown) : (second[j++] as Shown));
  }
  for (; i < first.length; i++) merged.push(first[i] as Shown);
  for (; j < second.length; j++) merged.push(second[j] as Shown);
  return merged;
}

/** By what libnftables sorts: the value; of flags the lowest; of a concatenation all bytes, the last ones first. */
function rankOf(bytes: Uint8Array, key: readonly PartType[]): bigint {
  const [only] = key;
  if (key.length === 1 && only !== undefined) {
    const value = numberOfBytes(bytes, only.type.form === 'name' ? 'machine' : only.order);
    return isFlags(only.type) && flagsOf(only.type, value) !== undefined ? value & -value : value;
  }
  const parts = split(bytes, key);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return numberOfBytes(all, 'machine');
}

/** Pairs beginnings with ends. Intervals are kept in network order, whatever the type. */
function showIntervals(elements: readonly NftElement[], key: readonly PartType[], context: JsonContext): Shown[] {
  const part = { ...(key[0] as PartType), order: 'network' as const };
  const bits = bytesFor(part.bits) * 8;
  const marks: { at: bigint; ends: boolean; element: NftElement }[] = [];
  const shown: Shown[] = [];
  const others: Shown[] = [];
  for (const element of elements) {
    const flags = element.flags ?? 0;
    if (flags & CATCHALL) others.push({ key: '*', element, rank: 0n });
    else if (element.key?.value !== undefined)
      marks.push({ at: numberOfBytes(element.key.value, 'network'), ends: (flags & INTERVAL_END) !== 0, element });
  }
  marks.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : Number(b.ends) - Number(a.ends)));
  marks.forEach((mark, index) => {
    if (mark.ends) return;
    const next = marks[index + 1];
    const high = next === undefined ? ones(bits) : next.at - 1n;
    shown.push({ key: showRange({ ...part, bits }, mark.at, high, context), element: mark.element, rank: mark.at });
  });
  return [...shown, ...others];
}

/** An element that has more than its key. Only the first of its counters or limits is shown, as `nft` does. */
function withDetails(key: Expression, element: NftElement): Expression {
  const { timeout, expiration, userdata, expr, expressions } = element;
  const comment = userdata?.comment;
  const stateful = expressions?.[0] ?? expr;
  if (!timeout && !expiration && comment === undefined && stateful === undefined) return key;
  const elem: ElementExpression = {
    val: key,
    ...(timeout ? { timeout: Number(timeout / 1000n) } : {}),
    ...(expiration ? { expires: Number(expiration / 1000n) } : {}),
    ...(comment !== undefined && { comment }),
    ...(stateful === undefined ? {} : (showStateful(stateful) as Partial<ElementExpression> | undefined)),
  };
  return { elem };
}

function showData(
  set: NftSetMessage,
  element: NftElement,
  data: readonly PartType[],
  context: JsonContext,
): Expression | undefined {
  if (element.objref !== undefined) return element.objref;
  if (element.data?.verdict !== undefined) return showVerdict(element.data.verdict);
  const bytes = element.data?.value;
  if (bytes === undefined || set.attributes.dataType === NFT_DATA_VERDICT) return undefined;
  const [only] = data;
  // A map into ranges has both ends, one behind the other.
  const length = data.reduce((sum, { bits }) => sum + Math.ceil(bytesFor(bits) / 4) * 4, 0);
  if (data.length === 1 && only !== undefined && bytes.length === 2 * length) {
    const low = numberOfBytes(bytes.subarray(0, length), only.order);
    return showRange(only, low, numberOfBytes(bytes.subarray(length), only.order), context);
  }
  return showBytes(data, bytes, undefined, context);
}
