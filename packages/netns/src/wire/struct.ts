import { bytes, fixed } from './bytes.ts';
import {
  type ArrayOf,
  type Flat,
  type In,
  type Leaf,
  leaf,
  type Out,
  type Struct,
  type StructField,
  type Typed,
} from './shape.ts';
import type { Writer } from './writer.ts';

/** Padding: written as zeros, not part of the value. */
export interface Padding extends Leaf {
  readonly padding: true;
}

export type StructFields = Readonly<Record<string, Typed<Leaf, unknown> | Padding>>;
type ValueKeys<F> = { [K in keyof F]: F[K] extends Padding ? never : K }[keyof F];
type StructOut<F, L> = Flat<
  { readonly [K in ValueKeys<F>]: Out<F[K]> } & { readonly [K in ValueKeys<L>]?: Out<L[K]> } & {
    readonly rest?: Uint8Array;
  }
>;
type StructIn<F, L> = Flat<
  { readonly [K in ValueKeys<F & L>]?: In<(F & L)[K]> | undefined } & { readonly rest?: Uint8Array | undefined }
>;

/** `size` bytes that only keep the next field aligned. C compilers put them in silently; here they are written down. */
export function pad(size: number): Padding {
  return { ...fixed(bytes, size), name: `pad(${size})`, padding: true };
}

/**
 * A C struct. Fields follow one another as written; a field that C would align differently is refused at once, so
 * padding cannot be forgotten. `later` are the fields that later kernels added at the end: they are absent when
 * the payload stops before them. Bytes beyond the last known field are kept in `rest` and written back.
 * In a value to be encoded every field may be left out and is then zero.
 */
export function struct<const F extends StructFields, const L extends StructFields = Record<never, never>>(
  fields: F,
  later?: L,
): Typed<Struct, StructOut<F, L>, StructIn<F, L>> {
  const laidOut: StructField[] = [];
  let offset = 0;
  let size = 0;
  for (const [group, isLater] of [[fields, false] as const, [later ?? {}, true] as const]) {
    for (const [name, leaf] of Object.entries(group)) {
      const length = fixedSize(leaf);
      if (offset % (leaf.alignment ?? 1) !== 0)
        throw new TypeError(`struct field ${name} at ${offset} needs padding before it`);
      laidOut.push({ name, offset, size: length, leaf, later: isLater });
      offset += length;
    }
    if (!isLater) size = offset;
  }
  const named = laidOut.filter((field) => !isPadding(field.leaf));
  return { form: 'struct', fields: laidOut, byName: new Map(named.map((field) => [field.name, field])), size };
}

/** Equal elements one after the other: `array(u64)`. */
export function array<T extends Typed<Leaf, unknown> | Typed<Struct, unknown>>(
  element: T,
): Typed<ArrayOf, readonly Out<T>[], readonly In<T>[]> {
  const size = element.form === 'struct' ? element.size : fixedSize(element);
  return { form: 'array', element, size };
}

/** A struct as one field of another: `struct({ rate: member(ratespec), limit: u32 })`. */
export function member<T extends Typed<Struct, unknown>>(
  of: T,
): Typed<Leaf, Flat<Omit<Out<T>, 'rest'>>, Flat<Omit<In<T>, 'rest'>>> {
  return {
    form: 'leaf',
    name: `member[${of.size}]`,
    sizes: [of.size],
    alignment: alignmentOf(of),
    read: (source, view, start) => readFields(of, source, view, start),
    write: (writer, value) => writeFields(of, writer, value, []),
    show: (value) => showFields(of, value as Value),
  };
}

/** So many equal values as one field of a struct: `items(u8, 16)` is a `__u8[16]`. */
export function items<T>(of: Typed<Leaf, T>, count: number): Typed<Leaf, readonly T[]> {
  const size = fixedSize(of);
  return leaf<readonly T[]>({
    name: `items[${size * count}]`,
    sizes: [size * count],
    ...(of.alignment === undefined ? {} : { alignment: of.alignment }),
    read: (source, view, start) =>
      Array.from({ length: count }, (_, at) => readAt(of, source, view, start + at * size)),
    write(writer, value) {
      if (!Array.isArray(value) || value.length > count) return `must be an array of at most ${count}`;
      const end = writer.length + size * count;
      for (const each of value) {
        const refused = of.write(writer, each);
        if (refused !== undefined) return refused;
      }
      writer.reserve(end - writer.length); // what is not given is zero
      return undefined;
    },
    show: (value) => `[${(value as unknown[]).map((each) => of.show?.(each) ?? String(each)).join(' ')}]`,
  });
}

