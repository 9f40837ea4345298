import { constants } from 'node:fs';
import { KernelError } from '../errors.ts';
import type { item } from '../native/child.ts';
import { AT_FDCWD, MS_BIND, O_CLOEXEC, O_NONBLOCK, O_RDONLY, S_IFREG } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { perform, type SyscallStep, syscall } from '../native/syscall.ts';
import { inPlace, type NameChanges } from './name-directory.ts';
import { detachAndUnlink } from './names.ts';
import { namespaceOfFd } from './namespace.ts';
import { describeRef, type NamespaceRef, openNamespace } from './reference.ts';
import type { NamespaceType } from './type.ts';

/** An empty file, then the mount on it. `mknod` makes the file without opening it. */
export function bindingSteps(path: string | typeof item, source: string): readonly SyscallStep[] {
  return [
    ['mknodat', AT_FDCWD, path, S_IFREG, 0],
    ['mount', source, path, 'none', MS_BIND, null],
  ];
}

/**
 * The file and the mount are made in a child that outlives this process if need be: whoever is killed, both are there or
 * neither. If it was the child, this process takes the file away again.
 */
export function runBinding(
  changes: NameChanges,
  path: string,
  steps: readonly SyscallStep[],
  operations: readonly string[],
): Int32Array {
  const fileStep = steps.findIndex(([name]) => name === 'mknodat');
  const { results, failed } = changes.run(operations[fileStep] ?? '', steps);
  if (!failed) return results;
  const openStep = steps.findIndex(([name]) => name === 'openat');
  const opened = results[openStep];
  if (opened !== undefined) syscall('close', opened);
  const operation = operations[Math.max(failed.step, 0)] ?? '';
  if (results.length > fileStep) detachAndUnlink(changes, path);
  throw new KernelError({ errno: failed.errno, syscall: steps[failed.step]?.[0] ?? 'setns', operation });
}

/**
 * Keeps a namespace of any type in a file, where it lives on without a process and can be opened by the file's path.
 * `touch FILE; mount --bind /proc/PID/ns/TYPE FILE`.
 *
 * The file is made and must not exist. Throws as `openNamespace` does; KernelError EEXIST, ENOENT (no such directory), EPERM without
 * CAP_SYS_ADMIN over the mount namespace, EINVAL for a mount namespace that is older than our own (it could hold itself). Nothing
 * half-made stays behind. namespaces(7), mount(2) MS_BIND.
 */
export function bindNamespace(path: string, ref: NamespaceRef, type: NamespaceType = 'net'): void {
  using namespace = openNamespace(ref, type);
  runBinding(inPlace, path, bindingSteps(path, `/proc/self/fd/${namespace.fd.raw}`), [
    `create namespace file ${path}`,
    `bind ${describeRef(ref, type)} to ${path}`,
  ]);
}

/**
 * Takes such a file away: the namespace lives on while something else holds it. `umount FILE; rm FILE`.
 *
 * Throws KernelError: ENOENT, EPERM, EINVAL for a file in which no namespace is kept (it stays).
 */
export function unbindNamespace(path: string): void {
  const raw = perform(
    `open ${path}`,
    'openat',
    AT_FDCWD,
    path,
    O_RDONLY | O_CLOEXEC | O_NONBLOCK | constants.O_NOFOLLOW,
  );
  namespaceOfFd(Fd.adopt(raw, path), path).close();
  detachAndUnlink(inPlace, path);
}
