import { InvalidArgumentError } from '../errors.ts';
import { AT_FDCWD, O_CLOEXEC, O_NONBLOCK, O_RDONLY } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { perform } from '../native/syscall.ts';
import { defaultRunDirectory, pathOfName, type RunDirectoryOptions } from './names.ts';
import { Namespace, namespaceOfFd } from './namespace.ts';
import { flagOfType, type NamespaceType } from './type.ts';

/**
 * How to say which namespace: its name in `/run/netns`, a path (a text with a `/` in it is one), a process or thread that is in it,
 * an open descriptor, or a Namespace. A bare number is no reference: it could be a pid, an inode or an nsid.
 */
export type NamespaceRef =
  | string
  | { readonly path: string }
  | { readonly pid: number; readonly tid?: number }
  | { readonly fd: Fd }
  | Namespace;

/** Says a reference in words, for messages. */
export function describeRef(ref: NamespaceRef, type: NamespaceType = 'net'): string {
  if (typeof ref === 'string') return ref.includes('/') ? ref : `${type} namespace ${JSON.stringify(ref)}`;
  if (ref instanceof Namespace) return ref.toString();
  if ('path' in ref) return ref.path;
  if ('fd' in ref) return `the namespace of descriptor ${ref.fd.raw}`;
  return `the ${type} namespace of ${ref.tid === undefined ? `process ${ref.pid}` : `thread ${ref.tid} of process ${ref.pid}`}`;
}

/** The file that a reference leads to. */
export function pathOfRef(ref: NamespaceRef, type: NamespaceType = 'net', runDirectory = defaultRunDirectory): string {
  if (typeof ref === 'string') return ref.includes('/') ? ref : pathOfName(ref, runDirectory);
  if (ref instanceof Namespace || 'fd' in ref) return `/proc/self/fd/${ref.fd.raw}`;
  if ('path' in ref) return ref.path;
  const { pid, tid } = ref;
  for (const id of [pid, tid ?? pid]) {
    if (!Number.isSafeInteger(id) || id <= 0)
      throw new InvalidArgumentError('process id', id, 'a positive whole number is needed');
  }
  return tid === undefined ? `/proc/${pid}/ns/${type}` : `/proc/${pid}/task/${tid}/ns/${type}`;
}

/**
 * Opens a namespace that exists: by name, path, process, thread or descriptor.
 *
 * `type` is what it must be (any type if it is a Namespace already). Throws KernelError: ENOENT (no such name or
 * process), EACCES (a process that may not be looked at), EINVAL (the file is no namespace: a stale name);
 * InvalidArgumentError for an impossible name or a namespace of another type.
 */
export function openNamespace(
  ref: NamespaceRef,
  type: NamespaceType = 'net',
  options: RunDirectoryOptions = {},
): Namespace {
  flagOfType(type);
  const what = describeRef(ref, type);
  if (ref instanceof Namespace) return namespaceOfFd(ref.fd.dup(), what, ref.type);
  if (typeof ref === 'object' && 'fd' in ref) return namespaceOfFd(ref.fd.dup(), what, type);
  // A name may turn out to be a FIFO or a device: O_NONBLOCK keeps the open from hanging.
  const path = pathOfRef(ref, type, options.runDirectory);
  const raw = perform(`open ${what}`, 'openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return namespaceOfFd(Fd.adopt(raw, what), what, type);
}
