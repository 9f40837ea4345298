import { closeSync, readFileSync } from 'node:fs';
import type { Namespace } from '../namespaces/namespace.ts';
import { inChild } from '../native/child.ts';
import { AT_FDCWD, CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from '../native/constants.ts';

/**
 * The names of the devices in a namespace; undefined without the right to enter it.
 *
 * From `/proc/net/dev`, not by netlink: a listing of links makes the kernel give ids, inside the namespace that is looked at, to
 * all that its veths lead to. To look must not change anything.
 */
export function deviceNames(namespace: Namespace): readonly string[] | undefined {
  const { results, failed } = inChild(`list the devices of ${namespace}`, [
    ['setns', namespace.fd.raw, CLONE_NEWNET],
    ['openat', AT_FDCWD, '/proc/self/net/dev', O_RDONLY | O_CLOEXEC],
  ]);
  const fd = results[1];
  if (failed !== undefined || fd === undefined) return undefined;
  try {
    return parseDeviceTable(readFileSync(fd, 'utf8'));
  } finally {
    closeSync(fd);
  }
}

/** The same, by a process that is in there: that takes no right to enter. Undefined if the process has ended. */
export function deviceNamesOfProcess(pid: number): readonly string[] | undefined {
  try {
    return parseDeviceTable(readFileSync(`/proc/${pid}/net/dev`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Two lines of head, then `  eth0: 1 2 3 …`; a name has neither blanks nor colons. */
export function parseDeviceTable(text: string): readonly string[] {
  return text
    .split('\n')
    .slice(2)
    .flatMap((line) => (line.includes(':') ? [line.slice(0, line.indexOf(':')).trim()] : []));
}
