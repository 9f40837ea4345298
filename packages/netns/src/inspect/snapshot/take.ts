import { readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { NetlinkConnection } from '../../connection/connection.ts';
import { KernelError } from '../../errors.ts';
import { nsfsDevice } from '../../namespaces/identity.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import { neighbourStates } from '../../netlink/families/route/neighbour.ts';
import { type Address, Addresses } from '../../network/addresses.ts';
import { objectsOf } from '../../network/firewall/document.ts';
import type { JsonContext } from '../../network/firewall/json/values.ts';
import { type Link, Links } from '../../network/links.ts';
import { type Network, openNetwork } from '../../network/network.ts';
import { Nsids } from '../../network/nsids.ts';
import { census, type MachineCensus, type MachineCensusOptions } from '../census.ts';
import { inNetwork } from '../in-network.ts';
import type { Keeper } from '../keeper.ts';
import { countGroups, factsOf } from '../keepers.ts';
import { ageOf, leakedAmong } from '../leaks.ts';
import { listeningIn, ownersOf, withoutFirewall } from '../listeners.ts';
import { programs } from '../programs.ts';
import { publicationsOf } from '../publications.ts';
import { seenFromHere } from '../seen-from-here.ts';
import type { SocketFacts } from '../sources/socket-facts.ts';
import { lookAtNetworks, type SeenNetwork } from '../topology.ts';
import {
  type Fact,
  type FactOf,
  type LinkFact,
  type ListeningSocket,
  type NamespaceFact,
  type NetworkFact,
  type NetworkObject,
  type PlainEntry,
  snapshotVersion,
} from './facts.ts';
import { type MachineSnapshot, SnapshotBuilder } from './snapshot.ts';

/** How the taking of a snapshot is followed and stopped, and where the names are. */
export interface SnapshotOptions
  extends Pick<MachineCensusOptions, 'runDirectory' | 'userRuntimeDirectory' | 'signal' | 'onProgress'> {
  /** Is told how many networks have been looked into. */
  readonly onNetwork?: ((seen: number, of: number) => void) | undefined;
}

/**
 * Takes down what the machine is like: every namespace with what keeps it, and of every network its devices, addresses, routes, rules,
 * nexthops, neighbours, sockets that listen, and firewall. Nothing changes, and nothing is kept alive. No `ip` equivalent.
 *
 * Give it to `diff`, or to `census`, `keepers`, `leaks`, `topology` and `listeners` as `from`. `writeSnapshot` writes it to a file. It works
 * without privilege on what the caller may see, and knows what it could not. Throws what `census` throws.
 */
export async function snapshot(options: SnapshotOptions = {}): Promise<MachineSnapshot> {
  const builder = new SnapshotBuilder();
  for await (const fact of snapshotFacts(options)) builder.add(fact);
  return builder.finish() as MachineSnapshot;
}

/** The same, fact by fact: what has been told is not kept. */
export async function* snapshotFacts(options: SnapshotOptions = {}): AsyncGenerator<Fact> {
  let facts = 1;
  for await (const fact of allFacts(options)) {
    facts++;
    yield fact;
  }
  yield { fact: 'end', value: { facts } };
}

async function* allFacts(options: SnapshotOptions): AsyncGenerator<Fact> {
  yield header();
  const found = await census({ ...options, queues: 'always', containers: true });
  for (const value of found.names) yield { fact: 'name', value };
  yield* namespaceFacts(found, options);
  for (const value of found.queues) yield { fact: 'queue', value };
  const sockets = new Set<number>();
  const networks = found.namespaces.filter(({ type }) => type === 'net');
  let count = 0;
  let ends = true;
  for await (const network of lookAtNetworks(networks, lookFrom)) {
    options.signal?.throwIfAborted();
    options.onNetwork?.(++count, networks.length);
    if (network.seen?.ends === false) ends = false;
    for (const fact of await networkFacts(network)) {
      if (fact.fact === 'socket' && fact.value.inode !== 0) sockets.add(fact.value.inode);
      yield fact;
    }
  }
  const owners = ownersOf(sockets);
  for (const socket of sockets) {
    const processes = owners.of(socket);
    const container = owners.container(socket);
    if (processes.length > 0)
      yield { fact: 'owners', value: { socket, processes, ...(container === undefined ? {} : { container }) } };
  }
  for (const pid of pidsIn(found)) {
    const parent = programs.parentOf(pid);
    yield {
      fact: 'program',
      value: { pid, ...(parent === undefined ? {} : { parent }), command: programs.commandOf(pid) },
    };
  }
  const { completeness, rings } = found;
  yield {
    fact: 'visibility',
    value: { completeness, ends, ownersPartial: owners.partial, ...(rings.length === 0 ? {} : { rings }) },
  };
}

function header(): FactOf<'snapshot'> {
  return {
    fact: 'snapshot',
    value: {
      format: 'netns snapshot',
      version: snapshotVersion,
      time: new Date().toISOString(),
      host: hostname(),
      kernel: release(),
      boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      device: nsfsDevice(),
      pid: process.pid,
    },
  };
}

async function* namespaceFacts({ namespaces }: MachineCensus, { signal }: SnapshotOptions): AsyncGenerator<Fact> {
  using connection = new NetlinkConnection();
  const seen = await seenFromHere(namespaces, true, new Nsids(connection));
  const leaked = new Map(leakedAmong(namespaces, ageOf).map(({ namespace, since }) => [namespace.inode, since]));
  for (const namespace of namespaces) {
    signal?.throwIfAborted();
    const { inode, keepers, references } = namespace;
    const since = leaked.get(inode);
    const sockets = socketsAmong(keepers);
    const value: NamespaceFact = {
      namespace,
      ...(since === undefined ? {} : { since: since.toISOString() }),
      ...(references === undefined ? {} : { groups: countGroups(keepers) }),
      ...seen.get(inode),
      ...(sockets === undefined ? {} : { sockets }),
    };
    yield { fact: 'namespace', value };
  }
}

function socketsAmong(keepers: readonly Keeper[]): Record<number, SocketFacts> | undefined {
  let sockets: Record<number, SocketFacts> | undefined;
  for (const keeper of keepers) {
    const facts = keeper.kind === 'socket' ? factsOf(keeper) : undefined;
    if (facts === undefined || keeper.kind !== 'socket') continue;
    sockets ??= {};
    sockets[keeper.socket] = facts;
  }
  return sockets;
}

/** Everything that the kernel says of the devices and addresses of another namespace, or the connection's own. */
async function lookFrom(connection: NetlinkConnection, nsid?: number) {
  const links = new Links(connection);
  const addresses = new Addresses(connection, links);
  const target = nsid === undefined ? {} : { targetNsid: nsid };
  return { links: await links.list(target), addresses: await addresses.list(target) };
}

/** A network, and all that is in it: at no time are there more facts in memory than of one network. */
async function networkFacts({ facts: { key, inode }, namespace, seen }: SeenNetwork<Link, Address>): Promise<Fact[]> {
  const inside = namespace && (await inNetwork(namespace, (open) => lookInside(open, seen?.entries ?? [])));
  const state = typeof inside === 'object' ? 'read' : (inside ?? 'refused');
  const firewall = typeof inside === 'object' ? inside.firewall : undefined;
  const network: NetworkFact = {
    key,
    ...(inode === undefined ? {} : { inode }),
    drawn: seen !== undefined,
    closed: seen === undefined || (seen.links.length === 0 && inode !== undefined),
    inside: state,
    ...(firewall === undefined ? {} : { firewall }),
  };
  const object = (fact: NetworkObject, value: unknown) => ({ fact, in: key, value }) as Fact;
  return [
    { fact: 'network', value: network },
    ...(seen?.links ?? []).map((link, at) => object('link', linkFact(link, seen?.entries[at]))),
    ...(seen?.addresses ?? []).map((address) => object('address', plain(address))),
    ...(typeof inside === 'object' ? inside.objects.map(([fact, value]) => object(fact, value)) : []),
  ];
}

function linkFact(link: object, { operstate, flags }: Pick<Link, 'operstate' | 'flags'> = unknownLink): LinkFact {
  return plain({ ...link, operstate, flags }) as unknown as LinkFact;
}

const unknownLink = { operstate: 'UNKNOWN', flags: [] };

/** All tables but those that can be read from outside. */
async function lookInside(namespace: Namespace | undefined, links: readonly Link[]) {
  using network = openNetwork(namespace);
  const objects: (readonly [NetworkObject, unknown])[] = [];
  const add = (kind: NetworkObject, entries: readonly object[]) => {
    for (const entry of entries) objects.push([kind, plain(entry)]);
  };
  add('nexthop', await orNone(network.nexthops.list()));
  add('route', await network.routes.list());
  add('rule', await orNone(network.rules.list()));
  add('neighbour', await network.neighbours.list({ states: [...neighbourStates, 'NONE'] }));
  for (const socket of await listeningIn(network.sockets, true)) objects.push(['socket', withoutMessage(socket)]);
  const firewall = await readFirewall(network, links);
  if (typeof firewall === 'object') {
    add('publication', firewall.publications);
    add('nft', firewall.objects);
  }
  return { objects, firewall: typeof firewall === 'object' ? ('read' as const) : firewall };
}

/** Older kernels have no nexthops, and some no rules. */
async function orNone<T>(entries: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await entries;
  } catch (error) {
    if (error instanceof KernelError && withoutFirewall.includes(error.code)) return [];
    throw error;
  }
}

