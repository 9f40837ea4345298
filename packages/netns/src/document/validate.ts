import { nearest } from '../closest.ts';
import { DocumentError } from '../errors.ts';
import { check, type Path, type Problem } from './check.ts';
import { type CompleteDocument, completed } from './complete.ts';
import { documentSchema, type NamespaceDocument, type NetworkDocument } from './document.ts';
import { isOfTheKernel } from './link-kinds.ts';
import { keyOf } from './model.ts';
import { partNames, partSection, tableNames, tableSection } from './sections/index.ts';
import type { LinkEntry } from './sections/links.ts';

/** What is wrong with a value that is to be a document, as far as it can be told from itself. */
export function problemsOf(value: unknown): Problem[] {
  const problems = check(documentSchema, value);
  return problems.length > 0
    ? problems
    : contradictionsOf(value as NetworkDocument, completed(value as NetworkDocument));
}

/** Throws DocumentError where a value does not have the form of a document. */
export function checkForm(value: unknown): void {
  const problems = check(documentSchema, value);
  if (problems.length > 0) throw new DocumentError(problems);
}

/** A document, whose form is right, with everything said that it means. Throws DocumentError where it contradicts itself. */
export function completedSoundly(document: NetworkDocument): CompleteDocument {
  const whole = completed(document);
  const problems = contradictionsOf(document, whole);
  if (problems.length > 0) throw new DocumentError(problems);
  return whole;
}

function contradictionsOf(document: NetworkDocument, whole: CompleteDocument): Problem[] {
  const problems: Problem[] = [];
  for (const [namespace, source] of Object.entries(document.namespaces)) {
    checkLinks(namespace, source, whole, problems);
    checkTables(namespace, whole, problems);
  }
  checkCycles(document, whole, problems);
  return problems;
}

function checkLinks(
  namespace: string,
  { links = {} }: NamespaceDocument,
  whole: CompleteDocument,
  problems: Problem[],
) {
  for (const [name, entry] of Object.entries(links)) {
    const path = ['namespaces', namespace, 'links', name];
    const wrongPeer = peerFault({ namespace, name, entry }, whole);
    if (wrongPeer !== undefined) problems.push({ path: [...path, 'peer'], message: wrongPeer });
    if (entry.port !== undefined && entry.master === undefined)
      problems.push({ path: [...path, 'port'], message: 'a device without a master is no port' });
    if (name === 'lo' && entry.kind !== undefined)
      problems.push({ path: [...path, 'kind'], message: 'the loopback device has no kind' });
    if (entry.linkNamespace !== undefined && entry.link === undefined)
      problems.push({ path: [...path, 'linkNamespace'], message: 'it is the namespace of a link, and there is none' });
  }
}

interface Named {
  readonly namespace: string;
  readonly name: string;
  readonly entry: LinkEntry;
}

const twoEnded: readonly (string | undefined)[] = ['veth', 'vxcan'];

function peerFault({ namespace, name, entry }: Named, whole: CompleteDocument): string | undefined {
  const { peer, kind } = entry;
  if (peer === undefined) return undefined;
  if (!twoEnded.includes(kind)) return `only a veth has another end, ${kind ?? 'this device'} has none`;
  if (peer.outside) return peer.link === undefined ? undefined : "'outside' says that the other end has no name";
  if (peer.link === undefined) return "it needs 'link'";
  const elsewhere = peer.namespace ?? namespace;
  if (elsewhere === namespace && peer.link === name) return 'it is its own other end';
  const there = `${elsewhere}/${peer.link}`;
  const other = whole.get(elsewhere)?.links.get(peer.link);
  if (other?.kind !== kind) return `${there} is of another kind`;
  if (other?.peer?.link === undefined) return `${there} has to name ${namespace}/${name} as its other end`;
  const back = `${other.peer.namespace}/${other.peer.link}`;
  return back === `${namespace}/${name}` ? undefined : `the other end of ${there} is ${back}, not ${namespace}/${name}`;
}

function checkTables(namespace: string, whole: CompleteDocument, problems: Problem[]): void {
  for (const [table, entries] of whole.get(namespace)?.tables ?? []) {
    const section = tableSection(table);
    const seen = new Map<string, number>();
    for (const [index, full] of entries.entries()) {
      const key = section.identityInDocument?.(full) ?? keyOf(full);
      const before = seen.get(key);
      if (before === undefined) seen.set(key, index);
      else
        problems.push({
          path: ['namespaces', namespace, table, index],
          message: `it is there twice: it is the same ${section.noun} as number ${before + 1} of the list`,
        });
    }
  }
}

