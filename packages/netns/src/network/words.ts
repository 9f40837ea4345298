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
