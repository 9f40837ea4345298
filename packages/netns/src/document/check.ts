import { nearest, suggestion } from '../closest.ts';
import type { ByKind, Either, Fields, Integer, ListOf, MapOf, Schema, Text, Words } from './schema.ts';

/** The way to a value: keys of objects, indexes of lists. */
export type Path = readonly (string | number)[];

/** What is wrong with a document, and where. */
export interface Problem {
  readonly path: Path;
  /** The key itself is meant, not its value. */
  readonly key?: boolean;
  readonly message: string;
}

/** A document with very many faults is not worth reading to its end. */
export const MOST_PROBLEMS = 50;

/** What is wrong with a value. */
export function check(schema: Schema, value: unknown): Problem[] {
  const checker = new Checker([]);
  checker.check(schema, value);
  return checker.problems;
}

class Checker {
  readonly problems: Problem[] = [];
  /** The way to what is being looked at. It is copied only where something is wrong: mostly nothing is. */
  readonly #path: (string | number)[];

  constructor(path: (string | number)[]) {
    this.#path = path;
  }

  check(schema: Schema, value: unknown): void {
    if (this.problems.length >= MOST_PROBLEMS) return;
    switch (schema.form) {
      case 'text':
        this.#text(schema, value);
        break;
      case 'integer':
        this.#integer(schema, value);
        break;
      case 'truth':
        if (typeof value !== 'boolean') this.#fault(`it must be true or false, not ${shown(value)}`);
        break;
      case 'words':
        this.#words(schema, value);
        break;
      case 'fields':
      case 'by kind':
        this.#fields(schema, value);
        break;
      case 'map':
        this.#map(schema, value);
        break;
      case 'list':
        this.#list(schema, value);
        break;
      case 'either':
        this.#either(schema, value);
        break;
      case 'anything':
        if (schema.type !== undefined && typeName(value) !== schema.type)
          this.#fault(`it must be ${articles[schema.type]}, not ${shown(value)}`);
    }
  }

  #fault(message: string, key = false): void {
    this.problems.push({ path: [...this.#path], ...(key && { key }), message });
  }

  #checkAt(step: string | number, schema: Schema, value: unknown): void {
    this.#path.push(step);
    this.check(schema, value);
    this.#path.pop();
  }

  #faultAt(key: string, message: string): void {
    this.#path.push(key);
    this.#fault(message, true);
    this.#path.pop();
  }

  #isObject(value: unknown): value is Readonly<Record<string, unknown>> {
    if (isObject(value)) return true;
    this.#fault(`it must be ${articles.object}, not ${shown(value)}`);
    return false;
  }

  #text(schema: Text, value: unknown): void {
    const wrong =
      typeof value === 'string' ? schema.fault?.(value) : `it must be a text${hintOf(schema)}, not ${shown(value)}`;
    if (wrong !== undefined) this.#fault(wrong.includes(', not ') ? wrong : `${wrong}, not ${shown(value)}`);
  }

  #integer({ min, max }: Integer, value: unknown): void {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
      this.#fault(`it must be a whole number from ${min} to ${max}, not ${shown(value)}`);
  }

  #words({ words, numbers }: Words, value: unknown): void {
    if (typeof value === 'string' && words.includes(value)) return;
    if (numbers !== undefined && typeof value === 'number') {
      this.#integer(numbers, value);
      return;
    }
    const meant = typeof value === 'string' ? nearest(value, words) : '';
    this.#fault(`it must be one of ${words.join(', ')}${numbers ? ', or a number' : ''}, not ${shown(value)}${meant}`);
  }

  #fields(schema: Fields | ByKind, value: unknown): void {
    if (!this.#isObject(value)) return;
    const known = schema.form === 'fields' ? schema.fields : fieldsOfKind(schema, value.kind);
    for (const key of Object.keys(value)) {
      if (value[key] === undefined) continue; // as good as left out
      const field = Object.hasOwn(known, key) ? known[key] : undefined;
      if (field !== undefined) this.#checkAt(key, field, value[key]);
      else this.#faultAt(key, unknownKey(key, Object.keys(known)));
    }
    for (const key of schema.required) if (!Object.hasOwn(value, key)) this.#fault(`it needs '${key}'`);
  }

  #map({ key, value: each }: MapOf, value: unknown): void {
    if (!this.#isObject(value)) return;
    for (const name of Object.keys(value)) {
      const wrong = key.fault?.(name);
      if (wrong !== undefined) this.#faultAt(name, `${shown(name)}: ${wrong}`);
      this.#checkAt(name, each, value[name]);
    }
  }

  #list({ item, min }: ListOf, value: unknown): void {
    if (!Array.isArray(value)) {
      this.#fault(`it must be ${articles.array}, not ${shown(value)}`);
      return;
    }
    if (value.length < min) this.#fault(`it needs at least ${min}`);
    for (let index = 0; index < value.length && this.problems.length < MOST_PROBLEMS; index++)
      this.#checkAt(index, item, value[index]);
  }

  /** The faults of the one that is of the right type; all are named only if none is. */
  #either({ of }: Either, value: unknown): void {
    let meant: readonly Problem[] | undefined;
    for (const schema of of) {
      const one = new Checker(this.#path);
      one.check(schema, value);
      if (one.problems.length === 0) return;
      if (typesOf(schema).includes(typeName(value))) meant ??= one.problems;
    }
    if (meant !== undefined) this.problems.push(...meant);
    else {
      const types = new Set(of.flatMap(typesOf));
      this.#fault(`it must be ${[...types].map((type) => articles[type]).join(' or ')}, not ${shown(value)}`);
    }
  }
}

