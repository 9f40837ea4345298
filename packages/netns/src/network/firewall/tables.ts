import { nftRule } from '../../netlink/families/netfilter/nft-rule.ts';
import {
  type NftTableMessage,
  type NftTableMessageInput,
  nftTable,
  nftTableFlags,
} from '../../netlink/families/netfilter/nft-table.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../netlink/header.ts';
import { flagNames } from '../../wire/names.ts';
import type { Change, Sink } from './change.ts';
import { bitsOf, type FirewallFamily, familyNameOf, familyNumberOf } from './words.ts';

/** What names a table. */
export interface TableName {
  readonly family: FirewallFamily;
  readonly name: string;
}

/** A table to be made: `nft add table FAMILY NAME`. */
export interface TableSpec extends TableName {
  /**
   * `dormant`: its chains see no packets. `owner` (Linux 5.12): it goes with the socket that made it, and nobody else can change it.
   * `persist` (Linux 6.9): it stays, without an owner.
   */
  readonly flags?: readonly string[] | undefined;
  readonly comment?: string | undefined;
}

/** A table as the kernel describes it. */
export interface FirewallTable extends TableSpec {
  readonly flags: readonly string[];
  /** The kernel's number for it. */
  readonly handle: bigint;
  /** How many chains, sets, objects and flowtables are in it. */
  readonly use: number;
  /** The netlink port of the socket that owns it. */
  readonly owner: number | undefined;
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: NftTableMessage;
}

/** Changes of tables. `nft add table`, `delete table`, … */
export class TableChanges<R> {
  readonly #make: Sink<R>;

  constructor(make: Sink<R>) {
    this.#make = make;
  }

  /** Makes a table. Refused with EEXIST if there is one. `nft create table`. */
  add(spec: TableSpec): R {
    return this.#make(() => put(spec, 'add', NLM_F_CREATE | NLM_F_EXCL));
  }

  /** Makes a table, or gives one that is there these flags. `nft add table`. */
  replace(spec: TableSpec): R {
    return this.#make(() => put(spec, 'set', NLM_F_CREATE));
  }

  /** Deletes a table with all that is in it. Refused with ENOENT if there is none. `nft delete table`. */
  delete(name: TableName): R {
    return this.#make(() => single('delete', 'del', name));
  }

  /** Deletes a table, should it be there. `nft destroy table`. Linux 6.3. */
  destroy(name: TableName): R {
    return this.#make(() => single('delete', 'destroy', name));
  }

  /** Takes all rules out of all chains of a table. `nft flush table`. */
  flush(name: TableName): R {
    return this.#make(() => flush(name));
  }
}

export function describeTable({ family, name }: TableName): string {
  return `${family} ${name}`;
}

function put(spec: TableSpec, what: string, flags: number): Change {
  const value = encodeTable(spec);
  return {
    operation: `${what} table ${describeTable(spec)}`,
    messages: [{ declaration: nftTable, verb: 'new', value, flags }],
  };
}

function single(what: string, verb: 'del' | 'destroy', { family, name }: TableName): Change {
  const value = { header: { family: familyNumberOf(family) }, attributes: { name } };
  return {
    operation: `${what} table ${describeTable({ family, name })}`,
    messages: [{ declaration: nftTable, verb, value, flags: 0 }],
  };
}

function flush(table: TableName): Change {
  const value = { header: { family: familyNumberOf(table.family) }, attributes: { table: table.name } };
  return {
    operation: `flush table ${describeTable(table)}`,
    messages: [{ declaration: nftRule, verb: 'del', value, flags: 0 }],
  };
}

/** What a table is asked for by, or made of. */
export function encodeTable({ family, name, flags, comment }: TableSpec): NftTableMessageInput {
  return {
    header: { family: familyNumberOf(family) },
    attributes: {
      name,
      flags: bitsOf(nftTableFlags, flags ?? [], 'flags'),
      userdata: comment === undefined ? undefined : { comment },
    },
  };
}

/** A table as the kernel gives it, in the words of this library. */
export function tableOf(message: NftTableMessage): FirewallTable {
  const { header, attributes } = message;
  return {
    family: familyNameOf(header.family),
    name: attributes.name ?? '',
    flags: flagNames(nftTableFlags, attributes.flags ?? 0),
    comment: attributes.userdata?.comment,
    handle: attributes.handle ?? 0n,
    use: attributes.use ?? 0,
    owner: attributes.owner,
    message,
  };
}
