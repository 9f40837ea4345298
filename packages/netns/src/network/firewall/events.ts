import type { NetlinkEvent } from '../../connection/listener.ts';
import { type NftChainMessage, nftChain } from '../../netlink/families/netfilter/nft-chain.ts';
import { type NftElementsMessage, nftElements } from '../../netlink/families/netfilter/nft-elements.ts';
import { type NftFlowtableMessage, nftFlowtable } from '../../netlink/families/netfilter/nft-flowtable.ts';
import { type NftGenerationMessage, nftGeneration } from '../../netlink/families/netfilter/nft-generation.ts';
import { type NftObjectMessage, nftObject } from '../../netlink/families/netfilter/nft-object.ts';
import { type NftRuleMessage, nftRule } from '../../netlink/families/netfilter/nft-rule.ts';
import { type NftSetMessage, nftSet } from '../../netlink/families/netfilter/nft-set.ts';
import { type NftTableMessage, nftTable } from '../../netlink/families/netfilter/nft-table.ts';
import { chainOf, type FirewallChain } from './chains.ts';
import { elementsOf, type FirewallElement } from './elements.ts';
import { type Flowtable, flowtableOf } from './flowtables.ts';
import { type FirewallObject, objectOf } from './objects.ts';
import { type FirewallRule, firewallRuleOf } from './rules.ts';
import type { Ruleset } from './ruleset.ts';
import { type FirewallSet, type SetName, setOf } from './sets.ts';
import { type FirewallTable, tableOf } from './tables.ts';
import { familyNameOf } from './words.ts';

/** NFNLGRP_NFTABLES, NFNLGRP_NFTRACE (`linux/netfilter/nfnetlink.h`). */
export const NFNLGRP_NFTABLES = 7;
export const NFNLGRP_NFTRACE = 9;

/** What an event about each kind of object holds. */
export interface FirewallObjects {
  readonly table: FirewallTable;
  readonly chain: FirewallChain;
  readonly rule: FirewallRule;
  readonly set: FirewallSet;
  readonly element: SetName & { readonly element: FirewallElement };
  readonly object: FirewallObject;
  readonly flowtable: Flowtable;
}

/**
 * `set`: it is new, or changed. `delete`: it is gone. `commit`: the end of a transaction, and the program that made it. `overrun`: the kernel
 * had to drop events, so what is known must be read again.
 */
export type FirewallEvent =
  | {
      readonly [O in keyof FirewallObjects]: {
        readonly event: 'set' | 'delete';
        readonly object: O;
        readonly value: FirewallObjects[O];
      };
    }[keyof FirewallObjects]
  | {
      readonly event: 'commit';
      readonly generation: number;
      readonly pid: number | undefined;
      readonly program: string | undefined;
    }
  | { readonly event: 'overrun' };

/** What the kernel said, in the words of this library: nothing for what is not known. */
export function firewallEventsOf(heard: NetlinkEvent): FirewallEvent[] {
  if (heard.kind === 'overrun') return [{ event: 'overrun' }];
  const { declaration, type, value } = heard;
  const event = type === (declaration.types as Readonly<Record<string, number>>).del ? 'delete' : 'set';
  switch (declaration) {
    case nftTable:
      return [{ event, object: 'table', value: tableOf(value as NftTableMessage) }];
    case nftChain:
      return [{ event, object: 'chain', value: chainOf(value as NftChainMessage) }];
    case nftRule:
      return [{ event, object: 'rule', value: firewallRuleOf(value as NftRuleMessage) }];
    case nftSet:
      return [{ event, object: 'set', value: setOf(value as NftSetMessage) }];
    case nftElements: {
      const { header, attributes } = value as NftElementsMessage;
      const set = { family: familyNameOf(header.family), table: attributes.table ?? '', name: attributes.set ?? '' };
      return elementsOf(value as NftElementsMessage).map((element) => ({
        event,
        object: 'element',
        value: { ...set, element },
      }));
    }
    case nftObject:
      return [{ event, object: 'object', value: objectOf(value as NftObjectMessage) }];
    case nftFlowtable:
      return [{ event, object: 'flowtable', value: flowtableOf(value as NftFlowtableMessage) }];
    case nftGeneration: {
      const { id = 0, procPid, procName } = (value as NftGenerationMessage).attributes;
      return [{ event: 'commit', generation: id, pid: procPid, program: procName }];
    }
    default:
      return [];
  }
}

/** All that a firewall holds, as events would tell of it. */
export function* firewallObjectsOf(ruleset: Ruleset): Generator<FirewallObjectOf> {
  for (const value of ruleset.tables) yield { object: 'table', value };
  for (const value of ruleset.chains) yield { object: 'chain', value };
  for (const { elements, ...value } of ruleset.sets) {
    yield { object: 'set', value };
    const { family, table, name } = value;
    for (const element of elements) yield { object: 'element', value: { family, table, name, element } };
  }
  for (const value of ruleset.objects) yield { object: 'object', value };
  for (const value of ruleset.flowtables) yield { object: 'flowtable', value };
  for (const value of ruleset.rules) yield { object: 'rule', value };
}

type FirewallObjectOf = {
  readonly [O in keyof FirewallObjects]: { readonly object: O; readonly value: FirewallObjects[O] };
}[keyof FirewallObjects];
