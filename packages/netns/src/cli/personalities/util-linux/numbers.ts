/** A number as C's strtoul(3) reads the whole word in base 10. */
import { EINVAL, ERANGE } from '../../../errno-numbers.ts';

export type ParsedNumber<T = number> = { readonly value: T } | { readonly errno: number };

/** Why a word is no number is told only when it is one that is too large or too small. */
export function rangeError({ errno }: { readonly errno: number }): number | undefined {
  return errno === ERANGE ? errno : undefined;
}

/** An unsigned number of 32 bits. Blanks in front and a plus are allowed, a minus is out of range. */
export function parseUnsigned(word: string, least = 0, most = 0xffff_ffff): ParsedNumber {
  const parsed = parseWhole(word, BigInt(least), BigInt(most));
  return 'errno' in parsed ? parsed : { value: Number(parsed.value) };
}

export const leastSigned = -(1n << 63n);
export const mostSigned = (1n << 63n) - 1n;
export const mostUnsigned = (1n << 64n) - 1n;

/** One between these two, of up to 64 bits. */
export function parseWhole(word: string, least: bigint, most: bigint): ParsedNumber<bigint> {
  const [, sign, digits] = /^\s*([+-]?)(\d+)$/.exec(word) ?? [];
  if (digits === undefined) return { errno: EINVAL };
  const value = BigInt(digits) * (sign === '-' ? -1n : 1n);
  return value < least || value > most ? { errno: ERANGE } : { value };
}
