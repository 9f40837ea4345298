import { netfilterFamilies } from '../../../netlink/families/netfilter/nfgenmsg.ts';
import type { NftChainMessage } from '../../../netlink/families/netfilter/nft-chain.ts';
import type { NftElement } from '../../../netlink/families/netfilter/nft-elements.ts';
import type { NftFlowtableMessage } from '../../../netlink/families/netfilter/nft-flowtable.ts';
import type { NftObjectMessage } from '../../../netlink/families/netfilter/nft-object.ts';
import type { NftRuleMessage } from '../../../netlink/families/netfilter/nft-rule.ts';
import type { NftSetMessage } from '../../../netlink/families/netfilter/nft-set.ts';
import type { NftTableMessage } from '../../../netlink/families/netfilter/nft-table.ts';
import { toPlain } from '../../../wire/plain.ts';
import { statementsOf } from './delinearize.ts';
import { type Family, families } from './headers.ts';
import { showChain, showFlowtable, showObject, showSet, showTable } from './objects-show.ts';
import type { Rule, RulesetObject } from './schema.ts';
import { ANONYMOUS } from './set-flags.ts';
import { type JsonContext, jsonNumber } from './values.ts';

/** All that is in a namespace's firewall, as the kernel says it: the answers to one dump of each kind. */
export interface RulesetMessages {
  readonly tables: readonly NftTableMessage[];
  readonly chains: readonly NftChainMessage[];
  readonly rules: readonly NftRuleMessage[];
  readonly sets: readonly NftSetMessage[];
  readonly objects: readonly NftObjectMessage[];
  readonly flowtables: readonly NftFlowtableMessage[];
  /** What is in one of `sets`. */
  readonly elements: (set: NftSetMessage) => readonly NftElement[];
}

/** The family of a message in words; undefined for one that has no tables. */
export function familyOf({ header }: { readonly header: { readonly family: number } }): Family | undefined {
  const word = (netfilterFamilies as Readonly<Record<number, string>>)[header.family];
  return families.find((family) => family === word);
}

interface OfTable {
  readonly header: { readonly family: number };
  readonly attributes: { readonly table?: string | undefined };
}

function byTable<T extends OfTable>(messages: readonly T[]): (family: number, table: string) => readonly T[] {
  const groups = new Map<string, T[]>();
  for (const message of messages) {
    const key = `${message.header.family} ${message.attributes.table}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [message]);
    else group.push(message);
  }
  return (family, table) => groups.get(`${family} ${table}`) ?? [];
}

/** The objects of a ruleset, in the order of `nft -j list ruleset`: of each table its objects, sets, flowtables, chains, rules. */
export function showRuleset(ruleset: RulesetMessages, context: JsonContext = {}): RulesetObject[] {
  const [chains, rules, sets, objects, flowtables] = [
    byTable(ruleset.chains),
    byTable(ruleset.rules),
    byTable(ruleset.sets),
    byTable(ruleset.objects),
    byTable(ruleset.flowtables),
  ];
  const shown: RulesetObject[] = [];
  for (const table of ruleset.tables) {
    const family = familyOf(table);
    if (family === undefined) continue;
    const at = [table.header.family, table.attributes.name ?? ''] as const;
    shown.push({ table: showTable(family, table) });
    for (const object of objects(...at)) shown.push(...orNothing(showObject(family, object)));
    const own = new Map(sets(...at).map((set) => [set.attributes.name ?? '', set]));
    for (const set of own.values())
      if (((set.attributes.flags ?? 0) & ANONYMOUS) === 0)
        shown.push(showSet(family, set, ruleset.elements(set), context));
    for (const flowtable of flowtables(...at)) shown.push({ flowtable: showFlowtable(family, flowtable) });
    for (const chain of chains(...at)) shown.push({ chain: showChain(family, chain) });
    const ruleContext = { ...context, family, sets: own, elements: ruleset.elements };
    // The kernel gives the rules of a table chain by chain.
    for (const rule of rules(...at)) shown.push({ rule: showRule(rule, ruleContext) });
  }
  return shown;
}

function orNothing<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

/** One rule in the words of JSON. */
export function showRule({ attributes }: NftRuleMessage, context: Parameters<typeof statementsOf>[1]): Rule {
  const { table = '', chain = '', handle, userdata, expressions = [], compat } = attributes;
  const expr = statementsOf(expressions, context);
  const [first] = expr;
  return {
    family: context.family,
    table,
    chain,
    ...(handle !== undefined && { handle: jsonNumber(handle) }),
    ...(userdata?.comment !== undefined && { comment: userdata.comment }),
    expr:
      compat !== undefined && first !== undefined && 'unknown' in first
        ? [{ unknown: { ...first.unknown, compat: toPlain(compat) } }]
        : expr,
  };
}
