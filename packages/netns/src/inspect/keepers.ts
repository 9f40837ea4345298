import { ENOENT } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { inodesIn, linkNames } from '../namespaces/discover/in-processes.ts';
import { processNamespaces } from '../namespaces/of-process.ts';
import { describeRef, type NamespaceRef, openNamespace } from '../namespaces/reference.ts';
import type { NamespaceType } from '../namespaces/type.ts';
import { FileReader } from '../native/file-reader.ts';
import { thisAsker } from './asker.ts';
import {
  census,
  type MachineCensus,
  type MachineCensusOptions,
  type MachineNamespace,
  type SeenQueue,
} from './census.ts';
import { inNetwork } from './in-network.ts';
import type { Keeper } from './keeper.ts';
import type { OrphanSocket } from './orphans.ts';
import { type ReferenceSum, sumReferences } from './references.ts';
import { howToRelease } from './release.ts';
import type { MachineSnapshot } from './snapshot/snapshot.ts';
import type { SeenRing } from './sources/rings.ts';
import { type SocketFacts, socketFacts } from './sources/socket-facts.ts';

/** What keeps a namespace, and what would let it go. */
export interface KeptBy {
  readonly keeper: Keeper;
  /** Of a socket, as far as it may be asked. */
  readonly socket: SocketFacts | undefined;
  /** What to do so that this keeps it no more. */
  readonly release: string;
}

/** Why a namespace is alive. */
export interface KeepersReport {
  readonly namespace: MachineNamespace;
  readonly keepers: readonly KeptBy[];
  /** The sum against the kernel's count; undefined for other types than `net` and where the count cannot be read. */
  readonly references: ReferenceSum | undefined;
  /** Queues with more in them than could be looked at: what is not explained may be there. */
  readonly queues: readonly SeenQueue[];
  /** Each io_uring with sockets whose namespace nobody tells: one that has no address yet may be in this one. */
  readonly rings: readonly SeenRing[];
  /** Sockets inside that no process has; looked for when something is not explained: it may be these. */
  readonly orphans: readonly OrphanSocket[];
  /** What could not be seen, and why. */
  readonly unseen: readonly string[];
}

/** A namespace by a reference, or by its inode number: that of one that nothing leads to, as `census` has it. */
export type NamespaceSubject = NamespaceRef | { readonly inode: number };

/** Which namespace is meant, and how the search is followed and stopped. */
export interface KeepersOptions
  extends Pick<MachineCensusOptions, 'runDirectory' | 'userRuntimeDirectory' | 'signal' | 'onProgress' | 'from'> {
  /** What a name, a process or a path is to lead to. Default: `net`. */
  readonly type?: NamespaceType;
}

/**
 * Tells why a namespace is alive: every process, thread, open file, socket with its addresses, `/dev/net/tun`, mount in whatever mount
 * namespace, descriptor in flight and namespace below it, and what would make each let go. No `ip` equivalent.
 *
 * For network namespaces the sum of what was found is compared with the kernel's own count of references; what it does not explain is
 * said. Throws KernelError ENOENT if there is no such namespace, and what `openNamespace` throws.
 */
export async function keepers(subject: NamespaceSubject, options: KeepersOptions = {}): Promise<KeepersReport> {
  const { type = 'net', ...rest } = options;
  const { from } = options;
  const inode = from === undefined ? inodeOf(subject, type, rest) : inodeIn(from, subject, type);
  const found = await census({ ...rest, queues: 'always', containers: true });
  const namespace = found.namespaces.find((each) => each.inode === inode);
  if (namespace === undefined)
    throw new KernelError({ errno: ENOENT, syscall: 'census', operation: `find a namespace with inode ${inode}` });
  const witness = from === undefined ? live : remembered(from, namespace);
  const report = reportOn(namespace, found, witness);
  if (from !== undefined || (report.references?.unexplained ?? 0) === 0) return { ...report, orphans: [] };
  const registered = await registeredIn(namespace, found.rings);
  const more = registered.map(({ keeper }) => keeper);
  const again = reportOn({ ...namespace, keepers: [...namespace.keepers, ...more] }, found, {
    ...witness,
    socketFacts: (keeper) =>
      registered.find((each) => each.keeper === keeper)?.facts ??
      (keeper.kind === 'socket' ? witness.socketFacts(keeper) : undefined),
  });
  const { orphanSockets } = await import('./orphans.ts'); // looked for in few namespaces, and much to load
  const orphans = await inNetwork(namespace, orphanSockets);
  const known = new Set(more.map(({ socket }) => socket));
  return { ...again, orphans: typeof orphans === 'string' ? [] : orphans.filter(({ inode }) => !known.has(inode)) };
}

