import { type Leaf, leaf, type Typed } from './shape.ts';

/** Names of values (`operstate` 6 is `up`) or, for flags, of bits. Index or bit number to name. */
export type Names = readonly (string | undefined)[] | Readonly<Record<number, string>>;

/** The name of a value; a number that has none stays a number. */
export function nameOf(names: Names, value: number): string {
  return (names as Readonly<Record<number, string>>)[value] ?? String(value);
}

const none: readonly string[] = Object.freeze([]);

/** What was answered already: a table of names is asked the same few questions again and again. */
const numbersOf = new WeakMap<Names, Map<string, number>>();
const flagsOf = new WeakMap<Names, Map<number, readonly string[]>>();

function keptFor<T>(names: Names, all: WeakMap<Names, T>, make: (names: Names) => T): T {
  const known = all.get(names);
  if (known !== undefined) return known;
  const made = make(names);
  all.set(names, made);
  return made;
}

/** Combinations that are kept of one table: there are few, but whoever makes a message may invent any. */
const mostKept = 256;

/** The names of the bits that are set, lowest first; bits without a name are given together in hexadecimal. The array is shared and frozen. */
export function flagNames(names: Names, value: number): readonly string[] {
  if (value === 0) return none;
  const kept = keptFor(names, flagsOf, () => new Map<number, readonly string[]>());
  const known = kept.get(value);
  if (known !== undefined) return known;
  const found = Object.freeze(bitNames(names, value));
  if (kept.size < mostKept) kept.set(value, found);
  return found;
}

function bitNames(names: Names, value: number): string[] {
  const result: string[] = [];
  let rest = 0;
  for (let bit = 0; bit < 32; bit++) {
    const mask = (1 << bit) >>> 0;
    if ((value & mask) === 0) continue;
    const name = (names as Readonly<Record<number, string>>)[bit];
    if (name === undefined) rest += mask;
    else result.push(name);
  }
  if (rest !== 0) result.push(`0x${rest.toString(16)}`);
  return result;
}

/** A leaf whose values have names. They stay numbers in the decoded value; the names serve the formatter, and documents. */
export function named(type: Typed<Leaf, number>, names: Names): Typed<Leaf, number> {
  return { ...type, names, show: (value) => nameOf(names, value as number) };
}

/** A number that is a word in the decoded value; one that has none is written in digits. */
export function word(type: Typed<Leaf, number>, names: Names): Typed<Leaf, string> {
  const numbers = new Map(Object.entries(names).map(([number, name]) => [name, Number(number)]));
  return leaf<string>({
    name: `word[${type.sizes?.[0]}]`,
    sizes: type.sizes,
    read: (bytes, view, start, end) => nameOf(names, type.read(bytes, view, start, end) as number),
    write(writer, value) {
      const number = numbers.get(value as string) ?? (/^\d+$/.test(String(value)) ? Number(value) : undefined);
      return number === undefined ? `must be one of ${[...numbers.keys()].join(', ')}` : type.write(writer, number);
    },
  });
}

/** A leaf whose bits have names. */
export function flags(type: Typed<Leaf, number>, names: Names): Typed<Leaf, number> {
  return { ...type, show: (value) => flagNames(names, value as number).join('|') || '0' };
}

/** The number that has a name, or the number itself, also in digits; `undefined` for an unknown name. */
export function numberOf(names: Names, word: string | number): number | undefined {
  if (typeof word === 'number') return word;
  const numbers = keptFor(names, numbersOf, byName);
  return numbers.get(word) ?? (/^\d+$/.test(word) ? Number(word) : undefined);
}

/** Of names that are there twice the first counts. */
function byName(names: Names): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [number, name] of Object.entries(names))
    if (name !== undefined && !numbers.has(name)) numbers.set(name, Number(number));
  return numbers;
}
