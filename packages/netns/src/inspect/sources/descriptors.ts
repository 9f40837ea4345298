import { EACCES, EPERM } from '../../errno-numbers.ts';
import { type NamespaceType, namespaceTypes } from '../../namespaces/type.ts';
import { AT_FDCWD, KCMP_FILES } from '../../native/constants.ts';
import type { FileReader } from '../../native/file-reader.ts';
import { syscall } from '../../native/syscall.ts';
import { linkOfRing } from './rings.ts';

/** What a table of descriptors has that can keep a namespace. */
export interface DescriptorTable {
  /** Whose table it is: undefined for that of the process, which most threads share. */
  readonly tid: number | undefined;
  readonly files: readonly { readonly fd: number; readonly type: NamespaceType; readonly inode: number }[];
  readonly sockets: readonly { readonly fd: number; readonly socket: number }[];
  /** The beginnings of links that are paths, a character for each byte, and `linkOfRing`. */
  readonly paths: readonly { readonly fd: number; readonly beginning: string }[];
}

/** What a descriptor on a device, on /proc or on a namespace that is, or was, mounted leads to. */
const interestingPath = /^\/(?:$|dev\/net\/tun$|dev\/tap\d+$|proc\/)/;

/**
 * The tables of descriptors of a process: its own and those of threads that do not share it (unshare(CLONE_FILES)).
 * `refused`: they may not be looked at.
 */
export function readTables(
  reader: FileReader,
  pid: number,
  directory: number,
  tids: readonly number[],
): { tables: DescriptorTable[]; refused: boolean } {
  const own = readTable(reader, 'fd', directory, undefined);
  const tables = typeof own === 'number' ? [] : [own];
  const owners = [pid];
  for (const tid of tids) {
    const same = owners.some((owner) => sharesTable(owner, tid));
    if (same) continue;
    const table = readTable(reader, `task/${tid}/fd`, directory, tid);
    if (typeof table === 'number') continue;
    // Where the kernel does not tell who shares a table (kcmp(2)), those that look alike are taken for one.
    if (tables.some((known) => sameTable(known, table))) continue;
    tables.push(table);
    owners.push(tid);
  }
  return { tables: tables.filter(hasSomething), refused: own === -EACCES || own === -EPERM };
}

function sharesTable(a: number, b: number): boolean {
  return syscall('kcmp', a, b, KCMP_FILES, 0, 0) === 0;
}

/** -errno if it may not be looked at, or its process has ended. */
function readTable(reader: FileReader, path: string, at: number, tid: number | undefined): DescriptorTable | number {
  const files: { fd: number; type: NamespaceType; inode: number }[] = [];
  const sockets: { fd: number; socket: number }[] = [];
  const paths: { fd: number; beginning: string }[] = [];
  const result = reader.linksIn(
    path,
    at,
    (fd, kind, number) => {
      if (kind === 'socket') sockets.push({ fd, socket: number });
      else {
        const type = namespaceTypes.find((each) => each === kind);
        if (type !== undefined) files.push({ fd, type, inode: number });
      }
    },
    (fd, beginning) => {
      if (beginning.startsWith('/') || beginning === linkOfRing) paths.push({ fd, beginning });
    },
  );
  return result < 0 ? result : { tid, files, sockets, paths };
}

function hasSomething({ files, sockets, paths }: DescriptorTable): boolean {
  return files.length + sockets.length + paths.length > 0;
}

function sameTable(a: DescriptorTable, b: DescriptorTable): boolean {
  const text = ({ files, sockets, paths }: DescriptorTable) => JSON.stringify([files, sockets, paths]);
  return text(a) === text(b);
}

/** Whether a link that is a path can lead to what keeps a namespace; `mountPoints` are the beginnings of paths where one is mounted. */
export function isInteresting(beginning: string, mountPoints: ReadonlySet<string>): boolean {
  return interestingPath.test(beginning) || beginning === linkOfRing || mountPoints.has(beginning);
}

/** The path of a descriptor of another process. */
export function pathOfDescriptor({ pid, tid, fd }: { pid: number; tid?: number | undefined; fd: number }): string {
  return tid === undefined ? `/proc/${pid}/fd/${fd}` : `/proc/${pid}/task/${tid}/fd/${fd}`;
}

/** What the kernel tells of such a descriptor. */
export function pathOfInfo(holder: Parameters<typeof pathOfDescriptor>[0]): string {
  return pathOfDescriptor(holder).replace(/\/fd\/(\d+)$/, '/fdinfo/$1');
}

/** What a link says in full. */
export function linkOf(path: string): string | undefined {
  const text = new Uint8Array(4096);
  const length = syscall('readlinkat', AT_FDCWD, path, text, text.length);
  return length < 0 ? undefined : new TextDecoder().decode(text.subarray(0, length));
}
