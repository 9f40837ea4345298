/**
 * What a table held. `interrupted`: it kept changing through every attempt to read it (ten), so entries may be missing or there twice; `false`
 * is the rule. The mark is not enumerable: an array with it prints and compares as any other, and what is made of it (`filter`) has none.
 */
export type Snapshot<Entry> = Entry[] & { readonly interrupted: boolean };

/** Marks `entries` themselves. */
export function snapshot<Entry>(entries: Entry[], interrupted: boolean): Snapshot<Entry> {
  return Object.defineProperty(entries, 'interrupted', interrupted ? marked : unmarked) as Snapshot<Entry>;
}

// Whoever finds later that it changed marks it anew.
const marked = { value: true, configurable: true };
const unmarked = { value: false, configurable: true };
