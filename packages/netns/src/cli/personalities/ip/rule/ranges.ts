import { parseUnsigned } from '../numbers.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** User ids, `1000-2000`. */
export function userRange(word: string): Range | undefined {
  const match = /^\s*([+-]?[0-9]+)-\s*([+-]?[0-9]+)/.exec(word);
  return match === null ? undefined : { start: scanned(match[1] as string), end: scanned(match[2] as string) };
}

const largest = 2n ** 64n - 1n;

/** What `sscanf` makes of a number with its sign: the last 32 bits of 64, of which one that is too large has all. */
function scanned(digits: string): number {
  const value = BigInt(digits);
  return Number(BigInt.asUintN(32, value > largest || value < -largest ? largest : value));
}

/** Ports: one (`80`), those from one to another (`80-90`), or those that have certain bits (`0x50/0xff0`). What is wrong is named. */
export function readPortsIn(word: string): (Range & { readonly mask?: number }) | { wrong: string; part: string } {
  const [first, second, mark] = halvesOf(word);
  const parts = mark === '-' ? ['port range start', 'port range end'] : ['port', 'mask'];
  const [start, other] = [first, second].map((part) => (part === undefined ? undefined : parseUnsigned(part, 16)));
  // of a mask and a port, the mask is read first
  if (mark === '/' && other === undefined) return { wrong: parts[1] as string, part: second as string };
  if (start === undefined) return { wrong: parts[0] as string, part: first };
  if (mark === undefined) return { start, end: start };
  if (other === undefined) return { wrong: parts[1] as string, part: second as string };
  return mark === '-' ? { start, end: other } : { start, end: start, mask: other };
}

/** What stands around the first dash, or else around the first slash. */
function halvesOf(word: string): readonly [first: string, second?: string, mark?: '-' | '/'] {
  for (const mark of ['-', '/'] as const) {
    const at = word.indexOf(mark);
    if (at >= 0) return [word.slice(0, at), word.slice(at + 1), mark];
  }
  return [word];
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
