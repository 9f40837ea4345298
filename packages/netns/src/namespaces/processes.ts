import { opendirSync, statSync } from 'node:fs';
import { idOfFile, kernelError, type NamespaceId } from './identity.ts';
import type { NamespaceType } from './type.ts';

/** Which namespace of a type a process is in. Throws KernelError: ENOENT (no such process), EACCES (it may not be looked at). */
export function namespaceIdOf(pid: number, type: NamespaceType = 'net'): NamespaceId {
  return idOfFile(`/proc/${pid}/ns/${type}`, `find the ${type} namespace of process ${pid}`);
}

/** Calls `visit` with each process id of `/proc`, in its order (ascending). */
export function forEachProcess(visit: (pid: number) => void): void {
  try {
    const directory = opendirSync('/proc');
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        if (/^[0-9]+$/.test(entry.name)) visit(Number(entry.name));
      }
    } finally {
      directory.closeSync();
    }
  } catch (error) {
    throw kernelError(error, 'open', 'list the processes in /proc');
  }
}

/**
 * The processes that are in a namespace, in the order of `/proc`. `ip netns pids NAME`.
 *
 * By their main threads. Those that the caller may not look at are left out, and so are those that end meanwhile.
 */
export function processesOf(id: NamespaceId, type: NamespaceType = 'net'): number[] {
  const found: number[] = [];
  forEachProcess((pid) => {
    const other = statOrUndefined(`/proc/${pid}/ns/${type}`);
    if (other !== undefined && other.ino === id.ino && other.dev === id.dev) found.push(pid);
  });
  return found;
}

/** Every namespace of a type that a visible process is in, with those processes. */
export function namespacesOfProcesses(
  type: NamespaceType = 'net',
): Map<string, { readonly id: NamespaceId; readonly pids: number[] }> {
  const found = new Map<string, { readonly id: NamespaceId; readonly pids: number[] }>();
  forEachProcess((pid) => {
    const id = statOrUndefined(`/proc/${pid}/ns/${type}`);
    if (id === undefined) return;
    const key = `${id.dev}:${id.ino}`;
    const known = found.get(key);
    if (known) known.pids.push(pid);
    else found.set(key, { id: { dev: id.dev, ino: id.ino }, pids: [pid] });
  });
  return found;
}

function statOrUndefined(path: string): NamespaceId | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // EACCES: not ours to look at
  }
}
