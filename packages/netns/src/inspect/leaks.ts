import { fstatSync } from 'node:fs';
import { thisAsker } from './asker.ts';
import { census, type MachineCensusOptions, type MachineNamespace } from './census.ts';
import type { Completeness } from './completeness.ts';
import type { Keeper, KeeperKind } from './keeper.ts';
import { openMachineNamespace } from './open.ts';
import { howToRelease } from './release.ts';
import type { MachineSnapshot } from './snapshot/snapshot.ts';
import { unmountNamespace } from './unmount.ts';

/** A network namespace that nothing useful holds. */
export interface LeakedNamespace {
  readonly namespace: MachineNamespace;
  /** By what it is kept: the kinds of its keepers; none if nothing that can be seen keeps it. */
  readonly kinds: readonly KeeperKind[];
  /** When its file was made, as far as that is still the same one: not much later than the namespace itself. */
  readonly since: Date | undefined;
  /** What would release each of its keepers. */
  readonly release: readonly string[];
}

/** How the search for leaks is followed and stopped, and where the names are. */
export interface LeaksOptions
  extends Pick<MachineCensusOptions, 'runDirectory' | 'userRuntimeDirectory' | 'signal' | 'onProgress' | 'from'> {}

/**
 * Finds network namespaces that nothing useful holds: no process and no thread is in them, they have no name and are no container's; but
 * an open file, a socket, a forgotten mount or something in flight keeps them. The oldest come first. Changes nothing; no `ip`
 * equivalent.
 */
export async function leaks(options: LeaksOptions = {}): Promise<readonly LeakedNamespace[]> {
  return (await findLeaks(options)).leaked;
}

/** The same, and whether these are all. */
export async function findLeaks(
  options: LeaksOptions = {},
): Promise<{ readonly leaked: readonly LeakedNamespace[]; readonly completeness: Completeness }> {
  // Mount and user namespaces say how to reach a mount that holds one.
  const { namespaces, completeness } = await census({ ...options, types: ['net', 'mnt', 'user'], queues: 'always' });
  const since = options.from === undefined ? ageOf : ageIn(options.from);
  return { leaked: leakedAmong(namespaces, since), completeness };
}

/** Those of a census that leak, the oldest first. */
export function leakedAmong(
  namespaces: readonly MachineNamespace[],
  age: (namespace: MachineNamespace) => Date | undefined,
): readonly LeakedNamespace[] {
  const byInode = new Map(namespaces.map((each) => [each.inode, each]));
  const asker = thisAsker(namespaces);
  const lived = (mountNamespace: number) => byInode.get(mountNamespace)?.keepers.some(isInside) ?? true;
  return namespaces
    .filter((namespace) => isLeaked(namespace, lived))
    .map((namespace) => ({
      namespace,
      kinds: [...new Set(namespace.keepers.map(({ kind }) => kind))],
      since: namespace.keepers.some(keepsFile) ? age(namespace) : undefined,
      release: namespace.keepers.map((keeper) => howToRelease(keeper, namespace, (inode) => byInode.get(inode), asker)),
    }))
    .sort((a, b) => Number(a.since ?? Number.POSITIVE_INFINITY) - Number(b.since ?? Number.POSITIVE_INFINITY) || 0);
}

/**
 * Whether nothing useful holds a network namespace. A file in a directory called `netns` is a name to somebody who shares the mounts there
 * (another user, a container runtime), as long as anybody does: `lived` tells of a mount namespace whether a process is in it. Pure.
 */
export function isLeaked(
  {
    type,
    names,
    keepers,
    current,
    initial,
  }: Pick<MachineNamespace, 'type' | 'names' | 'keepers' | 'current' | 'initial'>,
  lived: (mountNamespace: number) => boolean,
): boolean {
  if (type !== 'net' || current || initial || names.length > 0) return false;
  return !keepers.some(
    (keeper) =>
      isInside(keeper) ||
      (keeper.kind === 'mount' && /\/netns\/[^/]+$/.test(keeper.path) && lived(keeper.mountNamespace)),
  );
}

function isInside({ kind }: Keeper): boolean {
  return kind === 'process' || kind === 'thread';
}

/** Whether the file of the namespace is in use; if not, it is made anew for each look. */
function keepsFile(keeper: Keeper): boolean {
  return keeper.kind === 'descriptor' || keeper.kind === 'mount';
}

export function ageOf(namespace: MachineNamespace): Date | undefined {
  using open = openMachineNamespace(namespace);
  return open && fstatSync(open.fd.raw).ctime;
}

function ageIn({ namespaces }: MachineSnapshot): (namespace: MachineNamespace) => Date | undefined {
  return ({ inode }) => {
    const since = namespaces.get(inode)?.since;
    return since === undefined ? undefined : new Date(since);
  };
}

/** A mount that was, or would be, taken away. */
export interface ReleasedMount {
  /** The inode number of the namespace that was mounted. */
  readonly inode: number;
  readonly path: string;
  readonly mountNamespace: number;
}

/**
 * Takes the mounts of leaked namespaces away, in whatever mount namespaces they are; tells which. A mount that is another one's by now is
 * left alone. What processes hold is theirs to let go: no process is touched. Give it all leaks at once: it looks for their mount
 * namespaces once. Throws KernelError: EPERM without CAP_SYS_ADMIN there.
 */
export async function releaseMounts(
  leaked: LeakedNamespace | readonly LeakedNamespace[],
): Promise<readonly ReleasedMount[]> {
  const mounts = new Map<
    number,
    { readonly path: string; readonly raw: string | undefined; readonly namespace: MachineNamespace }[]
  >();
  for (const { namespace } of [leaked].flat())
    for (const keeper of namespace.keepers) {
      if (keeper.kind !== 'mount') continue;
      const { path, raw, mountNamespace } = keeper;
      mounts.set(mountNamespace, [...(mounts.get(mountNamespace) ?? []), { path, raw, namespace }]);
    }
  if (mounts.size === 0) return [];
  const released: ReleasedMount[] = [];
  const { namespaces } = await census({ types: ['mnt'], queues: 'never', relations: false });
  for (const place of namespaces) {
    const wanted = mounts.get(place.inode);
    using open = wanted && openMachineNamespace(place);
    if (wanted === undefined || open === undefined) continue; // it is gone, and its mounts with it
    for (const { path, raw, namespace } of wanted)
      if (unmountNamespace({ path, raw }, namespace, { namespace: open, current: place.current }))
        released.push({ inode: namespace.inode, path, mountNamespace: place.inode });
  }
  return released;
}