function checkCycles(document: NetworkDocument, whole: CompleteDocument, problems: Problem[]): void {
  const done = new Set<string>();
  for (const [namespace, { links = {} }] of Object.entries(document.namespaces)) {
    for (const name of Object.keys(links)) {
      for (const relation of ['master', 'link'] as const) {
        const way = cycleFrom(namespace, name, relation, whole, done);
        if (way !== undefined)
          problems.push({
            path: ['namespaces', namespace, 'links', name, relation],
            message: `it goes round in a circle: ${way.join(' -> ')}`,
          });
      }
    }
  }
}

/** Along one relation each device leads to at most one other. */
function cycleFrom(
  namespace: string,
  name: string,
  relation: 'master' | 'link',
  whole: CompleteDocument,
  done: Set<string>,
): string[] | undefined {
  const way: string[] = [];
  let [inside, at]: [string, string | undefined] = [namespace, name];
  while (at !== undefined) {
    const place = `${relation} ${inside}/${at}`;
    if (way.includes(at) && place === `${relation} ${namespace}/${name}`) return [...way, at];
    if (done.has(place)) return undefined;
    done.add(place);
    way.push(at);
    const entry: LinkEntry | undefined = whole.get(inside)?.links.get(at);
    if (relation === 'link') inside = entry?.linkNamespace ?? inside;
    at = entry?.[relation];
  }
  return undefined;
}

/** What is wrong with a document where things are as they are: names of what is not there and will not be. */
export function danglingOf(
  document: NetworkDocument,
  state: NetworkDocument,
  whole: CompleteDocument = completed(document),
  before: CompleteDocument = completed(state),
): Problem[] {
  const problems: Problem[] = [];
  const devicesOf = (namespace: string) => {
    const { links = new Map<string, LinkEntry>(), allLinks = false } = whole.get(namespace) ?? {};
    const kept = [...(before.get(namespace)?.links ?? [])].filter(
      ([name, { kind }]) => !allLinks || isOfTheKernel(name, kind),
    );
    return new Map([['lo', {}], ...kept, ...links]);
  };
  for (const [namespace, source] of Object.entries(document.namespaces)) {
    checkReferences(namespace, source, { devicesOf, before: state.namespaces[namespace] }, problems);
  }
  return problems;
}

interface Surroundings {
  readonly devicesOf: (namespace: string) => ReadonlyMap<string, LinkEntry>;
  readonly before: NamespaceDocument | undefined;
}

function checkReferences(
  namespace: string,
  source: NamespaceDocument,
  { devicesOf, before }: Surroundings,
  problems: Problem[],
): void {
  const base = ['namespaces', namespace];
  const devices = devicesOf(namespace);
  const need = (name: string | undefined, path: Path, among = devices) => {
    if (name === undefined || among.has(name) || isOfTheKernel(name, 'any')) return;
    problems.push({ path, message: `there is no device '${name}'${nearest(name, [...among.keys()])}` });
  };
  for (const [name, entry] of Object.entries(source.links ?? {})) {
    const path = [...base, 'links', name];
    need(entry.master, [...path, 'master']);
    if (entry.link !== undefined) need(entry.link, [...path, 'link'], devicesOf(entry.linkNamespace ?? namespace));
    const there = before?.links?.[name];
    if (entry.kind === undefined && name !== 'lo' && there === undefined)
      problems.push({ path, key: true, message: `there is no device '${name}', and without a kind it cannot be made` });
    if (entry.peer?.outside && there?.peer?.outside !== true)
      problems.push({ path: [...path, 'peer'], message: 'a device whose other end is outside cannot be made' });
  }
  for (const table of tableNames) {
    const section = tableSection(table);
    for (const [index, entry] of (source[table] ?? []).entries()) {
      for (const device of section.devices(entry)) need(device, [...base, table, index, 'link']);
    }
  }
  for (const part of partNames) {
    if (!partSection(part).ofDevices) continue;
    for (const device of Object.keys(source[part] ?? {})) need(device, [...base, part, device]);
  }
  checkNexthops(source, before, base, problems);
}

function checkNexthops(
  source: NamespaceDocument,
  before: NamespaceDocument | undefined,
  base: Path,
  problems: Problem[],
): void {
  const ids = new Set((source.nexthops ?? before?.nexthops ?? []).map(({ id }) => id));
  const need = (id: number | undefined, path: Path) => {
    if (id !== undefined && !ids.has(id)) problems.push({ path, message: `there is no nexthop ${id}` });
  };
  for (const [index, { nexthop }] of (source.routes ?? []).entries())
    need(nexthop, [...base, 'routes', index, 'nexthop']);
  for (const [index, { group = [] }] of (source.nexthops ?? []).entries()) {
    for (const [at, { id }] of group.entries()) need(id, [...base, 'nexthops', index, 'group', at, 'id']);
  }
}
