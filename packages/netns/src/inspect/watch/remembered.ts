import { type Difference, Ledger } from '../../network/ledger.ts';
import { type Monitored, monitoredObjects } from '../../network/monitored.ts';

/** The tables of which the kernel does not tell everything: what is referred to stands before what refers to it. */
export const silentTables = ['nexthop', 'route'] as const;
export type SilentTable = (typeof silentTables)[number];

/** For how many entries there is room, of all namespaces together. */
export interface Room {
  left: number;
}

/**
 * What has been told of the routes and nexthops of one namespace, to find out what goes without a word. Where there is no room for all of
 * it, it remembers nothing any more.
 */
export class Remembered {
  readonly #room: Room;
  #ledgers: ReadonlyMap<SilentTable, Ledger<object>> | undefined;
  #taken = 0;

  constructor(tables: readonly SilentTable[], room: Room) {
    this.#room = room;
    this.#ledgers = new Map(tables.map((table) => [table, ledgerOf(table)]));
  }

  /** Whether it remembers. */
  get knows(): boolean {
    return this.#ledgers !== undefined;
  }

  /** Notes a change. False: it is not what was to be expected, so more may have changed. */
  note(event: 'present' | 'set' | 'delete', table: SilentTable, entry: object): boolean {
    const ledger = this.#ledgers?.get(table);
    if (ledger === undefined) return true;
    const sure = event === 'delete' ? ledger.delete(entry) : ledger.set(entry);
    this.#count();
    return sure;
  }

  /** Takes over what is really there, and tells what was missing; undefined if it does not know. */
  compare(table: SilentTable, entries: readonly object[]): Difference<object> | undefined {
    const ledger = this.#ledgers?.get(table);
    if (ledger === undefined) return undefined;
    if (entries.length - ledger.size > this.#room.left) {
      this.forget();
      return undefined;
    }
    const difference = ledger.compare(entries);
    this.#count();
    return difference;
  }

  forget(): void {
    this.#ledgers = undefined;
    this.#room.left += this.#taken;
    this.#taken = 0;
  }

  #count(): void {
    let size = 0;
    for (const ledger of this.#ledgers?.values() ?? []) size += ledger.size;
    this.#room.left += this.#taken - size;
    this.#taken = size;
    if (this.#room.left < 0) this.forget();
  }
}

function ledgerOf(table: SilentTable): Ledger<object> {
  const { identity } = monitoredObjects[table] as Monitored<unknown>;
  if (identity === undefined) throw new TypeError(`${table} has no identity`);
  return new Ledger<object>(identity);
}
