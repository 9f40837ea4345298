import type { Frame, Statement } from '../../connection/transaction.ts';
import { netfilterBatch } from '../../netlink/families/netfilter/batch.ts';
import { NFNL_SUBSYS_NFTABLES } from '../../netlink/families/netfilter/nfgenmsg.ts';
import { nftTable } from '../../netlink/families/netfilter/nft-table.ts';
import { ChainChanges } from './chains.ts';
import type { Change } from './change.ts';
import { ElementChanges } from './elements.ts';
import { FlowtableChanges } from './flowtables.ts';
import { ObjectChanges } from './objects.ts';
import { FirewallRuleChanges } from './rules.ts';
import type { Ruleset } from './ruleset.ts';
import { SetChanges } from './sets.ts';
import { TableChanges } from './tables.ts';
import { type FirewallFamily, familyNumberOf } from './words.ts';

/** What a ruleset holds. */
export type Contents = Pick<Ruleset, 'tables' | 'chains' | 'rules' | 'sets' | 'objects' | 'flowtables'>;

/** Changes of a firewall that are made all or not at all. They are only noted here, in the order of the calls. `nft -f`. */
export class FirewallTransaction {
  /** What has been noted. */
  readonly changes: Change[] = [];
  #lastId = 0;
  readonly #note = (plan: () => Change): void => void this.changes.push(plan());

  /** A number for something that is made in this transaction and referred to in it: a set without a name, a rule, a chain. */
  readonly nextId = (): number => {
    this.#lastId += 1;
    return this.#lastId;
  };

  /**
   * Makes all that a ruleset holds: what `list` gave, of this namespace or another one. Handles are new ones; what a chain's policy counted is
   * forgotten; a table that belonged to somebody belongs to nobody now.
   */
  readonly addAll = (ruleset: Contents): void => {
    for (const table of ruleset.tables)
      this.tables.add({ ...table, flags: table.flags.filter((flag) => flag === 'dormant') });
    for (const chain of ruleset.chains) this.chains.add(chain);
    for (const object of ruleset.objects) this.objects.add(object);
    for (const flowtable of ruleset.flowtables) this.flowtables.add(flowtable);
    for (const set of ruleset.sets) this.sets.add(set);
    // Elements may be verdicts that lead to chains, or names of objects.
    for (const set of ruleset.sets) if (set.elements.length > 0) this.elements.add(set, set.elements);
    for (const rule of ruleset.rules) this.rules.add(rule);
  };

  readonly tables = new TableChanges(this.#note);
  readonly chains = new ChainChanges(this.#note);
  readonly rules = new FirewallRuleChanges(this.#note, this.#note);
  readonly sets = new SetChanges(this.#note, this.nextId);
  readonly elements = new ElementChanges(this.#note);
  readonly objects = new ObjectChanges(this.#note);
  readonly flowtables = new FlowtableChanges(this.#note);

  /** Deletes everything, or all of one family. `nft flush ruleset`. */
  readonly flush = (filter: { readonly family?: FirewallFamily | undefined } = {}): void => {
    this.#note(() => flushRuleset(filter.family));
  };
}

/** Deletes all tables. */
export function flushRuleset(family: FirewallFamily | undefined): Change {
  const value = { header: { family: familyNumberOf(family) } };
  return {
    operation: `flush the ${family === undefined ? '' : `${family} `}firewall`,
    messages: [{ declaration: nftTable, verb: 'del', value, flags: 0 }],
  };
}

/** What stands around the messages of a transaction. `generation`: which one it is meant for. */
export function frameOf(generation: number | undefined): Frame {
  return {
    declaration: netfilterBatch,
    value: { header: { resId: NFNL_SUBSYS_NFTABLES }, attributes: { genid: generation } },
    operation: 'change the firewall',
  };
}

/** The messages of all changes, with `flags` beside their own. */
export function* statementsOf(changes: Iterable<Change>, flags = 0): Iterable<Statement> {
  let index = 0;
  for (const change of changes) {
    const operation = () => change.operation;
    for (const { declaration, verb, value, flags: own } of change.messages)
      yield { declaration, verb, value, flags: own | flags, operation, change: index };
    index++;
  }
}
