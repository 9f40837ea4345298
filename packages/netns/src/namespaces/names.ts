import { EBUSY, EINTR, ENOENT, EROFS } from '../errno-numbers.ts';
import { InvalidArgumentError, KernelError } from '../errors.ts';
import { item } from '../native/child.ts';
import {
  AT_FDCWD,
  MNT_DETACH,
  NS_GET_NSTYPE,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NONBLOCK,
  O_RDONLY,
  UMOUNT_NOFOLLOW,
  W_OK,
} from '../native/constants.ts';
import { FileReader } from '../native/file-reader.ts';
import { check, type SyscallStep, syscall } from '../native/syscall.ts';
import { idOfFileIfAny, type NamespaceId, nsfsDevice } from './identity.ts';
import { directoriesOf, directoryWith, nameDirectories } from './name-directories.ts';
import {
  defaultRunDirectory,
  type NameChanges,
  type NameDirectory,
  type RunDirectoryOptions,
} from './name-directory.ts';
import { namespaceFlags } from './type.ts';

export { defaultRunDirectory, type RunDirectoryOptions } from './name-directory.ts';

/** One name. */
export interface NameEntry {
  readonly name: string;
  /** A file that leads to the namespace, for this process: a user's own names are mounted where only a path in `/proc` leads. */
  readonly path: string;
  /** `ready`: a network namespace is mounted there. `stale`: it is not (a leftover, or mounted only in another mount namespace). */
  readonly state: 'ready' | 'stale';
  readonly id: NamespaceId | undefined;
}

/** Throws InvalidArgumentError unless `name` can be the name of a network namespace: 1 to 255 bytes, no `/`, not `.` or `..`. */
export function validateName(name: string): void {
  const reason =
    name === ''
      ? 'it is empty'
      : name === '.' || name === '..'
        ? 'it is a directory'
        : name.includes('/')
          ? 'it contains a slash'
          : name.includes('\0')
            ? 'it contains a NUL byte'
            : name.length > 85 && Buffer.byteLength(name) > 255
              ? 'it is longer than 255 bytes'
              : undefined;
  if (reason !== undefined) throw new InvalidArgumentError('netns name', name, reason);
}

export function pathOfName(name: string, runDirectory: string = defaultRunDirectory): string {
  validateName(name);
  return `${runDirectory}/${name}`;
}

/**
 * Lists the names of network namespaces, in the order in which the directory has them. `ip netns list`.
 *
 * Whatever is in the directory is listed; what is no network namespace is `stale` and breaks nothing. No directory: no names.
 * An ordinary user gets their own names first, then those of root that none of their own hides. Throws KernelError if a directory
 * cannot be read, or may not be trusted.
 */
export function listNames(options: RunDirectoryOptions & KnownNamespaces = {}): NameEntry[] {
  const entries = new Map<string, NameEntry>();
  for (const directory of nameDirectories(options))
    for (const entry of namesIn(directory, options)) if (!entries.has(entry.name)) entries.set(entry.name, entry);
  return [...entries.values()];
}

/** What somebody knows already, and what need not be asked again. */
interface KnownNamespaces {
  /** Whether the namespace with this number is a network namespace: it was there a moment ago. */
  readonly isKnown?: ((inode: number) => boolean) | undefined;
}

/** The names in one directory. */
export function namesIn(directory: NameDirectory, { isKnown }: KnownNamespaces = {}): NameEntry[] {
  const path = directory.view()?.path;
  if (path === undefined) return [];
  const device = nsfsDevice();
  return readDirectory(path).map((name) => inspectEntry(name, `${path}/${name}`, device, isKnown));
}

