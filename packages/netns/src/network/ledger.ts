/** What makes an entry the one that it is, and the place that it takes among the others: one of equal place may replace another. */
export interface Identity {
  readonly key: string;
  readonly place: string;
}

/** What a comparison with the truth found. */
export interface Difference<Entry> {
  readonly gone: readonly Entry[];
  readonly fresh: readonly Entry[];
}

/**
 * The entries of a table as far as events have told of them. For tables of which the kernel does not tell everything: the ledger knows
 * when it may be wrong, and what was wrong when it is compared.
 */
export class Ledger<Entry> {
  readonly #identify: (entry: Entry) => Identity;
  readonly #entries = new Map<string, Entry>();
  /** How many entries take each place. */
  readonly #places = new Map<string, number>();

  constructor(identify: (entry: Entry) => Identity) {
    this.#identify = identify;
  }

  /** Enters an entry. False when its place was taken: the other one may have been replaced, or still be there beside it. */
  set(entry: Entry): boolean {
    const { key, place } = this.#identify(entry);
    const known = this.#entries.has(key);
    this.#entries.set(key, entry);
    if (known) return true;
    const others = this.#places.get(place) ?? 0;
    this.#places.set(place, others + 1);
    return others === 0;
  }

  /** Strikes an entry out. False when it is not there as it is said to have been. */
  delete(entry: Entry): boolean {
    const { key, place } = this.#identify(entry);
    if (!this.#entries.delete(key)) return false;
    const others = (this.#places.get(place) ?? 1) - 1;
    if (others === 0) this.#places.delete(place);
    else this.#places.set(place, others);
    return true;
  }

  /** Takes over what is really there. */
  compare(entries: readonly Entry[]): Difference<Entry> {
    const real = new Set(entries.map((entry) => this.#identify(entry).key));
    const gone = [...this.#entries].filter(([key]) => !real.has(key)).map(([, entry]) => entry);
    const fresh = entries.filter((entry) => !this.#entries.has(this.#identify(entry).key));
    for (const entry of gone) this.delete(entry);
    for (const entry of fresh) this.set(entry);
    return { gone, fresh };
  }
}
