import { constants } from 'node:os';
import { namespaceTypes } from '../../namespaces/type.ts';
import { lsnsColumns } from '../personalities/lsns/columns.ts';
import type { GetoptTable } from '../personalities/util-linux/getopt.ts';
import { propagations } from '../run-options.ts';
import { mapWords } from '../run-words.ts';
import { stateWords } from '../sockets/words.ts';
import { commonOptions, type Option, type Options, type Verb } from '../verb.ts';

/** What may stand in a place of the command line. */
export type Place =
  | { readonly kind: 'names' | 'command' | 'files' | 'directories' | 'processes' | 'nothing' }
  /** `words`: one of them; `list`: several, with commas between. */
  | { readonly kind: 'words' | 'list'; readonly words: readonly string[] };

export interface CompletedOption {
  /** With its dashes. */
  readonly option: string;
  readonly summary: string;
  /** What follows it as a word of its own; undefined if nothing does. */
  readonly value?: Place;
}

/** A first word of the command, and what may follow it. */
export interface CompletedVerb {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** The words that are no options, in order; the last one is that of all further ones. */
  readonly places: readonly Place[];
}

/** Verbs whose first word is a name that does not exist yet. */
const makesNames = ['add', 'attach'];

/** Everything that can be completed after `netns`, from the tables of the verbs and of the programs that it can be. */
export function completionModel(
  verbs: readonly Verb[],
  programs: Readonly<
    Record<string, { readonly summary: string; readonly options: GetoptTable; readonly place: Place }>
  >,
): CompletedVerb[] {
  const names = verbs.map(({ name }) => name);
  return [
    ...verbs.map(({ name, summary, usage: [usage = ''], options }) => ({
      name,
      summary,
      options: Object.entries<Option>({ ...options, ...commonOptions } as Options).flatMap(([word, option]) =>
        optionForms(word, option.summary, option.letter, placeOfOption(option)),
      ),
      places: placesOf(usage, name, names),
    })),
    ...Object.entries(programs).map(([name, { summary, options, place }]) => ({
      name,
      summary,
      options: Object.entries(options).flatMap(([word, option]) =>
        optionForms(
          word,
          option.summary,
          option.letter,
          option.argument === 'required' ? placeOfValue(option.value ?? '') : undefined,
        ),
      ),
      places: [place],
    })),
  ];
}

function optionForms(
  word: string,
  summary: string,
  letter: string | undefined,
  value: Place | undefined,
): CompletedOption[] {
  const forms = [`--${word}`, ...(letter === undefined ? [] : [`-${letter}`])];
  return forms.map((option) => ({ option, summary, ...(value === undefined ? {} : { value }) }));
}

/** A value that may be left out is attached: it is no word of its own. */
function placeOfOption(option: Option): Place | undefined {
  return option.value === undefined || option.valueIsOptional ? undefined : placeOfValue(option.value);
}

/** What the help calls a value, and the words that it can be. */
const knownValues: Readonly<Record<string, readonly string[]>> = {
  MAP: mapWords,
  HOW: propagations,
  STATE: stateWords,
  SIGNAL: ['none', ...Object.keys(constants.signals).map((name) => name.slice(3))],
};

/** By what the help calls it. */
function placeOfValue(value: string): Place {
  if (/^dir$/i.test(value)) return { kind: 'directories' };
  if (/^(file|path)$/i.test(value)) return { kind: 'files' };
  if (/^pid\b/.test(value)) return { kind: 'processes' };
  if (value === 'COLUMNS') return { kind: 'list', words: lsnsColumns.map(({ name }) => name) };
  if (value === 'WHERE') return { kind: 'names' };
  if (value === 'TYPES') return { kind: 'list', words: [...namespaceTypes, 'all'] };
  if (Object.hasOwn(knownValues, value)) return { kind: 'words', words: knownValues[value] ?? [] };
  return choices(value) ?? { kind: 'nothing' };
}

/** `bash|zsh|fish` is what it says; `uid`, `inner:outer` and the like stand for something. */
function choices(text: string): Place | undefined {
  if (!/^[a-z:]+(\|[a-z:]+)+$/.test(text)) return undefined;
  const words = text.split('|').filter((word) => !/:|^(uid|gid|name)$/.test(word));
  return words.length === 0 ? undefined : { kind: 'words', words };
}

/** The places of a usage line, without its options. `NAME...` is any number of names, and so at the end. */
function placesOf(usage: string, verb: string, verbs: readonly string[]): Place[] {
  const words = usage.replace(/\[-[^\][]*(\[[^\]]*\])?[^\][]*\]|\[OPTIONS\]/g, ' ').match(/\S+/g) ?? [];
  const places = words.map((word, index): Place => {
    const bare = word.replace(/^\[|\]$|\.\.\.$/g, '');
    if (bare.startsWith('COMMAND')) return { kind: 'command' };
    if (bare === 'VERB') return { kind: 'words', words: verbs };
    if (/\bNAME\b/.test(bare)) return { kind: index === 0 && makesNames.includes(verb) ? 'nothing' : 'names' };
    if (/\b(PATH|FILE)\b/.test(bare)) return { kind: 'files' };
    return choices(bare) ?? { kind: 'nothing' };
  });
  return words.at(-1)?.endsWith('...') ? places : [...places, { kind: 'nothing' }];
}
