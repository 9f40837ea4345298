import { nftChain } from '../../netlink/families/netfilter/nft-chain.ts';
import { nftElements } from '../../netlink/families/netfilter/nft-elements.ts';
import { nftFlowtable } from '../../netlink/families/netfilter/nft-flowtable.ts';
import { nftObject, nftObjectReset } from '../../netlink/families/netfilter/nft-object.ts';
import { nftRule, nftRuleReset } from '../../netlink/families/netfilter/nft-rule.ts';
import { nftSet } from '../../netlink/families/netfilter/nft-set.ts';
import { nftTable } from '../../netlink/families/netfilter/nft-table.ts';
import { type Snapshot, snapshot } from '../snapshot.ts';
import { ChainChanges, type ChainName, chainOf, describeChain, type FirewallChain } from './chains.ts';
import type { Sink } from './change.ts';
import { ElementChanges, type ElementSpec, elementsOf, encodeElement, type FirewallElement } from './elements.ts';
import { type Flowtable, FlowtableChanges, type FlowtableName, flowtableOf } from './flowtables.ts';
import { type FirewallObject, ObjectChanges, type ObjectName, type ObjectType, objectOf } from './objects.ts';
import { attempts, type Reader } from './reader.ts';
import { type FirewallRule, FirewallRuleChanges, firewallRuleOf, type RuleName } from './rules.ts';
import { describeSet, type FirewallSet, SetChanges, type SetName, setOf } from './sets.ts';
import { describeTable, type FirewallTable, TableChanges, type TableName, tableOf } from './tables.ts';
import { isListedTwice } from './twice.ts';
import { type FirewallFamily, familyNumberOf } from './words.ts';

/** Which entries are meant. */
export interface FirewallFilter {
  readonly family?: FirewallFamily | undefined;
  /** Only what is in this table; `family` belongs to it. */
  readonly table?: string | undefined;
}

/** The tables of a firewall: `list`, and changes that are made at once. `nft list tables`, `add table`, … */
export class Tables extends TableChanges<Promise<void>> {
  readonly #reader: Reader;

  constructor(reader: Reader, make: Sink<Promise<void>>) {
    super(make);
    this.#reader = reader;
  }

  /** All, or those of one family. `nft list tables`. */
  list(filter: { readonly family?: FirewallFamily | undefined } = {}): Promise<Snapshot<FirewallTable>> {
    return this.#reader.all(nftTable, { header: headerOf(filter) }, 'tables', tableOf);
  }

  /** One of them. Rejects with NetlinkError ENOENT if there is no such table. `nft list table`. */
  async get(table: TableName): Promise<FirewallTable> {
    const value = { header: headerOf(table), attributes: { name: table.name } };
    return tableOf(await this.#reader.one(nftTable, value, `table ${describeTable(table)}`));
  }
}

/** The chains of a firewall. `nft list chains`, `add chain`, … */
export class Chains extends ChainChanges<Promise<void>> {
  readonly #reader: Reader;

  constructor(reader: Reader, make: Sink<Promise<void>>) {
    super(make);
    this.#reader = reader;
  }

  /** All, or those of one family or table. `nft list chains`. */
  async list(filter: FirewallFilter = {}): Promise<Snapshot<FirewallChain>> {
    // The kernel filters by family only.
    return this.#reader.all(nftChain, { header: headerOf(filter) }, 'chains', (message) =>
      filter.table === undefined || message.attributes.table === filter.table ? [chainOf(message)] : [],
    );
  }

  /** One of them. Rejects with NetlinkError ENOENT if there is no such chain. `nft list chain`. */
  async get(chain: ChainName): Promise<FirewallChain> {
    const { table, name } = chain;
    const value = { header: headerOf(chain), attributes: { table, name } };
    return chainOf(await this.#reader.one(nftChain, value, `chain ${describeChain(chain)}`));
  }
}

/** The rules of a firewall. `nft list ruleset`, `add rule`, … A rule that is made comes back with its handle. */
export class FirewallRules extends FirewallRuleChanges<Promise<void>, Promise<FirewallRule>> {
  readonly #reader: Reader;

  constructor(reader: Reader, make: Sink<Promise<void>>, makeNew: Sink<Promise<FirewallRule>>) {
    super(make, makeNew);
    this.#reader = reader;
  }

  /** All, or those of one family, table or chain, in the order in which packets pass them. `nft list ruleset`. */
  list(filter: FirewallFilter & { readonly chain?: string | undefined } = {}): Promise<Snapshot<FirewallRule>> {
    return this.#reader.all(nftRule, ruleQuestion(filter), 'rules', firewallRuleOf);
  }

  /** One of them. Rejects with NetlinkError ENOENT if there is no such rule. `nft -a list chain`. */
  async get(rule: RuleName): Promise<FirewallRule> {
    const { table, chain, handle } = rule;
    const value = { header: headerOf(rule), attributes: { table, chain, handle } };
    const what = `rule ${rule.family} ${table} ${chain} handle ${handle}`;
    return firewallRuleOf(await this.#reader.one(nftRule, value, what));
  }

  /** Lists rules, and sets what they counted to zero in the same moment. `nft reset rules`. Linux 6.2. */
  reset(filter: FirewallFilter & { readonly chain?: string | undefined } = {}): Promise<Snapshot<FirewallRule>> {
    return this.#reader.all(nftRuleReset, ruleQuestion(filter), 'rules', firewallRuleOf);
  }
}

/** The sets and maps of a firewall, without what is in them. `nft list sets`, `list maps`, `add set`, … */
export class Sets extends SetChanges<Promise<void>> {
  readonly #reader: Reader;

