import { readFileSync } from 'node:fs';
import { KernelError } from '../errors.ts';
import { idOfFileIfAny, nsfsDevice } from '../namespaces/identity.ts';
import { listNames, type NameEntry, type RunDirectoryOptions } from '../namespaces/names.ts';
import { namespacesOfProcesses } from '../namespaces/processes.ts';
import { type NamespaceType, namespaceTypes } from '../namespaces/type.ts';
import { FileReader } from '../native/file-reader.ts';
import { syscall } from '../native/syscall.ts';
import { type Completeness, sayWhyNoList } from './completeness.ts';
import type { Container } from './containers/cgroups.ts';
import { Containers } from './containers/container-of.ts';
import type { Holder, Keeper } from './keeper.ts';
import { type KernelNamespace, KernelWalk } from './kernel-list/walk.ts';
import type { Family } from './programs.ts';
import { openNamespacePath, relateAll } from './relations.ts';
import type { MachineSnapshot } from './snapshot/snapshot.ts';
import { addActive } from './sources/active.ts';
import { borrow, openProcess } from './sources/borrowed.ts';
import { pathOfInfo } from './sources/descriptors.ts';
import { descriptorsWaiting, QueueView } from './sources/in-flight.ts';
import { DescriptorSource } from './sources/kept-by-descriptors.ts';
import { bytesOfPath, type MountScan, mountsIn, scanMounts } from './sources/mounts.ts';
import { placeProcFiles } from './sources/proc-files.ts';
import { linksFor, lookAtProcess, type SeenProcess } from './sources/processes.ts';
import type { SeenRing } from './sources/rings.ts';
import { type Draft, Survey } from './survey.ts';

/** A namespace, and what was found of it. */
export interface MachineNamespace {
  readonly type: NamespaceType;
  /** As in `net:[4026532281]`; the kernel may use the number again when the namespace is gone. */
  readonly inode: number;
  /** The number that no other namespace of this boot has or will have; undefined where it is not known. */
  readonly id: bigint | undefined;
  /** Its names in the directories that were asked about (`/run/netns`), and files of these directories that lead to it. */
  readonly names: readonly string[];
  readonly paths: readonly string[];
  /** Whatever was found that keeps it alive. None: only the kernel's list has it. */
  readonly keepers: readonly Keeper[];
  /** Inode numbers: of the user namespace that it belongs to, and of the `pid` or `user` namespace that it was made in. */
  readonly owner: number | undefined;
  readonly parent: number | undefined;
  /** The user who made this `user` namespace. */
  readonly ownerUid: number | undefined;
  /** How many references the kernel counts; 0: it is being taken apart. Undefined where that is not known. */
  readonly references: number | undefined;
  /** The one that the machine began with. */
  readonly initial: boolean;
  /** The one that this process is in. */
  readonly current: boolean;
  /** The container that its first process is in; only if asked for. */
  readonly container: Container | undefined;
}