async function readFirewall({ firewall }: Network, links: readonly Link[]) {
  try {
    const ruleset = await firewall.list();
    return {
      publications: publicationsOf(
        ruleset.chains,
        ruleset.rules,
        ({ family, table, name }) =>
          ruleset.sets.find((set) => set.name === name && set.table === table && set.family === family)?.elements,
      ),
      objects: objectsOf(ruleset, contextOf(links)),
    };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return withoutFirewall.includes(error.code) ? undefined : ('refused' as const);
  }
}

/** Links that were read from outside: to list them inside would give ids to what they lead to. */
function contextOf(links: readonly Link[]): JsonContext {
  return {
    linkName: (wanted) => links.find(({ index }) => index === wanted)?.name,
    linkIndex: (wanted) => links.find(({ name }) => name === wanted)?.index,
    utcOffset: (seconds) => -60 * new Date(seconds * 1000).getTimezoneOffset(),
  };
}

function withoutMessage({
  message,
  processes,
  ...socket
}: {
  readonly message?: unknown;
  readonly processes?: unknown;
}) {
  return socket as ListeningSocket;
}

/** What can be written down and read again: without messages and what is not there; a bigint is a text of digits. */
function plain(value: object): PlainEntry {
  return plainValue(value) as PlainEntry;
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  const entries = Object.entries(value).filter(([key, each]) => key !== 'message' && each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, plainValue(each)]));
}

function pidsIn({ namespaces, queues }: MachineCensus): Set<number> {
  const pids = new Set<number>();
  for (const { keepers } of namespaces)
    for (const keeper of keepers) {
      if ('pid' in keeper) pids.add(keeper.pid);
      else if (keeper.kind === 'socket') for (const { pid } of keeper.holders) pids.add(pid);
      else if (keeper.kind === 'in-flight') pids.add(keeper.receiver.pid);
    }
  for (const { receiver } of queues) pids.add(receiver.pid);
  return pids;
}
