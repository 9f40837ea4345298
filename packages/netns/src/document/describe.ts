import { KernelError } from '../errors.ts';
import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { listNames } from '../namespaces/names.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { openNamespace } from '../namespaces/reference.ts';
import type { Link } from '../network/links.ts';
import type { NamespaceDocument, NetworkDocument, SectionName } from './document.ts';
import { type Device, deviceOf, isTwoEnded, Neighbourhood, type Tie } from './neighbourhood.ts';
import { Networks } from './networks.ts';
import { same } from './same.ts';
import { usualSysctls } from './scratch.ts';
import { sectionNames } from './section-names.ts';
import { partNames, partSection, tableNames, tableSection } from './sections/index.ts';
import { type LinkEntries, type LinkEntry, linkEntryOf, type Ties, withTies } from './sections/links.ts';
import type { LinkNames } from './sections/table-section.ts';

/** Which parts of which network namespace are described. */
export interface DescribeOptions extends RunDirectoryOptions {
  /** Which parts. Default: all. */
  readonly sections?: readonly SectionName[] | undefined;
}

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
  const links = await readLinks(networks, sections.includes('links') ? names : [], expected);
  const namespaces: Record<string, NamespaceDocument> = {};
  const usual = usualSysctls();
  for (const name of names) {
    const said = expected?.namespaces[name];
    const linkNames = links.names.get(name) ?? new Map<number, string>();
    const described: Record<string, unknown> = {};
    if (sections.includes('links')) described.links = links.described.get(name);
    for (const table of tableNames) {
      if (!sections.includes(table)) continue;
      const section = tableSection(table);
      const entries: object[] = [];
      for (const each of await section.list(networks.network(name))) {
        const entry = section.entryOf(each, linkNames);
        if (entry !== undefined) entries.push(entry);
      }
      described[table] = asSaid(entries, said?.[table]);
    }
    const place = { network: networks.network(name), namespace: networks.namespace(name).fd, usualSysctls: usual };
    for (const part of partNames) {
      const named = said?.[part];
      // To compare with a document, only what it names is needed.
      if (sections.includes(part) && (expected === undefined || named !== undefined))
        described[part] = asSaid(await partSection(part).read(place, named && Object.keys(named)), named);
    }
    namespaces[name] = described as NamespaceDocument;
  }
  return { version: 1, namespaces };
}

/** What a document says in the same words, as the document has it: what was read is forgotten at once, namespace by namespace. */
function asSaid<T extends object>(found: T, said: object | undefined): T {
  return said !== undefined && same(found, said) ? (said as T) : found;
}

/**
 * The links of some of the namespaces, and what all of them are called. What the kernel says of links is long: of each namespace it is kept
 * only until it has been read.
 */
async function readLinks(networks: Networks, names: readonly string[], expected: NetworkDocument | undefined) {
  const meant = new Set(names);
  const linkNames = new Map<string, LinkNames>();
  const devices = new Map<string, readonly Device[]>();
  const untied = new Map<string, ReadonlyMap<Device, LinkEntry>>();
  for (const namespace of networks.names) {
    const links = await networks.network(namespace).links.list();
    const own = new Map(links.map((link) => [link.index, link.name]));
    linkNames.set(namespace, own);
    const list = links.map(deviceOf);
    devices.set(namespace, list);
    if (!meant.has(namespace)) continue;
    const entries = new Map<Device, LinkEntry>();
    for (const [position, device] of list.entries()) {
      const entry = linkEntryOf(links[position] as Link, own);
      if (entry !== undefined) entries.set(device, entry);
    }
    untied.set(namespace, entries);
  }
  const neighbourhood = new Neighbourhood(networks, devices, expected);
  const described = new Map<string, LinkEntries>();
  for (const [namespace, entries] of untied) {
    const found = await describeLinks(namespace, entries, neighbourhood);
    described.set(namespace, asSaid(found, expected?.namespaces[namespace]?.links));
  }
  return { names: linkNames, described };
}

async function describeLinks(
  namespace: string,
  untied: ReadonlyMap<Device, LinkEntry>,
  neighbourhood: Neighbourhood,
): Promise<LinkEntries> {
  // At once: what they are tied to is then asked for together.
  const tied = await Promise.all(
    [...untied].map(async ([device, entry]) => {
      if (device.below === undefined) return { device, entry };
      return { device, entry: withTies(entry, tiesOf(namespace, device, await neighbourhood.of(namespace, device))) };
    }),
  );
  // By name: their order of making would tell how they were made, and not what they are.
  tied.sort(({ device: a }, { device: b }) => Number(b.loopback) - Number(a.loopback) || (a.name < b.name ? -1 : 1));
  return Object.fromEntries(tied.map(({ device, entry }) => [device.name, entry]));
}

function tiesOf(namespace: string, device: Device, tie: Tie | undefined): Ties {
  if (isTwoEnded(device)) {
    if (tie === undefined) return { peer: { outside: true } };
    return { peer: tie.namespace === namespace ? { link: tie.link } : tie };
  }
  if (tie === undefined) return {};
  return { link: tie.link, ...(tie.namespace !== namespace && { linkNamespace: tie.namespace }) };
}
