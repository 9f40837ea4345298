import { type Exit, failure, invalidArgument, misuse, noSuchDevice } from '../../exit.ts';
import { type OptionRow, readOptions } from '../../grammar.ts';
import { unsigned } from '../../values.ts';
import { isPrefix, type Words } from '../../words.ts';
import type { KindContext } from './kind.ts';

/** An option with a number of so many bits; the reason for a wrong one is the word's own, unless another is given. */
export function numberRow<Draft>(
  words: string,
  bits: 8 | 16 | 32,
  set: (draft: Draft, number: number) => void,
  reason = `invalid ${words.replace('*', '')}`,
): OptionRow<Draft, KindContext> {
  return { words, apply: (draft, take) => set(draft, unsigned(take(), bits, reason)) };
}

/** An option with one of these names, which stands for its position, or with that position. */
export function choiceRow<Draft>(
  words: string,
  names: readonly string[],
  set: (draft: Draft, position: number) => void,
): OptionRow<Draft, KindContext> {
  return {
    words,
    apply: (draft, take) => {
      const word = take();
      const position = names.includes(word) ? names.indexOf(word) : Number(/^\d+$/.exec(word)?.[0] ?? -1);
      if (names[position] === undefined) throw invalidArgument(word, `invalid ${words.replace('*', '')}`);
      set(draft, position);
    },
  };
}

/** An option without a value. */
export function wordRow<Draft>(
  words: string,
  set: (draft: Draft, word: string) => void,
): OptionRow<Draft, KindContext> {
  return { words, apply: (draft, _take, _context, word) => set(draft, word) };
}

/** The link that a setting names; `ip` ends a whole batch when there is none. */
export function deviceRow<Draft>(
  words: string,
  set: (draft: Draft, index: number) => void,
): OptionRow<Draft, KindContext> {
  return {
    words,
    apply: (draft, take, { lookup }) => {
      const word = take();
      const index = lookup.indexOf(word);
      if (index === 0) throw misuse(noSuchDevice(word).message);
      set(draft, index);
    },
  };
}

/** Reads the words of a kind with its rows into a draft; `unknown` says how it answers a word that it does not know. */
export function readWords<Draft>(
  rows: readonly OptionRow<Draft, KindContext>[],
  words: Words,
  draft: Draft,
  context: KindContext,
  unknown: (word: string) => Exit,
): Draft {
  const otherwise = (_draft: Draft, word: string) => {
    throw unknown(word);
  };
  readOptions({ rows, otherwise }, words, draft, context);
  return draft;
}

/** The end of a command because of a word that a kind does not know; `help` is such a word, too. */
export function unknownWord(word: string, complaint: string, usage: string): Exit {
  return failure(isPrefix(word, 'help') ? usage.trimEnd() : `${complaint}\n${usage.trimEnd()}`);
}
