import { ENOENT } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { inodesIn, linkNames } from '../namespaces/discover/in-processes.ts';
import { processNamespaces } from '../namespaces/of-process.ts';
import { type NamespaceRef, openNamespace } from '../namespaces/reference.ts';
import type { NamespaceType } from '../namespaces/type.ts';
import { FileReader } from '../native/file-reader.ts';
import {
  census,
  type MachineCensus,
  type MachineCensusOptions,
  type MachineNamespace,
  type SeenQueue,
} from './census.ts';
import type { Keeper } from './keeper.ts';
import { type ReferenceSum, sumReferences } from './references.ts';
import { howToRelease } from './release.ts';
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
  /** What could not be seen, and why. */
  readonly unseen: readonly string[];
}

/** A namespace by a reference, or by its inode number: that of one that nothing leads to, as `census` has it. */
export type NamespaceSubject = NamespaceRef | { readonly inode: number };

export interface KeepersOptions
  extends Pick<MachineCensusOptions, 'runDirectory' | 'userRuntimeDirectory' | 'signal' | 'onProgress'> {
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
  const inode = inodeOf(subject, type, rest);
  const found = await census({ ...rest, queues: 'always', containers: true });
  const namespace = found.namespaces.find((each) => each.inode === inode);
  if (namespace === undefined)
    throw new KernelError({ errno: ENOENT, syscall: 'census', operation: `find a namespace with inode ${inode}` });
  return reportOn(namespace, found);
}

function inodeOf(subject: NamespaceSubject, type: NamespaceType, options: KeepersOptions): number {
  if (typeof subject === 'object' && 'inode' in subject) return subject.inode;
  using namespace = openNamespace(subject, type, options); // closed before the look, or we would be a keeper
  return namespace.id.ino;
}

function reportOn(namespace: MachineNamespace, { namespaces, queues, completeness }: MachineCensus): KeepersReport {
  const byInode = new Map(namespaces.map((each) => [each.inode, each]));
  return {
    namespace,
    keepers: namespace.keepers.map((keeper) => ({
      keeper,
      socket: keeper.kind === 'socket' ? factsOf(keeper) : undefined,
      release: howToRelease(keeper, namespace, (inode) => byInode.get(inode)),
    })),
    references:
      namespace.references === undefined
        ? undefined
        : sumReferences(namespace.references, namespace.keepers, countGroups(namespace.keepers)),
    queues: queues.filter(({ waiting, seen }) => seen < waiting),
    unseen: completeness.unseen,
  };
}

function factsOf({ holders }: Extract<Keeper, { kind: 'socket' }>): SocketFacts | undefined {
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
function countGroups(keepers: readonly Keeper[]): number {
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
