import { NetlinkConnection } from '../connection/connection.ts';
import { census, type MachineCensusOptions, type MachineNamespace } from '../inspect/census.ts';
import type { Completeness } from '../inspect/completeness.ts';
import type { Container } from '../inspect/containers/cgroups.ts';
import type { Keeper } from '../inspect/keeper.ts';
import { type SeenFromHere, seenFromHere } from '../inspect/seen-from-here.ts';
import type { MachineSnapshot } from '../inspect/snapshot/snapshot.ts';
import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import type { NamespaceType } from '../namespaces/type.ts';
import { Nsids } from '../network/nsids.ts';

/** A name, or a namespace that has none, with what this process may know of it. */
export interface Listed {
  readonly name: string | undefined;
  /** `stale`: no namespace is there. */
  readonly state: 'ready' | 'stale';
  readonly type: NamespaceType;
  readonly inode: number | undefined;
  /** Never given to another namespace. */
  readonly id: bigint | undefined;
  /** The id that it has here. */
  readonly nsid: number | undefined;
  readonly pids: readonly number[];
  /** Undefined without the right to look. */
  readonly devices: readonly string[] | undefined;
  /** Whether this process is in it. */
  readonly current: boolean;
  /** Whether the machine began with it. */
  readonly initial: boolean;
  readonly owner: number | undefined;
  readonly parent: number | undefined;
  readonly references: number | undefined;
  readonly container: Container | undefined;
  readonly keepers: readonly Keeper[];
}

export interface Listing {
  /** First the names, in order, then what has none, by type and inode. */
  readonly namespaces: readonly Listed[];
  readonly completeness: Completeness;
}

/** What is to be known of each: what nobody looks at is not asked for. */
export interface ListingOptions extends RunDirectoryOptions {
  readonly types: readonly NamespaceType[];
  readonly nsids: boolean;
  readonly devices: boolean;
  readonly containers: boolean;
  /** Owners, parents, and ids where the kernel's own list has none. */
  readonly relations: boolean;
  readonly onProgress?: MachineCensusOptions['onProgress'];
  readonly from?: MachineSnapshot | undefined;
}

export async function listNamespaces(options: ListingOptions): Promise<Listing> {
  const { from, devices } = options;
  const { namespaces, completeness, names } = await census(options);
  using connection = options.nsids && from === undefined ? new NetlinkConnection() : undefined;
  const seen = from === undefined && (await seenFromHere(namespaces, devices, connection && new Nsids(connection)));
  const look = (namespace: MachineNamespace, name: string | undefined) =>
    listed(namespace, name, seen ? seen.get(namespace.inode) : from && seenIn(from, namespace, options));
  const byInode = new Map(namespaces.map((each) => [each.inode, each]));
  const named: Listed[] = [];
  for (const { name, inode } of [...names].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const namespace = byInode.get(inode ?? -1);
    if (namespace !== undefined) named.push(look(namespace, name));
    else if (inode === undefined) named.push(stale(name));
  }
  const nameless: Listed[] = [];
  for (const namespace of namespaces) if (namespace.names.length === 0) nameless.push(look(namespace, undefined));
  return { namespaces: [...named, ...nameless], completeness };
}

/** What a snapshot has of what was asked for. */
function seenIn({ namespaces }: MachineSnapshot, { inode }: MachineNamespace, wanted: ListingOptions): SeenFromHere {
  const { nsid, devices } = namespaces.get(inode) ?? {};
  return {
    ...(wanted.nsids && nsid !== undefined ? { nsid } : {}),
    ...(wanted.devices && devices !== undefined ? { devices } : {}),
  };
}

/** Nothing is known of it: there is none. */
function stale(name: string): Listed {
  const unknown = { inode: undefined, id: undefined, nsid: undefined, devices: undefined, owner: undefined };
  const nothing = { pids: [], current: false, initial: false, keepers: [] };
  const more = { parent: undefined, references: undefined, container: undefined };
  return { name, state: 'stale', type: 'net', ...unknown, ...nothing, ...more };
}

function listed(
  namespace: MachineNamespace,
  name: string | undefined,
  network: Readonly<SeenFromHere> | undefined,
): Listed {
  const { type, inode, id, owner, parent, references, container, current, initial, keepers } = namespace;
  const pids: number[] = [];
  for (const keeper of keepers) if (keeper.kind === 'process') pids.push(keeper.pid);
  return {
    name,
    state: 'ready',
    type,
    inode,
    id,
    nsid: network?.nsid,
    devices: network?.devices,
    pids,
    current,
    initial,
    owner,
    parent,
    references,
    container,
    keepers,
  };
}
