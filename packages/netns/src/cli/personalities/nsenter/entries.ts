import { statSync } from 'node:fs';
import { ENOENT } from '../../../errno-numbers.ts';
import { type NamespaceType, namespaceFlags } from '../../../namespaces/type.ts';
import type { Entry } from '../../../process/plan/set-up.ts';
import { failure } from '../util-linux/failure.ts';
import { checkInode, duplicate, handOver, openNamespaceOf, openNetworkOfSocket, openProcess, ownerOf } from './open.ts';
import type { Request } from './request.ts';

const program = 'nsenter';

/** The order in which files are tried. */
const fileOrder: readonly NamespaceType[] = ['user', 'cgroup', 'ipc', 'uts', 'net', 'pid', 'mnt', 'time'];

/** Everything that is to be entered, open: by the target's pidfd what has no file of its own. Throws Failure. */
export function entriesOf(request: Request): Entry[] {
  const { target } = request;
  const namespaces = new Map(request.namespaces);
  // Before its number is used: whoever has it later, this is who will be entered.
  const pidfd = target === undefined ? undefined : openProcess(target.pid);
  if (request.all)
    for (const type of foreignTypes(target?.pid ?? 0)) if (!namespaces.has(type)) namespaces.set(type, undefined);
  if (target?.inode !== undefined) checkInode(target.pid, pidfd, target.inode);
  const ofTarget = [...namespaces].filter(([, file]) => file === undefined).map(([type]) => type);
  if (ofTarget.length > 0 && target === undefined) throw failure(program, 'no target PID specified');
  if (request.netSocket !== undefined) {
    if (target === undefined) throw failure(program, 'no target PID specified');
    namespaces.set('net', openNetworkOfSocket(target.pid, request.netSocket));
  }
  if (pidfd === undefined || request.userParent)
    for (const type of ofTarget)
      if (pidfd === undefined || type === 'user') namespaces.set(type, openNamespaceOf(target?.pid ?? 0, type));
  if (request.userParent) namespaces.set('user', ownerOf(ownedBy(namespaces, target?.pid)));
  const ownMounts = request.all && !namespaces.has('mnt') ? [ownMountsEntry()] : [];
  return [...ownMounts, ...pidfdEntries(namespaces, pidfd), ...fileEntries(namespaces)];
}

/**
 * Every type whose namespace is another one than ours. Where we are already there is nothing to do, and an ordinary user has no right
 * to: the namespaces of a rootless container are ours where it has none of its own.
 */
function foreignTypes(pid: number): NamespaceType[] {
  return fileOrder.filter((type) => {
    const own = inodeOf(`/proc/self/ns/${type}`);
    const ofChildren = inodeOf(`/proc/self/ns/${type}_for_children`) ?? own;
    if (own === undefined) return false; // a type that this kernel does not have
    const path = `/proc/${pid}/ns/${type}`;
    const theirs = inodeOf(path);
    if (theirs === undefined) throw failure(program, `stat of ${path} failed`, ENOENT);
    return theirs !== own || theirs !== ofChildren;
  });
}

function inodeOf(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.ino;
  } catch (error) {
    throw failure(program, `stat of ${path} failed`, Math.abs((error as NodeJS.ErrnoException).errno ?? ENOENT));
  }
}

/** To enter the mount namespace where we are takes us to its root; that is left out where it is not allowed. */
function ownMountsEntry(): Entry {
  return { take: ['open', '/proc/self/ns/mnt'], flags: namespaceFlags.mnt, by: 'file', what: 'ns/mnt', optional: true };
}

/** Whose owner is meant: the user namespace given, that of the target, or any other that was given. */
function ownedBy(namespaces: ReadonlyMap<NamespaceType, number | undefined>, pid: number | undefined): number {
  const user = namespaces.get('user');
  if (user !== undefined) return user;
  if (pid !== undefined) return openNamespaceOf(pid, 'user');
  for (const type of fileOrder) {
    const file = namespaces.get(type);
    if (file !== undefined) return file;
  }
  throw failure(program, 'no namespace specified');
}

function pidfdEntries(namespaces: ReadonlyMap<NamespaceType, number | undefined>, pidfd: number | undefined): Entry[] {
  if (pidfd === undefined) return [];
  const types = [...namespaces].filter(([, file]) => file === undefined).map(([type]) => type);
  const flags = types.filter((type) => type !== 'user').reduce((sum, type) => sum | namespaceFlags[type], 0);
  const entry = (fd: number, each: number): Entry => ({
    take: handOver(fd),
    flags: each,
    by: 'pidfd',
    what: 'the target',
  });
  return [
    ...(flags === 0 ? [] : [entry(pidfd, flags)]),
    ...(types.includes('user') ? [entry(duplicate(pidfd), namespaceFlags.user)] : []),
  ];
}

function fileEntries(namespaces: ReadonlyMap<NamespaceType, number | undefined>): Entry[] {
  return fileOrder.flatMap((type) => {
    const file = namespaces.get(type);
    if (file === undefined) return [];
    return [{ take: handOver(file), flags: namespaceFlags[type], by: 'file' as const, what: `ns/${type}` }];
  });
}
