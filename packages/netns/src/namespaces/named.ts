import { KernelError } from '../errors.ts';
import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import type { SyscallStep } from '../native/syscall.ts';
import { ResourceStack } from '../resource.ts';
import { bindingSteps, runBinding } from './bind.ts';
import { nameDirectories } from './name-directories.ts';
import type { NamingOptions } from './name-directory.ts';
import { detachAndUnlink, pathOfName, pathsPerChild, validateName } from './names.ts';
import { Namespace } from './namespace.ts';
import { describeRef, type NamespaceRef, openNamespace } from './reference.ts';

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
  const steps: readonly SyscallStep[] = [
    ['unshare', CLONE_NEWNET],
    ['openat', AT_FDCWD, '/proc/self/ns/net', O_RDONLY | O_CLOEXEC],
    ...bindingSteps(path, '/proc/self/ns/net'),
  ];
  const results = runBinding(changes, path, steps, [
    `create a new network namespace ${JSON.stringify(name)}`,
    `open the new network namespace ${JSON.stringify(name)}`,
    `create namespace file ${path}`,
    `bind the new network namespace to ${path}`,
  ]);
  return new Namespace(Fd.adopt(results[1] ?? -1, `net namespace ${JSON.stringify(name)}`), 'net');
}

/**
 * Makes many new network namespaces with names, at the speed of the kernel: hundreds share the cost of one child process, and two
 * such work at the same time.
 * `ip -batch` with a line `netns add NAME` for each.
 *
 * All or none: if one fails, those already made are removed. Nothing is held open; use `openNamespace`. Throws as `createNamed` does.
 */
export function createNames(names: readonly string[], options: NamingOptions = {}): void {
  const [directory] = nameDirectories(options);
  const paths = names.map((name) => pathOfName(name, directory.path));
  using changes = directory.prepare(options);
  using undo = new ResourceStack();
  const operation = 'create network namespaces';
  const count = Math.min(pathsPerChild(paths), Math.ceil(paths.length / 2));
  for (let start = 0; start < paths.length; start += 2 * count) {
    const chunks = [paths.slice(start, start + count), paths.slice(start + count, start + 2 * count)] as const;
    const [first, second] = [creationSteps(chunks[0]), creationSteps(chunks[1])];
    const outcomes = second.length > 0 ? changes.runBoth(operation, first, second) : [changes.run(operation, first)];
    for (const [index, { results }] of outcomes.entries())
      for (const path of chunks[index]?.slice(0, Math.ceil((results.length - 1) / stepsPerName)) ?? [])
        undo.defer(() => detachAndUnlink(changes, path));
    for (const [index, { failed }] of outcomes.entries()) {
      if (failed === undefined) continue;
      const path = chunks[index]?.[Math.max(0, Math.floor(failed.step / stepsPerName))] ?? '';
      throw new KernelError({
        errno: failed.errno,
        syscall: creationSteps([path])[failed.step % stepsPerName]?.[0] ?? 'setns',
        operation: `create the named network namespace ${path}`,
      });
    }
  }
  undo.commit();
}

const stepsPerName = 3;

function creationSteps(paths: readonly string[]): SyscallStep[] {
  return paths.flatMap((path) => [['unshare', CLONE_NEWNET] as const, ...bindingSteps(path, '/proc/self/ns/net')]);
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
