import { readFileSync } from 'node:fs';
import { ENOENT, EOVERFLOW } from '../../errno-numbers.ts';
import { findMounts } from '../../namespaces/discover/in-mounts.ts';
import { idOfDescriptor } from '../../namespaces/identity.ts';
import { type NamespaceType, namespaceTypes } from '../../namespaces/type.ts';
import {
  AT_FDCWD,
  NS_GET_ID,
  NS_MNT_GET_INFO,
  NS_MNT_GET_NEXT,
  NS_MNT_GET_PREV,
  NSFS_MAGIC,
  O_CLOEXEC,
  O_RDONLY,
} from '../../native/constants.ts';
import { syscall } from '../../native/syscall.ts';
import {
  LSMT_ROOT,
  type MountFacts,
  mountFacts,
  mountRequest,
  parentWord,
  STATMOUNT_MNT_BASIC,
  STATMOUNT_MNT_POINT,
  STATMOUNT_MNT_ROOT,
  STATMOUNT_SB_BASIC,
} from './stat-mount.ts';

/** A namespace that is mounted on a file somewhere. */
export interface NamespaceMount {
  readonly type: NamespaceType;
  readonly inode: number;
  /** Where, seen from the root of its mount namespace. */
  readonly path: string;
  /** The inode number of that. */
  readonly mountNamespace: number;
  /** Something else is mounted over it. */
  readonly covered?: true;
  /** The path, a character for each byte, where it is no UTF-8. */
  readonly raw?: string;
}

/** The path of a mount, a character for each byte. */
export function bytesOfPath({ path, raw }: Pick<NamespaceMount, 'path' | 'raw'>): string {
  return raw ?? Buffer.from(path).toString('latin1');
}

/** What was found in the mount namespaces. */
export interface MountScan {
  readonly mounts: readonly NamespaceMount[];
  /** Each mount namespace that was looked through, and its 64-bit number where that is known. */
  readonly namespaces: ReadonlyMap<number, bigint | undefined>;
  /** Whether these are all that there are. */
  readonly exhaustive: boolean;
  /** Those that could not be looked through, though they are known. */
  readonly unreadable: readonly number[];
}

/**
 * Finds every namespace that is mounted, in every mount namespace, without entering one; also in those that no process is in.
 *
 * For all of them it takes CAP_SYS_ADMIN in the first pid namespace, and Linux 6.12 (NS_MNT_GET_NEXT, listmount(2), statmount(2)).
 * Else the mount tables of processes are read: `viewers` gives a process for each mount namespace that is known.
 */
export function scanMounts(viewers: () => ReadonlyMap<number, number>): MountScan {
  const all = scanByKernel();
  if (all?.exhaustive && all.unreadable.length === 0) return all;
  return scanByProcesses(viewers(), all);
}

function scanByProcesses(viewers: ReadonlyMap<number, number>, all: MountScan | undefined): MountScan {
  const mounts = [...(all?.mounts ?? [])];
  const namespaces = new Map(all?.namespaces);
  const unreadable: number[] = [];
  for (const [inode, pid] of viewers) {
    if (namespaces.has(inode)) continue;
    const table = readTable(pid);
    if (table === undefined) {
      unreadable.push(inode);
      continue;
    }
    namespaces.set(inode, undefined);
    for (const { inode: mounted, target, ...rest } of findMounts(table))
      mounts.push({ inode: mounted, path: target, mountNamespace: inode, ...rest });
  }
  return { mounts, namespaces, exhaustive: false, unreadable };
}

function readTable(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, 'latin1');
  } catch {
    return undefined; // it has ended, or may not be looked at
  }
}

/** By the kernel's own list; undefined if it has none, or does not show it to us. */
function scanByKernel(): MountScan | undefined {
  const mounts: NamespaceMount[] = [];
  const namespaces = new Map<number, bigint | undefined>();
  const unreadable: number[] = [];
  const own = syscall('openat', AT_FDCWD, '/proc/self/ns/mnt', O_RDONLY | O_CLOEXEC);
  if (own < 0) return undefined;
  try {
    const look = (fd: number) => {
      const { ino } = idOfDescriptor(fd);
      if (addMountsIn(fd, ino, mounts)) namespaces.set(ino, idOf(fd));
      else unreadable.push(ino);
    };
    look(own);
    for (const direction of [NS_MNT_GET_NEXT, NS_MNT_GET_PREV]) {
      const end = eachNeighbour(own, direction, look);
      if (end !== -ENOENT) return { mounts, namespaces, exhaustive: false, unreadable };
    }
  } finally {
    syscall('close', own);
  }
  return { mounts, namespaces, exhaustive: true, unreadable };
}

