/** What is different between two snapshots of a machine. Pure. */
import type { MachineNamespace } from '../census.ts';
import type { Keeper } from '../keeper.ts';
import type { NetworkObject, PlainEntry, SnapshotHeader } from './facts.ts';
import { isHidden, linkWith, sameHidden } from './hidden.ts';
import type { MachineSnapshot, SnapshotNetwork } from './snapshot.ts';

/** What can be different. */
export type DiffObject = 'namespace' | 'name' | 'keeper' | NetworkObject;

/** The namespace that a difference is in. */
export type DiffPlace = Pick<MachineNamespace, 'type' | 'names' | 'container' | 'current' | 'initial'> & {
  /** `net:[4026532281]`; `hidden:N`, by the later snapshot's number, for one that only a device in another namespace tells of. */
  readonly key: string;
};

/** One thing that has come, gone, or become another. */
export interface Difference {
  readonly change: 'born' | 'died' | 'changed';
  readonly object: DiffObject;
  readonly namespace: DiffPlace;
  /** What it was; undefined for what is new. */
  readonly before: PlainEntry | undefined;
  readonly after: PlainEntry | undefined;
  /** Which parts of it are others now. */
  readonly fields: readonly string[];
}

/** What differs between two states of the machine. */
export interface MachineDiff {
  readonly before: SnapshotHeader;
  readonly after: SnapshotHeader;
  /** Between them the machine was not started anew, and it is the same machine: otherwise no namespace is the same. */
  readonly sameBoot: boolean;
  readonly differences: readonly Difference[];
}

/** What two states of the machine are compared in. */
export interface DiffOptions {
  /** Default: all. */
  readonly objects?: readonly DiffObject[];
  /** Processes and threads that have come to a namespace, or left it, and the sockets of such namespaces, too. Default: false. */
  readonly processes?: boolean;
}

/**
 * Tells what has changed on the machine between two snapshots: namespaces that have come and gone, and in those that are still there
 * every device, address, route, rule, nexthop, neighbour, socket that listens, rule of the firewall, port that it publishes, name and
 * keeper. No `ip` equivalent.
 *
 * A namespace is the same if it is of the same boot and has the same number and the same id: the kernel uses a number again, but never an
 * id. A hidden network is the same if the same device leads to the same end in it. Of neighbours, whether they have answered lately is no difference; counters and times to live are none.
 */
export function diff(before: MachineSnapshot, after: MachineSnapshot, options: DiffOptions = {}): MachineDiff {
  const sameBoot = before.header.boot === after.header.boot && before.header.device === after.header.device;
  const wanted = (object: DiffObject) => options.objects?.includes(object) ?? true;
  const differences: Difference[] = [];
  const remaining = new Map([...before.namespaces].map(([inode, { namespace }]) => [inode, namespace]));
  const add = (more: readonly Difference[]) => {
    for (const each of more) if (wanted(each.object)) differences.push(each);
  };
  const kept = new Map<number, MachineNamespace>();
  for (const { namespace } of after.namespaces.values()) {
    const earlier = remaining.get(namespace.inode);
    if (earlier === undefined || !sameBoot || !isSame(earlier, namespace)) continue;
    remaining.delete(namespace.inode);
    kept.set(namespace.inode, earlier);
  }
  const names = sameHidden(before, after, (key) => kept.has(after.networks.get(key)?.inode ?? -1));
  for (const { namespace } of after.namespaces.values()) {
    const earlier = kept.get(namespace.inode);
    if (earlier === undefined) add([whole('born', namespace)]);
    else add(changesOf(earlier, namespace, { before, after, names }, options.processes === true));
  }
  add([...remaining.values()].map((namespace) => whole('died', namespace)));
  if (before.visibility.ends && after.visibility.ends) add(changesOfHidden({ before, after, names }));
  return { before: before.header, after: after.header, sameBoot, differences };
}

function isSame(a: MachineNamespace, b: MachineNamespace): boolean {
  return a.type === b.type && (a.id === undefined || b.id === undefined || a.id === b.id);
}

function whole(change: 'born' | 'died', namespace: MachineNamespace): Difference {
  const { type, inode, names, owner, parent } = namespace;
  const value = { type, inode, names, ...defined({ owner, parent }) };
  const [before, after] = change === 'born' ? [undefined, value] : [value, undefined];
  return { change, object: 'namespace', namespace: placeOf(namespace), before, after, fields: [] };
}

function placeOf({ type, inode, names, container, current, initial }: MachineNamespace): DiffPlace {
  return { key: `${type}:[${inode}]`, type, names, container, current, initial };
}