/** In the directory's own order, as `ip` lists them. */
function readDirectory(path: string): string[] {
  const operation = `list the names in ${path}`;
  const directory = syscall('openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
  if (directory === -ENOENT) return [];
  if (directory < 0) throw new KernelError({ errno: -directory, syscall: 'open', operation });
  try {
    return new FileReader().namesIn(directory, operation);
  } finally {
    syscall('close', directory);
  }
}

function inspectEntry(name: string, path: string, device: number, isKnown: KnownNamespaces['isKnown']): NameEntry {
  const id = idOfEntry(path, device, isKnown);
  return { name, path, state: id === undefined ? 'stale' : 'ready', id };
}

/** The network namespace mounted at `path`, if any. Only an nsfs file is ever opened: anything else could block or act. */
function idOfEntry(path: string, device: number, isKnown?: KnownNamespaces['isKnown']): NamespaceId | undefined {
  const id = idOfFileIfAny(path);
  if (id?.dev !== device) return undefined;
  if (isKnown?.(id.ino)) return id;
  const raw = syscall('openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (raw < 0) return undefined;
  const type = syscall('ioctl', raw, NS_GET_NSTYPE, 0);
  syscall('close', raw);
  return type === namespaceFlags.net ? id : undefined;
}

/** Whether a network namespace is mounted at the path now; `device` is `nsfsDevice()`. */
export function isReady(path: string, device: number): boolean {
  return idOfEntry(path, device) !== undefined;
}

/**
 * Takes a name away. `ip netns delete NAME`.
 *
 * The namespace itself lives on while a process, descriptor, socket or other mount holds it. Links are not followed: a
 * name that is a symbolic link loses the link, never the mount that it points to. Throws KernelError: ENOENT, EPERM,
 * EISDIR (a directory), EROFS (nothing is unmounted then), EBUSY (something is mounted there that this process may not unmount).
 */
export function removeName(name: string, options: RunDirectoryOptions = {}): void {
  validateName(name);
  const directory = directoryWith(name, options);
  const path = pathOfName(name, directory.path);
  using changes = changesFor(path, directory);
  detachAndUnlink(changes, path);
}

function changesFor(path: string, directory: NameDirectory): NameChanges {
  const changes = directory.changes();
  if (changes === undefined) throw new KernelError({ errno: ENOENT, syscall: 'unlinkat', operation: removalOf(path) });
  return changes;
}

/**
 * Takes many names away at the speed of the kernel: they share the cost of one child process. `ip -all netns delete`, for the names
 * that you give.
 *
 * Stops at the first that cannot be removed; those before it are gone then. Throws as `removeName` does.
 */
export function removeNames(names: readonly string[], options: RunDirectoryOptions = {}): void {
  names.forEach(validateName);
  const places = directoriesOf(names, options);
  for (let start = 0, end = 0; start < names.length; start = end) {
    const place = places[start] as NameDirectory;
    while (places[end] === place) end++;
    takeAway(names.slice(start, end), place);
  }
}

function takeAway(names: readonly string[], directory: NameDirectory): void {
  const paths = names.map((name) => `${directory.path}/${name}`);
  refuseIfReadOnly(paths[0] ?? '');
  using changes = changesFor(paths[0] ?? '', directory);
  for (let next = 0; next < paths.length; ) {
    const [share] = changes.forEach(paths.slice(next), removalSteps(item));
    if (share?.failed === undefined) return;
    next += Math.max(0, share.failed.step >> 1);
    const path = paths[next++] ?? ''; // stale, or mounted twice, or refused: it takes more care
    detachAndUnlink(changes, path);
  }
}

function removalSteps(path: string | typeof item): readonly [SyscallStep, SyscallStep] {
  return [
    ['umount2', path, MNT_DETACH | UMOUNT_NOFOLLOW],
    ['unlinkat', AT_FDCWD, path, 0],
  ];
}

/** Where the file could not be taken away, unmounting before that would end the namespace, and leave a stale name. */
function refuseIfReadOnly(path: string): void {
  const errno = -syscall('faccessat', AT_FDCWD, path.slice(0, path.lastIndexOf('/')), W_OK);
  if (errno === EROFS) throw new KernelError({ errno, syscall: 'unlinkat', operation: removalOf(path) });
}

const removalOf = (path: string) => `remove namespace file ${path}`;

/**
 * Unmounts and unlinks, both in a child that outlives this process if need be: whoever is killed, the name is there whole or
 * not at all. Several mounts may lie on top of each other: then the file is busy until the last one is gone.
 */
export function detachAndUnlink(changes: NameChanges, path: string): void {
  refuseIfReadOnly(path);
  const operation = removalOf(path);
  const steps = removalSteps(path);
  for (let layer = 0; layer < 64; layer++) {
    const { failed } = changes.run(operation, steps);
    if (!failed) return;
    const again = failed.errno === EINTR || (failed.step === 1 && failed.errno === EBUSY);
    if (!again) break;
  }
  const { failed } = changes.run(operation, [steps[1]]); // nothing is mounted there that we may unmount
  if (failed) check(-failed.errno, failed.step < 0 ? 'setns' : 'unlinkat', operation);
}
