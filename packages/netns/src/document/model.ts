import type { CompleteDocument } from './complete.ts';
import { completed } from './complete.ts';
import type { NetworkDocument } from './document.ts';
import { linkKind } from './link-kinds.ts';
import { type PartName, partNames, partSection, type TableName, tableNames, tableSection } from './sections/index.ts';
import { fullLink, type LinkEntry } from './sections/links.ts';
import type { Loss } from './sections/table-section.ts';
import type { Step } from './step.ts';

/** What a network is after some steps, as far as that can be said without trying. */
export interface NamespaceModel {
  readonly links: Map<string, LinkEntry>;
  /** Entries by their whole content. */
  readonly tables: ReadonlyMap<TableName, Map<string, object>>;
  readonly parts: ReadonlyMap<PartName, Map<string, unknown>>;
}

/** Two entries that mean the same have the same key. */
export function keyOf(full: object): string {
  return JSON.stringify(full);
}

/**
 * Networks as the kernel would have them after steps, its own doings included: with a device go its addresses and routes, the other end of a
 * veth, and what is made on it.
 */
export class Model {
  readonly namespaces = new Map<string, NamespaceModel>();

  /** `complete`: the same, where somebody has it already. */
  static of(state: NetworkDocument, complete: CompleteDocument = completed(state)): Model {
    const model = new Model();
    // What the other end of a veth would imply is only there if it was seen.
    const names = new Set(Object.keys(state.namespaces));
    for (const [name, { source, links, tables, parts }] of complete) {
      if (!names.has(name)) continue;
      const own = model.#add(name);
      for (const [link, entry] of links) if (Object.hasOwn(source.links ?? {}, link)) own.links.set(link, entry);
      for (const [table, entries] of tables) {
        for (const entry of entries) own.tables.get(table)?.set(keyOf(entry), entry);
      }
      for (const [part, values] of parts) for (const [key, value] of values) own.parts.get(part)?.set(key, value);
    }
    return model;
  }

