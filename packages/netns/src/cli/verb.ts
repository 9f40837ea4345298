import type { Io } from './io.ts';

/** One option of a verb, as the command line, the help and the suggestions know it. */
export interface Option {
  /** What it does: the rest of a sentence that begins with the option. */
  readonly summary: string;
  /** What its value is called; without it the option is a switch. */
  readonly value?: string;
  /** The value may be left out; if it is there, it is attached: `--wait=5`. */
  readonly valueIsOptional?: true;
  /** It may be given several times, each with a value. */
  readonly many?: true;
  readonly letter?: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What the options of a command line came to: a text (or several), or `true` for a switch and for a value that was left out. */
export type OptionValues<O extends Options> = {
  readonly [K in keyof O]?: O[K] extends { readonly value: string }
    ? O[K] extends { readonly many: true }
      ? readonly string[]
      : O[K] extends { readonly valueIsOptional: true }
        ? string | true
        : string
    : true;
};

/** A verb's one table: the parser, the help and the suggestions are made from it. */
export interface Verb<O extends Options = Options> {
  readonly name: string;
  readonly summary: string;
  /** What follows `netns NAME`. */
  readonly usage: readonly string[];
  readonly options: O;
  /** Paragraphs for the help. */
  readonly notes: readonly string[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** What people may call it; only suggested, never accepted. */
  readonly otherWords: readonly string[];
  /** Options stand before the first word: what follows belongs to another program. */
  readonly optionsFirst?: boolean;
  /** The exit status of whatever goes wrong here; 2 for wrong words and else 1, unless these could be taken for another program's. */
  readonly ownStatus?: number;
  /** Does it; gives the exit status. A method, so that verbs with different options are all of type `Verb`. */
  run(call: Call<O>): Promise<number>;
}

/** One use of a verb. */
export interface Call<O extends Options = Options> {
  readonly words: readonly string[];
  readonly options: OptionValues<O>;
  /** The answer is for a program. */
  readonly json: boolean;
  readonly io: Io;
}

/** Options that every verb has. */
export const commonOptions = {
  json: { summary: 'answer in JSON', letter: 'j' },
  help: { summary: 'tell about this verb, and do nothing', letter: 'h' },
} as const satisfies Options;

/** The words of a command line are wrong: nothing was done. */
export class UsageError extends Error {
  readonly code = 'ERR_NETNS_USAGE';
}