/**
 * A struct with equal elements behind it, as many as there are: `followed(selector, 'keys', key)` gives `{ …, keys: [] }`. The field
 * `count`, if it is given and left out of a value, is their number. What is shorter than the struct reads as if zeros followed; what is
 * left behind the last whole element is kept in `rest`.
 */
export function followed<
  H extends Typed<Struct, unknown>,
  const K extends string,
  E extends Typed<Struct, unknown> | Typed<Leaf, unknown>,
>(
  head: H,
  key: K,
  element: E,
  count?: string,
): Typed<
  Leaf,
  Flat<Omit<Out<H>, 'rest'> & { readonly [X in K]: readonly Out<E>[] } & { readonly rest?: Uint8Array }>,
  Flat<Omit<In<H>, 'rest'> & { readonly [X in K]?: readonly In<E>[] } & { readonly rest?: Uint8Array | undefined }>
> {
  const one = element.form === 'struct' ? member(element as Typed<Struct, unknown>) : (element as Leaf);
  const size = fixedSize(one);
  return {
    form: 'leaf',
    name: 'followed',
    sizes: undefined,
    read(source, view, start, end) {
      if (end - start < head.size) {
        const whole = new Uint8Array(head.size);
        whole.set(source.subarray(start, end));
        return { ...readFields(head, whole, new DataView(whole.buffer), 0), [key]: [] };
      }
      const elements: unknown[] = [];
      let at = start + head.size;
      for (; at + size <= end; at += size) elements.push(readAt(one, source, view, at));
      const value = { ...readFields(head, source, view, start), [key]: elements };
      return at < end ? { ...value, rest: source.slice(at, end) } : value;
    },
    write(writer, value) {
      const given = value as Value | null;
      const elements = given?.[key] ?? [];
      if (!Array.isArray(elements)) return `${key} must be an array`;
      const counted =
        count === undefined || given?.[count] !== undefined ? value : { ...given, [count]: elements.length };
      const refused = writeFields(head, writer, counted, [key, 'rest']);
      if (refused !== undefined) return refused;
      for (const each of elements) {
        const reason = one.write(writer, each);
        if (reason !== undefined) return `${key}: ${reason}`;
      }
      if (given?.rest !== undefined) {
        if (!(given.rest instanceof Uint8Array)) return 'rest must be a Uint8Array';
        writer.append(given.rest);
      }
      return undefined;
    },
    show: (value) => showFields(head, value as Value),
  };
}

type Value = Readonly<Record<string, unknown>>;

function readAt(of: Leaf, source: Uint8Array, view: DataView, at: number): never {
  return of.read(source, view, at, at + fixedSize(of)) as never;
}

function readFields(of: Struct, source: Uint8Array, view: DataView, start: number): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const { name, offset, size, leaf: type } of of.byName.values())
    value[name] = type.read(source, view, start + offset, start + offset + size);
  return value;
}

/** Why it cannot be written, if it cannot. */
function writeFields(of: Struct, writer: Writer, value: unknown, others: readonly string[]): string | undefined {
  if (typeof value !== 'object' || value === null) return 'must be an object';
  const start = writer.reserve(of.size);
  for (const [key, given] of Object.entries(value)) {
    if (given === undefined || others.includes(key)) continue;
    const field = of.byName.get(key);
    if (field === undefined) return `has no ${key}`;
    writer.length = start + field.offset;
    const refused = field.leaf.write(writer, given);
    if (refused !== undefined) return `${key} ${refused}`;
  }
  writer.length = start + of.size;
  return undefined;
}

function showFields(of: Struct, value: Value): string {
  const shown = [...of.byName.values()].map(
    ({ name, leaf: type }) => `${name} ${type.show?.(value[name]) ?? String(value[name])}`,
  );
  return `{ ${shown.join(' ')} }`;
}

function alignmentOf(of: Struct): number {
  return Math.max(...of.fields.map((field) => field.leaf.alignment ?? 1));
}

export function isPadding(leaf: Leaf): leaf is Padding {
  return 'padding' in leaf;
}

function fixedSize(leaf: Leaf): number {
  const [size, ...others] = leaf.sizes ?? [];
  if (size === undefined || size === 0 || others.length > 0) throw new TypeError(`${leaf.name} has no fixed size`);
  return size;
}
