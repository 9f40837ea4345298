import { InvalidArgumentError, KernelError } from '../errors.ts';
import { inChild } from '../native/child.ts';
import {
  AF_UNIX,
  AT_FDCWD,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  NS_GET_ID,
  NS_GET_NSTYPE,
  NS_GET_OWNER_UID,
  NS_GET_PARENT,
  NS_GET_USERNS,
  O_CLOEXEC,
  O_RDONLY,
  SO_NETNS_COOKIE,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOL_SOCKET,
} from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { inNamespace, isOwn, mayAdministrate } from '../native/passage.ts';
import { perform, type SyscallStep, syscall } from '../native/syscall.ts';
import { idOfDescriptor, idOfFile, type NamespaceId, sameNamespace } from './identity.ts';
import { ownRights, rememberOwner, sharedOwner } from './own-rights.ts';
import { flagOfType, type NamespaceType, namespaceFlags, typeOfFlag } from './type.ts';

/**
 * A namespace, held open: it stays alive at least as long as this object is not closed.
 *
 * Close it with `close()` or `using`. Two objects are of the same namespace if `equals` says so.
 */
export class Namespace implements Disposable {
  readonly type: NamespaceType;
  /** Device and inode number, as in `ls -Li /proc/PID/ns/net`. */
  readonly id: NamespaceId;
  /** The descriptor that holds the namespace; owned by this object. */
  readonly fd: Fd;

  /** Takes over `fd`, which must be an open namespace file; use `openNamespace` or `createNamespace`. */
  constructor(fd: Fd, type: NamespaceType) {
    this.type = type;
    this.id = idOfDescriptor(fd.raw);
    this.fd = fd;
  }

  /** The kernel's name for it, as `readlink /proc/PID/ns/net` prints it: `net:[4026532281]`. */
  toString(): string {
    return `${this.type}:[${this.id.ino}]`;
  }

  /** Whether both are the same namespace (device and inode are equal). */
  equals(other: Namespace): boolean {
    return sameNamespace(this.id, other.id);
  }

  /**
   * Whether a process is in this namespace (its main thread, that is). `test FILE -ef /proc/PID/ns/TYPE`. Throws KernelError: ENOENT (no such
   * process), EACCES (it may not be looked at: that takes ptrace access). namespaces(7).
   */
  sameAs(pid: number): boolean {
    checkProcessId(pid);
    const file = `/proc/${pid}/ns/${this.type}`;
    return sameNamespace(this.id, idOfFile(file, `find the ${this.type} namespace of process ${pid}`));
  }

  /**
   * A number that no other namespace of this boot has or will have (for a network namespace the same as
   * SO_NETNS_COOKIE). Undefined where the kernel has no way to tell: before Linux 5.14, or without the right to look inside.
   */
  get cookie(): bigint | undefined {
    const buffer = new BigUint64Array(1);
    const bytes = new Uint8Array(buffer.buffer);
    if (syscall('ioctl', this.fd.raw, NS_GET_ID, bytes) >= 0) return buffer[0];
    if (this.type !== 'net') return undefined;
    const size = new Int32Array([8]);
    const { results, failed } = inNamespace(this.fd, namespaceFlags.net, `read the cookie of ${this}`, [
      ['socket', AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0],
      ['getsockopt', { result: 0 }, SOL_SOCKET, SO_NETNS_COOKIE, bytes, size],
      ['close', { result: 0 }],
    ]);
    if (!failed) return buffer[0];
    const [socket] = results;
    if (socket !== undefined) syscall('close', socket); // before Linux 5.14 it has no cookie to tell
    return undefined;
  }

  /**
   * The user namespace that owns this one: its root may do what it likes here. ioctl_nsfs(2) NS_GET_USERNS, Linux 4.9.
   * Throws KernelError EPERM when the owner is neither the caller's user namespace nor below it.
   */
  owner(): Namespace {
    return adopt(perform(`find the owner of ${this}`, 'ioctl', this.fd.raw, NS_GET_USERNS, 0), `the owner of ${this}`);
  }

  /**
   * The namespace that this one was made in; only `pid` and `user` namespaces have one (others: EINVAL). NS_GET_PARENT, Linux 4.9.
   * Throws KernelError EPERM at the top of what the caller can see.
   */
  parent(): Namespace {
    return adopt(
      perform(`find the parent of ${this}`, 'ioctl', this.fd.raw, NS_GET_PARENT, 0),
      `the parent of ${this}`,
    );
  }

  /** The user id that made this `user` namespace (other types: EINVAL). NS_GET_OWNER_UID, Linux 4.11. */
  ownerUid(): number {
    const uid = new Uint32Array(1);
    perform(`find the owner of ${this}`, 'ioctl', this.fd.raw, NS_GET_OWNER_UID, new Uint8Array(uid.buffer));
    return uid[0] ?? 0;
  }

