/** A number as C's strtoul(3) reads the whole word in base 10. */
import { EINVAL, ERANGE } from '../../../errno-numbers.ts';

export type ParsedNumber<T = number> = { readonly value: T } | { readonly errno: number };

/** Why a word is no number is told only when it is one that is too large or too small. */
export function rangeError({ errno }: { readonly errno: number }): number | undefined {
  return errno === ERANGE ? errno : undefined;
}

/** An unsigned number of 32 bits. Blanks in front and a plus are allowed, a minus is out of range. */
export function parseUnsigned(word: string, least = 0, most = 0xffff_ffff): ParsedNumber {
  const match = /^\s*([+-]?)(\d+)$/.exec(word);
  if (match === null) return { errno: EINVAL };
  const value = Number(match[2]) * (match[1] === '-' ? -1 : 1);
  return value < least || value > most ? { errno: ERANGE } : { value };
}

/** A signed number of 64 bits, as text: it goes into a file of the kernel. */
export function parseSigned(word: string): ParsedNumber<string> {
  const match = /^\s*([+-]?)0*(\d+)$/.exec(word);
  if (match === null) return { errno: EINVAL };
  const value = BigInt(`${match[2]}`) * (match[1] === '-' ? -1n : 1n);
  return BigInt.asIntN(64, value) === value ? { value: String(value) } : { errno: ERANGE };
}