/** What a census looks for, and how it is followed and stopped. */
export interface MachineCensusOptions extends RunDirectoryOptions {
  /** All eight, unless told otherwise. */
  readonly types?: readonly NamespaceType[];
  /** Ask for owners and parents, and add those that nothing else leads to. Default: true. */
  readonly relations?: boolean;
  /** Ask for the containers of processes. Default: false. */
  readonly containers?: boolean;
  /** Look into the queues of unix sockets: `needed` (default) when something is still unexplained or not known to be all. */
  readonly queues?: 'always' | 'needed' | 'never';
  /** Is told how far the look at the processes has come, a few times a second at most. */
  readonly onProgress?: ((seen: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Tell what a snapshot knows, and look at nothing. */
  readonly from?: MachineSnapshot | undefined;
}

/** Every namespace that could be found, and whether that is all. */
export interface MachineCensus {
  /** In the order of their types and inode numbers. */
  readonly namespaces: readonly MachineNamespace[];
  readonly completeness: Completeness;
  /** Every name in the directories that were asked about, in their order, and what it leads to: nothing if it is stale. */
  readonly names: readonly SeenName[];
  /** Queues of unix sockets in which descriptors wait; only where it was needed to look at these. */
  readonly queues: readonly SeenQueue[];
  /** Each io_uring with sockets that no process has otherwise. */
  readonly rings: readonly SeenRing[];
}

/** A name, and the inode number of its namespace if there is one. */
export interface SeenName {
  readonly name: string;
  readonly inode?: number;
}

/** The queue of a unix socket. */
export interface SeenQueue {
  readonly receiver: Holder;
  /** How many descriptors wait in it, and how many of them, those of the first message, could be looked at. */
  readonly waiting: number;
  readonly seen: number;
}

/**
 * Finds every namespace of the machine, and what keeps each alive: processes, threads, open files, sockets, `/dev/net/tun`, mounts in
 * every mount namespace, what is on its way through unix sockets, namespaces that hang below. `lsns` finds those with processes
 * only; no other tool finds all.
 *
 * Of network namespaces the kernel's own list is read too, so that none can hide: `completeness` says whether that could be done, and
 * else what may be missing and why. Whatever is opened for a look is closed at once: a census keeps nothing alive. It works without
 * privilege on what the caller may see. Throws the reason of `signal`, and KernelError if there is no /proc.
 *
 * On Linux 6.19 what listns(2) has is added. The kernel's list: Linux 5.14 and CAP_SYS_ADMIN (or CAP_BPF and CAP_PERFMON) in the first user namespace; all mounts: Linux 6.12.
 */
export async function census(options: MachineCensusOptions = {}): Promise<MachineCensus> {
  options.signal?.throwIfAborted();
  if (options.from !== undefined) return censusOf(options.from, options);
  if (idOfFileIfAny('/proc/self/ns/mnt') === undefined)
    throw new KernelError({ errno: 2, syscall: 'stat', operation: 'look at the processes: /proc is not mounted' });
  const types = options.types ?? namespaceTypes;
  const survey = new Survey(types);
  const list = openList(types);
  try {
    const known = read(list);
    const cookies = new Map<bigint, number>();
    for (const { cookie, inode } of known ?? []) cookies.set(cookie ?? -1n, inode);
    const mounts = scanMounts(viewersOfMounts);
    const ownMounts = idOfFileIfAny('/proc/self/ns/mnt')?.ino;
    for (const mount of mounts.mounts) survey.addMount(mount, ownMounts);
    for (const [inode, id] of mounts.namespaces) {
      const draft = survey.draft('mnt', inode);
      if (draft !== undefined) draft.id ??= id;
    }
    const points = mounts.mounts.map(bytesOfPath);
    const source = new DescriptorSource(survey, nsfsDevice(), points, cookies);
    const look = await lookAtProcesses(survey, source, options);
    if (!mounts.exhaustive) addMountsOfOpen(survey, source, mounts);
    const listed = read(list);
    for (const { inode, cookie } of listed ?? []) {
      const draft = survey.draft('net', inode);
      if (draft !== undefined) draft.id ??= cookie;
    }
    placeProcFiles(survey, source.procFiles);
    const queues = mayLookIntoQueues(options, survey, listed) ? lookIntoQueues(source) : [];
    if (options.relations !== false) relateAll(survey);
    if (addActive(survey) && options.relations !== false) relateAll(survey);
    return { ...conclude(survey, source, mounts, look, { list, known }, options), queues };
  } finally {
    list.walk?.close();
  }
}

/** What a snapshot has of what was asked for. */
function censusOf(
  { namespaces, names, queues, visibility }: MachineSnapshot,
  { types = namespaceTypes, relations = true, containers = false }: MachineCensusOptions,
): MachineCensus {
  const { completeness } = visibility;
  return {
    namespaces: [...namespaces.values()].flatMap(({ namespace }) => {
      const { type, inode, id, names, paths, keepers, owner, parent, ownerUid, references, initial } = namespace;
      const { current, container } = namespace;
      if (!types.includes(type)) return [];
      return {
        type,
        inode,
        id,
        names,
        paths,
        keepers,
        owner: relations ? owner : undefined,
        parent: relations ? parent : undefined,
        ownerUid: relations ? ownerUid : undefined,
        references,
        initial,
        current,
        container: containers ? container : undefined,
      };
    }),
    completeness: { ...completeness, exhaustive: types.filter((type) => completeness.exhaustive.includes(type)) },
    names,
    queues,
    rings: visibility.rings ?? [],
  };
}

/** The kernel's own list of network namespaces, and why it cannot be read, if so. */
interface KernelList {
  walk: KernelWalk | undefined;
  reason: string | undefined;
}

function openList(types: readonly NamespaceType[]): KernelList {
  if (!types.includes('net')) return { walk: undefined, reason: undefined };
  try {
    return { walk: new KernelWalk(), reason: undefined };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return { walk: undefined, reason: sayWhyNoList(error) };
  }
}

/** Undefined if it cannot be read. */
function read(list: KernelList): readonly KernelNamespace[] | undefined {
  try {
    return list.walk?.namespaces();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    list.walk?.close();
    list.walk = undefined;
    list.reason = sayWhyNoList(error);
    return undefined;
  }
}

/** A process for each mount namespace. */
function viewersOfMounts(): Map<number, number> {
  const viewers = new Map<number, number>();
  for (const { id, pids } of namespacesOfProcesses('mnt').values()) viewers.set(id.ino, pids[0] ?? 0);
  return viewers;
}

/** Where all mount namespaces cannot be had, those that no process is in are found if one has them open. */
function addMountsOfOpen(survey: Survey, source: DescriptorSource, { namespaces }: MountScan): void {
  for (const [inode, path] of source.mountNamespaces) {
    const fd = namespaces.has(inode) ? undefined : openNamespacePath(path, inode);
    if (fd === undefined) continue;
    for (const mount of mountsIn(fd, inode) ?? []) survey.addMount(mount, undefined);
    syscall('close', fd);
  }
}

interface Look {
  readonly family: Family;
  readonly refusedNamespaces: readonly number[];
  readonly refusedDescriptors: readonly number[];
  /** The first kernel thread, whose namespaces are those that the machine began with; undefined if it is not in this /proc. */
  readonly first: ReadonlySet<number> | undefined;
}

/** For how long other work of this process may have to wait, in milliseconds (by Date: Node loads much for `performance`). */
const slice = 20;

async function lookAtProcesses(
  survey: Survey,
  source: DescriptorSource,
  { signal, onProgress, types = namespaceTypes }: MachineCensusOptions,
): Promise<Look> {
  const reader = new FileReader();
  const links = linksFor(types);
  const pids = reader.numbers('/proc');
  if (pids === undefined)
    throw new KernelError({ errno: 2, syscall: 'open', operation: 'list the processes in /proc' });
  const seen = new Map<number, Pick<SeenProcess, 'parent' | 'command'>>();
  const [refusedNamespaces, refusedDescriptors]: [number[], number[]] = [[], []];
  let first: Set<number> | undefined;
  let since = Date.now();
  for (const [index, pid] of pids.entries()) {
    reader.with(`/proc/${pid}`, (directory) => {
      const process = lookAtProcess(reader, pid, directory, links);
      if (process === undefined) return;
      seen.set(pid, { parent: process.parent, command: process.command });
      survey.addProcess(process);
      source.add(process);
      if (process.refused.namespaces) refusedNamespaces.push(pid);
      else if (process.refused.descriptors) refusedDescriptors.push(pid);
      if (isFirstKernelThread(reader, process)) first = new Set(Object.values(process.inodes));
    });
    if (Date.now() - since < slice) continue;
    onProgress?.(index + 1, pids.length);
    await new Promise(setImmediate);
    signal?.throwIfAborted();
    since = Date.now();
  }
  const family: Family = { parentOf: (pid) => seen.get(pid)?.parent, nameOf: (pid) => seen.get(pid)?.command };
  return { family, refusedNamespaces, refusedDescriptors, first };
}

/** PID 1 may be anything, a container's too; this one is the kernel's own. */
function isFirstKernelThread(reader: FileReader, { pid, parent }: { pid: number; parent: number }): boolean {
  if (pid !== 2 || parent !== 0) return false;
  const name = reader.start('/proc/2/comm');
  return name !== undefined && new TextDecoder().decode(name) === 'kthreadd\n';
}

function mayLookIntoQueues(
  { queues = 'needed' }: MachineCensusOptions,
  { drafts }: Survey,
  listed: readonly KernelNamespace[] | undefined,
): boolean {
  if (queues !== 'needed') return queues === 'always';
  return listed === undefined || listed.some(({ inode, references }) => references !== 0 && !isKept(drafts.get(inode)));
}

function isKept(draft: Draft | undefined): boolean {
  return draft !== undefined && draft.keepers.length > 0;
}

/** Looks at what is on its way in the queues of all sockets that can be had. */
function lookIntoQueues(source: DescriptorSource): SeenQueue[] {
  const queues: SeenQueue[] = [];
  const reader = new FileReader();
  using view = new QueueView();
  for (const { keeper } of [...source.sockets.values()]) {
    const [receiver] = keeper.holders;
    if (receiver === undefined) continue;
    const waiting = descriptorsWaiting(reader, pathOfInfo(receiver)) ?? 0;
    if (waiting === 0) continue;
    let seen = 0;
    using process = openProcess(receiver.pid, receiver.tid);
    if (process !== undefined)
      borrow(process, receiver.fd, (socket) =>
        view.look(socket, (raw, depth) => {
          if (depth === 0) seen++;
          source.addInFlight(raw, receiver);
        }),
      );
    queues.push({ receiver, waiting, seen });
  }
  return queues;
}

function conclude(
  { drafts, types }: Survey,
  source: DescriptorSource,
  mounts: MountScan,
  look: Look,
  { list, known }: { readonly list: KernelList; readonly known: readonly KernelNamespace[] | undefined },
  options: MachineCensusOptions,
): Omit<MachineCensus, 'queues'> {
  // Last of all, when nothing is open here any more: it counts references.
  const last = read(list);
  const listed = last && new Map(last.map((each) => [each.inode, each]));
  const old = known && new Set(known.map(keyOf));
  for (const [inode, { cookie }] of listed ?? []) {
    const draft = drafts.get(inode);
    if (draft !== undefined && draft.id === undefined) draft.id = cookie;
  }
  const entries = listNames({ ...options, isKnown: (inode) => drafts.get(inode)?.type === 'net' });
  const names = namesByInode(entries);
  const containers = options.containers ? new Containers() : undefined;
  const own = new Map(namespaceTypes.map((type) => [type, idOfFileIfAny(`/proc/self/ns/${type}`)?.ino]));
  const initialNetwork = listed && [...listed.values()].find(({ initial }) => initial)?.inode;
  const namespaces: MachineNamespace[] = [];
  for (const draft of drafts.values()) {
    const { type, inode, id, keepers, owner, parent, ownerUid } = draft;
    const entry = listed?.get(inode);
    if (type === 'net' && listed !== undefined && (entry === undefined || entry.references === 0)) continue; // gone by now
    if (entry !== undefined && keepers.length === 0 && old?.has(keyOf(entry)) === false) continue; // made behind our back
    const first = keepers.find((keeper) => keeper.kind === 'process');
    const container = containers && first !== undefined ? containers.of(first.pid, look.family) : undefined;
    namespaces.push({
      type,
      inode,
      id,
      names: names.get(inode)?.map(({ name }) => name) ?? [],
      paths: names.get(inode)?.map(({ path }) => path) ?? [],
      keepers,
      owner,
      parent,
      ownerUid,
      references: type === 'net' ? entry?.references : undefined,
      initial:
        type === 'net' && initialNetwork !== undefined ? inode === initialNetwork : look.first?.has(inode) === true,
      current: own.get(type) === inode,
      container,
    });
  }
  const order = [...namespaceTypes];
  namespaces.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type) || a.inode - b.inode);
  const alive = listed && [...listed.values()].filter(({ references }) => references !== 0);
  const shown = namespaces.filter(({ type }) => type === 'net').length;
  return {
    namespaces,
    rings: source.rings,
    names: entries.map(({ name, id }) => ({ name, ...(id === undefined ? {} : { inode: id.ino }) })),
    completeness: {
      kernel: alive?.length,
      shown,
      newer: alive === undefined ? 0 : Math.max(0, alive.length - shown),
      dying: listed === undefined || alive === undefined ? 0 : listed.size - alive.length,
      exhaustive: [...types].filter((type) =>
        type === 'net' ? listed !== undefined : type === 'mnt' && mounts.exhaustive,
      ),
      unseen: [
        ...(list.reason === undefined ? [] : [list.reason]),
        ...unseenProcesses(look),
        ...(mounts.exhaustive ? [] : ['mount namespaces that no visible process is in are not looked through']),
        ...(mounts.unreadable.length > 0
          ? [`${mounts.unreadable.length} mount namespaces may not be looked through`]
          : []),
        ...(source.unknownSockets > 0
          ? [`${source.unknownSockets} sockets may not be asked for their namespaces`]
          : []),
        ...hiddenProcesses(look),
      ],
    },
  };
}