  close(): void {
    this.fd.close();
  }

  [Symbol.dispose](): void {
    this.fd.close();
  }
}

/** Throws InvalidArgumentError for what no process is called. */
export function checkProcessId(id: number): void {
  if (!Number.isSafeInteger(id) || id <= 0)
    throw new InvalidArgumentError('process id', id, 'a positive whole number is needed');
}

/** Takes over a raw descriptor and finds out what type of namespace it is. */
function adopt(raw: number, what: string): Namespace {
  const fd = Fd.adopt(raw, what);
  try {
    return new Namespace(fd, namespaceTypeOf(fd, what));
  } catch (error) {
    fd.close();
    throw error;
  }
}

/** What an open file is a namespace of; throws KernelError (EINVAL) if it is none. NS_GET_NSTYPE, Linux 4.11. */
export function namespaceTypeOf(fd: Fd, what: string): NamespaceType {
  const type = typeOfFlag(syscall('ioctl', fd.raw, NS_GET_NSTYPE, 0));
  if (type === undefined) {
    throw new KernelError({
      errno: 22,
      syscall: 'ioctl(NS_GET_NSTYPE)',
      operation: `use ${what} as a namespace`,
      hint: 'it is not a namespace file',
    });
  }
  return type;
}

/** Takes over `fd`, checking that it is a namespace of the wanted type. */
export function namespaceOfFd(fd: Fd, what: string, wanted?: NamespaceType): Namespace {
  try {
    const type = namespaceTypeOf(fd, what);
    if (wanted !== undefined && type !== wanted)
      throw new InvalidArgumentError('namespace', what, `it is a ${type} namespace, not a ${wanted} one`);
    return new Namespace(fd, type);
  } catch (error) {
    fd.close();
    throw error;
  }
}

/**
 * Makes a new namespace that nobody is in, and holds it. No `ip` equivalent: it has no name and no process.
 *
 * The calling thread stays where it is. A new network namespace holds only a loopback device that is down. A `pid`
 * namespace ends with its first process, which is gone already: it can be looked at, but nothing can be started in it.
 *
 * It belongs to `owner`, a user namespace that this process may enter; by default to this process's own. Without CAP_SYS_ADMIN, which that
 * takes, it belongs to a new user namespace in which this user is root; and so does what is made later, while one of them is open: they can
 * be connected with each other. (A `pid` namespace belongs to this process's own, or to one that is new.)
 *
 * Throws KernelError: EPERM where the machine forbids user namespaces, too (`netns doctor` says what does), ENOSPC at the limit
 * `user.max_*_namespaces`, EINVAL for a type that the kernel lacks. unshare(2), user_namespaces(7).
 */
export function createNamespace(type: NamespaceType, owner?: Fd): Namespace {
  flagOfType(type);
  const needsRights = owner === undefined && type !== 'user' && !mayAdministrate();
  if (!needsRights) return createIn(type, owner === undefined || isOwn(owner) ? [] : wayTo(owner));
  return type === 'pid' ? createIn(type, [], CLONE_NEWUSER) : createWithOwnRights(type);
}

function createWithOwnRights(type: NamespaceType): Namespace {
  using shared = sharedOwner();
  const namespace = createIn(type, shared === undefined ? ownRights() : wayTo(shared));
  rememberOwner(namespace);
  return namespace;
}

function wayTo(owner: Fd): readonly SyscallStep[] {
  return [['setns', owner.raw, CLONE_NEWUSER]];
}

/** `way`: system calls that lead to the user namespace that is to own it. */
function createIn(type: NamespaceType, way: readonly SyscallStep[], cloneFlags = 0): Namespace {
  const flag = namespaceFlags[type];
  const operation = `create a new ${type} namespace`;
  const file = `/proc/self/ns/${type === 'time' ? 'time_for_children' : type}`;
  const cloned = type === 'pid'; // unshare(2) would only affect children, and there is no file before the first of them
  const steps: readonly SyscallStep[] = [
    ...(cloned ? [] : [...way, ['unshare', flag] as const]),
    ['openat', AT_FDCWD, file, O_RDONLY | O_CLOEXEC],
  ];
  const { results, failed } = inChild(operation, steps, cloned ? CLONE_NEWPID | cloneFlags : 0);
  const onTheWay = failed ? results.length : results.length - 1;
  for (let at = 0; at < onTheWay; at++) if (steps[at]?.[0] === 'openat') syscall('close', results[at] ?? -1);
  if (failed) {
    const [refused = ''] = steps[failed.step] ?? [];
    // A map that may not be written is a user namespace that may not be made.
    throw new KernelError({ errno: failed.errno, syscall: refused === 'write' ? 'unshare' : refused, operation });
  }
  return new Namespace(Fd.adopt(results[onTheWay] ?? -1, `the new ${type} namespace`), type);
}
