/**
 * What a value of a document may be, declared once as plain objects: the static type, the check (`check.ts`), the published JSON Schema
 * (`json-schema.ts`) and the table in the documentation are made from it.
 */
export type Schema = Text | Integer | Truth | Words | Fields | MapOf | ListOf | Either | ByKind | Anything;

interface Described {
  /** A sentence for people: in the JSON Schema, and so in editors. */
  readonly about?: string;
}

export interface Text extends Described {
  readonly form: 'text';
  /** Says what is wrong with a text, as `it must be …`. */
  readonly fault?: (text: string) => string | undefined;
  /** The same as far as a regular expression can say it. */
  readonly pattern?: string;
}

export interface Integer extends Described {
  readonly form: 'integer';
  readonly min: number;
  readonly max: number;
}

interface Truth extends Described {
  readonly form: 'truth';
}

/** One of some words; `numbers`: or a number, for what has no word. */
export interface Words extends Described {
  readonly form: 'words';
  readonly words: readonly string[];
  readonly numbers?: Integer;
}

export interface Fields extends Described {
  readonly form: 'fields';
  readonly fields: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

export interface MapOf extends Described {
  readonly form: 'map';
  readonly key: Text;
  readonly value: Schema;
}

export interface ListOf extends Described {
  readonly form: 'list';
  readonly item: Schema;
  readonly min: number;
}

/** One of several, told apart by what JSON calls their types. */
export interface Either extends Described {
  readonly form: 'either';
  readonly of: readonly Schema[];
}

/** Fields of which `kind` decides what `data` is. */
export interface ByKind extends Described {
  readonly form: 'by kind';
  readonly fields: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
  readonly kinds: Readonly<Record<string, Schema>>;
}

/** Checked by somebody else. */
interface Anything extends Described {
  readonly form: 'anything';
  readonly type?: 'object' | 'array';
}

/** A schema together with the static type of what it lets pass. */
export type Typed<S extends Schema, T> = S & { readonly phantom?: T };
/** The static type of what a schema lets pass. */
export type TypeOf<S> = S extends { readonly phantom?: infer T } ? Exclude<T, undefined> : never;

type Members = Readonly<Record<string, Typed<Schema, unknown>>>;
type Flat<T> = { [K in keyof T]: T[K] } & {};
type FieldsType<F extends Members, R extends keyof F> = Flat<
  { readonly [K in R]: TypeOf<F[K]> } & { readonly [K in Exclude<keyof F, R>]?: TypeOf<F[K]> | undefined }
>;

export function text(about: string, fault?: Text['fault'], pattern?: string): Typed<Text, string> {
  return { form: 'text', about, ...(fault && { fault }), ...(pattern !== undefined && { pattern }) };
}

export function integer(min: number, max: number, about?: string): Typed<Integer, number> {
  return { form: 'integer', min, max, ...(about !== undefined && { about }) };
}

export function truth(about?: string): Typed<Truth, boolean> {
  return { form: 'truth', ...(about !== undefined && { about }) };
}

export function words<const W extends readonly string[]>(list: W, about?: string): Typed<Words, W[number]> {
  return { form: 'words', words: list, ...(about !== undefined && { about }) };
}

export function wordsOrNumber(list: readonly string[], max: number, about?: string): Typed<Words, string | number> {
  return { form: 'words', words: list, numbers: integer(0, max), ...(about !== undefined && { about }) };
}

export function fields<const F extends Members, const R extends keyof F & string = never>(
  members: F,
  required: readonly R[] = [],
  about?: string,
): Typed<Fields, FieldsType<F, R>> {
  return { form: 'fields', fields: members, required, ...(about !== undefined && { about }) };
}

export function mapOf<V extends Typed<Schema, unknown>>(
  key: Text,
  value: V,
  about?: string,
): Typed<MapOf, Readonly<Record<string, TypeOf<V>>>> {
  return { form: 'map', key, value, ...(about !== undefined && { about }) };
}

export function listOf<V extends Typed<Schema, unknown>>(
  item: V,
  about?: string,
  min = 0,
): Typed<ListOf, readonly TypeOf<V>[]> {
  return { form: 'list', item, min, ...(about !== undefined && { about }) };
}

export function either<const S extends readonly Typed<Schema, unknown>[]>(
  of: S,
  about?: string,
): Typed<Either, TypeOf<S[number]>> {
  return { form: 'either', of, ...(about !== undefined && { about }) };
}

/** What a kind has of its own: `{ id: 7 }`. */
export type KindData = Readonly<Record<string, unknown>>;

export function byKind<const F extends Members, const R extends (keyof F | 'kind') & string = never>(
  kinds: Readonly<Record<string, Schema>>,
  members: F,
  required: readonly R[] = [],
  about?: string,
): Typed<
  ByKind,
  Flat<
    FieldsType<F, Exclude<R, 'kind'>> &
      ('kind' extends R ? { readonly kind: string } : { readonly kind?: string | undefined }) & {
        readonly data?: KindData | undefined;
      }
  >
> {
  return { form: 'by kind', kinds, fields: members, required, ...(about !== undefined && { about }) };
}

export function anything<T>(about: string, type?: 'object' | 'array'): Typed<Anything, T> {
  return { form: 'anything', about, ...(type && { type }) };
}
