import { EACCES, EPERM } from '../../errno-numbers.ts';
import { inodesIn, type LinkNames, linkNames } from '../../namespaces/discover/in-processes.ts';
import { parseStatLine } from '../../namespaces/discover/stat-line.ts';
import { type ProcessNamespace, processNamespaces } from '../../namespaces/of-process.ts';
import { type NamespaceType, namespaceTypes } from '../../namespaces/type.ts';
import type { FileReader } from '../../native/file-reader.ts';
import { syscall } from '../../native/syscall.ts';
import { type DescriptorTable, readTables } from './descriptors.ts';

/** The inode numbers of a task's namespaces; what children get only where that differs. */
export type TaskInodes = Readonly<Partial<Record<ProcessNamespace, number>>>;

/** A process at one moment. */
export interface SeenProcess {
  readonly pid: number;
  /** 0 if it is not in this /proc. */
  readonly parent: number;
  /** What the kernel calls its program. */
  readonly command: string;
  /** Of the main thread. Empty: they may not be looked at, or the thread has ended. */
  readonly inodes: TaskInodes;
  /** Threads that are not in the same namespaces as the main thread. */
  readonly strays: readonly { readonly tid: number; readonly inodes: TaskInodes }[];
  /** The tables of descriptors: one, unless threads have their own. */
  readonly tables: readonly DescriptorTable[];
  /** What may not be looked at. */
  readonly refused: { readonly namespaces: boolean; readonly descriptors: boolean };
}

/** Which links are read: of the wanted types, and what children get of them. */
export function linksFor(types: readonly NamespaceType[]): LinkNames<ProcessNamespace> {
  const all = types.length === namespaceTypes.length;
  const names = all ? processNamespaces : processNamespaces.filter((name) => types.includes(typeOfLink(name)));
  return linkNames(names, 'ns/');
}

/** The type of a link of /proc/PID/ns. */
export function typeOfLink(name: ProcessNamespace): NamespaceType {
  return name === 'pid_for_children' ? 'pid' : name === 'time_for_children' ? 'time' : name;
}

/** Looks at a process, whose directory in /proc is open; undefined if it has ended. */
export function lookAtProcess(
  reader: FileReader,
  pid: number,
  directory: number,
  links: LinkNames<ProcessNamespace>,
): SeenProcess | undefined {
  const line = reader.start('stat', directory);
  const stat = line && parseStatLine(line);
  if (stat === undefined) return undefined;
  const { parent, command, threads } = stat;
  const inodes = inodesIn(reader, directory, links);
  // Whose namespaces may not be looked at may not be asked for anything else: its links would be tried one by one, in vain.
  if (Object.keys(inodes).length === 0 && stat.state !== 'Z' && isRefused(directory))
    return {
      pid,
      parent,
      command,
      inodes,
      strays: [],
      tables: [],
      refused: { namespaces: true, descriptors: true },
    };
  const tids = threads > 1 ? otherThreads(reader, pid, directory) : [];
  const { tables, refused } = readTables(reader, pid, directory, tids);
  return {
    pid,
    parent,
    command,
    inodes,
    strays: tids.flatMap((tid) => strayOf(reader, directory, tid, inodes, links)),
    tables,
    refused: { namespaces: false, descriptors: refused },
  };
}

/** Whether it is for lack of a right, and not because the main thread has ended, that there are no links to read. */
function isRefused(directory: number): boolean {
  const result = syscall('readlinkat', directory, 'ns/user', new Uint8Array(1), 1);
  return result === -EACCES || result === -EPERM;
}

function otherThreads(reader: FileReader, pid: number, directory: number): number[] {
  return reader.with('task', (tasks) => reader.numbersIn(tasks).filter((tid) => tid !== pid), directory) ?? [];
}

function strayOf(
  reader: FileReader,
  directory: number,
  tid: number,
  main: TaskInodes,
  links: LinkNames<ProcessNamespace>,
): { tid: number; inodes: TaskInodes }[] {
  const inodes = reader.with(`task/${tid}`, (at) => inodesIn(reader, at, links), directory);
  if (inodes === undefined) return [];
  return links.names.some((name) => inodes[name] !== undefined && inodes[name] !== main[name]) ? [{ tid, inodes }] : [];
}
