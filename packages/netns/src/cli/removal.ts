import { type NamespaceId, sameNamespace } from '../namespaces/identity.ts';
import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { listNames, removeName } from '../namespaces/names.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { namespacesOfProcesses } from '../namespaces/processes.ts';
import { openNamespace } from '../namespaces/reference.ts';
import type { EndWatch } from './end-watch.ts';
import { describeProcess, type ProcessInfo, sayProcesses } from './process-command.ts';

/** A name that was taken away. */
export interface Removed {
  readonly name: string;
  /** The namespace that it led to; undefined if it was stale. */
  readonly id: NamespaceId | undefined;
  /** What `EndWatch` calls it. */
  readonly watched: number | undefined;
}

/** What can be seen to hold a namespace. */
export interface Keepers {
  readonly processes: readonly ProcessInfo[];
  readonly names: readonly string[];
}

/** Takes one name away, with the namespace watched from before. `held` gets what keeps the identity from being used again. */
export async function remove(
  name: string,
  place: RunDirectoryOptions,
  held: Namespace[],
  watch: EndWatch | undefined,
): Promise<Removed> {
  const namespace = openIfReady(name, place);
  if (namespace) held.push(namespace);
  const watched = namespace && (await watch?.add(namespace));
  removeName(name, place);
  return { name, id: namespace?.id, watched };
}

export function openIfReady(name: string, place: RunDirectoryOptions): Namespace | undefined {
  try {
    return openNamespace(name, 'net', place);
  } catch {
    return undefined; // stale, or not there at all: removing will tell
  }
}

/** Finds what holds each of these namespaces; they must be alive, or the kernel may have given their numbers to others. */
export function findKeepers(removed: readonly Removed[], place: RunDirectoryOptions): readonly Keepers[] {
  if (removed.length === 0) return [];
  const processes = namespacesOfProcesses();
  const names = listNames(place);
  return removed.map(({ id }) => {
    if (id === undefined) return { processes: [], names: [] };
    return {
      processes: (processes.get(`${id.dev}:${id.ino}`)?.pids ?? []).map(describeProcess),
      names: names.flatMap((entry) => (entry.id !== undefined && sameNamespace(entry.id, id) ? [entry.name] : [])),
    };
  });
}

/** Says what holds a namespace; undefined if nothing that can be seen does. */
export function sayKeepers({ processes, names }: Keepers): string | undefined {
  const parts = [
    ...(processes.length === 0 ? [] : [`${sayProcesses(processes)} ${processes.length === 1 ? 'is' : 'are'} in it`]),
    ...(names.length === 0 ? [] : [`it has the ${names.length === 1 ? 'name' : 'names'} ${quoteAll(names)}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', and ');
}

function quoteAll(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}
