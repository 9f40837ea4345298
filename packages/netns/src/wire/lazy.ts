import { NLA_TYPE_MASK, slotOf } from './attributes.ts';
import {
  type Cursor,
  cursorOf,
  readField,
  readPair,
  readPrefixed,
  readShape,
  readStruct,
  unknownAttributes,
} from './interpret.ts';
import type { AttributeSet, Field, Pair, Prefixed } from './shape.ts';
import { align4, type Slice } from './slice.ts';

/** A message whose fields are decoded when they are read. */
export type LazyMessage<Value> = Value & {
  /** Everything decoded, as a plain value that keeps nothing of the received bytes. */
  toValue(): Value;
};

/** Makes lazy views of one declaration. Throws DecodeError when the attributes do not fit into the slice. */
export type LazyViewer = (slice: Slice) => LazyMessage<{ readonly header: unknown; readonly attributes: unknown }>;

/**
 * Lazy views: the attributes are indexed once, by number, and a field is decoded each time that it is read (fields with parts
 * only once). For a listing that shows five of seventy fields this is several times faster than decoding all.
 *
 * A view keeps the received bytes alive and must not outlive their reuse. A field whose bytes are malformed throws
 * DecodeError when it is read, not before.
 */
export function lazyViewer(shape: Prefixed, name: string): LazyViewer {
  const Attributes = lazyAttributes(shape.attributes, name);
  const { size } = shape.header;
  const headerOf = (slice: Slice) =>
    readStruct(shape.header, cursorOf(slice, `${name}.header`), slice.start, Math.min(slice.start + size, slice.end));
  return (slice) => {
    // Too short a header is an error at once; otherwise it waits, like the rest, until somebody asks.
    let header = slice.end - slice.start < size ? headerOf(slice) : undefined;
    return {
      get header() {
        header ??= headerOf(slice);
        return header;
      },
      attributes: new Attributes(slice, slice.start + align4(size)),
      toValue: () => readPrefixed(shape, cursorOf(slice, name), slice.start, slice.end) as never,
    };
  };
}

// Symbols, so that no attribute name can collide with them.
const slices = Symbol('slice');
const index = Symbol('index');
const start = Symbol('start');
const memo = Symbol('memo');

interface Indexed {
  readonly [slices]: Slice;
  /** Where the last attribute of each rank starts; -1 when there is none. */
  readonly [index]: readonly number[];
  readonly [start]: number;
  [memo]: Map<string, unknown> | undefined;
}

/** A class for one attribute set: the index in the instance, a getter for each field in the prototype. */
function lazyAttributes(set: AttributeSet, name: string): new (slice: Slice, start: number) => object {
  const ranks = new Int16Array(Math.max(...set.slots.keys(), 0) + 1).fill(-1);
  for (const [rank, number] of [...set.slots.keys()].entries()) ranks[number] = rank;
  const absent = new Array<number>(set.slots.size).fill(-1);

  class LazyAttributes implements Indexed {
    readonly [slices]: Slice;
    readonly [index]: readonly number[];
    readonly [start]: number;
    [memo]: Map<string, unknown> | undefined = undefined;

    constructor(slice: Slice, from: number) {
      this[slices] = slice;
      this[start] = from;
      this[index] = indexAttributes(slice, from);
    }
  }

  function indexAttributes(slice: Slice, from: number): number[] {
    const { view, end } = slice;
    const offsets = absent.slice();
    let at = from;
    while (at < end) {
      const length = end - at < 4 ? 0 : view.getUint16(at, true);
      // The interpreter says what is wrong with it.
      if (length < 4 || at + length > end) unknownAttributes(set, cursorOf(slice, name), from, end);
      const rank = ranks[view.getUint16(at + 2, true) & NLA_TYPE_MASK];
      if (rank !== undefined && rank >= 0) offsets[rank] = at;
      at = align4(at + length);
    }
    return offsets;
  }

  for (const field of set.fields) define(field.name, fieldGetter(set, field, ranks, name));
  for (const pair of set.pairs) {
    const read = pairReader(pair, ranks, name, set.partial);
    if (pair.name !== undefined) define(pair.name, read);
    else for (const key of ['kind', 'data', 'name', 'raw']) define(key, (of) => read(of)?.[key]);
  }
  define('unknown', (of) => {
    if (set.partial) return undefined;
    const found = unknownAttributes(set, cursor(of, name), of[start], of[slices].end);
    return found.length > 0 ? found : undefined;
  });
  return LazyAttributes;

  function define(key: string, get: (of: Indexed) => unknown): void {
    Object.defineProperty(LazyAttributes.prototype, key, {
      get(this: Indexed) {
        return get(this);
      },
    });
  }
}

function fieldGetter(set: AttributeSet, field: Field, ranks: Int16Array, name: string): (of: Indexed) => unknown {
  const { shape, number } = field;
  const rank = ranks[number] as number;
  const always = set.slots.get(number)?.length === 1 && field.family === undefined;
  return (of) => {
    const at = of[index][rank] as number;
    if (at < 0 || !(always || slotOf(set, number, cursor(of, name).family) === field)) return undefined;
    const { bytes, view } = of[slices];
    const end = at + view.getUint16(at, true);
    if (shape.form !== 'leaf' || field.count !== 'one')
      return once(of, field.name, () => readWhole(field, cursor(of, name), at, end, of));
    if (shape.sizes === undefined || shape.sizes.includes(end - at - 4)) return shape.read(bytes, view, at + 4, end);
    return readShape(shape, cursor(of, name, field.name), at + 4, end);
  };
}

function readWhole(field: Field, from: Cursor, at: number, end: number, of: Indexed): unknown {
  const value: Record<string, unknown> = {};
  if (field.count === 'many') {
    const { view, end: last } = of[slices];
    for (let next = of[start]; next < last; next = align4(next + view.getUint16(next, true)))
      if ((view.getUint16(next + 2, true) & NLA_TYPE_MASK) === field.number)
        readField(field, from, next + 4, next + view.getUint16(next, true), value);
  } else readField(field, from, at + 4, end, value);
  return value[field.name];
}

function pairReader(
  pair: Pair,
  ranks: Int16Array,
  name: string,
  partial: boolean,
): (of: Indexed) => Record<string, unknown> | undefined {
  const kindRank = ranks[pair.kindNumber] as number;
  const dataRank = ranks[pair.dataNumber] as number;
  return (of) =>
    once(of, pair.name ?? 'kind', () => {
      const kindAt = of[index][kindRank] as number;
      const dataAt = of[index][dataRank] as number;
      if (kindAt < 0) return undefined;
      const { view } = of[slices];
      const endOf = (at: number) => at + view.getUint16(at, true);
      const data = dataAt < 0 ? undefined : ([dataAt + 4, endOf(dataAt)] as const);
      const from = cursor(of, name, ...(pair.name === undefined ? [] : [pair.name]));
      return readPair(pair, from, [kindAt + 4, endOf(kindAt)], data, {}, partial);
    });
}

function once<T>(of: Indexed, key: string, read: () => T): T {
  of[memo] ??= new Map();
  if (!of[memo].has(key)) of[memo].set(key, read());
  return of[memo].get(key) as T;
}

/** A cursor with the family of the message: the first byte of its header. */
function cursor(of: Indexed, ...path: string[]): Cursor {
  const slice = of[slices];
  return { ...cursorOf(slice, path.join('.')), family: slice.bytes[slice.start] as number };
}