function defined(values: Readonly<Record<string, unknown>>): PlainEntry {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Two snapshots, and what the later one calls the hidden networks of the earlier one. */
interface Pair {
  readonly before: MachineSnapshot;
  readonly after: MachineSnapshot;
  readonly names: ReadonlyMap<string, string>;
}

type Compare = (object: DiffObject, from: readonly PlainEntry[], to: readonly PlainEntry[]) => void;

/** Compares what is in one place, into a list. */
function comparing(differences: Difference[], place: DiffPlace): Compare {
  return (object, from, to) => {
    for (const each of compareEntries(from, to, aspects[object]))
      differences.push({ ...each, object, namespace: place });
  };
}

/** Networks that no namespace of the snapshots stands for. */
function changesOfHidden({ before, after, names }: Pair): Difference[] {
  const differences: Difference[] = [];
  const stay = new Set(names.values());
  const come = (change: 'born' | 'died', key: string) => {
    const value = { type: 'net', key };
    const [earlier, later] = change === 'born' ? [undefined, value] : [value, undefined];
    const namespace = hiddenPlace(key);
    differences.push({ change, object: 'namespace', namespace, before: earlier, after: later, fields: [] });
  };
  for (const key of after.networks.keys()) if (isHidden(key) && !stay.has(key)) come('born', key);
  for (const [earlier, key] of names) {
    const [from, to] = [before.networks.get(earlier), after.networks.get(key)];
    if (from !== undefined && to !== undefined)
      compareOutside(comparing(differences, hiddenPlace(key)), from, to, names);
  }
  for (const key of before.networks.keys()) if (isHidden(key) && !names.has(key)) come('died', key);
  return differences;
}

function hiddenPlace(key: string): DiffPlace {
  return { key, type: 'net', names: [], container: undefined, current: false, initial: false };
}

/** What can be read from outside. What could not be seen in one of them is not known to be different. */
function compareOutside(
  compare: Compare,
  from: SnapshotNetwork,
  to: SnapshotNetwork,
  names: ReadonlyMap<string, string>,
): void {
  if (!from.drawn || !to.drawn) return;
  const links = from.objects.link.map((link) => linkWith(link, names));
  compare('link', ...both('link', { objects: { ...from.objects, link: links } }, to));
  compare('address', ...both('address', from, to));
}

function changesOf(
  earlier: MachineNamespace,
  namespace: MachineNamespace,
  { before, after, names }: Pair,
  processes: boolean,
): Difference[] {
  const place = placeOf(namespace);
  const differences: Difference[] = [];
  const compare = comparing(differences, place);
  compare('namespace', [factsOf(earlier)], [factsOf(namespace)]);
  compare('name', earlier.names.map(named), namespace.names.map(named));
  const takers = new Set([before.header.pid, after.header.pid]);
  // Where processes live, sockets come and go with what they do.
  const lived = [earlier, namespace].some(({ keepers }) => keepers.some(({ kind }) => kind === 'process'));
  const silent = processes ? [] : lived ? [...passers, 'socket'] : passers;
  const keepersOf = (of: MachineNamespace) =>
    of.keepers.filter((keeper) => isTold(keeper, silent, takers)).map((keeper) => ({ ...keeper }));
  compare('keeper', keepersOf(earlier), keepersOf(namespace));
  const [from, to] = [before.networks.get(place.key), after.networks.get(place.key)];
  if (from === undefined || to === undefined) return differences;
  compareOutside(compare, from, to, names);
  if (from.inside !== 'read' || to.inside !== 'read') return differences;
  for (const object of ['nexthop', 'route', 'rule', 'neighbour'] as const) compare(object, ...both(object, from, to));
  compare('socket', socketsOf(from, before), socketsOf(to, after));
  if (from.firewall === 'refused' || to.firewall === 'refused') return differences;
  for (const object of ['publication', 'nft'] as const) compare(object, ...both(object, from, to));
  return differences;
}

function both(
  object: NetworkObject,
  { objects: from }: Pick<SnapshotNetwork, 'objects'>,
  { objects: to }: Pick<SnapshotNetwork, 'objects'>,
): [PlainEntry[], PlainEntry[]] {
  const plain = (entries: readonly object[]) => entries as unknown as PlainEntry[];
  return [plain(from[object]), plain(to[object])];
}

const named = (name: string): PlainEntry => ({ name });

function factsOf({ owner, parent, container }: MachineNamespace): PlainEntry {
  return defined({ owner, parent, container });
}

const passers: readonly Keeper['kind'][] = ['process', 'thread', 'for-children'];

/** Whoever takes a snapshot looks at it from inside; and processes come and go. */
function isTold(keeper: Keeper, silent: readonly string[], takers: ReadonlySet<number>): boolean {
  if (keeper.kind === 'child' || silent.includes(keeper.kind)) return false;
  if (keeper.kind === 'socket') return keeper.holders.some(({ pid }) => !takers.has(pid));
  return !('pid' in keeper && takers.has(keeper.pid));
}

/** With who has them. */
function socketsOf({ objects }: SnapshotNetwork, { owners }: MachineSnapshot): PlainEntry[] {
  return objects.socket.map((socket) => {
    const processes = owners.get(socket.inode)?.processes.map(({ pid, command }) => ({ pid, command }));
    return defined({ ...socket, processes });
  });
}

/** How entries of a kind are told apart. */
interface Aspect {
  /** What takes the same place is the same thing, or has taken the place of another. */
  place(entry: PlainEntry): unknown;
  /** What of it can be a difference. */
  essence?(entry: PlainEntry): PlainEntry;
}

const pick =
  (...names: string[]) =>
  (entry: PlainEntry) =>
    names.map((name) => entry[name]);
const without = (entry: PlainEntry, ...names: string[]) =>
  Object.fromEntries(Object.entries(entry).filter(([name]) => !names.includes(name)));

const answering: readonly unknown[] = ['REACHABLE', 'STALE', 'DELAY', 'PROBE'];
/** The kernel's own entries, and what was never answered. */
const nobody: readonly unknown[] = ['NOARP', 'NONE', 'INCOMPLETE', 'FAILED'];

const aspects: Readonly<Record<DiffObject, Aspect>> = {
  namespace: { place: () => '' },
  name: { place: pick('name') },
  keeper: { place: pick('kind', 'pid', 'tid', 'fd', 'socket', 'path', 'mountNamespace', 'receiver') },
  link: { place: pick('index') },
  address: { place: pick('link', 'address', 'prefixLength', 'peer'), essence: (entry) => without(entry, ...lifetimes) },
  nexthop: { place: pick('id') },
  route: {
    place: pick('family', 'table', 'destination', 'from', 'tos', 'metric', 'type'),
    essence: (entry) => without(entry, 'expires'),
  },
  rule: { place: pick('family', 'priority', 'from', 'to') },
  neighbour: {
    place: pick('link', 'address', 'proxy'),
    essence: (entry) => (answering.includes(entry.state) ? { ...entry, state: 'REACHABLE' } : entry),
  },
  socket: {
    place: pick('kind', 'family', 'type', 'local', 'name'),
    essence: (entry) => without(entry, 'inode', 'cookie', 'receiveQueue', 'sendQueue', 'cgroup', 'memory', 'timer'),
  },
  publication: { place: pick('protocol', 'address', 'port') },
  nft: { place: placeOfNft, essence: (entry) => withoutCounts(entry) as PlainEntry },
};

const lifetimes = ['validLifetime', 'preferredLifetime'];

function placeOfNft(entry: PlainEntry): unknown {
  const [[kind, value] = ['', {}]] = Object.entries(entry);
  const { family, table, chain, name, handle } = value as Readonly<Record<string, unknown>>;
  return kind === 'rule' ? [kind, family, table, chain, handle] : [kind, family, table, name];
}

const counts: readonly string[] = ['packets', 'bytes', 'expires', 'used'];

function withoutCounts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCounts);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !counts.includes(name));
  return Object.fromEntries(entries.map(([name, each]) => [name, withoutCounts(each)]));
}

