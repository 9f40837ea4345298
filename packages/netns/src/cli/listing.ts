import { NetlinkConnection } from '../connection/connection.ts';
import { type NamespaceId, sameNamespace } from '../namespaces/identity.ts';
import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { listNames } from '../namespaces/names.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { censusOfProcesses, namespaceIdOf } from '../namespaces/processes.ts';
import { type NamespaceRef, openNamespace } from '../namespaces/reference.ts';
import { Nsids } from '../network/nsids.ts';
import { deviceNames, deviceNamesOfProcess } from './device-names.ts';

/** A name, or a nameless namespace that processes are in, with what this process may know of it. */
export interface Listed {
  readonly name?: string;
  /** `stale`: no namespace is there. */
  readonly state: 'ready' | 'stale';
  readonly inode?: number;
  /** The id that it has here. */
  readonly nsid?: number;
  readonly pids: readonly number[];
  /** Undefined without the right to look. */
  readonly devices?: readonly string[];
  /** Whether this process is in it. */
  readonly current: boolean;
}

export interface Listing {
  /** First the names, in order, then what has none, by inode. */
  readonly rows: readonly Listed[];
  /** There are processes that this one may not look at: the rows may lack some. */
  readonly incomplete: boolean;
}

export async function listNamespaces(place: RunDirectoryOptions): Promise<Listing> {
  const { namespaces: processes, hidden } = censusOfProcesses();
  const own = namespaceIdOf(process.pid);
  const names = listNames(place).sort((a, b) => (a.name < b.name ? -1 : 1));
  using connection = new NetlinkConnection();
  const nsids = new Nsids(connection);
  const rows: Listed[] = [];
  for (const { name, id, path } of names) {
    if (id === undefined) rows.push({ name, state: 'stale', pids: [], current: false });
    else rows.push({ name, ...(await look(nsids, { path }, id, processes.get(keyOf(id))?.pids ?? [], own)) });
  }
  const named = new Set(names.flatMap(({ id }) => (id === undefined ? [] : [keyOf(id)])));
  const nameless = [...processes].filter(([key]) => !named.has(key)).map(([, found]) => found);
  for (const { id, pids } of nameless.sort((a, b) => a.id.ino - b.id.ino))
    rows.push(await look(nsids, { pid: pids[0] ?? 0 }, id, pids, own));
  return { rows, incomplete: hidden > 0 };
}

/** The key of `namespacesOfProcesses`. */
function keyOf(id: NamespaceId): string {
  return `${id.dev}:${id.ino}`;
}

async function look(nsids: Nsids, ref: NamespaceRef, id: NamespaceId, pids: readonly number[], own: NamespaceId) {
  using namespace = openSame(ref, id);
  const [pid] = sameNamespace(id, own) ? [process.pid] : pids;
  const entry = namespace && (await nsids.get({ fd: namespace.fd }));
  const devices = pid === undefined ? namespace && deviceNames(namespace) : deviceNamesOfProcess(pid);
  return {
    state: 'ready' as const,
    inode: id.ino,
    ...(entry === undefined || entry.nsid < 0 ? {} : { nsid: entry.nsid }),
    pids,
    ...(devices === undefined ? {} : { devices }),
    current: sameNamespace(id, own),
  };
}

/** Undefined if it is gone, is another one by now, or may not be opened. */
function openSame(ref: NamespaceRef, id: NamespaceId): Namespace | undefined {
  try {
    const namespace = openNamespace(ref);
    if (sameNamespace(namespace.id, id)) return namespace;
    namespace.close();
  } catch {}
  return undefined;
}
