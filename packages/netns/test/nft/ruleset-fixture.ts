import { readdirSync, readFileSync } from 'node:fs';
import { declarationOf } from '../../src/netlink/catalogue.ts';
import type { NftElement, NftElementsMessage } from '../../src/netlink/families/netfilter/nft-elements.ts';
import { splitDatagram } from '../../src/netlink/header.ts';
import { NETLINK_NETFILTER } from '../../src/netlink/protocols.ts';
import type { RulesetMessages } from '../../src/network/firewall/json/ruleset-show.ts';
import type { RulesetObject } from '../../src/network/firewall/json/schema.ts';
import { inOurOrder, inTheSameWords, isLater } from './later-versions.ts';

/** A ruleset that `nft` made, as `nft -j list ruleset` shows it and as the kernel says it. */
export interface RulesetFixture {
  readonly name: string;
  /** Of nft: `1.0.6`. */
  readonly version: string;
  readonly ruleset: readonly RulesetObject[];
  readonly messages: RulesetMessages;
}

/** All such rulesets. */
export function loadRulesets(): RulesetFixture[] {
  const folder = new URL('../fixtures/nft/', import.meta.url);
  return readdirSync(folder).map((file) => {
    const { tool, ruleset, messages } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
      tool: string;
      ruleset: RulesetObject[];
      messages: string[];
    };
    return {
      name: file.replace('.json', ''),
      version: /v(\S+)/.exec(tool)?.[1] ?? '',
      ruleset,
      messages: decodeRuleset(messages.map((text) => Buffer.from(text, 'base64'))),
    };
  });
}

/** What datagrams of the kernel, or of who makes a ruleset, say of it. */
export function decodeRuleset(datagrams: readonly Uint8Array[]): RulesetMessages {
  const byKind = new Map<string, unknown[]>();
  for (const datagram of datagrams)
    for (const message of splitDatagram(new Uint8Array(datagram))) {
      const declaration = declarationOf(message.type, NETLINK_NETFILTER, 'received');
      if (declaration === undefined) throw new Error(`message ${message.type}`);
      const group = byKind.get(declaration.name) ?? [];
      byKind.set(declaration.name, [...group, declaration.decode(message)]);
    }
  const of = <T>(name: string) => (byKind.get(name) ?? []) as T[];
  const elements = new Map<string, NftElement[]>();
  for (const { header, attributes } of of<NftElementsMessage>('nftElements')) {
    const key = `${header.family} ${attributes.table} ${attributes.set}`;
    elements.set(key, [...(elements.get(key) ?? []), ...(attributes.elements ?? [])]);
  }
  return {
    tables: of('nftTable'),
    chains: of('nftChain'),
    rules: of('nftRule'),
    sets: of('nftSet'),
    objects: of('nftObject'),
    flowtables: of('nftFlowtable'),
    elements: ({ header, attributes }) => elements.get(`${header.family} ${attributes.table} ${attributes.name}`) ?? [],
  };
}

/**
 * Objects as `nft` of a version shows them. 1.0 does not write comments of tables and chains, devices of chains, whether rules add to a set or
 * it merges its elements, flags of flowtables, though it reads all of these. None knows widths, nor of what a type is that of. How long elements
 * will yet live is left out as well.
 */
export function asNftShows(objects: readonly RulesetObject[], version: string): unknown[] {
  if (!isLater(version)) return objects.map((object) => shown(object, false));
  return inOurOrder(objects).map((object) => shown(inTheSameWords(object), true));
}

function shown(object: RulesetObject, later: boolean): unknown {
  const [[kind, value] = []] = Object.entries(object);
  const shown: Record<string, unknown> = { ...value };
  if (kind === 'flowtable') delete shown.flags;
  if (kind === 'set' || kind === 'map') {
    delete shown.width;
    delete shown.typeof;
    delete shown['map-typeof'];
    if (kind === 'map') delete shown['map-width'];
  }
  if (!later) leaveOut(kind as string, shown);
  return JSON.parse(JSON.stringify({ [kind as string]: shown }, (key, each) => (key === 'expires' ? undefined : each)));
}

function leaveOut(kind: string, shown: Record<string, unknown>): void {
  if (kind === 'table' || kind === 'chain') delete shown.comment;
  if (kind === 'chain') delete shown.dev;
  if (kind !== 'set' && kind !== 'map') return;
  delete shown['auto-merge'];
  const flags = (shown.flags as readonly string[] | undefined)?.filter((flag) => flag !== 'dynamic');
  if (flags?.length === 0) delete shown.flags;
  else if (flags !== undefined) shown.flags = flags;
}