/** What is equal is taken away first; then what takes the same place has changed; the rest has come or gone. */
function compareEntries(
  from: readonly PlainEntry[],
  to: readonly PlainEntry[],
  { place, essence = (entry) => entry }: Aspect,
): Pick<Difference, 'change' | 'before' | 'after' | 'fields'>[] {
  const isMeant = ({ state }: PlainEntry) => !nobody.includes(state);
  const rest = new Map<string, PlainEntry[]>();
  for (const entry of from.filter(isMeant)) {
    const text = textOf(essence(entry));
    rest.set(text, [...(rest.get(text) ?? []), entry]);
  }
  const fresh = to.filter((entry) => isMeant(entry) && rest.get(textOf(essence(entry)))?.pop() === undefined);
  const byPlace = new Map<string, PlainEntry[]>();
  for (const entry of [...rest.values()].flat()) {
    const text = textOf(place(entry));
    byPlace.set(text, [...(byPlace.get(text) ?? []), entry]);
  }
  const found: Pick<Difference, 'change' | 'before' | 'after' | 'fields'>[] = [];
  for (const after of fresh) {
    const before = byPlace.get(textOf(place(after)))?.shift();
    if (before === undefined) found.push({ change: 'born', before: undefined, after, fields: [] });
    else found.push({ change: 'changed', before, after, fields: fieldsBetween(essence(before), essence(after)) });
  }
  for (const before of [...byPlace.values()].flat())
    found.push({ change: 'died', before, after: undefined, fields: [] });
  return found;
}

function fieldsBetween(a: PlainEntry, b: PlainEntry): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].filter((name) => textOf(a[name]) !== textOf(b[name]));
}

/** The same for the same values, whatever the order of their names. */
function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) => {
      if (typeof each === 'bigint') return String(each);
      if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
      return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? ''
  );
}
