import type { Writer } from './writer.ts';

/**
 * The shapes that bytes can have. A declaration is a tree of these plain objects; the interpreter, the compiler, the lazy
 * view, the encoder, the formatter and the property tests all walk the same tree, so one declaration is enough for all.
 */
export type Shape = Leaf | Struct | ArrayOf | AttributeSet | Prefixed | Records;

/** One value without parts. New kinds of leaf are one object each; nothing else needs to know them. */
export interface Leaf {
  readonly form: 'leaf';
  readonly name: string;
  /** The payload lengths that are right; `undefined` when every length is. */
  readonly sizes: readonly number[] | undefined;
  /** Reads from `start` to `end`; the length has been checked against `sizes`. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): unknown;
  /** The same as {@link Leaf.read} as an expression over `b`, `v`, `p`, `e`, where a call would cost more than the work. */
  readonly source?: string;
  /** Appends `value`; returns why it cannot, if it cannot. */
  write(writer: Writer, value: unknown): string | undefined;
  /**
   * The same as {@link Leaf.write} for a leaf of one size, where a call would cost more than the work: an expression that tells whether `x` is
   * right, and a statement that stores it at byte `p` of the view `v`.
   */
  readonly sink?: { readonly check: string; readonly store: string };
  /** True for attributes whose presence is their value (NLA_FLAG): `false` is written by leaving them out. */
  readonly presence?: true;
  /** Where C would put it in a struct: at a multiple of this. One, if not said. */
  readonly alignment?: number;
  /** A name for people, used by the formatter only. */
  show?(value: unknown): string;
  /** Names of its values, by number. */
  readonly names?: readonly (string | undefined)[] | Readonly<Record<number, string>>;
}

/** A C struct: fields at fixed offsets. */
export interface Struct {
  readonly form: 'struct';
  readonly fields: readonly StructField[];
  readonly byName: ReadonlyMap<string, StructField>;
  /** Bytes that must be there. */
  readonly size: number;
}

export interface StructField {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly leaf: Leaf;
  /** Added by a later kernel: absent when the payload ends before it. */
  readonly later: boolean;
}

/** Elements of one fixed size, one after the other. */
export interface ArrayOf {
  readonly form: 'array';
  readonly element: Leaf | Struct;
  readonly size: number;
}

/** Netlink attributes: each a length, a number, and a payload. */
export interface AttributeSet {
  readonly form: 'attributes';
  readonly fields: readonly Field[];
  readonly pairs: readonly Pair[];
  /** What an attribute number means, by number. More than one candidate only when they depend on the family. */
  readonly slots: ReadonlyMap<number, readonly Slot[]>;
  readonly byName: ReadonlyMap<string, Field | Pair>;
  /** Whether the encoder marks an attribute that holds this set with NLA_F_NESTED. The decoder accepts both. */
  readonly marked: boolean;
  /** Whether the decoders pass over what is not declared, instead of keeping it. */
  readonly partial: boolean;
}

export interface Field {
  readonly form: 'field';
  readonly name: string;
  readonly number: number;
  readonly shape: Shape;
  /** `one` value; `many`: the attribute may repeat; `list`: a nest whose members are all of this shape. */
  readonly count: 'one' | 'many' | 'list';
  /** The number that all members of a list have; undefined: they are numbered one after the other, and the list is not marked as a nest. */
  readonly member: number | undefined;
  /** The number of the first member of a list whose members are numbered one after the other. */
  readonly first: number;
  /** Means this only in messages of this address family. */
  readonly family: number | undefined;
}

/** Two attributes of which the first names the kind and so decides how the second is read. */
export interface Pair {
  readonly form: 'pair';
  /** The field that holds kind and data; `undefined` when they belong to the set itself. */
  readonly name: string | undefined;
  readonly kindNumber: number;
  /** How the kind is written: mostly its name as text. */
  readonly kindLeaf: Leaf;
  readonly dataNumber: number;
  readonly arms: ReadonlyMap<string, Shape>;
}

export type Slot = Field | { readonly form: 'kind' | 'data'; readonly pair: Pair; readonly family: undefined };

/** A struct followed by attributes: a message, or a message inside an attribute (the peer of a veth). */
export interface Prefixed {
  readonly form: 'prefixed';
  readonly header: Struct;
  readonly attributes: AttributeSet;
}

/** Structs with attributes, one after the other; each begins with its own length, which the encoder fills in. */
export interface Records {
  readonly form: 'records';
  readonly record: Prefixed;
}

/** A shape together with the static types of what it decodes to and what it encodes from. */
export type Typed<S, Out, In = Out> = S & { readonly phantom?: readonly [out: Out, input: In] };

/** What decoding a declaration gives. */
export type Out<T> = T extends { readonly phantom?: readonly [infer O, unknown] } ? O : never;

/** What encoding a declaration takes: everything optional may be left out. */
export type In<T> = T extends { readonly phantom?: readonly [unknown, infer I] } ? I : never;

/** Gives a leaf its static type. */
export function leaf<T>(definition: Omit<Leaf, 'form'>): Typed<Leaf, T> {
  return { form: 'leaf', ...definition };
}

/** Flattens an intersection, so that an editor shows fields and not the machinery. */
export type Flat<T> = { [K in keyof T]: T[K] } & {};
