import type {
  AttributeSet,
  Field,
  Flat,
  In,
  Leaf,
  Out,
  Pair,
  Prefixed,
  Records,
  Shape,
  Slot,
  Struct,
  Typed,
} from './shape.ts';
import { isPadding } from './struct.ts';
import { str } from './text.ts';

/** The payload carries attributes (`linux/netlink.h`). */
export const NLA_F_NESTED = 0x8000;
/** The payload is in network byte order. */
export const NLA_F_NET_BYTEORDER = 0x4000;
/** The number without its two flags. */
export const NLA_TYPE_MASK = 0x3fff;

/** An attribute that no declaration names: kept as it came, and written back unchanged. */
export interface UnknownAttribute {
  /** The attribute's number, without flags. */
  readonly type: number;
  /** {@link NLA_F_NESTED} and {@link NLA_F_NET_BYTEORDER}, as they came. */
  readonly flags?: number | undefined;
  readonly raw: Uint8Array;
}

/** Fields with attribute numbers: `{ ifname: [3, str], mtu: [4, u32] }`. */
export type Fields = Readonly<Record<string, AttributeField | Typed<Pair, unknown>>>;
type AttributeField = readonly [number: number, type: FieldType, when?: { readonly family: number }];
type FieldType = Typed<Shape | Counted, unknown>;

export interface Counted {
  readonly form: 'counted';
  readonly count: 'many' | 'list';
  readonly shape: Shape;
  readonly member?: number;
  readonly first?: number;
}

type FieldOut<F> = F extends readonly [number, infer T, ...unknown[]] ? Out<T> : Out<F>;
type FieldIn<F> = F extends readonly [number, infer T, ...unknown[]] ? In<T> : In<F>;
export type AttributesOut<F> = Flat<
  { readonly [K in keyof F]?: FieldOut<F[K]> } & { readonly unknown?: readonly UnknownAttribute[] }
>;
export type AttributesIn<F> = Flat<
  { readonly [K in keyof F]?: FieldIn<F[K]> | undefined } & {
    readonly unknown?: readonly UnknownAttribute[] | undefined;
  }
>;

/**
 * A set of attributes, one line each: `attrs({ ifname: [3, str], mtu: [4, u32] })`.
 *
 * A decoded value has a key for each attribute that was present, in the order in which they came; absent is absent, and
 * zero is a value. The encoder writes in the order of the keys, so what was decoded is written back byte for byte. When an
 * attribute is repeated that should not be, the last one counts, as in the kernel. Attributes that are not declared
 * are kept in `unknown`.
 *
 * A third member, `{ family: 7 }`, says that the number means this only in messages of that address family.
 */
export function attrs<const F extends Fields>(fields: F): Typed<AttributeSet, AttributesOut<F>, AttributesIn<F>> {
  return new DeclaredSet(() => buildTables(fields, []));
}

type Arms = Readonly<Record<string, Typed<Shape, unknown>>>;
type ArmsOut<A> =
  | { [K in keyof A & string]: { readonly kind: K; readonly data?: Out<A[K]> } }[keyof A & string]
  | { readonly kind: 'other'; readonly name: string; readonly raw?: Uint8Array };
type ArmsIn<A> =
  | { [K in keyof A & string]: { readonly kind: K; readonly data?: In<A[K]> | undefined } }[keyof A & string]
  | { readonly kind: 'other'; readonly name: string; readonly raw?: Uint8Array | undefined };

/**
 * A set in which one attribute names a kind and another holds what belongs to that kind:
 * `byKind(1, 2, { vxlan, bridge })` gives `{ kind: 'vxlan', data: { id: 233 } }`.
 *
 * The union narrows by `kind`. A kind that is not declared has the tag `other`, with its `name` and its data `raw`: without a tag
 * of its own it would be `kind: string`, and no comparison could narrow. `others` are further attributes of the same set.
 */
