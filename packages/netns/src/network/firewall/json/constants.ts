import {
  type ByteOrder,
  bytesFor,
  bytesOfNumber,
  joinBytes,
  maskOfPrefix,
  numberOfBytes,
  ones,
  padded,
} from './bits.ts';
import { integerAt, isObject, listAt, objectAt, onlyEntry } from './checked.ts';
import type { DataType } from './datatypes.ts';
import type { PartType } from './elements-show.ts';
import { fault, type Path, unknownWord } from './fault.ts';
import type { Immediate } from './schema.ts';
import { isFlags, type JsonContext, NAME_BYTES, readNamePrefix, readValue } from './values.ts';

/** A constant: from one value to another, mostly the same. */
export interface Constant {
  readonly low: bigint;
  readonly high: bigint;
  /** How many bits of it count, if it was written as a prefix or as the beginning of a name. */
  readonly prefix?: number;
  /** Whether it was written as more than one value. */
  readonly range: boolean;
}

export function isImmediateJson(json: unknown): json is Immediate {
  return typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean' || typeof json === 'bigint';
}

function value(json: Immediate, type: DataType, bits: number, path: Path, context: JsonContext): bigint {
  const read = readValue(type, json, bits, context);
  if (typeof read === 'bigint') return read;
  throw read.words === undefined ? fault(path, json, read.refused) : unknownWord(path, json, type.name, read.words);
}

/** Reads a constant of a type. */
export function constantAt(json: unknown, part: PartType, path: Path, context: JsonContext): Constant {
  const { type, bits } = part;
  if (isImmediateJson(json)) {
    const prefix = type.form === 'name' ? readNamePrefix(json) : undefined;
    if (prefix !== undefined) {
      const whole = new Uint8Array(NAME_BYTES);
      whole.set(prefix);
      const low = numberOfBytes(whole, 'network');
      return { low, high: low | ones((NAME_BYTES - prefix.length) * 8), prefix: prefix.length * 8, range: true };
    }
    const single = value(json, type, bits, path, context);
    return { low: single, high: single, range: false };
  }
  if (Array.isArray(json)) {
    if (!isFlags(type)) throw fault(path, json, 'must be one value: several are written as { "set": [...] }');
    const all = json.reduce<bigint>(
      (bitsSoFar, each, index) => bitsSoFar | single(each, part, path.at(index), context),
      0n,
    );
    return { low: all, high: all, range: false };
  }
  const [key, inner] = onlyEntry(json, path);
  const at = path.at(key);
  switch (key) {
    case 'prefix': {
      const { addr, len } = objectAt(inner, at);
      const length = integerAt(len, at.at('len'), 0, bits);
      const mask = maskOfPrefix(length, bits);
      const low = single(addr, part, at.at('addr'), context) & mask;
      return { low, high: low | (ones(bits) ^ mask), prefix: length, range: length < bits };
    }
    case 'range': {
      const [from, to, ...rest] = listAt(inner, at);
      if (rest.length > 0) throw fault(at, inner, 'must have two ends');
      const [low, high] = [single(from, part, at.at(0), context), single(to, part, at.at(1), context)];
      if (high < low) throw fault(at, inner, 'ends before it begins');
      return { low, high, range: low !== high };
    }
    case '|':
    case '&':
    case '^': {
      const [first = 0n, ...others] = listAt(inner, at).map((each, index) => single(each, part, at.at(index), context));
      const result = others.reduce((a, b) => (key === '|' ? a | b : key === '&' ? a & b : a ^ b), first);
      return { low: result, high: result, range: false };
    }
    case '<<':
    case '>>': {
      const [shifted = 0n, by = 0n] = listAt(inner, at).map((each, index) => single(each, part, at.at(index), context));
      if (by > 128n) throw fault(at, inner, 'shifts too far');
      const result = key === '<<' ? (shifted << by) & ones(bits) : shifted >> by;
      return { low: result, high: result, range: false };
    }
    default:
      throw unknownWord(path, key, 'kind of value', ['prefix', 'range', '|', '&', '^', '<<', '>>']);
  }
}

function single(json: unknown, part: PartType, path: Path, context: JsonContext): bigint {
  const { low, range } = constantAt(json, part, path, context);
  if (range) throw fault(path, json, 'must be one value');
  return low;
}

/** How long operations on constants may be nested. */
const DEEPEST = 32;

/** Whether something is nested deeper than any rule is: nothing should walk through it then. */
export function isTooDeep(json: unknown, depth = DEEPEST): boolean {
  if (typeof json !== 'object' || json === null) return false;
  if (depth === 0) return true;
  if (Array.isArray(json)) {
    for (const each of json) if (typeof each === 'object' && isTooDeep(each, depth - 1)) return true;
    return false;
  }
  for (const key in json) if (isTooDeep((json as Readonly<Record<string, unknown>>)[key], depth - 1)) return true;
  return false;
}

/** The bytes of a key of several parts; each begins at a whole register. */
export function keyBytes(parts: readonly PartType[], values: readonly bigint[], order?: ByteOrder): Uint8Array {
  const pieces = parts.map((part, index) =>
    bytesOfNumber(
      (values[index] ?? 0n) << BigInt(part.shift ?? 0),
      bytesFor(part.bits + (part.shift ?? 0)),
      orderIn(part, order),
    ),
  );
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : joinBytes(pieces.map(padded));
}

function orderIn(part: PartType, order: ByteOrder | undefined): ByteOrder {
  return order ?? part.order;
}

/** The parts of `{ concat: [...] }`, or the one expression that is none. */
export function partsAt(json: unknown, path: Path): { readonly parts: readonly unknown[]; readonly path: Path } {
  if (isObject(json) && 'concat' in json)
    return { parts: listAt(json.concat, path.at('concat')), path: path.at('concat') };
  return { parts: [json], path };
}