/** The sockets of a namespace that nobody has but an io_uring. */
async function registeredIn(
  namespace: MachineNamespace,
  rings: readonly SeenRing[],
): Promise<readonly { readonly keeper: RegisteredSocket; readonly facts: SocketFacts }[]> {
  const wanted = new Set(rings.flatMap(({ sockets }) => sockets));
  if (wanted.size === 0) return [];
  const { socketsWithin } = await import('./sockets-within.ts');
  const within = await inNetwork(namespace, (open) => socketsWithin(open, wanted));
  if (typeof within === 'string') return [];
  return rings.flatMap(({ holder, sockets }) =>
    sockets.flatMap((socket) => {
      const facts = within.get(socket);
      return facts === undefined ? [] : [{ keeper: { kind: 'registered', what: 'socket', socket, ...holder }, facts }];
    }),
  );
}

type RegisteredSocket = Extract<Keeper, { kind: 'registered' }>;

/** What is asked about the keepers of a namespace. */
interface Witness {
  socketFacts(keeper: SocketKeeper | RegisteredSocket): SocketFacts | undefined;
  groups(keepers: readonly Keeper[]): number;
}

type SocketKeeper = Extract<Keeper, { kind: 'socket' }>;

const live: Witness = {
  socketFacts: (keeper) => (keeper.kind === 'socket' ? factsOf(keeper) : undefined),
  groups: countGroups,
};

function remembered({ namespaces }: MachineSnapshot, { inode }: MachineNamespace): Witness {
  const fact = namespaces.get(inode);
  return { socketFacts: ({ socket = 0 }) => fact?.sockets?.[socket], groups: () => fact?.groups ?? 0 };
}

/** The inode of what was meant when a snapshot was taken. */
function inodeIn({ namespaces, names }: MachineSnapshot, subject: NamespaceSubject, type: NamespaceType): number {
  if (typeof subject === 'object' && 'inode' in subject) return subject.inode;
  const path = typeof subject === 'string' ? subject : 'path' in subject ? subject.path : undefined;
  const task = typeof subject === 'object' && 'pid' in subject ? subject : undefined;
  const isMeant = ({ type: own, paths, keepers }: MachineNamespace) =>
    own === type &&
    ((path !== undefined && paths.includes(path)) ||
      keepers.some((keeper) => keeper.kind === 'process' && keeper.pid === task?.pid));
  const named = typeof subject === 'string' ? names.find(({ name }) => name === subject)?.inode : undefined;
  const found = named ?? [...namespaces.values()].find(({ namespace }) => isMeant(namespace))?.namespace.inode;
  if (found !== undefined) return found;
  const operation = `find ${describeRef(subject, type)} in the snapshot`;
  throw new KernelError({ errno: ENOENT, syscall: 'census', operation });
}

function inodeOf(subject: NamespaceSubject, type: NamespaceType, options: KeepersOptions): number {
  if (typeof subject === 'object' && 'inode' in subject) return subject.inode;
  using namespace = openNamespace(subject, type, options); // closed before the look, or we would be a keeper
  return namespace.id.ino;
}

function reportOn(
  namespace: MachineNamespace,
  { namespaces, queues, rings, completeness }: MachineCensus,
  witness: Witness,
): Omit<KeepersReport, 'orphans'> {
  const byInode = new Map(namespaces.map((each) => [each.inode, each]));
  const asker = thisAsker(namespaces);
  return {
    namespace,
    keepers: namespace.keepers.map((keeper) => ({
      keeper,
      socket: keeper.kind === 'socket' || keeper.kind === 'registered' ? witness.socketFacts(keeper) : undefined,
      release: howToRelease(keeper, namespace, (inode) => byInode.get(inode), asker),
    })),
    references:
      namespace.references === undefined
        ? undefined
        : sumReferences(namespace.references, namespace.keepers, witness.groups(namespace.keepers)),
    queues: queues.filter(({ waiting, seen }) => seen < waiting),
    rings: rings.flatMap(({ holder, sockets }) => {
      const others = sockets.filter((socket) => !isKeptBy(namespace, socket));
      return others.length === 0 ? [] : [{ holder, sockets: others }];
    }),
    unseen: completeness.unseen,
  };
}

function isKeptBy({ keepers }: MachineNamespace, socket: number): boolean {
  return keepers.some((keeper) => keeper.kind === 'registered' && keeper.socket === socket);
}

export function factsOf({ holders }: SocketKeeper): SocketFacts | undefined {
  for (const holder of holders) {
    const facts = socketFacts(holder);
    if (facts !== undefined) return facts;
  }
  return undefined;
}

const allLinks = linkNames(
  processNamespaces.filter((name) => name !== 'user'),
  'ns/',
);

/** How many different sets of namespaces tasks have: so many groups there are at least, for the kernel moves a group together. */
export function countGroups(keepers: readonly Keeper[]): number {
  const reader = new FileReader();
  const groups = new Set<string>();
  for (const keeper of keepers) {
    if (keeper.kind !== 'process' && keeper.kind !== 'thread') continue;
    const directory = keeper.kind === 'process' ? `/proc/${keeper.pid}` : `/proc/${keeper.pid}/task/${keeper.tid}`;
    const inodes = reader.with(directory, (at) => inodesIn(reader, at, allLinks));
    if (inodes?.net !== undefined) groups.add(allLinks.names.map((name) => inodes[name]).join(' '));
  }
  return groups.size;
}