export function byKind<const A extends Arms, const F extends Fields = Record<never, never>>(
  kindNumber: number,
  dataNumber: number,
  arms: A,
  others?: F,
): Typed<AttributeSet, ArmsOut<A> & AttributesOut<F>, (ArmsIn<A> | { readonly kind?: undefined }) & AttributesIn<F>> {
  return new DeclaredSet(() => buildTables(others ?? {}, [buildPair(kindNumber, dataNumber, arms, str)]));
}

/**
 * Kind and data as one field of a larger set: `slave: pair(4, 5, { bridge })` gives `slave: { kind, data }`. Where the kernel
 * gives the kind as a number, `kind` is the leaf that makes a word of it.
 */
export function pair<const A extends Arms>(
  kindNumber: number,
  dataNumber: number,
  arms: A,
  kind: Typed<Leaf, string> = str,
): Typed<Pair, ArmsOut<A>, ArmsIn<A>> {
  return buildPair(kindNumber, dataNumber, arms, kind);
}

/** The same set, marked by the encoder with NLA_F_NESTED. Newer parts of the kernel want the mark, older ones never had it. */
export function nested<O, I>(set: Typed<AttributeSet, O, I>): Typed<AttributeSet, O, I> {
  return new DeclaredSet(() => set, { marked: true, partial: set.partial });
}

/**
 * The same set, but what it does not declare is passed over: `unknown`, and what belongs to a kind that is not declared, are never there. For
 * tables of which little is wanted, thousands of times; what was decoded so cannot be sent back.
 */
export function partial<O, I>(set: Typed<AttributeSet, O, I>): Typed<AttributeSet, O, I> {
  return new DeclaredSet(() => set, { marked: set.marked, partial: true });
}

/** An attribute that may be there several times: an array of all. */
export function repeated<T extends Typed<Shape, unknown>>(
  shape: T,
): Typed<Counted, readonly Out<T>[], readonly In<T>[]> {
  return { form: 'counted', count: 'many', shape };
}

/** A nest whose members are alike and numbered 0, 1, 2 …, or from `first` on: an array of them. */
export function list<T extends Typed<Shape, unknown>>(
  shape: T,
  first = 0,
): Typed<Counted, readonly Out<T>[], readonly In<T>[]> {
  return { form: 'counted', count: 'list', shape, first };
}

/** A nest, marked as one, whose members are alike and all have the same number: an array of them. Netfilter's lists are such (NFTA_LIST_ELEM). */
export function listOf<T extends Typed<Shape, unknown>>(
  member: number,
  shape: T,
): Typed<Counted, readonly Out<T>[], readonly In<T>[]> {
  return { form: 'counted', count: 'list', shape, member };
}

/** What decoding a struct with attributes behind it gives. Nothing can stand between the two, so there is no `rest`. */
export interface PrefixedOut<H, A> {
  readonly header: Flat<Omit<Out<H>, 'rest'>>;
  readonly attributes: Out<A>;
}

/** What encoding takes: a header field that is left out is zero, an attribute that is left out is absent. */
export interface PrefixedIn<H, A> {
  readonly header?: Flat<Omit<In<H>, 'rest'>> | undefined;
  readonly attributes?: In<A> | undefined;
}

/** A struct with attributes behind it: `{ header, attributes }`. */
export function prefixed<H extends Typed<Struct, unknown>, A extends Typed<AttributeSet, unknown>>(
  header: H,
  attributes: A,
): Typed<Prefixed, PrefixedOut<H, A>, PrefixedIn<H, A>> {
  return { form: 'prefixed', header, attributes };
}

/**
 * Several structs with attributes in one payload, each with its length in its first two bytes: the next hops of a route.
 * The header declares the length as `pad(2)`, because it is no part of the value: the encoder measures it.
 */
