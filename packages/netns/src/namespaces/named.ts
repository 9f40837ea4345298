import { KernelError } from '../errors.ts';
import { item } from '../native/child.ts';
import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { type SyscallStep, syscall } from '../native/syscall.ts';
import { ResourceStack } from '../resource.ts';
import { bindingSteps, runBinding } from './bind.ts';
import { nameDirectories } from './name-directories.ts';
import type { NamingOptions } from './name-directory.ts';
import { detachAndUnlink, pathOfName, validateName } from './names.ts';
import { Namespace } from './namespace.ts';
import { describeRef, type NamespaceRef, openNamespace } from './reference.ts';

const ownNetwork = '/proc/self/ns/net';
/** Opens the network namespace that a child is in. */
export const openingOwn: SyscallStep = ['openat', AT_FDCWD, ownNetwork, O_RDONLY | O_CLOEXEC];

/**
 * Makes a new network namespace and gives it a name. `ip netns add NAME`.
 *
 * Returns the namespace, held open; close it when you no longer need it: the name keeps the namespace alive. Throws
 * InvalidArgumentError for an impossible name, KernelError otherwise: EEXIST if the name is taken (by a stale entry, too), EPERM
 * where the kernel lets ordinary users make no user namespaces. Nothing half-made stays behind, whoever is killed when. ip-netns(8).
 *
 * The name of an ordinary user is private to that user, and lasts as long as the process that holds such names: at most until the
 * machine stops.
 */
export function createNamed(name: string, options: NamingOptions = {}): Namespace {
  validateName(name);
  const [directory] = nameDirectories(options);
  const path = pathOfName(name, directory.path);
  using changes = directory.prepare(options);
  const steps: readonly SyscallStep[] = [['unshare', CLONE_NEWNET], openingOwn, ...bindingSteps(path, ownNetwork)];
  const results = runBinding(changes, path, steps, [
    `create a new network namespace ${JSON.stringify(name)}`,
    `open the new network namespace ${JSON.stringify(name)}`,
    `create namespace file ${path}`,
    `bind the new network namespace to ${path}`,
  ]);
  return namedNamespace(name, results[1] ?? -1);
}

/** The network namespace that a descriptor is of; it is closed with it. */
export function namedNamespace(name: string, raw: number): Namespace {
  return new Namespace(Fd.adopt(raw, `net namespace ${JSON.stringify(name)}`), 'net');
}

/**
 * Makes many new network namespaces with names, at the speed of the kernel: two child processes make half of them each.
 * `ip -batch` with a line `netns add NAME` for each.
 *
 * All or none: if one fails, those already made are removed. Nothing is held open: `NetworkNamespace.createAll` opens them as well. Throws as
 * `createNamed` does.
 */
export function createNames(names: readonly string[], options: NamingOptions = {}): void {
  createNamesWith([], names, options);
}

/**
 * The same, with system calls that open something in each new namespace before it gets its name. Gives their descriptors, for each name; the caller
 * closes them. If one namespace fails, all are closed.
 */
export function createNamesWith(
  openers: readonly SyscallStep[],
  names: readonly string[],
  options: NamingOptions,
): readonly (readonly number[])[] {
  const [directory] = nameDirectories(options);
  const paths = names.map((name) => pathOfName(name, directory.path));
  using changes = directory.prepare(options);
  const steps: readonly SyscallStep[] = [['unshare', CLONE_NEWNET], ...openers, ...bindingSteps(item, ownNetwork)];
  const shares = changes.forEach(paths, steps, 2);
  const opened = shares.flatMap(({ count, results }) =>
    Array.from({ length: count }, (_, at) => {
      const first = at * steps.length + 1;
      return [...results.slice(first, first + openers.length)];
    }),
  );
  const broken = shares.find(({ failed }) => failed !== undefined);
  if (broken?.failed === undefined) return opened;
  using undo = new ResourceStack();
  for (const { start, results } of shares) {
    const begun = Math.max(0, Math.ceil((results.length - 1 - openers.length) / steps.length)); // those that have a file
    for (const path of paths.slice(start, start + begun)) undo.defer(() => detachAndUnlink(changes, path));
  }
  for (const raw of opened.flat()) undo.defer(() => syscall('close', raw));
  const { errno, step } = broken.failed;
  throw new KernelError({
    errno,
    syscall: steps[step % steps.length]?.[0] ?? 'setns',
    operation: `create the named network namespace ${paths[broken.start + Math.max(0, Math.floor(step / steps.length))]}`,
  });
}

/**
 * Gives a network namespace that exists a (further) name. `ip netns attach NAME PID`, for any kind of reference.
 *
 * Throws as `openNamespace` and `createNamed` do.
 */
export function attachName(name: string, ref: NamespaceRef, options: NamingOptions = {}): void {
  validateName(name);
  const [directory] = nameDirectories(options);
  const path = pathOfName(name, directory.path);
  using namespace = openNamespace(ref, 'net', options);
  using changes = directory.prepare(options);
  runBinding(changes, path, bindingSteps(path, `/proc/self/fd/${namespace.fd.raw}`), [
    `create namespace file ${path}`,
    `bind ${describeRef(ref)} to ${path}`,
  ]);
}
