import { NetlinkError } from '../../errors.ts';
import { nftGeneration } from '../../netlink/families/netfilter/nft-generation.ts';
import type { FirewallChain } from './chains.ts';
import type { FirewallElement } from './elements.ts';
import type { Flowtable } from './flowtables.ts';
import type { Chains, Elements, FirewallRules, Flowtables, Objects, Sets, Tables } from './listings.ts';
import type { FirewallObject } from './objects.ts';
import { attempts, type Reader } from './reader.ts';
import type { FirewallRule } from './rules.ts';
import type { FirewallSet } from './sets.ts';
import type { FirewallTable } from './tables.ts';
import type { FirewallFamily } from './words.ts';

/** A set or map with what is in it. */
export interface FilledSet extends FirewallSet {
  readonly elements: readonly FirewallElement[];
}

/** Everything that a firewall holds, at one moment. Each list is in the kernel's order. */
export interface Ruleset {
  /** Raised by every change: a transaction can be made for this one only. */
  readonly generation: number;
  readonly tables: readonly FirewallTable[];
  readonly chains: readonly FirewallChain[];
  readonly rules: readonly FirewallRule[];
  readonly sets: readonly FilledSet[];
  readonly objects: readonly FirewallObject[];
  readonly flowtables: readonly Flowtable[];
  /** It kept changing through every attempt to read it (ten), so the parts may not fit together. `false` is the rule. */
  readonly interrupted: boolean;
}

/** Where a ruleset is read from. */
export interface RulesetSource {
  readonly reader: Reader;
  readonly tables: Tables;
  readonly chains: Chains;
  readonly rules: FirewallRules;
  readonly sets: Sets;
  readonly elements: Elements;
  readonly objects: Objects;
  readonly flowtables: Flowtables;
}

/** The number of the generation that is in force. */
export async function readGeneration(reader: Reader): Promise<number> {
  const { attributes } = await reader.one(nftGeneration, {}, 'the generation of the firewall');
  return attributes.id ?? 0;
}

/** Reads everything, again and again until nothing was changed meanwhile. */
export async function readRuleset(
  source: RulesetSource,
  filter: { readonly family?: FirewallFamily | undefined },
): Promise<Ruleset> {
  for (let attempt = 1; ; attempt++) {
    const generation = await readGeneration(source.reader);
    const parts = await readParts(source, filter);
    const interrupted = parts.interrupted || generation !== (await readGeneration(source.reader));
    if (!interrupted || attempt === attempts) return { ...parts, generation, interrupted };
  }
}

async function readParts(
  source: RulesetSource,
  filter: { readonly family?: FirewallFamily | undefined },
): Promise<Omit<Ruleset, 'generation'>> {
  const tables = await source.tables.list(filter);
  const chains = await source.chains.list(filter);
  const bare = await source.sets.list(filter);
  let interrupted = tables.interrupted || chains.interrupted || bare.interrupted;
  const sets: FilledSet[] = [];
  for (const set of bare) {
    const elements = await elementsIfThere(source.elements, set);
    interrupted ||= elements === undefined || elements.interrupted;
    sets.push({ ...set, elements: elements ?? [] });
  }
  const objects = await source.objects.list(filter);
  const flowtables = await source.flowtables.list(filter);
  const rules = await source.rules.list(filter);
  interrupted ||= objects.interrupted || flowtables.interrupted || rules.interrupted;
  return { tables, chains, rules, sets, objects, flowtables, interrupted };
}

/** Undefined when the set has gone since it was listed. */
async function elementsIfThere(elements: Elements, set: FirewallSet) {
  try {
    return await elements.list(set);
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
