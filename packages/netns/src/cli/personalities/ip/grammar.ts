import { duplicateArgument } from './exit.ts';
import { spells } from './sub-commands.ts';
import type { Words } from './words.ts';

/**
 * One option of a command: how it is written, what help says of it, and what it does to the draft of a request.
 *
 * `words` are its spellings, separated by blanks; a spelling with a star at its end may be shortened (`addr*` is what
 * `ip` takes for `address*`). `help` is its line in the help of the command; without one it stays unmentioned.
 */
export interface OptionRow<Draft, Context> {
  readonly words: string;
  readonly help?: string;
  /** A second one is an error that names the option so. */
  readonly once?: string;
  /** What follows is for somebody else to read. */
  readonly last?: true;
  /** `take` takes the value that must follow; `words` is for an option whose values may be several, or none. */
  apply(draft: Draft, take: () => string, context: Context, word: string, words: Words): void;
}

export interface Grammar<Draft, Context> {
  readonly rows: readonly OptionRow<Draft, Context>[];
  /** A word that is no option; without this, such a word ends the options and stays where it is. */
  otherwise?(draft: Draft, word: string, take: () => string, context: Context): void;
}

/** Reads options until the words or an option end it. Throws Exit. */
export function readOptions<Draft, Context>(
  grammar: Grammar<Draft, Context>,
  words: Words,
  draft: Draft,
  context: Context,
): void {
  const seen = new Set<string>();
  for (let word = words.peek(); word !== undefined; word = words.peek()) {
    const given = word;
    const row = grammar.rows.find((candidate) => spells(candidate.words, given));
    if (row === undefined && grammar.otherwise === undefined) return;
    words.take();
    if (row === undefined) {
      grammar.otherwise?.(draft, given, () => words.value(), context);
      continue;
    }
    const take = () => {
      const value = words.value();
      if (row.once !== undefined && seen.has(row.once)) throw duplicateArgument(row.once, value);
      return value;
    };
    row.apply(draft, take, context, given, words);
    if (row.last === true) return;
    if (row.once !== undefined) seen.add(row.once);
  }
}

/** The help lines of options, each with `indent` in front. */
export function helpLines(rows: readonly OptionRow<never, never>[], indent: string): string {
  return rows.flatMap((row) => (row.help === undefined ? [] : [`${indent}${row.help}\n`])).join('');
}
