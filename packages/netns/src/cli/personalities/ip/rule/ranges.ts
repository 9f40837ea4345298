import { parseUnsigned } from '../numbers.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Ports, `80` or `80-90`; what follows the number without being one is passed over, as C's `sscanf` does. */
export function portRange(word: string): Range | undefined {
  const match = /^\s*([+-]?[0-9]+)(?:-\s*([+-]?[0-9]+))?/.exec(word);
  if (match === null) return undefined;
  const start = scanned(match[1] as string, 16);
  return { start, end: match[2] === undefined ? start : scanned(match[2], 16) };
}

/** User ids, `1000-2000`. */
export function userRange(word: string): Range | undefined {
  const match = /^\s*([+-]?[0-9]+)-\s*([+-]?[0-9]+)/.exec(word);
  return match === null ? undefined : { start: scanned(match[1] as string, 32), end: scanned(match[2] as string, 32) };
}

const largest = 2n ** 64n - 1n;

/** What `sscanf` makes of a number with its sign: the last `bits` of 64, of which one that is too large has all. */
function scanned(digits: string, bits: 16 | 32): number {
  const value = BigInt(digits);
  return Number(BigInt.asUintN(bits, value > largest || value < -largest ? largest : value));
}

/** A port with the bits of it that count, `0x50/0xff0`; undefined if there is no slash. What is wrong is named. */
export function portAndMask(
  word: string,
): { port: number; mask: number } | { wrong: string; part: string } | undefined {
  const slash = word.indexOf('/');
  if (slash < 0) return undefined;
  const [first, second] = [word.slice(0, slash), word.slice(slash + 1)];
  const mask = parseUnsigned(second, 16);
  if (mask === undefined) return { wrong: 'mask', part: second };
  const port = parseUnsigned(first, 16);
  return port === undefined ? { wrong: 'port', part: first } : { port, mask };
}

/** A mark with the bits of it that count, `5` or `0x10/0xff`. What is wrong is named. */
export function markAndMask(
  word: string,
  read = (text: string) => parseUnsigned(text, 32),
): { mark: number; mask?: number } | { wrong: 'mark' | 'mask'; part: string } {
  const slash = word.indexOf('/');
  const [first, second] = slash < 0 ? [word] : [word.slice(0, slash), word.slice(slash + 1)];
  const mark = read(first);
  if (mark === undefined) return { wrong: 'mark', part: first };
  if (second === undefined) return { mark };
  const mask = parseUnsigned(second, 32);
  return mask === undefined ? { wrong: 'mask', part: second } : { mark, mask };
}
