import { NetlinkConnection } from '../../connection/connection.ts';
import { Listener, type NetlinkEvent } from '../../connection/listener.ts';
import type { Transport } from '../../connection/transport.ts';
import { ERESTART } from '../../errno-numbers.ts';
import { NetlinkError, TransactionError } from '../../errors.ts';
import { EventQueue } from '../../event-queue.ts';
import type { Fd } from '../../native/fd.ts';
import { firewallMessages } from '../../netlink/families/netfilter/firewall-messages.ts';
import type { NftRuleMessage } from '../../netlink/families/netfilter/nft-rule.ts';
import { NLM_F_ECHO } from '../../netlink/header.ts';
import { NETLINK_NETFILTER } from '../../netlink/protocols.ts';
import { inOptions } from '../options.ts';
import type { Change } from './change.ts';
import { type FirewallEvent, firewallEventsOf, NFNLGRP_NFTABLES, NFNLGRP_NFTRACE } from './events.ts';
import type { RulesetDocument } from './json/schema.ts';
import { Chains, Elements, FirewallRules, Flowtables, Objects, Sets, Tables } from './listings.ts';
import { attempts, Reader } from './reader.ts';
import { type FirewallRule, firewallRuleOf } from './rules.ts';
import { type Ruleset, readGeneration, readRuleset } from './ruleset.ts';
import type { TableName, TableSpec } from './tables.ts';
import { type FirewallTrace, traceOf } from './trace.ts';
import { FirewallTransaction, flushRuleset, frameOf, statementsOf } from './transaction.ts';
import type { FirewallFamily } from './words.ts';

/** On what conditions a transaction is made: `nft -f FILE` makes its own without any. */
export interface TransactionOptions {
  /** Refuse it with ERESTART when the ruleset is no longer of this generation. Linux 4.10. */
  readonly generation?: number | undefined;
}

/** How many events of a firewall may wait, and until when it is listened. */
export interface FirewallListenOptions {
  /** Bytes for events that were not read yet. Default: 4 MiB, some thousands of events. */
  readonly receiveBuffer?: number | undefined;
  /** Ends the iteration when aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** Whose firewall it is, and how it is spoken to. */
export interface FirewallOptions {
  /** The network namespace; undefined: this process's own. */
  readonly namespace?: Fd | undefined;
  /** Another transport than a socket: for tests. */
  readonly transport?: Transport | undefined;
}

/** Attributes that are called otherwise as an option. */
const optionNames = {
  dataLen: 'dataLength',
  desc: '',
  devs: 'devices',
  expiration: 'expires',
  hook: '',
  hooknum: 'hook',
  keyLen: 'keyLength',
  objType: 'objectType',
  objref: 'object',
  userdata: '',
};

/**
 * The firewall of one network namespace (nftables), over a netlink socket that lives inside it. What `nft` does, without it.
 *
 *     await ns.network.firewall.transaction(({ tables, chains }) => {
 *       tables.add({ family: 'inet', name: 'filter' });
 *       chains.add({ family: 'inet', table: 'filter', name: 'input', hook: 'input', policy: 'drop' });
 *     });
 *
 * Changes throw NetlinkError when the kernel refuses, with its own words in `extack`; InvalidArgumentError for a value that cannot be right.
 * They, and looking, need CAP_NET_ADMIN in the namespace. See nft(8). Linux 4.10; single features later.
 */
export class Firewall implements Disposable {
  /** For requests that have no method of their own here. */
  readonly connection: NetlinkConnection;
  readonly tables: Tables;
  readonly chains: Chains;
  readonly rules: FirewallRules;
  readonly sets: Sets;
  readonly elements: Elements;
  readonly objects: Objects;
  readonly flowtables: Flowtables;

  readonly #namespace: Fd | undefined;
  readonly #reader: Reader;
  /** Ends what ends with it. */
  readonly #endings = new Set<() => void>();