function hintOf({ about }: Text): string {
  return about === undefined ? '' : ` (${about})`;
}

function unknownKey(key: string, known: readonly string[]): string {
  return `'${key}' is not known here${suggestion(key, known)}`;
}

type KnownFields = Readonly<Record<string, Schema>>;

/** What was put together already, by the kind; that of a kind which does not exist stands at ''. */
const knownFields = new WeakMap<ByKind, Map<string | undefined, KnownFields>>();

function fieldsOfKind(schema: ByKind, kind: unknown): KnownFields {
  let known = knownFields.get(schema);
  if (known === undefined) {
    known = new Map();
    knownFields.set(schema, known);
  }
  const { kinds } = schema;
  const place = kind === undefined || (typeof kind === 'string' && Object.hasOwn(kinds, kind)) ? kind : '';
  let fields = known.get(place);
  if (fields === undefined) {
    fields = fieldsTogether(schema, place);
    known.set(place, fields);
  }
  return fields;
}

function fieldsTogether({ fields, kinds }: ByKind, kind: string | undefined): KnownFields {
  if (kind === undefined) return { kind: noKind, ...fields };
  // Of a kind that does not exist, the data cannot be judged.
  const data = kind === '' ? noKind : kinds[kind];
  return { kind: { form: 'words', words: Object.keys(kinds) }, ...fields, ...(data && { data }) };
}

const noKind: Schema = { form: 'anything' };

const articles = {
  text: 'a text',
  number: 'a whole number',
  boolean: 'true or false',
  object: 'an object (keys with values)',
  array: 'a list',
  nothing: 'nothing',
} as const;
type TypeName = keyof typeof articles;

function typesOf(schema: Schema): TypeName[] {
  switch (schema.form) {
    case 'text':
      return ['text'];
    case 'integer':
      return ['number'];
    case 'truth':
      return ['boolean'];
    case 'words':
      return schema.numbers ? ['text', 'number'] : ['text'];
    case 'fields':
    case 'by kind':
    case 'map':
      return ['object'];
    case 'list':
      return ['array'];
    case 'either':
      return schema.of.flatMap(typesOf);
    case 'anything':
      return [schema.type ?? 'object'];
  }
}

function typeName(value: unknown): TypeName {
  if (Array.isArray(value)) return 'array';
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return 'object';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'boolean' : 'number';
}

/** A value in a message: what is long or has parts is called by its type. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return articles[typeName(value)];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
