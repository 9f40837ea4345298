import type { NamespaceDocument, NetworkDocument } from './document.ts';
import { type PartName, partNames, partSection, type TableName, tableNames, tableSection } from './sections/index.ts';
import { fullLink, type LinkEntry } from './sections/links.ts';

/** A namespace of a document with everything said that it means. */
export interface CompleteNamespace {
  /** Devices that it names, and ends of a veth that are only named by the other end. */
  readonly links: Map<string, LinkEntry>;
  /** It says all devices: others are not to be. */
  readonly allLinks: boolean;
  readonly tables: Map<TableName, readonly object[]>;
  /** By part, then by key. */
  readonly parts: Map<PartName, ReadonlyMap<string, unknown>>;
  /** As the document has it. */
  readonly source: NamespaceDocument;
}

export type CompleteDocument = Map<string, CompleteNamespace>;

/** The namespaces that a document speaks of, also as those of the other ends of veths. */
export function namespacesIn({ namespaces }: NetworkDocument): Set<string> {
  const names = new Set(Object.keys(namespaces));
  for (const { links = {} } of Object.values(namespaces))
    for (const { peer } of Object.values(links)) if (peer?.namespace !== undefined) names.add(peer.namespace);
  return names;
}

/** Says everything that a document means. It has to be valid as far as one can tell by its schema. */
export function completed({ namespaces }: NetworkDocument): CompleteDocument {
  const result: CompleteDocument = new Map();
  for (const [name, source] of Object.entries(namespaces)) result.set(name, complete(name, source));
  for (const [namespace, { source }] of [...result]) {
    for (const [name, { kind, peer }] of Object.entries(source.links ?? {})) {
      if (peer?.link === undefined) continue;
      const elsewhere = peer.namespace ?? namespace;
      const other = result.get(elsewhere) ?? complete(elsewhere, {});
      result.set(elsewhere, other);
      if (!other.links.has(peer.link)) other.links.set(peer.link, fullLink({ kind, peer: { namespace, link: name } }));
    }
  }
  return result;
}

function complete(namespace: string, source: NamespaceDocument): CompleteNamespace {
  const links = new Map<string, LinkEntry>();
  for (const [name, entry] of Object.entries(source.links ?? {}))
    links.set(name, withPlaces(namespace, fullLink(entry)));
  const tables = new Map<TableName, readonly object[]>();
  for (const table of tableNames) {
    const entries = source[table];
    if (entries !== undefined) tables.set(table, entries.map(tableSection(table).full));
  }
  const parts = new Map<PartName, ReadonlyMap<string, unknown>>();
  for (const part of partNames) {
    const values = source[part];
    if (values !== undefined)
      parts.set(part, new Map(Object.entries(values).map(([key, value]) => [key, partSection(part).full(value)])));
  }
  return { links, allLinks: source.links !== undefined, tables, parts, source };
}

/** With the namespaces of what is elsewhere, which may be left out where it is the same. */
function withPlaces(namespace: string, entry: LinkEntry): LinkEntry {
  const { peer, link } = entry;
  return {
    ...entry,
    ...(peer?.link !== undefined && { peer: { namespace: peer.namespace ?? namespace, link: peer.link } }),
    ...(link !== undefined && { linkNamespace: entry.linkNamespace ?? namespace }),
  };
}
