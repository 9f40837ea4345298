import { Failure } from './failure.ts';

/** One option of a program of util-linux: parsing and help are made from the same table. */
export interface GetoptOption {
  readonly letter?: string;
  readonly argument: 'none' | 'required' | 'optional';
  /** The letter takes no value though the word does. */
  readonly letterAlone?: true;
  /** What its value is called in the help. */
  readonly value?: string;
  /** What it does: the help. */
  readonly summary: string;
}

export type GetoptTable = Readonly<Record<string, GetoptOption>>;

/** One option as it stands on the command line; the value is undefined if there is none. */
export interface GetoptMatch<T extends GetoptTable> {
  readonly name: keyof T & string;
  readonly value: string | undefined;
}

/** Where the options end. */
export interface GetoptRest {
  readonly rest: readonly string[];
}

/**
 * Reads options as getopt_long(3) does, one after the other, up to the first word that is none: words may be abbreviated, letters
 * may stand together, optional values are attached. The generator returns the words behind the options; with `permute`, for programs
 * that take no command, options may stand behind these words, too.
 *
 * Throws Failure with the words of the C library when something is wrong: what stands before it has been seen by then.
 */
export function* getopt<T extends GetoptTable>(
  table: T,
  argv: readonly string[],
  program: string,
  { permute = false }: { readonly permute?: boolean } = {},
): Generator<GetoptMatch<T>, readonly string[]> {
  const words: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') return [...words, ...argv.slice(index + 1)];
    if (!word.startsWith('-') || word === '-') {
      if (!permute) return argv.slice(index);
      words.push(word);
      continue;
    }
    const next = argv[index + 1];
    const matches = word.startsWith('--')
      ? [longOption(table, word, next, program)]
      : letters(table, word, next, program);
    for (const { tookNext, ...match } of matches) {
      if (tookNext) index++;
      yield match;
    }
  }
  return words;
}

type Found<T extends GetoptTable> = GetoptMatch<T> & { readonly tookNext?: boolean };

function wrong(program: string, text: string): Failure {
  return new Failure(`${program}: ${text}\nTry '${program} --help' for more information.\n`, 1);
}

function longOption<T extends GetoptTable>(
  table: T,
  word: string,
  next: string | undefined,
  program: string,
): Found<T> {
  const equals = word.indexOf('=');
  const given = equals === -1 ? word.slice(2) : word.slice(2, equals);
  const name = findLong(table, given, word, program);
  const value = equals === -1 ? undefined : word.slice(equals + 1);
  const argument = table[name]?.argument;
  if (argument === 'none' && value !== undefined) throw wrong(program, `option '--${name}' doesn't allow an argument`);
  if (argument !== 'required' || value !== undefined) return { name, value };
  if (next === undefined) throw wrong(program, `option '--${name}' requires an argument`);
  return { name, value: next, tookNext: true };
}

function findLong<T extends GetoptTable>(table: T, given: string, word: string, program: string): keyof T & string {
  if (Object.hasOwn(table, given)) return given;
  const names = Object.keys(table).filter((name) => name.startsWith(given));
  const [name, another] = names;
  if (name === undefined) throw wrong(program, `unrecognized option '${word}'`);
  if (another === undefined) return name;
  const possibilities = names.map((each) => `'--${each}'`).join(' ');
  throw wrong(program, `option '${word}' is ambiguous; possibilities: ${possibilities}`);
}

function* letters<T extends GetoptTable>(
  table: T,
  word: string,
  next: string | undefined,
  program: string,
): Generator<Found<T>> {
  const entries = Object.entries(table);
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? '';
    const [name, option] = entries.find(([, each]) => each.letter === letter) ?? [];
    if (name === undefined || option === undefined) throw wrong(program, `invalid option -- '${letter}'`);
    if (option.argument === 'none' || option.letterAlone) {
      yield { name, value: undefined };
      continue;
    }
    const attached = word.slice(at + 1);
    if (attached !== '') return yield { name, value: attached };
    if (option.argument === 'optional') return yield { name, value: undefined };
    if (next === undefined) throw wrong(program, `option requires an argument -- '${letter}'`);
    return yield { name, value: next, tookNext: true };
  }
}
