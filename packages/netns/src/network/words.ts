import { suggestion } from '../closest.ts';
import { InvalidArgumentError } from '../errors.ts';
import { type Names, numberOf } from '../wire/names.ts';

/** The number for a word of a table, or `otherwise` when none is given. Throws InvalidArgumentError naming `argument` and the words. */
export function numberFor(
  names: Names,
  word: string | number | undefined,
  argument: string,
  otherwise: number,
): number {
  if (word === undefined) return otherwise;
  const number = numberOf(names, word);
  if (number === undefined)
    throw new InvalidArgumentError(argument, word, `it must be a number or one of ${Object.values(names).join(', ')}`);
  return number;
}

/** What a word of a few stands for. Throws InvalidArgumentError naming `argument` and the words. */
export function oneOf<W extends string>(numbers: Readonly<Record<W, number>>, word: W, argument: string): number {
  if (Object.hasOwn(numbers, word)) return numbers[word];
  throw new InvalidArgumentError(argument, word, `it must be one of ${Object.keys(numbers).join(', ')}`);
}

/** The words of what is given (`Spec`), each once; false: only the kernel says it, of an entry (`Entry`) that is given back as it was listed. */
type WordList<Spec, Entry extends Spec> = { readonly [K in KeyOf<Spec>]-?: true } & {
  readonly [K in Exclude<KeyOf<Entry>, KeyOf<Spec>>]-?: false;
};

/** The keys of each member of a union. */
type KeyOf<T> = T extends unknown ? keyof T : never;

/** Throws InvalidArgumentError for a word that nobody would look at. `within` is what the words belong to, for the error: `peer`. */
export type WordCheck = (given: unknown, within?: string) => void;

/**
 * Whoever writes JavaScript, or takes what is given from a file, has no type checker to tell of `adress`: what would be passed over in silence
 * is refused. What is undefined says nothing, and is no word.
 */
export function onlyWords<Spec, Entry extends Spec = Spec>(list: WordList<Spec, Entry>): WordCheck {
  const known = new Set(Object.keys(list));
  return (given, within) => {
    for (const name in given as object) if (!known.has(name)) refuseWord(given as object, name, list, within);
  };
}

function refuseWord(given: object, name: string, list: Readonly<Record<string, boolean>>, within?: string): void {
  const value = (given as Readonly<Record<string, unknown>>)[name];
  if (value === undefined) return;
  const meant = Object.keys(list).filter((each) => list[each]);
  const argument = within === undefined ? name : `${within}.${name}`;
  throw new InvalidArgumentError(argument, value, `there is no such option${suggestion(name, meant)}`);
}
