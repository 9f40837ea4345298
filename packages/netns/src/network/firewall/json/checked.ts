import { fault, type Path, unknownWord } from './fault.ts';

/** A JSON object whose keys nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, path: Path): JsonObject {
  if (!isObject(value)) throw fault(path, value, 'must be an object');
  return value;
}

/** The only key of an object and what it has. */
export function onlyEntry(value: unknown, path: Path): [key: string, value: unknown] {
  const object = objectAt(value, path);
  const keys = Object.keys(object);
  const [key] = keys;
  if (key === undefined || keys.length > 1) throw fault(path, value, 'must be an object with exactly one key');
  return [key, object[key]];
}

/** Refuses keys that are not among these. */
export function checkKeys(object: JsonObject, known: readonly string[], path: Path): void {
  for (const key of Object.keys(object)) if (!known.includes(key)) throw unknownWord(path, key, `key`, known);
}

export function stringAt(value: unknown, path: Path): string {
  if (typeof value !== 'string') throw fault(path, value, 'must be a string');
  return value;
}

/** Names of tables, chains, sets and objects. */
export function nameAt(value: unknown, path: Path): string {
  const name = stringAt(value, path);
  if (name === '' || name.includes('\0') || name.length > 255)
    throw fault(path, value, 'must be a name of 1 to 255 letters');
  return name;
}

/** A whole number between two others. */
export function integerAt(value: unknown, path: Path, low = 0, high = 0xffffffff): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high)
    throw fault(path, value, `must be a whole number from ${low} to ${high}`);
  return value;
}

/** A count, which may be larger than a double holds exactly: then documents have its digits as a text. */
export function countAt(value: unknown, path: Path): bigint {
  const whole = typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : value;
  if (typeof whole === 'bigint' && whole >= 0n && whole < 1n << 64n) return whole;
  return BigInt(integerAt(value, path, 0, Number.MAX_SAFE_INTEGER));
}

export function booleanAt(value: unknown, path: Path): boolean {
  if (typeof value !== 'boolean') throw fault(path, value, 'must be true or false');
  return value;
}

/** Words, and what stands for each. */
type Words<T> = Readonly<Record<string, T>> | ReadonlyMap<string, T>;

/** One of some words: what stands for it. */
export function wordAt<T>(value: unknown, words: Words<T>, what: string, path: Path): T {
  if (words instanceof Map) {
    if (!words.has(value)) throw unknownWord(path, value, what, words.keys());
    return words.get(value) as T;
  }
  if (typeof value !== 'string' || !Object.hasOwn(words, value))
    throw unknownWord(path, value, what, Object.keys(words));
  return (words as Readonly<Record<string, T>>)[value] as T;
}

interface Named {
  readonly name: string;
}

const listsByName = new WeakMap<readonly Named[], ReadonlyMap<string, Named>>();

/** The things of a list by their names, put together once: rules come by the thousand. */
export function byName<T extends Named>(list: readonly T[]): ReadonlyMap<string, T> {
  let known = listsByName.get(list) as ReadonlyMap<string, T> | undefined;
  if (known === undefined) {
    known = new Map(list.map((each) => [each.name, each]));
    listsByName.set(list, known);
  }
  return known;
}

export function listAt(value: unknown, path: Path): readonly unknown[] {
  if (!Array.isArray(value)) throw fault(path, value, 'must be a list');
  return value;
}

/** One thing, or a list of them. */
export function oneOrMoreAt(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** The bits of one word or a list of words. */
export function flagsAt(value: unknown, words: Readonly<Record<string, number>>, what: string, path: Path): number {
  if (value === undefined || value === null) return 0;
  return oneOrMoreAt(value).reduce<number>((bits, word) => bits | wordAt(word, words, what, path), 0);
}

/** An optional part: undefined if it is missing. */
export function optional<T>(value: unknown, read: (value: unknown, path: Path) => T, path: Path): T | undefined {
  return value === undefined || value === null ? undefined : read(value, path);
}
