import { closest } from '../closest.ts';
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

/** What is wrong with a value. `path` is the way to it, and is copied only where something is wrong: mostly nothing is. */
export function check(
  schema: Schema,
  value: unknown,
  path: (string | number)[] = [],
  problems: Problem[] = [],
): Problem[] {
  if (problems.length >= MOST_PROBLEMS) return problems;
  const fault = (message: string) => {
    problems.push({ path: [...path], message });
  };
  switch (schema.form) {
    case 'text':
      checkText(schema, value, fault);
      break;
    case 'integer':
      checkInteger(schema, value, fault);
      break;
    case 'truth':
      if (typeof value !== 'boolean') fault(`it must be true or false, not ${shown(value)}`);
      break;
    case 'words':
      checkWords(schema, value, fault);
      break;
    case 'fields':
    case 'by kind':
      checkFields(schema, value, path, problems, fault);
      break;
    case 'map':
      checkMap(schema, value, path, problems, fault);
      break;
    case 'list':
      checkList(schema, value, path, problems, fault);
      break;
    case 'either':
      checkEither(schema, value, path, problems, fault);
      break;
    case 'anything':
      if (schema.type !== undefined && typeName(value) !== schema.type)
        fault(`it must be ${articles[schema.type]}, not ${shown(value)}`);
      break;
  }
  return problems;
}

type Fault = (message: string) => void;

function checkText(schema: Text, value: unknown, fault: Fault): void {
  const wrong =
    typeof value === 'string' ? schema.fault?.(value) : `it must be a text${hintOf(schema)}, not ${shown(value)}`;
  if (wrong !== undefined) fault(wrong.includes(', not ') ? wrong : `${wrong}, not ${shown(value)}`);
}

function hintOf({ about }: Text): string {
  return about === undefined ? '' : ` (${about})`;
}

function checkInteger({ min, max }: Integer, value: unknown, fault: Fault): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    fault(`it must be a whole number from ${min} to ${max}, not ${shown(value)}`);
}

function checkWords({ words, numbers }: Words, value: unknown, fault: Fault): void {
  if (typeof value === 'string' && words.includes(value)) return;
  if (numbers !== undefined && typeof value === 'number') {
    checkInteger(numbers, value, fault);
    return;
  }
  const near = typeof value === 'string' ? closest(value, words) : undefined;
  const meant = near === undefined ? '' : `: did you mean '${near}'?`;
  fault(`it must be one of ${words.join(', ')}${numbers ? ', or a number' : ''}, not ${shown(value)}${meant}`);
}

function checkFields(
  schema: Fields | ByKind,
  value: unknown,
  path: (string | number)[],
  problems: Problem[],
  fault: Fault,
): void {
  if (!isObject(value)) {
    fault(`it must be ${articles.object}, not ${shown(value)}`);
    return;
  }
  const known = schema.form === 'fields' ? schema.fields : fieldsOfKind(schema, value.kind);
  for (const key of Object.keys(value)) {
    if (value[key] === undefined) continue; // as good as left out
    const field = Object.hasOwn(known, key) ? known[key] : undefined;
    path.push(key);
    if (field !== undefined) check(field, value[key], path, problems);
    else problems.push({ path: [...path], key: true, message: unknownKey(key, Object.keys(known)) });
    path.pop();
  }
  for (const key of schema.required) {
    if (!Object.hasOwn(value, key)) fault(`it needs '${key}'`);
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = closest(key, known);
  if (near !== undefined) return `'${key}' is not known here: did you mean '${near}'?`;
  return known.length > 0 ? `'${key}' is not known here; known are ${known.join(', ')}` : `'${key}' is not known here`;
}

type KnownFields = Readonly<Record<string, Schema>>;

/** What was put together already, by the kind; that of a kind which does not exist stands at ''. */
const knownFields = new WeakMap<ByKind, Map<string | undefined, KnownFields>>();

function fieldsOfKind(schema: ByKind, kind: unknown): KnownFields {
  const { kinds } = schema;
  const exists = kind === undefined || (typeof kind === 'string' && Object.hasOwn(kinds, kind));
  const place = exists ? kind : '';
  const known = knownFields.get(schema) ?? new Map<string | undefined, KnownFields>();
  const fields = known.get(place) ?? fieldsTogether(schema, place);
  knownFields.set(schema, known.set(place, fields));
  return fields;
}

function fieldsTogether({ fields, kinds }: ByKind, kind: string | undefined): KnownFields {
  if (kind === undefined) return { kind: noKind, ...fields };
  // Of a kind that does not exist, the data cannot be judged.
  const data = kind === '' ? noKind : kinds[kind];
  return { kind: { form: 'words', words: Object.keys(kinds) }, ...fields, ...(data && { data }) };
}

const noKind: Schema = { form: 'anything' };

function checkMap(
  { key, value: each }: MapOf,
  value: unknown,
  path: (string | number)[],
  problems: Problem[],
  fault: Fault,
): void {
  if (!isObject(value)) {
    fault(`it must be ${articles.object}, not ${shown(value)}`);
    return;
  }
  for (const name of Object.keys(value)) {
    const wrong = key.fault?.(name);
    path.push(name);
    if (wrong !== undefined) problems.push({ path: [...path], key: true, message: `${shown(name)}: ${wrong}` });
    check(each, value[name], path, problems);
    path.pop();
  }
}

function checkList(
  { item, min }: ListOf,
  value: unknown,
  path: (string | number)[],
  problems: Problem[],
  fault: Fault,
): void {
  if (!Array.isArray(value)) {
    fault(`it must be ${articles.array}, not ${shown(value)}`);
    return;
  }
  if (value.length < min) fault(`it needs at least ${min}`);
  for (const [index, each] of value.entries()) {
    if (problems.length >= MOST_PROBLEMS) return;
    path.push(index);
    check(item, each, path, problems);
    path.pop();
  }
}

/** The faults of the one that is of the right type; all are named only if none is. */
function checkEither(
  { of }: Either,
  value: unknown,
  path: (string | number)[],
  problems: Problem[],
  fault: Fault,
): void {
  const found = of.map((schema) => check(schema, value, path));
  if (found.some((faults) => faults.length === 0)) return;
  const meant = of.findIndex((schema) => typesOf(schema).includes(typeName(value)));
  if (meant !== -1) problems.push(...(found[meant] ?? []));
  else
    fault(
      `it must be ${[...new Set(of.flatMap(typesOf))].map((type) => articles[type]).join(' or ')}, not ${shown(value)}`,
    );
}

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