  #add(name: string): NamespaceModel {
    const own = {
      links: new Map(),
      tables: new Map(tableNames.map((table) => [table, new Map<string, object>()])),
      parts: new Map(partNames.map((part) => [part, new Map<string, unknown>()])),
    };
    this.namespaces.set(name, own);
    return own;
  }

  link(namespace: string, name: string): LinkEntry | undefined {
    return this.namespaces.get(namespace)?.links.get(name);
  }

  entries(namespace: string, table: TableName): Map<string, object> {
    return this.namespaces.get(namespace)?.tables.get(table) ?? new Map();
  }

  values(namespace: string, part: PartName): Map<string, unknown> {
    return this.namespaces.get(namespace)?.parts.get(part) ?? new Map();
  }

  carryOut(step: Step): void {
    switch (step.section) {
      case 'namespaces':
        this.#add(step.namespace).links.set('lo', fullLink({ up: false }));
        break;
      case 'links':
        if (step.verb === 'add') this.#addLink(step);
        else if (step.verb === 'delete') this.#deleteLink(step.namespace, step.name);
        else this.#changeLink(step);
        break;
      default:
        if ('key' in step) this.values(step.namespace, step.section).set(step.key, step.want);
        else this.#changeTable(step);
    }
  }

  #addLink({ namespace, name, entry, peer }: Step & { readonly section: 'links'; readonly verb: 'add' }): void {
    const below = entry.link === undefined ? undefined : this.link(entry.linkNamespace ?? namespace, entry.link);
    const inherited = Object.fromEntries((linkKind(entry.kind).inherits ?? []).map((key) => [key, below?.[key]]));
    const fresh = (more: LinkEntry) => fullLink({ kind: entry.kind, ...inherited, up: false, ...more });
    this.namespaces
      .get(namespace)
      ?.links.set(name, fresh({ ...entry, ...(peer && { peer: { namespace: peer.namespace, link: peer.name } }) }));
    if (peer !== undefined)
      this.namespaces
        .get(peer.namespace)
        ?.links.set(peer.name, fresh({ ...peer.entry, peer: { namespace, link: name } }));
  }

  #changeLink({ namespace, name, change }: Step & { readonly section: 'links'; readonly verb: 'change' }): void {
    const links = this.namespaces.get(namespace)?.links;
    const have = links?.get(name);
    if (links === undefined || have === undefined) return;
    const { master, data, port, ...settings } = change;
    const became: Record<string, unknown> = { ...have, ...settings };
    if (master === null) delete became.master;
    else if (master !== undefined) became.master = master;
    // A port is new to a new master.
    if (master !== undefined && master !== have.master) delete became.port;
    if (data !== undefined) became.data = { ...have.data, ...data };
    if (port !== undefined)
      became.port = { kind: port.kind, data: { ...(became.port as LinkEntry['port'])?.data, ...port.data } };
    links.set(name, became as LinkEntry);
    const kindOf = (ref: string | null | undefined) =>
      ref === undefined || ref === null ? undefined : links.get(ref)?.kind;
    // A VRF takes the device down for a moment.
    const moved = master !== undefined && (kindOf(master) === 'vrf' || kindOf(have.master) === 'vrf');
    if ((have.up && change.up === false) || moved) this.#lose(namespace, { of: 'link', link: name, how: 'down' });
  }

  #deleteLink(namespace: string, name: string): void {
    const have = this.link(namespace, name);
    if (have === undefined) return;
    this.namespaces.get(namespace)?.links.delete(name);
    this.#lose(namespace, { of: 'link', link: name, how: 'deleted' });
    const { peer } = have;
    if (peer?.link !== undefined && peer.namespace !== undefined) this.#deleteLink(peer.namespace, peer.link);
    for (const [other, { links }] of this.namespaces) {
      for (const [upper, entry] of [...links]) {
        if (entry.link === name && (entry.linkNamespace ?? other) === namespace && falls(entry))
          this.#deleteLink(other, upper);
        if (other !== namespace || entry.master !== name) continue;
        const { master: _, port: __, ...free } = entry;
        links.set(upper, free);
      }
    }
  }

  #changeTable({ section, namespace, verb, entry }: Step & { readonly section: TableName }): void {
    const entries = this.entries(namespace, section);
    const { identity } = tableSection(section);
    if (verb === 'replace' && identity !== undefined) {
      const own = identity(entry);
      for (const [key, other] of [...entries]) if (identity(other) === own) entries.delete(key);
    }
    if (verb === 'delete') entries.delete(keyOf(entry));
    else entries.set(keyOf(entry), entry);
    if (verb !== 'delete') return;
    if (section === 'addresses') this.#loseAddress(namespace, entry as { address: string; link: string });
    if (section === 'nexthops') this.#lose(namespace, { of: 'nexthop', id: (entry as { id: number }).id });
  }

  #loseAddress(namespace: string, { address, link }: { readonly address: string; readonly link: string }): void {
    const four = [...this.entries(namespace, 'addresses').values()] as {
      readonly address: string;
      readonly link: string;
    }[];
    const last = !address.includes(':') && !four.some((other) => other.link === link && !other.address.includes(':'));
    this.#lose(namespace, { of: 'address', address: address.replace(/\/.*/, ''), link, last });
  }

  #lose(namespace: string, loss: Loss): void {
    for (const part of partNames) {
      const values = this.values(namespace, part);
      for (const key of [...values.keys()]) if (partSection(part).isLost(key, loss)) values.delete(key);
    }
    for (const table of tableNames) {
      const section = tableSection(table);
      const entries = this.entries(namespace, table);
      for (const [key, entry] of [...entries]) {
        if (!section.isLost(entry, loss)) continue;
        entries.delete(key);
        if (table === 'nexthops') this.#loseNexthop(namespace, (entry as { id: number }).id);
      }
    }
  }

  /** Groups lose a member, and end with the last one. */
  #loseNexthop(namespace: string, id: number): void {
    const entries = this.entries(namespace, 'nexthops');
    for (const [key, entry] of [...entries] as [string, { id: number; group?: readonly { id: number }[] }][]) {
      if (!entry.group?.some((member) => member.id === id)) continue;
      entries.delete(key);
      const group = entry.group.filter((member) => member.id !== id);
      if (group.length === 0) this.#loseNexthop(namespace, entry.id);
      else {
        const less = { ...entry, group };
        entries.set(keyOf(less), less);
      }
    }
    this.#lose(namespace, { of: 'nexthop', id });
  }
}

/** Whether a device goes with the one that it is made on. A tunnel only prefers a device. */
export function falls({ kind }: LinkEntry): boolean {
  return linkKind(kind).linkInData !== true || kind === 'vxlan';
}
