import { readdirSync, readlinkSync } from 'node:fs';
import { idOfFile, kernelError, type NamespaceId, nsfsDevice } from './identity.ts';
import type { NamespaceType } from './type.ts';

/** Which namespace of a type a process is in. Throws KernelError: ENOENT (no such process), EACCES (it may not be looked at). */
export function namespaceIdOf(pid: number, type: NamespaceType = 'net'): NamespaceId {
  return idOfFile(`/proc/${pid}/ns/${type}`, `find the ${type} namespace of process ${pid}`);
}

/** In the order of `/proc`, ascending; `opendirSync` would keep it by itself, but takes a millisecond to load. */
function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^[0-9]+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
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
  if (id.dev !== nsfsDevice()) return [];
  return processIds().filter((pid) => inodeOf(pid, type) === id.ino);
}

/** Processes that are in the same namespace. */
export interface NamespaceProcesses {
  readonly id: NamespaceId;
  readonly pids: number[];
}

/** Every namespace of a type that a visible process is in, with those processes; the keys are `DEVICE:INODE`. */
export function namespacesOfProcesses(type: NamespaceType = 'net'): Map<string, NamespaceProcesses> {
  return censusOfProcesses(type).namespaces;
}

/** The same, and how many processes there are that the caller may not look at. */
export function censusOfProcesses(type: NamespaceType = 'net'): {
  readonly namespaces: Map<string, NamespaceProcesses>;
  readonly hidden: number;
} {
  const dev = nsfsDevice();
  const namespaces = new Map<string, NamespaceProcesses>();
  let hidden = 0;
  for (const pid of processIds()) {
    const ino = inodeOf(pid, type);
    if (ino === 'hidden') hidden++;
    if (typeof ino !== 'number') continue;
    const key = `${dev}:${ino}`;
    const known = namespaces.get(key);
    if (known) known.pids.push(pid);
    else namespaces.set(key, { id: { dev, ino }, pids: [pid] });
  }
  return { namespaces, hidden };
}

/** The link's text, `net:[4026531833]`, takes half the time of a stat. */
function inodeOf(pid: number, type: NamespaceType): number | 'gone' | 'hidden' {
  try {
    return Number(readlinkSync(`/proc/${pid}/ns/${type}`).slice(type.length + 2, -1));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'hidden' : 'gone';
  }
}
