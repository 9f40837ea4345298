import type { Network } from '../../network/network.ts';
import type { ListOf, Typed } from '../schema.ts';

/** Names of devices, by index. */
export type LinkNames = ReadonlyMap<number, string>;

export type TableVerb = 'add' | 'replace' | 'delete';

/** Why a table's entry is gone, when it was not deleted itself. */
export type Loss =
  | { readonly of: 'link'; readonly link: string; readonly how: 'deleted' | 'down' }
  | { readonly of: 'address'; readonly address: string; readonly link: string; readonly last: boolean }
  | { readonly of: 'nexthop'; readonly id: number };

/**
 * A part of the document that is a list of entries of one of the kernel's tables. One file has all that is particular to it: what an entry may
 * say, how the kernel's entries are read, and the change, as a call and as a command.
 *
 * `Full` entries say everything, in the kernel's spelling, with their keys in one order: two that mean the same are the same JSON.
 */
export interface TableSection<Entry extends object, Kernel> {
  readonly name: string;
  /** One entry in messages. */
  readonly noun: string;
  readonly schema: Typed<ListOf, readonly Entry[]>;
  /** Reads the table. */
  list(network: Network): Promise<readonly Kernel[]>;
  /** An entry of the kernel's as a document has it: as short as can be. Undefined for what the kernel, or a daemon, looks after by itself. */
  entryOf(kernel: Kernel, links: LinkNames): Entry | undefined;
  /** All that the entry means. */
  full(entry: Entry): Entry;
  /** What makes two entries exclude each other: one can replace the other in one step. Undefined: nothing can be replaced. */
  identity?(full: Entry): string;
  /** What two entries of one document may not have in common. Undefined: all of it. */
  identityInDocument?(full: Entry): string;
  /** The same without what the kernel finds out by itself where it is left out. */
  loose?(full: Entry): Entry;
  /** Devices that it needs. */
  devices(entry: Entry): readonly (string | undefined)[];
  /** Whether the kernel takes the entry away by itself. */
  isLost(full: Entry, loss: Loss): boolean;
  /** Entries of a lower rank are made first and deleted last. */
  rank?(full: Entry): number;
  /** The same as a command: `ip route add …`. */
  command(verb: TableVerb, full: Entry): string;
  run(network: Network, verb: TableVerb, full: Entry): Promise<void>;
}

/** Any of them: entries of a section are given to that section only. */
// biome-ignore lint/suspicious/noExplicitAny: the tables have nothing in common but this interface
export type AnyTable = TableSection<any, any>;

/** An entry with what is left out filled in; keys in the order of the schema. */
export function filled<Entry extends object>(
  schema: Typed<ListOf, readonly Entry[]>,
  entry: Entry,
  usual: Partial<Entry>,
): Entry {
  const result: Record<string, unknown> = {};
  for (const key of keysOf(schema)) {
    const value = (entry as Record<string, unknown>)[key] ?? (usual as Record<string, unknown>)[key];
    if (value !== undefined) result[key] = value;
  }
  return result as Entry;
}

/** An entry without what is so anyway. */
export function trimmed<Entry extends object>(
  schema: Typed<ListOf, readonly Entry[]>,
  entry: Entry,
  usual: Partial<Entry>,
): Entry {
  const result: Record<string, unknown> = {};
  for (const key of keysOf(schema)) {
    const value = (entry as Record<string, unknown>)[key];
    if (value !== undefined && value !== (usual as Record<string, unknown>)[key]) result[key] = value;
  }
  return result as Entry;
}

const keys = new WeakMap<object, readonly string[]>();

function keysOf({ item }: ListOf): readonly string[] {
  let list = keys.get(item);
  if (list === undefined) {
    list = item.form === 'fields' ? Object.keys(item.fields) : [];
    keys.set(item, list);
  }
  return list;
}

/** Words of a command: what is undefined or false is left out. */
export function words(...parts: readonly (string | number | false | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ');
}

/** As `ip` reads a type of service. */
export function hexadecimal(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `0x${value.toString(16)}`;
}

/** `dev eth0`, or nothing. */
export function option(word: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${word} ${value}`;
}

/** The same with the keys of all objects in one order. */
export function sorted<T>(value: T): T {
  if (Array.isArray(value)) return value.map(sorted) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)])) as T;
}