export function records<H extends Typed<Struct, unknown>, A extends Typed<AttributeSet, unknown>>(
  header: H,
  attributes: A,
): Typed<Records, readonly PrefixedOut<H, A>[], readonly PrefixedIn<H, A>[]> {
  const [length] = header.fields;
  if (length === undefined || length.size !== 2 || !isPadding(length.leaf))
    throw new TypeError('the header of a record begins with pad(2), for its length');
  return { form: 'records', record: prefixed(header, attributes) };
}

/** What an attribute number means in a message of this family. */
export function slotOf(set: AttributeSet, number: number, family: number): Slot | undefined {
  const candidates = set.slots.get(number);
  if (candidates === undefined) return undefined;
  for (const slot of candidates) if (slot.family === undefined || slot.family === family) return slot;
  return undefined;
}

/** Whether a shape is written with the nested mark. */
export function isMarked(shape: Shape): boolean {
  return shape.form === 'attributes' && shape.marked;
}

function buildPair(kindNumber: number, dataNumber: number, arms: Arms, kindLeaf: Leaf): Pair {
  return { form: 'pair', name: undefined, kindNumber, dataNumber, kindLeaf, arms: new Map(Object.entries(arms)) };
}

type SetTables = Pick<AttributeSet, 'fields' | 'pairs' | 'slots' | 'byName'>;

/** The tables of a set are made when it is first used: a program declares hundreds of sets and uses a few. */
class DeclaredSet implements AttributeSet {
  readonly form = 'attributes';
  readonly marked: boolean;
  readonly partial: boolean;
  readonly #build: () => SetTables;
  #tables: SetTables | undefined;

  constructor(build: () => SetTables, { marked = false, partial = false } = {}) {
    this.#build = build;
    this.marked = marked;
    this.partial = partial;
  }

  get #built(): SetTables {
    this.#tables ??= this.#build();
    return this.#tables;
  }

  get fields() {
    return this.#built.fields;
  }

  get pairs() {
    return this.#built.pairs;
  }

  get slots() {
    return this.#built.slots;
  }

  get byName() {
    return this.#built.byName;
  }
}

function buildTables(declared: Fields, inline: readonly Pair[]): SetTables {
  const fields: Field[] = [];
  const pairs: Pair[] = [...inline];
  for (const [name, definition] of Object.entries(declared)) {
    if (!isIdentifier(name) || name === 'unknown') throw new TypeError(`${name} cannot name an attribute`);
    if ('form' in definition) pairs.push({ ...definition, name });
    else fields.push(buildField(name, definition));
  }
  const slots = new Map<number, Slot[]>();
  const put = (number: number, slot: Slot) => {
    const candidates = slots.get(number) ?? [];
    if (candidates.some((other) => other.family === slot.family)) throw new TypeError(`attribute ${number} twice`);
    // The ones for a family first, the one for all families last: the first that fits is right.
    if (slot.family === undefined) candidates.push(slot);
    else candidates.unshift(slot);
    slots.set(number, candidates);
  };
  for (const field of fields) put(field.number, field);
  for (const of of pairs) {
    put(of.kindNumber, { form: 'kind', pair: of, family: undefined });
    put(of.dataNumber, { form: 'data', pair: of, family: undefined });
  }
  const byName = new Map<string, Field | Pair>(fields.map((field) => [field.name, field]));
  for (const of of pairs) if (of.name !== undefined) byName.set(of.name, of);
  return { fields, pairs, slots, byName };
}

/** A regular expression would take as long to compile as the rest of a small table to make. */
function isIdentifier(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    const lower = code >= 97 && code <= 122; // a to z
    const upperOrDigit = (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
    if (!(lower || (upperOrDigit && index > 0))) return false;
  }
  return name !== '';
}

function buildField(name: string, [number, type, when]: AttributeField): Field {
  const counted = type.form === 'counted';
  return {
    form: 'field',
    name,
    number,
    shape: counted ? type.shape : type,
    count: counted ? type.count : 'one',
    member: counted ? type.member : undefined,
    first: (counted && type.first) || 0,
    family: when?.family,
  };
}
