import { KernelError } from '../errors.ts';
import { inChild } from '../native/child.ts';
import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import type { SyscallStep } from '../native/syscall.ts';
import { ResourceStack } from '../resource.ts';
import { bindingSteps, runBinding } from './bind.ts';
import { detachAndUnlink, pathOfName, pathsPerChild } from './names.ts';
import { Namespace } from './namespace.ts';
import { describeRef, type NamespaceRef, openNamespace } from './reference.ts';
import { type NamingOptions, prepareForNames } from './run-directory.ts';

/**
 * Makes a new network namespace and gives it a name. `ip netns add NAME`.
 *
 * Returns the namespace, held open; close it when you no longer need it: the name keeps the namespace alive. Throws
 * InvalidArgumentError for an impossible name, KernelError otherwise: EEXIST if the name is taken (by a stale entry, too), EPERM
 * without CAP_SYS_ADMIN. Nothing half-made stays behind, whoever is killed when. ip-netns(8).
 */
export function createNamed(name: string, options: NamingOptions = {}): Namespace {
  const path = pathOfName(name, options.runDirectory);
  prepareForNames(options);
  const steps: readonly SyscallStep[] = [
    ['unshare', CLONE_NEWNET],
    ['openat', AT_FDCWD, '/proc/self/ns/net', O_RDONLY | O_CLOEXEC],
    ...bindingSteps(path, '/proc/self/ns/net'),
  ];
  const results = runBinding(path, steps, [
    `create a new network namespace ${JSON.stringify(name)}`,
    `open the new network namespace ${JSON.stringify(name)}`,
    `create namespace file ${path}`,
    `bind the new network namespace to ${path}`,
  ]);
  return new Namespace(Fd.adopt(results[1] ?? -1, `net namespace ${JSON.stringify(name)}`), 'net');
}

/**
 * Makes many new network namespaces with names, at the speed of the kernel: hundreds share the cost of one child process.
 * `ip -batch` with a line `netns add NAME` for each.
 *
 * All or none: if one fails, those already made are removed. Nothing is held open; use `openNamespace`. Throws as `createNamed` does.
 */
export function createNames(names: readonly string[], options: NamingOptions = {}): void {
  const paths = names.map((name) => pathOfName(name, options.runDirectory));
  prepareForNames(options);
  using undo = new ResourceStack();
  const count = pathsPerChild(paths);
  for (let start = 0; start < paths.length; start += count) {
    const chunk = paths.slice(start, start + count);
    const steps = chunk.flatMap((path) => [
      ['unshare', CLONE_NEWNET] as const,
      ...bindingSteps(path, '/proc/self/ns/net'),
    ]);
    const { results, failed } = inChild('create network namespaces', steps);
    chunk.slice(0, Math.ceil((results.length - 1) / 3)).forEach((path) => {
      undo.defer(() => detachAndUnlink(path));
    });
    if (failed) {
      const path = chunk[Math.floor(failed.step / 3)] ?? '';
      throw new KernelError({
        errno: failed.errno,
        syscall: steps[failed.step]?.[0] ?? '',
        operation: `create the named network namespace ${path}`,
      });
    }
  }
  undo.commit();
}

/**
 * Gives a network namespace that exists a (further) name. `ip netns attach NAME PID`, for any kind of reference.
 *
 * Throws as `openNamespace` and `createNamed` do.
 */
export function attachName(name: string, ref: NamespaceRef, options: NamingOptions = {}): void {
  const path = pathOfName(name, options.runDirectory);
  using namespace = openNamespace(ref, 'net', options);
  prepareForNames(options);
  runBinding(path, bindingSteps(path, `/proc/self/fd/${namespace.fd.raw}`), [
    `create namespace file ${path}`,
    `bind ${describeRef(ref)} to ${path}`,
  ]);
}