  constructor({ namespace, transport }: FirewallOptions = {}) {
    this.connection = new NetlinkConnection({ namespace, transport, protocol: NETLINK_NETFILTER });
    this.#namespace = namespace;
    this.#reader = new Reader(this.connection);
    const make = (plan: () => Change) => this.#make(plan);
    this.tables = new Tables(this.#reader, make);
    this.chains = new Chains(this.#reader, make);
    this.rules = new FirewallRules(this.#reader, make, (plan) => this.#makeRule(plan));
    this.sets = new Sets(this.#reader, make);
    this.elements = new Elements(this.#reader, make);
    this.objects = new Objects(this.#reader, make);
    this.flowtables = new Flowtables(this.#reader, make);
  }

  /** Everything that is there, of one moment: it is read again when somebody changed it meanwhile. `nft list ruleset`. */
  list(filter: { readonly family?: FirewallFamily | undefined } = {}): Promise<Ruleset> {
    const { tables, chains, rules, sets, elements, objects, flowtables } = this;
    return readRuleset({ reader: this.#reader, tables, chains, rules, sets, elements, objects, flowtables }, filter);
  }

  /**
   * Everything that is there in the JSON of libnftables, which `load` takes back. `nft -j list ruleset`.
   *
   *     const { nftables } = await ns.network.firewall.document();
   *
   * A rule that the schema has no words for is one statement `unknown` with what the kernel said, and loading it makes the same rule. See
   * libnftables-json(5).
   */
  async document(filter: { readonly family?: FirewallFamily | undefined } = {}): Promise<RulesetDocument> {
    const { documentOf } = await import('./document.ts');
    return documentOf(this, this.#namespace, filter);
  }

  /**
   * Makes what a document in the JSON of libnftables asks for, all or nothing. What others wrote for `nft` can be loaded, and what `document` or
   * `nft -j list ruleset` gave. `nft -j -f`.
   *
   *     await ns.network.firewall.load({ nftables: [{ flush: { ruleset: null } }, { add: { table: { family: 'inet', name: 't' } } }] });
   *
   * Throws InvalidArgumentError with the place of the fault (`nftables[1].add.table.family`) before anything is done; TransactionError
   * when the kernel refuses a part.
   */
  async load(document: RulesetDocument | object): Promise<void> {
    const { load } = await import('./document.ts');
    await load(this, this.#namespace, document);
  }

  /** What `load` would do, in words: one line for each change. Throws as `load` does before it asks the kernel. */
  async planOf(document: RulesetDocument | object): Promise<string[]> {
    const { plan } = await import('./document.ts');
    const { changes } = await plan(this, this.#namespace, document);
    return Array.from(changes, ({ operation }) => operation);
  }

  /** The number of the generation that is in force: every change raises it. */
  generation(): Promise<number> {
    return readGeneration(this.#reader);
  }

  /**
   * Makes changes, all or none: packets never see a part of them. `nft -f`.
   *
   * `note` only says what is to be done. Rejects with TransactionError, which knows of each change that was refused and why; with NetlinkError
   * when they were refused as a whole: EPERM, or ERESTART for `generation`.
   */
  async transaction(note: (transaction: FirewallTransaction) => void, options: TransactionOptions = {}): Promise<void> {
    const transaction = new FirewallTransaction();
    note(transaction);
    await this.#commit(transaction.changes, options.generation);
  }

  /**
   * Makes changes that depend on what is there: `note` gets all of it, and when somebody else changes something before the changes
   * are made, they are forgotten and `note` is called again with what is there now. Up to ten times, then NetlinkError ERESTART.
   */
  async update(note: (ruleset: Ruleset, transaction: FirewallTransaction) => void | Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const ruleset = await this.list();
      const transaction = new FirewallTransaction();
      await note(ruleset, transaction);
      try {
        await this.#commit(transaction.changes, ruleset.generation);
        return;
      } catch (error) {
        if (!(error instanceof NetlinkError && error.errno === ERESTART) || attempt === attempts) throw error;
      }
    }
  }

  /** Deletes everything, or all of one family. `nft flush ruleset`. */
  flush(filter: { readonly family?: FirewallFamily | undefined } = {}): Promise<void> {
    return this.#make(() => flushRuleset(filter.family));
  }

  /**
   * Makes a table that goes when it is closed, or when this process ends, however that comes: with all that is in it. Nobody else can
   * change it, not even root: make changes through what this returns. Close it with `using`. Linux 5.12.
   *
   * Throws NetlinkError EEXIST if there is one of this name, EPERM if it is somebody else's.
   */
  ownTable(spec: TableSpec): OwnedTable {
    const end = () => table.close();
    const table = new OwnedTable({ namespace: this.#namespace }, spec, () => this.#endings.delete(end));
    this.#endings.add(end);
    return table;
  }

  /**
   * Tells of every change, whoever makes it, from the moment of the call, until `break`, `options.signal` or `close()`. `nft monitor`.
   * The kernel says nothing of elements that go with their set or whose time is over, nor of a table that goes with its owner.
   *
   *     for await (const change of firewall.events()) …
   */
  events(options: FirewallListenOptions = {}): AsyncIterableIterator<FirewallEvent> {
    return this.#listen(NFNLGRP_NFTABLES, firewallEventsOf, options);
  }

  /**
   * Tells of the way of packets through the rules: of those that a rule marked with `meta nftrace set 1`. `nft monitor trace`.
   * Linux 4.6.
   */
  trace(options: FirewallListenOptions = {}): AsyncIterableIterator<FirewallTrace> {
    return this.#listen(NFNLGRP_NFTRACE, traceOf, options);
  }

  close(): void {
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const end of this.#endings) end();
    this.connection.close();
  }

  #listen<E>(
    group: number,
    eventsOf: (heard: NetlinkEvent) => readonly E[],
    { receiveBuffer, signal }: FirewallListenOptions,
  ): EventQueue<E> {
    const end = () => queue.end();
    const queue = new EventQueue<E>(
      () => {
        signal?.removeEventListener('abort', end);
        listener[Symbol.dispose]();
        this.#endings.delete(end);
      },
      () => void listener.look(),
    );
    const listener = new Listener(
      {
        protocol: NETLINK_NETFILTER,
        namespace: this.#namespace,
        groups: [group],
        ...(receiveBuffer !== undefined && { receiveBuffer }),
      },
      firewallMessages,
      {
        tell: (heard) => {
          for (const event of eventsOf(heard)) queue.push(event);
        },
        fail: (error) => queue.end(error),
      },
    );
    this.#endings.add(end);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    return queue;
  }

  async #commit(changes: readonly Change[], generation?: number, flags?: number): Promise<unknown[][]> {
    try {
      return await this.connection.transaction(frameOf(generation), statementsOf(changes, flags));
    } catch (error) {
      throw inWords(error, changes);
    }
  }

  async #make(plan: () => Change): Promise<void> {
    await this.#commit([plan()]);
  }

  async #makeRule(plan: () => Change): Promise<FirewallRule> {
    const [answers] = await this.#commit([plan()], undefined, NLM_F_ECHO);
    return firewallRuleOf((answers?.at(-1) ?? {}) as NftRuleMessage);
  }
}

/** A table that lives as long as this object, and the firewall as its owner sees it. Close it with `using`. */
export class OwnedTable extends Firewall implements TableName {
  readonly family: FirewallFamily;
  readonly name: string;
  readonly #onClose: () => void;

  constructor(options: FirewallOptions, spec: TableSpec, onClose: () => void = () => {}) {
    super(options);
    this.family = spec.family;
    this.name = spec.name;
    this.#onClose = onClose;
    const transaction = new FirewallTransaction();
    const owned = { ...spec, flags: [...(spec.flags ?? []), 'owner'] };
    try {
      transaction.tables.add(owned);
      this.connection.transactionSync(frameOf(undefined), statementsOf(transaction.changes));
    } catch (error) {
      super[Symbol.dispose]();
      throw inWords(error, transaction.changes);
    }
  }

  override [Symbol.dispose](): void {
    super[Symbol.dispose]();
    this.#onClose();
  }
}

/** An error in the words of who called. What is refused of one change is that change's error. */
function inWords(error: unknown, changes: readonly Change[]): unknown {
  if (error instanceof TransactionError && changes.length === 1) return error.refusals[0]?.error;
  for (const { messages } of changes)
    for (const { declaration } of Array.isArray(messages) ? messages : []) {
      const named = inOptions(error, declaration.name, optionNames);
      if (named !== error) return named;
    }
  return error;
}
