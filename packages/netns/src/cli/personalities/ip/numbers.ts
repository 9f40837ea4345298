/**
 * Whole numbers as C's `strtol` and `strtoul` read them with base 0: leading blanks, a sign, `0x10`, `010` (octal),
 * and the whole word must be used up. `undefined` means that the word is no such number or out of range.
 */
function wholeNumber(word: string): bigint | undefined {
  const match = /^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))$/.exec(word);
  if (match === null) return undefined;
  const [, sign, hex, octal, decimal] = match;
  const magnitude = BigInt(
    hex !== undefined ? `0x${hex}` : octal !== undefined && octal !== '0' ? `0o${octal.slice(1)}` : (decimal ?? '0'),
  );
  return sign === '-' ? -magnitude : magnitude;
}

/** A signed number of 32 bits. */
export function parseInteger(word: string): number | undefined {
  const value = wholeNumber(word);
  return value === undefined || value < -0x80000000n || value > 0x7fffffffn ? undefined : Number(value);
}

/** The number that up to nine plain decimal digits are, as mostly; -1 for what must be looked at more closely. */
function plainNumber(word: string): number {
  if (word.length > 9 || (word.length > 1 && word.charCodeAt(0) === 48)) return -1;
  let number = word === '' ? -1 : 0;
  for (let at = 0; at < word.length; at++) {
    const digit = word.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** An unsigned number of `bits` bits. Negative numbers wrap at 64 bits as in C, so they are out of range. */
export function parseUnsigned(word: string, bits: 8 | 16 | 32): number | undefined {
  const plain = plainNumber(word);
  if (plain >= 0) return bits === 32 || plain < 1 << bits ? plain : undefined;
  const value = wholeNumber(word);
  if (value === undefined || value >= 1n << 64n || value <= -(1n << 64n)) return undefined;
  const wrapped = BigInt.asUintN(64, value);
  return wrapped < 1n << BigInt(bits) ? Number(wrapped) : undefined;
}

/** An unsigned number of 64 bits. Negative ones wrap, as in C. */
export function parseUnsigned64(word: string): bigint | undefined {
  const value = wholeNumber(word);
  return value === undefined || value >= 1n << 64n || value <= -(1n << 64n) ? undefined : BigInt.asUintN(64, value);
}

/** C's `atoi`: as many decimal digits as there are at the beginning, else 0. */
export function leadingInteger(word: string): number {
  return Number(/^[ \t\n\v\f\r]*([+-]?[0-9]+)/.exec(word)?.[1] ?? 0);
}

/** Number as hexadecimal with `0x` in front, but plain `0` for zero: C's `%#x`. */
export function hexWithPrefix(value: number): string {
  return value === 0 ? '0' : `0x${value.toString(16)}`;
}
