import type { NftElement } from '../../netlink/families/netfilter/nft-elements.ts';
import type { NftSetMessage } from '../../netlink/families/netfilter/nft-set.ts';
import { encodeElement, type FirewallElement } from './elements.ts';
import type { FirewallEvent } from './events.ts';
import { showElements } from './json/elements-show.ts';
import type { Family } from './json/headers.ts';
import { showChain, showFlowtable, showObject, showSet, showTable } from './json/objects-show.ts';
import { showRule } from './json/ruleset-show.ts';
import type { RulesetObject } from './json/schema.ts';
import { dataParts, keyParts } from './json/set-parts.ts';
import type { JsonContext } from './json/values.ts';
import type { Ruleset } from './ruleset.ts';

/** A change in the JSON of libnftables, as `nft -j monitor` tells it. */
export type ToldChange = { readonly add: RulesetObject } | { readonly delete: RulesetObject };

interface Known {
  readonly message: NftSetMessage;
  readonly elements: FirewallElement[];
}

/** Tells events in the JSON of libnftables. It remembers sets: rules look into those without a name, which come before them. */
export class Narrator {
  readonly #context: JsonContext;
  readonly #sets = new Map<string, Known>();

  constructor(context: JsonContext, ruleset: Ruleset) {
    this.#context = context;
    for (const set of ruleset.sets) this.#sets.set(nameOf(set), { message: set.message, elements: [...set.elements] });
  }

  /** What an event says; undefined for what is no change of an object, and for sets that only one rule has. */
  tell(event: FirewallEvent): ToldChange | undefined {
    if (!('object' in event)) return undefined;
    const shown = this.#show(event);
    if (shown === undefined) return undefined;
    return event.event === 'set' ? { add: shown } : { delete: shown };
  }

  #show(event: Extract<FirewallEvent, { readonly object: string }>): RulesetObject | undefined {
    const family = event.value.family as Family;
    switch (event.object) {
      case 'table':
        return { table: showTable(family, event.value.message) };
      case 'chain':
        return { chain: showChain(family, event.value.message) };
      case 'flowtable':
        return { flowtable: showFlowtable(family, event.value.message) };
      case 'object':
        return showObject(family, event.value.message);
      case 'set': {
        const { message } = event.value;
        if (event.event === 'set') this.#sets.set(nameOf(event.value), { message, elements: [] });
        return isAnonymous(message) ? undefined : showSet(family, message, [], this.#context);
      }
      case 'element': {
        const known = this.#sets.get(nameOf(event.value));
        if (known === undefined) return undefined;
        if (event.event === 'set') known.elements.push(event.value.element);
        if (isAnonymous(known.message)) return undefined;
        const { message } = known;
        const elem = showElements(
          message,
          plain([event.value.element]),
          keyParts(message),
          dataParts(message),
          this.#context,
        );
        if (elem === undefined || elem.length === 0) return undefined;
        return { element: { family, table: event.value.table, name: event.value.name, elem } };
      }
      case 'rule': {
        const prefix = `${event.value.family} ${event.value.table} `;
        const own = [...this.#sets].filter(([name]) => name.startsWith(prefix));
        const sets = new Map(own.map(([, { message }]) => [message.attributes.name ?? '', message]));
        const elements = (set: NftSetMessage) =>
          plain(own.find(([, known]) => known.message === set)?.[1].elements ?? []);
        return { rule: showRule(event.value.message, { ...this.#context, family, sets, elements }) };
      }
    }
  }
}

function nameOf({
  family,
  table,
  name,
}: {
  readonly family: string;
  readonly table: string;
  readonly name: string;
}): string {
  return `${family} ${table} ${name}`;
}

function isAnonymous({ attributes }: NftSetMessage): boolean {
  return ((attributes.flags ?? 0) & 1) !== 0;
}

function plain(elements: readonly FirewallElement[]): NftElement[] {
  return elements.map((element) => encodeElement(element) as NftElement);
}
