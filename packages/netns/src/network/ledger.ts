/** When two entries are the same one, or would replace each other. */
export interface Identity<Entry> {
  /** Something that entries of one place have in common, and few others: they are looked for among those. */
  shelf(entry: Entry): string | number;
  /** Whether both take one place among the others: one may replace the other. */
  samePlace(one: Entry, other: Entry): boolean;
  /** Whether two of one place are the same. */
  same(one: Entry, other: Entry): boolean;
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
  readonly #identity: Identity<Entry>;
  readonly #shelves = new Map<string | number, Entry[]>();
  #size = 0;

  constructor(identity: Identity<Entry>) {
    this.#identity = identity;
  }

  /** How many entries are in it. */
  get size(): number {
    return this.#size;
  }

  /** Enters an entry. False when its place was taken: the other one may have been replaced, or still be there beside it. */
  set(entry: Entry): boolean {
    const name = this.#identity.shelf(entry);
    const shelf = this.#shelves.get(name);
    if (shelf === undefined) {
      this.#shelves.set(name, [entry]);
      this.#size++;
      return true;
    }
    const known = this.#find(shelf, entry);
    if (known >= 0) {
      shelf[known] = entry;
      return true;
    }
    const taken = shelf.some((other) => this.#identity.samePlace(entry, other));
    shelf.push(entry);
    this.#size++;
    return !taken;
  }

  /** Strikes an entry out. False when it is not there as it is said to have been. */
  delete(entry: Entry): boolean {
    const name = this.#identity.shelf(entry);
    const shelf = this.#shelves.get(name);
    const known = shelf === undefined ? -1 : this.#find(shelf, entry);
    if (shelf === undefined || known < 0) return false;
    this.#size--;
    if (shelf.length === 1) this.#shelves.delete(name);
    else shelf.splice(known, 1);
    return true;
  }

  /** Takes over what is really there. */
  compare(entries: readonly Entry[]): Difference<Entry> {
    const real = new Ledger<Entry>(this.#identity);
    for (const entry of entries) real.set(entry);
    const gone = [...this.#shelves.values()].flat().filter((entry) => !real.#has(entry));
    const fresh = entries.filter((entry) => !this.#has(entry));
    for (const entry of gone) this.delete(entry);
    for (const entry of fresh) this.set(entry);
    return { gone, fresh };
  }

  #has(entry: Entry): boolean {
    const shelf = this.#shelves.get(this.#identity.shelf(entry));
    return shelf !== undefined && this.#find(shelf, entry) >= 0;
  }

  #find(shelf: readonly Entry[], entry: Entry): number {
    const { samePlace, same } = this.#identity;
    return shelf.findIndex((other) => samePlace(entry, other) && same(entry, other));
  }
}