/** Goes from one mount namespace to the next; why it ended (-ENOENT: there are no more). */
function eachNeighbour(own: number, direction: number, look: (fd: number) => void): number {
  const info = new Uint8Array(16);
  new DataView(info.buffer).setUint32(0, info.length, true);
  let from = own;
  for (;;) {
    const next = syscall('ioctl', from, direction, info);
    if (from !== own) syscall('close', from);
    if (next < 0) return next;
    try {
      look(next);
    } catch (error) {
      syscall('close', next);
      throw error;
    }
    from = next;
  }
}

function idOf(mountNamespace: number): bigint | undefined {
  const id = new BigUint64Array(1);
  if (syscall('ioctl', mountNamespace, NS_GET_ID, new Uint8Array(id.buffer)) >= 0) return id[0];
  const info = new Uint8Array(16);
  const view = new DataView(info.buffer);
  view.setUint32(0, info.length, true);
  return syscall('ioctl', mountNamespace, NS_MNT_GET_INFO, info) < 0 ? undefined : view.getBigUint64(8, true);
}

const idsAtOnce = 512;
const ids = new BigUint64Array(idsAtOnce);
const idBytes = new Uint8Array(ids.buffer);

/** The namespaces that are mounted in one, whose file is open; undefined if it may not be looked through. */
export function mountsIn(fd: number, mountNamespace: number): NamespaceMount[] | undefined {
  const found: NamespaceMount[] = [];
  return addMountsIn(fd, mountNamespace, found) ? found : undefined;
}

/** Whether it may be looked through; if not, nothing is added. */
function addMountsIn(fd: number, mountNamespace: number, found: NamespaceMount[]): boolean {
  const id = idOf(fd);
  if (id === undefined) return false;
  const before = found.length;
  const mounted: bigint[] = [];
  const below = new Set<bigint>();
  let parent = 0n;
  for (let last = 0n; ; ) {
    const count = syscall('listmount', mountRequest(LSMT_ROOT, last, id), idBytes, idsAtOnce, 0);
    if (count < 0) {
      found.length = before;
      return false;
    }
    for (let at = 0; at < count; at++) {
      last = ids[at] ?? 0n;
      const namespace = namespaceAt(last, id, mountNamespace);
      if (namespace !== undefined) {
        found.push(namespace);
        mounted.push(last);
      }
      // Most have the same one, that of the mount before.
      const own = words[parentWord] ?? 0n;
      if (own !== parent) below.add(own);
      parent = own;
    }
    if (count < idsAtOnce) break;
  }
  // What is mounted on the file of a namespace stands in its way.
  for (const [index, mount] of mounted.entries()) {
    const namespace = found[before + index];
    if (namespace !== undefined && below.has(mount)) found[before + index] = { ...namespace, covered: true };
  }
  return true;
}

const buffer = new Uint8Array(16_384);
const words = new BigUint64Array(buffer.buffer);
const rootName = /^(\w+):\[(\d+)\]$/;

/** What is mounted there, if it is a namespace; a mount that is gone by now is none. */
function namespaceAt(mount: bigint, id: bigint, mountNamespace: number): NamespaceMount | undefined {
  const facts = stat(mount, id);
  if (facts === undefined) return undefined;
  const [, word, inode] = rootName.exec(facts.root) ?? [];
  const type = namespaceTypes.find((each) => each === word);
  const { point, raw } = facts;
  return type && { type, inode: Number(inode), path: point, mountNamespace, ...(raw === undefined ? {} : { raw }) };
}

const wanted = STATMOUNT_SB_BASIC | STATMOUNT_MNT_BASIC | STATMOUNT_MNT_ROOT | STATMOUNT_MNT_POINT;

function stat(mount: bigint, mountNamespace: bigint): MountFacts | undefined {
  const request = mountRequest(mount, wanted, mountNamespace);
  let into = buffer;
  let result = syscall('statmount', request, into, into.length, 0);
  if (result === -EOVERFLOW) {
    into = new Uint8Array(65_536 * 4);
    result = syscall('statmount', request, into, into.length, 0);
  }
  return result < 0 ? undefined : mountFacts(into, NSFS_MAGIC);
}
