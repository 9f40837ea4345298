import { ENOENT } from '../errno-numbers.ts';
import { InvalidArgumentError } from '../errors.ts';
import { AT_FDCWD, O_CLOEXEC, O_NONBLOCK, O_RDONLY } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { check, syscall } from '../native/syscall.ts';
import { nameDirectories } from './name-directories.ts';
import type { RunDirectoryOptions } from './name-directory.ts';
import { pathOfName, validateName } from './names.ts';
import { checkProcessId, Namespace, namespaceOfFd } from './namespace.ts';
import { flagOfType, type NamespaceType } from './type.ts';

/**
 * How to say which namespace: its name (in `/run/netns`, or the user's own), a path (a text with a `/` in it is one), a process or thread that is in it,
 * an open descriptor, or a Namespace. A bare number is no reference: it could be a pid, an inode or an nsid.
 */
export type NamespaceRef =
  | string
  | { readonly path: string }
  | { readonly pid: number; readonly tid?: number }
  | { readonly fd: Fd }
  | Namespace;

type PathRef = Exclude<NamespaceRef, Namespace | { readonly fd: Fd }>;

const ways = ['path', 'pid', 'fd'] as const;

/**
 * By which of `ways` an object says which namespace is meant. Throws InvalidArgumentError unless it is exactly one, with a value that can be
 * right: who says two things may mean either.
 */
export function wayOf<W extends string>(ref: unknown, argument: string, ways: readonly W[]): W {
  const wrong = (reason: string) => new InvalidArgumentError(argument, ref, reason);
  const needed = `it must say which namespace is meant, by one of ${ways.join(', ')}`;
  if (typeof ref !== 'object' || ref === null) throw wrong(needed);
  const [way, ...others] = ways.filter((each) => each in ref);
  if (way === undefined || others.length > 0) throw wrong(needed);
  const { path, fd } = ref as { readonly path?: unknown; readonly fd?: Partial<Fd> };
  if (way === 'path' && typeof path !== 'string') throw wrong('its path must be a text');
  if (way === 'fd' && typeof fd?.dup !== 'function') throw wrong('its fd must be an Fd; a bare number has no owner');
  const more = isPlain(ref)
    ? Object.keys(ref).find((key) => key !== way && !(way === 'pid' && key === 'tid'))
    : undefined;
  if (more !== undefined) throw wrong(`"${way}" and "${more}" do not go together`);
  return way;
}

/** And no namespace of another copy of this package, which has an `fd` among other things. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Says a reference in words, for messages. */
export function describeRef(ref: NamespaceRef, type: NamespaceType = 'net'): string {
  if (typeof ref === 'string') return ref.includes('/') ? ref : `${type} namespace ${JSON.stringify(ref)}`;
  if (ref instanceof Namespace) return ref.toString();
  if ('path' in ref) return ref.path;
  if ('fd' in ref) return `the namespace of descriptor ${ref.fd.raw}`;
  return `the ${type} namespace of ${ref.tid === undefined ? `process ${ref.pid}` : `thread ${ref.tid} of process ${ref.pid}`}`;
}

/** The files to which a reference may lead, one after the other. */
function pathsOfRef(ref: PathRef, type: NamespaceType, options: RunDirectoryOptions): readonly string[] {
  if (typeof ref === 'string') return ref.includes('/') ? [ref] : pathsOfName(ref, options);
  if ('path' in ref) return [ref.path];
  const { pid, tid } = ref;
  checkProcessId(pid);
  if (tid !== undefined) checkProcessId(tid);
  return [tid === undefined ? `/proc/${pid}/ns/${type}` : `/proc/${pid}/task/${tid}/ns/${type}`];
}

function pathsOfName(name: string, options: RunDirectoryOptions): readonly string[] {
  validateName(name);
  return nameDirectories(options).flatMap((directory) => {
    const path = directory.view()?.path;
    return path === undefined ? [] : [pathOfName(name, path)];
  });
}

/**
 * Opens a namespace that exists: by name, path, process, thread or descriptor.
 *
 * `type` is what it must be (any type if it is a Namespace already). Throws KernelError: ENOENT (no such name or
 * process), EACCES (a process that may not be looked at), EINVAL (the file is no namespace: a stale name);
 * InvalidArgumentError for an impossible name, what refers to none or in two ways, or a namespace of another type.
 */
export function openNamespace(
  ref: NamespaceRef,
  type: NamespaceType = 'net',
  options: RunDirectoryOptions = {},
): Namespace {
  flagOfType(type);
  if (typeof ref !== 'string' && !(ref instanceof Namespace)) wayOf(ref, 'namespace', ways);
  const what = describeRef(ref, type);
  if (ref instanceof Namespace) return namespaceOfFd(ref.fd.dup(), what, ref.type);
  if (typeof ref === 'object' && 'fd' in ref) return namespaceOfFd(ref.fd.dup(), what, type);
  // A name may turn out to be a FIFO or a device: O_NONBLOCK keeps the open from hanging.
  let raw = -ENOENT;
  for (const path of pathsOfRef(ref, type, options)) {
    raw = syscall('openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (raw !== -ENOENT) break;
  }
  return namespaceOfFd(Fd.adopt(check(raw, 'openat', `open ${what}`), what), what, type);
}