  constructor(reader: Reader, make: Sink<Promise<void>>) {
    super(make, () => 1);
    this.#reader = reader;
  }

  /** All, or those of one family or table. `nft list sets`. */
  list(filter: FirewallFilter = {}): Promise<Snapshot<FirewallSet>> {
    return this.#reader.all(nftSet, { header: headerOf(filter), attributes: { table: filter.table } }, 'sets', setOf);
  }

  /** One of them. Rejects with NetlinkError ENOENT if there is no such set. `nft list set`. */
  async get(set: SetName): Promise<FirewallSet> {
    const { table, name } = set;
    const value = { header: headerOf(set), attributes: { table, name } };
    return setOf(await this.#reader.one(nftSet, value, `set ${describeSet(set)}`));
  }
}

/** What is in sets and maps. `nft list set`, `add element`, `get element`, … */
export class Elements extends ElementChanges<Promise<void>> {
  readonly #reader: Reader;

  constructor(reader: Reader, make: Sink<Promise<void>>) {
    super(make);
    this.#reader = reader;
  }

  /** What is in a set or map. `nft list set`. Waits for a moment, and reads again, while the kernel still spreads what it was given over a larger table. */
  async list(set: SetName): Promise<Snapshot<FirewallElement>> {
    const { table, name } = set;
    const value = { header: headerOf(set), attributes: { table, set: name } };
    for (let attempt = 1; ; attempt++) {
      const elements = await this.#reader.all(nftElements, value, `elements of set ${describeSet(set)}`, elementsOf);
      if (!isListedTwice(elements)) return elements;
      if (attempt === attempts) return snapshot<FirewallElement>(elements, true);
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt));
    }
  }

  /** The element that a key belongs to. Refused with ENOENT if there is none. `nft get element`. */
  async get(set: SetName, key: ElementSpec): Promise<FirewallElement> {
    const { table, name } = set;
    const value = { header: headerOf(set), attributes: { table, set: name, elements: [encodeElement(key)] } };
    const answer = await this.#reader.one(nftElements, value, `an element of set ${describeSet(set)}`);
    return elementsOf(answer)[0] ?? {};
  }
}

/** The counters, quotas and other objects of a firewall. `nft list counters`, `add counter`, … */
export class Objects extends ObjectChanges<Promise<void>> {
  readonly #reader: Reader;

  constructor(reader: Reader, make: Sink<Promise<void>>) {
    super(make);
    this.#reader = reader;
  }

  /** All, or those of one family, table or type. `nft list counters`, `list quotas`, … */
  list(filter: FirewallFilter & { readonly type?: ObjectType | undefined } = {}): Promise<Snapshot<FirewallObject>> {
    return this.#reader.all(nftObject, objectQuestion(filter), 'objects', objectOf);
  }

  /** One of them. Rejects with NetlinkError ENOENT if there is no such object. `nft list counter`, … */
  async get(object: ObjectName): Promise<FirewallObject> {
    const { family, table, name, type } = object;
    const value = { header: headerOf(object), attributes: { table, name, state: { kind: type } } };
    return objectOf(await this.#reader.one(nftObject, value, `${type} ${family} ${table} ${name}`));
  }

  /** Lists objects, and sets what counters and quotas counted to zero in the same moment. `nft reset counters`. */
  reset(filter: FirewallFilter & { readonly type?: ObjectType | undefined } = {}): Promise<Snapshot<FirewallObject>> {
    return this.#reader.all(nftObjectReset, objectQuestion(filter), 'objects', objectOf);
  }
}

/** The flowtables of a firewall. `nft list flowtables`, `add flowtable`, … */
export class Flowtables extends FlowtableChanges<Promise<void>> {
  readonly #reader: Reader;

  constructor(reader: Reader, make: Sink<Promise<void>>) {
    super(make);
    this.#reader = reader;
  }

  /** All, or those of one family or table; none, too, on a kernel that knows no flowtables. `nft list flowtables`. */
  list(filter: FirewallFilter = {}): Promise<Snapshot<Flowtable>> {
    const value = { header: headerOf(filter), attributes: { table: filter.table } };
    return this.#reader.all(nftFlowtable, value, 'flowtables', flowtableOf);
  }

  /** One of them. Rejects with NetlinkError ENOENT if there is no such flowtable. `nft list flowtable`. */
  async get(flowtable: FlowtableName): Promise<Flowtable> {
    const { family, table, name } = flowtable;
    const value = { header: headerOf(flowtable), attributes: { table, name } };
    return flowtableOf(await this.#reader.one(nftFlowtable, value, `flowtable ${family} ${table} ${name}`));
  }
}

function headerOf({ family }: { readonly family?: FirewallFamily | undefined }): { readonly family: number } {
  return { family: familyNumberOf(family) };
}

function ruleQuestion(filter: FirewallFilter & { readonly chain?: string | undefined }) {
  return { header: headerOf(filter), attributes: { table: filter.table, chain: filter.chain } };
}

function objectQuestion(filter: FirewallFilter & { readonly type?: ObjectType | undefined }) {
  const { table, type } = filter;
  return { header: headerOf(filter), attributes: { table, state: type === undefined ? undefined : { kind: type } } };
}
