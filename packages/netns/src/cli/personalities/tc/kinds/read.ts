import { parseMicroseconds, parsePercent, parseRate, parseSize } from '../../../shaping/units.ts';
import { Exit, failure } from '../../ip/exit.ts';
import type { Words } from '../../ip/words.ts';

/** What each word does: gives members of the draft. `take` takes the word behind it; `words` is for those that take several. */
export type Table<Draft> = Readonly<
  Record<string, (take: () => string, words: Words, word: string) => Partial<Draft> | undefined>
>;

/** Reads words until there are no more. Throws Exit for one that is not in the table, as `tc` words it. */
export function read<Draft extends object>(
  words: Words,
  draft: Draft,
  table: Table<Draft>,
  unknown: (word: string) => Exit = (word) => failure(`What is "${word}"?`),
): void {
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const act = Object.hasOwn(table, word) ? table[word] : undefined;
    if (act === undefined) throw unknown(word);
    Object.assign(
      draft,
      act(() => next(words), words, word),
    );
  }
}

/** The word that the last one asks for. Throws Exit (1 and `final`, as `tc` ends then). */
export function next(words: Words): string {
  const word = words.take();
  if (word === undefined) throw new Exit('Command line is not complete. Try option "help"\n', 255, true);
  return word;
}

/** There are no words for this kind. */
export function none(words: Words): undefined {
  const word = words.peek();
  if (word !== undefined) throw failure(`What is "${word}"?`);
  return undefined;
}

export function illegal(option: string): Exit {
  return failure(`Illegal "${option}"`);
}

export function number(word: string, option: string, signed = false): number {
  if (!/^-?(0x[0-9a-f]+|\d+)$/i.test(word) || (!signed && word.startsWith('-'))) throw illegal(option);
  const value = word.startsWith('-') ? -Number(word.slice(1)) : Number(word);
  if (Math.abs(value) > 0xffff_ffff) throw illegal(option);
  return value;
}

/** Numbers, as many as follow. */
export function numbers(words: Words, most: number): number[] {
  return several(words, most, (word) => (/^\d+$/.test(word) ? Number(word) : undefined));
}

/** What `read` makes of as many words as follow that it knows. */
export function several<Value>(words: Words, most: number, read: (word: string) => Value | undefined): Value[] {
  const found: Value[] = [];
  for (let word = words.peek(); word !== undefined && found.length < most; word = words.peek()) {
    const value = read(word);
    if (value === undefined) break;
    found.push(value);
    words.take();
  }
  return found;
}

/** Bytes per second. */
export function rate(word: string, option: string): number {
  const bits = parseRate(word);
  if (bits === undefined) throw illegal(option);
  return Math.trunc(bits / 8);
}

export function size(word: string, option: string): number {
  const bytes = parseSize(word);
  if (bytes === undefined || bytes > 0xffff_ffff) throw illegal(option);
  return bytes;
}

/** Microseconds. */
export function time(word: string, option: string): number {
  const microseconds = parseMicroseconds(word);
  if (microseconds === undefined) throw illegal(option);
  return Math.trunc(microseconds);
}

/** A fraction. */
export function percent(word: string, option: string): number {
  const fraction = parsePercent(word);
  if (fraction === undefined) throw illegal(option);
  return fraction;
}

/** A size, and behind a slash the size of a cell of the table: `10k/8`. */
export function sizeAndCell(word: string, option: string): { bytes: number; cellLog: number | undefined } {
  const [bytes = '', cell] = word.split('/');
  const log = cell === undefined ? undefined : Math.log2(size(cell, option));
  if (log !== undefined && !Number.isInteger(log)) throw illegal(option);
  return { bytes: size(bytes, option), cellLog: log };
}

export function linkLayer(word: string): 'ethernet' | 'atm' {
  if (word === 'ethernet') return word;
  if (word === 'atm' || word === 'adsl') return 'atm';
  throw illegal('linklayer');
}
