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
