import { EINVAL, ENOENT, ENOTDIR } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { inChildAfter } from '../native/child.ts';
import {
  AT_FDCWD,
  CLONE_NEWNS,
  MNT_DETACH,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
} from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { perform, type SyscallStep, syscall } from '../native/syscall.ts';
import type { MachineNamespace } from './census.ts';
import { openNamespacePath } from './relations.ts';
import { idOfNamespace } from './sources/handle.ts';

/** A mount namespace that is open, and whether it is the one that this process is in. */
export interface MountPlace {
  readonly namespace: Namespace;
  readonly current: boolean;
}

/**
 * Takes the mount of a namespace at a path (`raw`: a character for each byte, where it is no UTF-8) away, if it is that one still: another may have been mounted there, or over it. What is
 * looked at and what is unmounted is the same mount, by a descriptor. False if it is not there any more. umount2(2).
 *
 * Throws KernelError EPERM without CAP_SYS_ADMIN there.
 */
export function unmountNamespace(
  { path, raw }: { readonly path: string; readonly raw?: string | undefined },
  mounted: Pick<MachineNamespace, 'inode' | 'id'>,
  { namespace, current }: MountPlace,
): boolean {
  const operation = `unmount ${path} in ${namespace}`;
  const way: readonly SyscallStep[] = current ? [] : [['setns', namespace.fd.raw, CLONE_NEWNS]];
  const run = (steps: readonly SyscallStep[]): number | undefined => {
    const { results, failed } = inChildAfter(way, operation, steps);
    if (failed === undefined) return results.at(-1) ?? -1;
    if (failed.step >= 0 && vanished.includes(failed.errno)) return undefined;
    const call = failed.step < 0 ? 'setns' : (steps[failed.step]?.[0] ?? '');
    throw new KernelError({ errno: failed.errno, syscall: call, operation });
  };
  const bytes = raw === undefined ? path : Uint8Array.from(`${raw}\0`, (byte) => byte.charCodeAt(0));
  const found = run([['openat', AT_FDCWD, bytes, O_PATH | O_NOFOLLOW | O_CLOEXEC]]);
  if (found === undefined) return false;
  using mount = Fd.adopt(found, path);
  if (!isOf(mount, mounted)) return false;
  // The way to the descriptor leads through our own /proc: there may be none in that place.
  using proc = Fd.adopt(
    perform('open /proc', 'openat', AT_FDCWD, '/proc', O_RDONLY | O_DIRECTORY | O_CLOEXEC),
    '/proc',
  );
  const unmounting: SyscallStep = ['umount2', `self/fd/${mount.raw}`, MNT_DETACH];
  return run([['fchdir', proc.raw], unmounting]) !== undefined;
}

/** It is no mount any more: another one of its kind was the same by propagation. */
const vanished: readonly number[] = [EINVAL, ENOENT, ENOTDIR];

function isOf(mount: Fd, { inode, id }: Pick<MachineNamespace, 'inode' | 'id'>): boolean {
  const raw = openNamespacePath(`/proc/self/fd/${mount.raw}`, inode);
  if (raw === undefined) return false;
  const own = idOfNamespace(raw);
  syscall('close', raw);
  return id === undefined || own === undefined || own === id;
}
