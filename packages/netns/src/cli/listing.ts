import { NetlinkConnection } from '../connection/connection.ts';
import { census, type MachineCensusOptions, type MachineNamespace } from '../inspect/census.ts';
import type { Completeness } from '../inspect/completeness.ts';
import type { Container } from '../inspect/containers/cgroups.ts';
import type { Keeper } from '../inspect/keeper.ts';
import { type SeenFromHere, seenFromHere } from '../inspect/seen-from-here.ts';
import type { MachineSnapshot } from '../inspect/snapshot/snapshot.ts';
import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { listNames } from '../namespaces/names.ts';
import type { NamespaceType } from '../namespaces/type.ts';
import { Nsids } from '../network/nsids.ts';

/** A name, or a namespace that has none, with what this process may know of it. */
export interface Listed {
  readonly name?: string;
  /** `stale`: no namespace is there. */
  readonly state: 'ready' | 'stale';
  readonly type: NamespaceType;
  readonly inode?: number;
  /** Never given to another namespace. */
  readonly id?: bigint;
  /** The id that it has here. */
  readonly nsid?: number;
  readonly pids: readonly number[];
  /** Undefined without the right to look. */
  readonly devices?: readonly string[];
  /** Whether this process is in it. */
  readonly current: boolean;
  /** Whether the machine began with it. */
  readonly initial: boolean;
  readonly owner?: number;
  readonly parent?: number;
  readonly references?: number;
  readonly container?: Container;
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
  readonly onProgress?: MachineCensusOptions['onProgress'];
  readonly from?: MachineSnapshot | undefined;
}

export async function listNamespaces(options: ListingOptions): Promise<Listing> {
  const { from, devices } = options;
  const { namespaces, completeness } = await census(options);
  using connection = options.nsids && from === undefined ? new NetlinkConnection() : undefined;
  const seen = from === undefined && (await seenFromHere(namespaces, devices, connection && new Nsids(connection)));
  const look = (namespace: MachineNamespace) =>
    listed(namespace, seen ? seen.get(namespace.inode) : from && seenIn(from, namespace, options));
  const byInode = new Map(namespaces.map((each) => [each.inode, each]));
  const named: Listed[] = [];
  const names =
    from?.names ?? listNames(options).map(({ name, id }) => ({ name, ...known({ inode: id && Number(id.ino) }) }));
  for (const { name, inode } of [...names].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const namespace = byInode.get(inode ?? -1);
    if (namespace !== undefined) named.push({ name, ...look(namespace) });
    else if (inode === undefined)
      named.push({ name, state: 'stale', type: 'net', pids: [], current: false, initial: false, keepers: [] });
  }
  const nameless: Listed[] = [];
  for (const namespace of namespaces) if (namespace.names.length === 0) nameless.push(look(namespace));
  return { namespaces: [...named, ...nameless], completeness };
}

/** What a snapshot has of what was asked for. */
function seenIn({ namespaces }: MachineSnapshot, { inode }: MachineNamespace, wanted: ListingOptions): SeenFromHere {
  const { nsid, devices } = namespaces.get(inode) ?? {};
  return { ...(wanted.nsids ? known({ nsid }) : {}), ...(wanted.devices ? known({ devices }) : {}) };
}

function listed(namespace: MachineNamespace, network: SeenFromHere = {}): Listed {
  const { type, inode, id, owner, parent, references, container, current, initial, keepers } = namespace;
  const pids = keepers.flatMap((keeper) => (keeper.kind === 'process' ? [keeper.pid] : []));
  return {
    state: 'ready',
    type,
    inode,
    ...known({ id }),
    ...network,
    pids,
    current,
    initial,
    ...known({ owner }),
    ...known({ parent }),
    ...known({ references }),
    ...known({ container }),
    keepers,
  };
}

/** An object of what is not undefined. */
function known<K extends string, V>(object: Record<K, V | undefined>): Partial<Record<K, V>> {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Record<K, V>>;
}
