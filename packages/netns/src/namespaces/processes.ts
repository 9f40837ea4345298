import { EACCES, EPERM } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../native/constants.ts';
import { FileReader, linksAtOnce } from '../native/file-reader.ts';
import { syscall } from '../native/syscall.ts';
import { idOfFile, type NamespaceId, nsfsDevice } from './identity.ts';
import type { NamespaceType } from './type.ts';

/** Which namespace of a type a process is in. Throws KernelError: ENOENT (no such process), EACCES (it may not be looked at). */
export function namespaceIdOf(pid: number, type: NamespaceType = 'net'): NamespaceId {
  return idOfFile(`/proc/${pid}/ns/${type}`, `find the ${type} namespace of process ${pid}`);
}

/** Looks at the net, or another, namespace of every process; in the order of `/proc`, ascending. */
function lookAtAll(type: NamespaceType, look: (pid: number, inode: number | 'gone' | 'hidden') => void): void {
  const reader = new FileReader();
  const operation = 'list the processes in /proc';
  const proc = syscall('openat', AT_FDCWD, '/proc', O_RDONLY | O_CLOEXEC | O_DIRECTORY);
  if (proc < 0) throw new KernelError({ errno: -proc, syscall: 'open', operation });
  try {
    const pids = reader.numbersIn(proc);
    for (let first = 0; first < pids.length; first += linksAtOnce) {
      const some = pids.slice(first, first + linksAtOnce);
      // The link's text, `net:[4026531833]`, takes half the time of a stat.
      const inodes = reader.linkNumbers(proc, some.map((pid) => `${pid}/ns/${type}\0`).join(''));
      some.forEach((pid, index) => {
        look(pid, inodes[index] ?? refusalOf(proc, `${pid}/ns/${type}`));
      });
    }
  } finally {
    syscall('close', proc);
  }
}

/** Why a link could not be read. */
function refusalOf(proc: number, link: string): 'gone' | 'hidden' {
  const refused = syscall('readlinkat', proc, link, new Uint8Array(1), 1);
  return refused === -EACCES || refused === -EPERM ? 'hidden' : 'gone';
}

/**
 * The processes that are in a namespace, in the order of `/proc`. `ip netns pids NAME`.
 *
 * By their main threads. Those that the caller may not look at are left out, and so are those that end meanwhile.
 */
export function processesOf(id: NamespaceId, type: NamespaceType = 'net'): number[] {
  if (id.dev !== nsfsDevice()) return [];
  const found: number[] = [];
  lookAtAll(type, (pid, inode) => {
    if (inode === id.ino) found.push(pid);
  });
  return found;
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
  lookAtAll(type, (pid, ino) => {
    if (ino === 'hidden') hidden++;
    if (typeof ino !== 'number') return;
    const key = `${dev}:${ino}`;
    const known = namespaces.get(key);
    if (known) known.pids.push(pid);
    else namespaces.set(key, { id: { dev, ino }, pids: [pid] });
  });
  return { namespaces, hidden };
}
