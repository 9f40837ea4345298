import { KernelError } from '../errors.ts';
import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { listNames } from '../namespaces/names.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { openNamespace } from '../namespaces/reference.ts';
import type { Link } from '../network/links.ts';
import type { NamespaceDocument, NetworkDocument, SectionName } from './document.ts';
import { namespaceSchema } from './document.ts';
import { indexBelow, Neighbourhood } from './neighbourhood.ts';
import { Networks } from './networks.ts';
import { usualSysctls } from './scratch.ts';
import { partNames, partSection, tableNames, tableSection } from './sections/index.ts';
import { type Below, type LinkEntry, linkEntryOf } from './sections/links.ts';

export interface DescribeOptions extends RunDirectoryOptions {
  /** Which parts. Default: all. */
  readonly sections?: readonly SectionName[] | undefined;
}

export const sectionNames = Object.keys(namespaceSchema.fields) as readonly SectionName[];

/**
 * Describes the networks of namespaces as one document: what would have to be entered to get the same again. `netns export NAME...`; `ip` has
 * `ip address save`, `ip route save` and `ip rule save` for parts of it.
 *
 * Names are those of `listNames`; `.` is the namespace that this process is in. What the kernel makes by itself (routes to the prefixes of
 * addresses, addresses of the link, rules that every namespace has), and what has a lifetime, is left out. The other ends of veths are named
 * also where they are in namespaces that are not described.
 *
 * Throws KernelError: ENOENT (no such name), EPERM without the right to enter a namespace.
 */
export async function describe(names: readonly string[], options: DescribeOptions = {}): Promise<NetworkDocument> {
  using networks = new Networks(options);
  networks.open(names);
  for (const name of names) networks.namespace(name);
  return await describeOpened(networks, names, options);
}

/** The same of one that is open, with a name or without: `NetworkNamespace.describe`. */
export async function describeNamespace(
  namespace: Namespace,
  name = '',
  options: DescribeOptions = {},
): Promise<NamespaceDocument> {
  using networks = new Networks(options);
  networks.adopt(name, openNamespace(namespace));
  const { namespaces } = await describeOpened(networks, [name], options);
  return namespaces[name] ?? {};
}

async function describeOpened(
  networks: Networks,
  names: readonly string[],
  options: DescribeOptions,
): Promise<NetworkDocument> {
  const sections = options.sections ?? sectionNames;
  const document = await read(networks, names, sections);
  return (await openStrangers(networks, document, options)) ? await read(networks, names, sections) : document;
}

/** Looks for the other ends of veths in all namespaces that have a name, and in this one, and leaves those open that have some. */
export async function openStrangers(
  networks: Networks,
  { namespaces }: NetworkDocument,
  options: RunDirectoryOptions,
): Promise<boolean> {
  const hasStrangers = Object.values(namespaces).some(({ links = {} }) =>
    Object.values(links).some(({ peer }) => peer?.outside),
  );
  if (!hasStrangers) return false;
  const own = new Set(networks.names);
  for (const name of ['.', ...listNames(options).map((entry) => entry.name)]) {
    try {
      if (!own.has(name)) networks.open([name]);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error; // a stale name, or one that is not ours to enter
    }
  }
  const seen = await read(networks, networks.names, ['links']);
  const needed = new Set(
    [...own].flatMap((name) => Object.values(seen.namespaces[name]?.links ?? {}).map(({ peer }) => peer?.namespace)),
  );
  for (const name of networks.names) if (!own.has(name) && !needed.has(name)) networks.drop(name);
  return networks.names.length > own.size;
}

/** Reads some of the namespaces that are open; the others hold ends of their veths. `expected`: where the other ends of veths are looked for first. */
export async function read(
  networks: Networks,
  names: readonly string[],
  sections: readonly SectionName[],
  expected?: NetworkDocument,
): Promise<NetworkDocument> {
  const links = new Map<string, readonly Link[]>();
  for (const name of networks.names) links.set(name, await networks.network(name).links.list());
  const neighbourhood = new Neighbourhood(networks, links, expected);
  const namespaces: Record<string, NamespaceDocument> = {};
  const usual = usualSysctls();
  for (const name of names) {
    const own = links.get(name) ?? [];
    const linkNames = new Map(own.map((link) => [link.index, link.name]));
    const described: Record<string, unknown> = {};
    if (sections.includes('links')) described.links = await describeLinks(name, own, linkNames, neighbourhood);
    for (const table of tableNames) {
      if (!sections.includes(table)) continue;
      const section = tableSection(table);
      const entries: object[] = [];
      for (const each of await section.list(networks.network(name))) {
        const entry = section.entryOf(each, linkNames);
        if (entry !== undefined) entries.push(entry);
      }
      described[table] = entries;
    }
    const place = { network: networks.network(name), namespace: networks.namespace(name).fd, usualSysctls: usual };
    for (const part of partNames) {
      const named = expected?.namespaces[name]?.[part];
      // To compare with a document, only what it names is needed.
      if (sections.includes(part) && (expected === undefined || named !== undefined))
        described[part] = await partSection(part).read(place, named && Object.keys(named));
    }
    namespaces[name] = described as NamespaceDocument;
  }
  return { version: 1, namespaces };
}

async function describeLinks(
  namespace: string,
  links: readonly Link[],
  names: ReadonlyMap<number, string>,
  neighbourhood: Neighbourhood,
): Promise<Readonly<Record<string, LinkEntry>>> {
  const entries: Record<string, LinkEntry> = {};
  // By name: their order of making would tell how they were made, and not what they are.
  const sorted = [...links].sort((a, b) => Number(b.loopback) - Number(a.loopback) || (a.name < b.name ? -1 : 1));
  // At once: what they are tied to is then asked for together.
  const ties = await Promise.all(sorted.map((link) => tiesOf(namespace, link, neighbourhood)));
  for (const [position, link] of sorted.entries()) {
    const entry = linkEntryOf(link, names, ties[position] ?? {});
    if (entry !== undefined) entries[link.name] = entry;
  }
  return entries;
}

const twoEnded: readonly (string | undefined)[] = ['veth', 'vxcan', 'netkit'];

async function tiesOf(namespace: string, link: Link, neighbourhood: Neighbourhood): Promise<Below> {
  if (indexBelow(link) === undefined) return {};
  const tie = await neighbourhood.of(namespace, link);
  if (twoEnded.includes(link.kind)) {
    if (tie === undefined) return { peer: { outside: true } };
    return { peer: tie.namespace === namespace ? { link: tie.link } : tie };
  }
  if (tie === undefined) return {};
  return { link: tie.link, ...(tie.namespace !== namespace && { linkNamespace: tie.namespace }) };
}
