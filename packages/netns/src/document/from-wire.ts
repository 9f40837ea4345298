import type { AttributeSet, Field, Leaf, Pair, Shape, Struct } from '../wire/shape.ts';
import { same } from './same.ts';
import type { ByKind, Fields, KindData, ListOf, Schema } from './schema.ts';

/**
 * What the catalogue of messages declares of a kind (of link, of encapsulation), as a part of documents: an attribute that is declared there
 * can be written in a document without a word here. A document says numbers where the wire says bigint, hexadecimal text for bytes, and
 * words for values that have names.
 */
export function schemaOf(shape: Shape, without: readonly string[] = []): Schema {
  switch (shape.form) {
    case 'leaf':
      return schemaOfLeaf(shape);
    case 'struct':
      return fieldsOf(() => [...shape.byName].map(([name, { leaf }]) => [name, schemaOfLeaf(leaf)]));
    case 'array':
      return listOf(schemaOf(shape.element));
    case 'attributes':
      return fieldsOf(() =>
        [...shape.byName]
          .filter(([name]) => !without.includes(name))
          .map(([name, field]) => [name, field.form === 'pair' ? schemaOfPair(field) : schemaOfField(field)]),
      );
    case 'prefixed':
    case 'records':
      return { form: 'anything' };
  }
}

/** Made when it is first looked at: a program that plans no network need not know of every kind's fields. */
function fieldsOf(entries: () => readonly [string, Schema][]): Fields {
  let made: Fields['fields'] | undefined;
  return {
    form: 'fields',
    get fields() {
      made ??= Object.fromEntries(entries());
      return made;
    },
    required: [],
  };
}

function listOf(item: Schema): ListOf {
  return { form: 'list', item, min: 0 };
}

function schemaOfField({ shape, count }: Field): Schema {
  return count === 'one' ? schemaOf(shape) : listOf(schemaOf(shape));
}

/** Kind and data: `{ kind: 'mpls', data: { dst: [100] } }`. */
export function schemaOfPair({ arms }: Pair): ByKind {
  const kinds = Object.fromEntries([...arms].map(([kind, shape]) => [kind, schemaOf(shape)]));
  return { form: 'by kind', fields: {}, required: ['kind'], kinds };
}

const integerName = /^([us])(8|16|32|64)(?:be)?$/;

function schemaOfLeaf({ name, names }: Leaf): Schema {
  const [, sign, bits] = integerName.exec(name) ?? [];
  if (sign !== undefined) {
    const range = rangeOf(sign, Number(bits));
    if (names === undefined) return range;
    const words = Object.values(names).filter((each): each is string => each !== undefined);
    return { form: 'words', words, numbers: range };
  }
  switch (name) {
    case 'uint':
      return rangeOf('u', 64);
    case 'bool':
    case 'flag':
    case 'flagOrBool':
      return { form: 'truth' };
    case 'mplsLabels':
      return { ...listOf({ form: 'integer', min: 0, max: 0xfffff }), min: 1 };
    default:
      return isBytes(name)
        ? { form: 'text', about: 'bytes in hexadecimal', pattern: '^(?:[0-9a-f]{2})*$' }
        : { form: 'text' };
  }
}

/** What a number of JSON holds exactly is less than what 64 bits do. */
function rangeOf(sign: string, bits: number): { form: 'integer'; min: number; max: number } {
  const max = Math.min(2 ** (sign === 'u' ? bits : bits - 1) - 1, Number.MAX_SAFE_INTEGER);
  return { form: 'integer', min: sign === 'u' ? 0 : -Math.min(max + 1, Number.MAX_SAFE_INTEGER), max };
}

function isBytes(name: string): boolean {
  return name.startsWith('bytes');
}

interface Facts {
  /** What a document does not say. */
  readonly readOnly?: readonly string[];
  /** What values are where nothing is said: such are left out. */
  readonly usual?: KindData;
}

/** A decoded value as a document has it, of a kind of which these facts are known. */
export function toDocument(shape: Shape, value: unknown, facts: Facts): Record<string, unknown> {
  return convert(shape, value, leafToDocument, facts) as Record<string, unknown>;
}

/** The other way: what the encoder takes. */
export function toWire(shape: Shape, value: unknown): unknown {
  return convert(shape, value, leafToWire);
}

/** A value without what is so anyway. */
export function unusual<T extends object>(value: T, usual: KindData): T {
  return convertFields(value, said, usual) as T;
}

const said = (_: string, value: unknown) => value;
const noFacts: Facts = {};

type Convert = (leaf: Leaf, value: unknown) => unknown;

function convert(shape: Shape, value: unknown, leaf: Convert, { readOnly = [], usual = {} }: Facts = noFacts): unknown {
  switch (shape.form) {
    case 'leaf':
      return leaf(shape, value);
    case 'array':
      return (value as unknown[]).map((each) => convert(shape.element, each, leaf));
    case 'struct':
      return convertFields(value, (name, each) => {
        const field = memberOf(shape, name);
        return field && leaf(field, each);
      });
    case 'attributes':
      return convertFields(
        value,
        (name, each) => {
          const field = readOnly.includes(name) ? undefined : shape.byName.get(name);
          if (field === undefined) return undefined;
          if (field.form === 'pair') return convertPair(field, each, leaf);
          if (field.count === 'one') return convert(field.shape, each, leaf);
          return (each as unknown[]).map((one) => convert(field.shape, one, leaf));
        },
        usual,
      );
    case 'prefixed':
    case 'records':
      return value;
  }
}

function memberOf(struct: Struct, name: string): Leaf | undefined {
  return struct.byName.get(name)?.leaf;
}

function convertFields(
  value: unknown,
  member: (name: string, value: unknown) => unknown,
  usual: KindData = {},
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  // Without pairs of names and values: links have many fields, of which hardly any is unusual.
  for (const name of Object.keys(value as object)) {
    const each = (value as Record<string, unknown>)[name];
    const converted = each === undefined ? undefined : member(name, each);
    if (converted !== undefined && !same(converted, usual[name])) result[name] = converted;
  }
  return result;
}

function convertPair({ arms }: Pair, value: unknown, leaf: Convert): unknown {
  const { kind, data } = value as { kind: string; data?: unknown };
  const arm = arms.get(kind);
  return { kind, ...(arm !== undefined && data !== undefined && { data: convert(arm, data, leaf) }) };
}

/** A pair by itself, as a document has it. */
export function pairToDocument(pair: Pair, value: unknown): unknown {
  return convertPair(pair, value, leafToDocument);
}

export function pairToWire(pair: Pair, value: unknown): unknown {
  return convertPair(pair, value, leafToWire);
}

function leafToDocument({ names }: Leaf, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (names !== undefined) return (names as Readonly<Record<number, string>>)[value as number] ?? value;
  return value;
}

function leafToWire({ name, names }: Leaf, value: unknown): unknown {
  if (names !== undefined && typeof value === 'string')
    return Number(Object.entries(names).find(([, each]) => each === value)?.[0]);
  if (typeof value === 'number' && (name === 'uint' || /64(?:be)?$/.test(name))) return BigInt(value);
  if (isBytes(name) && typeof value === 'string')
    return Uint8Array.from(value.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return value;
}

/** A named pair of a set: the encapsulation of a route. */
export function pairIn(set: AttributeSet, name: string): Pair {
  const found = set.byName.get(name);
  if (found?.form !== 'pair') throw new TypeError(`${name} is no pair`);
  return found;
}
