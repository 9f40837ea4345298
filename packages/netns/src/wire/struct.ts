import { bytes, fixed } from './bytes.ts';
import type { ArrayOf, Flat, In, Leaf, Out, Struct, StructField, Typed } from './shape.ts';

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

export function isPadding(leaf: Leaf): leaf is Padding {
  return 'padding' in leaf;
}

function fixedSize(leaf: Leaf): number {
  const [size, ...others] = leaf.sizes ?? [];
  if (size === undefined || size === 0 || others.length > 0) throw new TypeError(`${leaf.name} has no fixed size`);
  return size;
}
