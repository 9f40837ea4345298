import { statSync } from 'node:fs';
import { type NamespaceType, namespaceFlags, namespaceTypes } from '../../../namespaces/type.ts';
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
  if (request.all)
    for (const type of allTypes(target?.pid ?? 0)) if (!namespaces.has(type)) namespaces.set(type, undefined);
  const pidfd = target === undefined ? undefined : openProcess(target.pid);
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
  return [...pidfdEntries(namespaces, pidfd), ...fileEntries(namespaces)];
}

/** Every type that this kernel has; one's own user namespace cannot be entered. */
function allTypes(pid: number): NamespaceType[] {
  const path = `/proc/${pid}/ns/user`;
  try {
    const same = statSync(path).ino === statSync('/proc/self/ns/user').ino;
    return namespaceTypes.filter((type) =>
      type === 'user' ? !same : statSync(`/proc/self/ns/${type}`, { throwIfNoEntry: false }),
    );
  } catch (error) {
    throw failure(program, `stat of ${path} failed`, Math.abs((error as NodeJS.ErrnoException).errno ?? 2));
  }
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
