import type { FirewallElement } from './elements.ts';

/**
 * Whether an element is there twice. The kernel lists a set part by part, by the place in its table, and spreads many elements over a larger
 * table in its own time: what was listed before moves, so some come twice and, without a word, as many are missing. (A set of intervals does
 * not move; what has flags or an end is part of one.)
 */
export function isListedTwice(elements: readonly FirewallElement[]): boolean {
  const short = new Set<number>();
  const long = new Set<string>();
  let seen = 0;
  for (const { key, keyEnd, flags } of elements) {
    if (key === undefined || keyEnd !== undefined || flags !== undefined) continue;
    seen++;
    // Four bytes, mostly: an address.
    if (key.length <= 6) short.add(numberOf(key));
    else long.add(String.fromCharCode(...key));
  }
  return short.size + long.size < seen;
}

function numberOf(key: Uint8Array): number {
  let number = 0;
  for (let at = 0; at < key.length; at++) number = number * 256 + (key[at] as number);
  return number;
}