/** What no other network namespace has, as far as the kernel tells. */
function keyOf({ cookie, inode }: KernelNamespace): bigint | number {
  return cookie ?? inode;
}

function unseenProcesses({ refusedNamespaces, refusedDescriptors }: Look): string[] {
  return [
    ...(refusedNamespaces.length > 0 ? [`${count(refusedNamespaces)} may not be looked at`] : []),
    ...(refusedDescriptors.length > 0
      ? [`what ${count(refusedDescriptors)} ${refusedDescriptors.length === 1 ? 'has' : 'have'} open may not be seen`]
      : []),
  ];
}

function count(pids: readonly number[]): string {
  return pids.length === 1 ? `process ${pids[0]}` : `${pids.length} processes`;
}

/** Why there may be more processes than /proc has. */
function hiddenProcesses({ first }: Look): string[] {
  if (first !== undefined) return []; // whoever sees the kernel's own processes sees all
  const mountLine = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((line) => / \/proc .* - proc .*hidepid=(?:[124]|invisible|noaccess|ptraceable)/.test(line));
  if (mountLine === undefined) return ['processes outside of this pid namespace are not in /proc'];
  return [
    '/proc hides processes of other users (hidepid), and those outside of its pid namespace if it has one of its own',
  ];
}

/** The names in the directories of names, by what they lead to. */
function namesByInode(entries: readonly NameEntry[]): Map<number, NameEntry[]> {
  const names = new Map<number, NameEntry[]>();
  for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.id === undefined) continue;
    const same = names.get(entry.id.ino);
    if (same === undefined) names.set(entry.id.ino, [entry]);
    else same.push(entry);
  }
  return names;
}
