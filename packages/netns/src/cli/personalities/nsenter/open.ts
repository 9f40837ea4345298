import { fstatSync } from 'node:fs';
import { ESRCH } from '../../../errno-numbers.ts';
import { NamespaceCensus } from '../../../namespaces/discover/census.ts';
import type { NamespaceType } from '../../../namespaces/type.ts';
import { AT_FDCWD, NS_GET_USERNS, O_APPEND, O_RDONLY, O_WRONLY } from '../../../native/constants.ts';
import { inheritDescriptors } from '../../../native/inherit.ts';
import { syscall } from '../../../native/syscall.ts';
import type { PlanStep } from '../../../process/plan/step.ts';
import { failure } from '../util-linux/failure.ts';
import { mostUnsigned, parseWhole } from '../util-linux/numbers.ts';

const program = 'nsenter';
const SIOCGSKNS = 0x894c;
const FD_NSFS_ROOT = -10003;

/*
 * These descriptors are for the program that this process becomes, so they are raw and without O_CLOEXEC: the helper closes each
 * when it is used.
 */

/** Throws Failure `cannot open PATH: reason`. */
export function openFile(path: string, text = `cannot open ${path}`): number {
  return ok(syscall('openat', AT_FDCWD, path, O_RDONLY), text);
}

/** What is opened and not used would go to the program. */
export function closeFile(fd: number | undefined): void {
  if (fd !== undefined) syscall('close', fd);
}

function ok(result: number, text: string): number {
  if (result < 0) throw failure(program, text, -result);
  return result;
}

/** A namespace by a file or, as `:ID`, by the kernel's number of it, which never comes again (`Namespace.cookie`). */
export function openNamespaceArgument(word: string, type: NamespaceType): number {
  return word.startsWith(':') ? openById(word.slice(1), type) : openFile(word);
}

function openById(word: string, type: NamespaceType): number {
  const id = parseWhole(word, 0n, mostUnsigned);
  if ('errno' in id) throw failure(program, `failed to parse nsid: ${word}`);
  const handle = new ArrayBuffer(24); // u32 length, s32 type, u64 id, u32 namespace type, u32 inode
  const view = new DataView(handle);
  view.setUint32(0, 16, true);
  view.setInt32(4, 0xf1, true);
  view.setBigUint64(8, id.value, true);
  const result = syscall('open_by_handle_at', FD_NSFS_ROOT, new Uint8Array(handle), O_RDONLY);
  const opened = result < 0 ? findById(id.value, type) : result;
  return opened ?? ok(result, `cannot open namespace of id ${id.value}`);
}

/** Before Linux 6.19 the number alone is not enough for the kernel: then whichever namespace we see that has it. */
function findById(id: bigint, type: NamespaceType): number | undefined {
  using census = new NamespaceCensus({ types: [type] });
  for (const entry of census.entries()) {
    const namespace = census.open(entry);
    if (namespace?.cookie === id) return namespace.fd.release();
    namespace?.close();
  }
  return undefined;
}

/** Undefined where the kernel has none to give: then its files are opened. */
export function openProcess(pid: number): number | undefined {
  const result = syscall('pidfd_open', pid, 0);
  return result < 0 ? undefined : result;
}

/** The number of a process may have been given to another one; its inode is not. */
export function checkInode(pid: number, pidfd: number | undefined, inode: bigint): void {
  if (pidfd === undefined || fstatSync(pidfd, { bigint: true }).ino !== inode)
    throw failure(program, `failed to obtain a valid file descriptor for PID ${pid}`, ESRCH);
}

export function openNamespaceOf(pid: number, type: NamespaceType): number {
  return openFile(`/proc/${pid}/ns/${type}`);
}

export function ownerOf(namespace: number): number {
  return ok(syscall('ioctl', namespace, NS_GET_USERNS, 0), 'failed to open parent namespace');
}

/** The network namespace of a socket that another process has open. */
export function openNetworkOfSocket(pid: number, fd: number): number {
  const pidfd = ok(syscall('pidfd_open', pid, 0), `failed to pidfd_open() for ${pid}`);
  const socket = ok(syscall('pidfd_getfd', pidfd, fd, 0), `pidfd_getfd(${pidfd}, ${fd})`);
  const namespace = ok(syscall('ioctl', socket, SIOCGSKNS, 0), `ioctl(${socket}, SIOCGSKNS)`);
  syscall('close', socket);
  syscall('close', pidfd);
  return namespace;
}

const CGROUP2_SUPER_MAGIC = 0x63677270n;

/** `cgroup.procs` of the group that a process is in; `membership` reads its /proc/PID/cgroup. */
export function openCgroup(membership: () => string): number {
  const status = new BigInt64Array(15);
  ok(syscall('statfs', '/sys/fs/cgroup', new Uint8Array(status.buffer)), 'statfs /sys/fs/cgroup failed');
  if (status[0] !== CGROUP2_SUPER_MAGIC) throw failure(program, '--join-cgroup is only supported in cgroup v2');
  const path = /^0::(.*)$/m.exec(membership())?.[1];
  if (path === undefined) throw failure(program, 'failed to get cgroup path');
  return ok(
    syscall('openat', AT_FDCWD, `/sys/fs/cgroup${path}/cgroup.procs`, O_WRONLY | O_APPEND),
    'failed to open cgroup.procs',
  );
}

/** A second number for the same open file. */
export function duplicate(fd: number): number {
  return ok(syscall('fcntl', fd, 0, 0), 'dup failed');
}

/** How the helper takes it in hand. What the kernel itself has opened has O_CLOEXEC. */
export function handOver(fd: number): PlanStep {
  inheritDescriptors([fd]);
  return ['use', String(fd)];
}
