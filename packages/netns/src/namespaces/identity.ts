import { KernelError } from '../errors.ts';
import { AT_FDCWD } from '../native/constants.ts';
import { perform, syscall } from '../native/syscall.ts';

/**
 * Which namespace it is: the device and inode number of its nsfs file, as `stat` shows them.
 *
 * Unique among living namespaces; the kernel may use the number again after a namespace has died. `cookie` of a
 * Namespace is never used again.
 */
export interface NamespaceId {
  readonly dev: number;
  readonly ino: number;
}

/** Whether two identities are of the same namespace: the same inode on the same device. An inode alone may be used again later. */
export function sameNamespace(a: NamespaceId, b: NamespaceId): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}

/** `struct stat`: the device and the inode number come first, with 64 bits each. */
const stat = new Int32Array(36);

/** The identity of an open file; `fstatSync` would make an object with all that is known of it. */
export function idOfDescriptor(fd: number): NamespaceId {
  perform(`look at descriptor ${fd}`, 'fstat', fd, stat);
  return idInStat();
}

function numberAt(index: number): number {
  const low = stat[index] ?? 0;
  const high = stat[index + 1] ?? 0;
  return (low >>> 0) + (high >>> 0) * 2 ** 32;
}

/** The identity of whatever file `path` leads to; throws KernelError. */
export function idOfFile(path: string, operation: string): NamespaceId {
  const result = statFile(path);
  if (result < 0) throw new KernelError({ errno: -result, syscall: 'stat', operation });
  return idInStat();
}

/** The same, where there is one that may be looked at. */
export function idOfFileIfAny(path: string): NamespaceId | undefined {
  return statFile(path) < 0 ? undefined : idInStat();
}

/** The device on which this kernel keeps its namespace files. Every process may look at its own. */
export function nsfsDevice(): number {
  return idOfFile('/proc/self/ns/net', 'find out where this kernel keeps namespaces').dev;
}

function statFile(path: string): number {
  return syscall('newfstatat', AT_FDCWD, path, stat, 0);
}

function idInStat(): NamespaceId {
  return { dev: numberAt(0), ino: numberAt(2) };
}
