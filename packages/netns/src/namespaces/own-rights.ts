import { AT_FDCWD, CLONE_NEWUSER, O_CLOEXEC, O_WRONLY } from '../native/constants.ts';
import type { Fd } from '../native/fd.ts';
import type { SyscallStep } from '../native/syscall.ts';
import type { Namespace } from './namespace.ts';

/** What this thread has made without privilege, as far as somebody still has it: it leads to the user namespace that owns it. */
const made = new Set<WeakRef<Namespace>>();

/** The user namespace for what is made next, so that namespaces of one process can be connected with each other. To be closed. */
export function sharedOwner(): Fd | undefined {
  for (const entry of made) {
    const namespace = entry.deref();
    if (namespace !== undefined && !namespace.fd.closed) return namespace.owner().fd;
    made.delete(entry);
  }
  return undefined;
}

export function rememberOwner(namespace: Namespace): void {
  made.add(new WeakRef(namespace));
}

/**
 * System calls of a child that makes a user namespace, in which this user is root and nobody else exists. It leaves three descriptors
 * open. user_namespaces(7).
 */
export function ownRights(): readonly SyscallStep[] {
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  const write = (file: string, text: string, at: number): SyscallStep[] => [
    ['openat', AT_FDCWD, `/proc/self/${file}`, O_WRONLY | O_CLOEXEC],
    ['write', { result: at }, text, text.length],
  ];
  return [
    ['unshare', CLONE_NEWUSER],
    ...write('setgroups', 'deny', 1),
    ...write('uid_map', `0 ${uid} 1`, 3),
    ...write('gid_map', `0 ${gid} 1`, 5),
  ];
}
