import { NetlinkConnection } from '../../connection/connection.ts';
import { ERESTART } from '../../errno-numbers.ts';
import { NetlinkError, TransactionError } from '../../errors.ts';
import type { Fd } from '../../native/fd.ts';
import type { NftElement } from '../../netlink/families/netfilter/nft-elements.ts';
import type { NftSetMessage } from '../../netlink/families/netfilter/nft-set.ts';
import { Links } from '../links.ts';
import { encodeElement } from './elements.ts';
import type { Firewall } from './firewall.ts';
import type { Family } from './json/headers.ts';
import { changesIn, type DocumentChanges, type LoadContext } from './json/ruleset-read.ts';
import { showRuleset } from './json/ruleset-show.ts';
import type { RulesetDocument, RulesetObject } from './json/schema.ts';
import { setViewOf } from './json/set-attributes.ts';
import type { JsonContext } from './json/values.ts';
import { attempts } from './reader.ts';
import type { Ruleset } from './ruleset.ts';
import { frameOf, statementsOf } from './transaction.ts';
import type { FirewallFamily } from './words.ts';

/** What a document says it is of; `nft` reads what has a version of the schema that is not newer than its own. */
const metainfo = { version: '1.0.6', release_name: 'netns', json_schema_version: 1 };

/** A ruleset in the JSON of libnftables: see `Firewall.document`. */
export async function documentOf(
  firewall: Firewall,
  namespace: Fd | undefined,
  filter: { readonly family?: FirewallFamily | undefined },
): Promise<RulesetDocument> {
  const ruleset = await firewall.list(filter);
  return { nftables: [{ metainfo }, ...objectsOf(ruleset, await contextOf(namespace))] };
}

/** The objects of a ruleset that was read, as a document has them. */
export function objectsOf(ruleset: Ruleset, context: JsonContext): RulesetObject[] {
  const elements = new Map<NftSetMessage, () => NftElement[]>(
    // What an element is sent as has the same attributes as what it comes as.
    ruleset.sets.map((set) => [set.message, () => set.elements.map((each) => encodeElement(each) as NftElement)]),
  );
  const messages = <T>(entries: readonly { readonly message: T }[]) => entries.map(({ message }) => message);
  return showRuleset(
    {
      tables: messages(ruleset.tables),
      chains: messages(ruleset.chains),
      rules: messages(ruleset.rules),
      sets: messages(ruleset.sets),
      objects: messages(ruleset.objects),
      flowtables: messages(ruleset.flowtables),
      elements: (set) => elements.get(set)?.() ?? [],
    },
    context,
  );
}

/** Names and indexes of devices, which rules know by index, and the clock on the wall. */
export async function contextOf(namespace: Fd | undefined): Promise<JsonContext> {
  using connection = new NetlinkConnection({ namespace });
  const links = await new Links(connection).list();
  const byIndex = new Map(links.map(({ index, name }) => [index, name]));
  const byName = new Map(links.map(({ index, name }) => [name, index]));
  return {
    linkName: (index) => byIndex.get(index),
    linkIndex: (name) => byName.get(name),
    utcOffset: (seconds) => -60 * new Date(seconds * 1000).getTimezoneOffset(),
  };
}

interface Plan {
  readonly changes: DocumentChanges;
  /** The one that they are for, if they depend on what is there. */
  readonly generation: number | undefined;
}

/** The changes that a document asks for. */
export async function plan(firewall: Firewall, namespace: Fd | undefined, document: unknown): Promise<Plan> {
  const generation = await firewall.generation();
  const [sets, chains, rules] = await Promise.all([
    firewall.sets.list(),
    firewall.chains.list(),
    rulesIfNamed(firewall, document),
  ]);
  let depends = false;
  const of = <T>(value: T): T => {
    depends ||= value !== undefined;
    return value;
  };
  const context: LoadContext = {
    ...(await contextOf(namespace)),
    set: (family, table, name) => {
      const set = sets.find((each) => each.family === family && each.table === table && each.name === name);
      return set === undefined ? undefined : setViewOf(set.message);
    },
    chainHandle: (family, table, name) =>
      of(chains.find((each) => each.family === family && each.table === table && each.name === name)?.handle),
    ruleAt: (family: Family, table, chain, index) =>
      of(rules.filter((each) => each.family === family && each.table === table && each.chain === chain)[index]?.handle),
  };
  const changes = changesIn(document, context);
  return { changes, generation: depends ? generation : undefined };
}

/** All rules, if the document counts any. */
async function rulesIfNamed(firewall: Firewall, document: unknown) {
  return countsRules(document) ? await firewall.rules.list() : [];
}

/** Whether a command has a rule with `index`: `{ rule: … }`, or `{ add: { rule: … } }`. */
function countsRules(document: unknown): boolean {
  const { nftables } = partsOf(document);
  if (!Array.isArray(nftables)) return false;
  return nftables.some((command) => {
    for (const word in partsOf(command)) {
      const what = partsOf(command)[word];
      if (partsOf(word === 'rule' ? what : partsOf(what).rule).index !== undefined) return true;
    }
    return false;
  });
}

function partsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/**
 * Makes what a document asks for: see `Firewall.load`. With a generation only if the ruleset still is of that one: otherwise NetlinkError
 * ERESTART, and nothing is done.
 */
export async function load(
  firewall: Firewall,
  namespace: Fd | undefined,
  document: unknown,
  only?: number | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { changes, generation } = await plan(firewall, namespace, document);
    try {
      await firewall.connection.transaction(frameOf(only ?? generation), statementsOf(changes));
      return;
    } catch (error) {
      if (error instanceof TransactionError && changes.count === 1) throw error.refusals[0]?.error;
      const again = error instanceof NetlinkError && error.errno === ERESTART && only === undefined;
      if (!again || attempt === attempts) throw error;
    }
  }
}
