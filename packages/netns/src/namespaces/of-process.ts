import { EACCES, ESRCH } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { FileReader } from '../native/file-reader.ts';
import { inodesIn, linkNames } from './discover/in-processes.ts';
import { type NamespaceId, nsfsDevice } from './identity.ts';
import { type NamespaceType, namespaceTypes } from './type.ts';

/** The files of /proc/PID/ns: the types, and what children get where that can be something else. */
export type ProcessNamespace = NamespaceType | 'pid_for_children' | 'time_for_children';

/** All entries of `/proc/PID/ns`: the eight types, and where the next children will be. namespaces(7). */
export const processNamespaces: readonly ProcessNamespace[] = [
  ...namespaceTypes,
  'pid_for_children',
  'time_for_children',
];

/** Which namespaces a thread is in. What this kernel has not, and `pid_for_children` before the first child, is missing. */
export type NamespaceIds = Readonly<Partial<Record<ProcessNamespace, NamespaceId>>>;

/** The namespaces of one process, thread by thread. `ls -l /proc/PID/task/TID/ns`. */
export interface NamespacesOfProcess {
  readonly pid: number;
  /** Those of its main thread, which are meant when a process is asked about. */
  readonly namespaces: NamespaceIds;
  /** Those of each thread, the main thread included. */
  readonly threads: readonly { readonly tid: number; readonly namespaces: NamespaceIds }[];
}

/**
 * All namespaces of a process and of each of its threads: setns(2) moves one thread only, so they can differ.
 * `ls -l /proc/PID/task/TID/ns`; `ip netns identify PID` tells the name of the network namespace alone.
 *
 * A thread that ends meanwhile is left out. Throws KernelError: ESRCH (no such process), EACCES (it may not be looked at: that
 * takes ptrace access). namespaces(7).
 */
export function namespacesOfProcess(pid: number): NamespacesOfProcess {
  const operation = `find the namespaces of process ${pid}`;
  const reader = new FileReader();
  const dev = nsfsDevice();
  const tids = reader.numbers(`/proc/${pid}/task`);
  if (tids === undefined) throw new KernelError({ errno: ESRCH, syscall: 'open', operation });
  const threads = tids.flatMap((tid) => {
    const inodes = reader.with(`/proc/${pid}/task/${tid}/ns`, (at) => inodesIn(reader, at, links));
    return inodes === undefined ? [] : [{ tid, namespaces: idsOf(inodes, dev) }];
  });
  const namespaces = threads.find(({ tid }) => tid === pid)?.namespaces;
  if (namespaces === undefined) throw new KernelError({ errno: ESRCH, syscall: 'open', operation });
  if (namespaces.user === undefined && namespaces.net === undefined)
    throw new KernelError({ errno: EACCES, syscall: 'readlink', operation });
  return { pid, namespaces, threads };
}

const links = linkNames(processNamespaces);

function idsOf(inodes: Partial<Record<ProcessNamespace, number>>, dev: number): NamespaceIds {
  return Object.fromEntries(Object.entries(inodes).map(([name, ino]) => [name, { dev, ino }]));
}
