import { existsSync } from 'node:fs';
import { KernelError } from '../errors.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import type { MachineNamespace } from './census.ts';
import { openMachineNamespace } from './open.ts';

/**
 * Looks into a namespace, and lets go of it at once: `look` gets it, undefined for our own. Who is in one needs no right to
 * enter it.
 */
export async function inNetwork<T>(
  namespace: MachineNamespace,
  look: (namespace: Namespace | undefined) => Promise<T>,
): Promise<T | 'gone' | 'refused'> {
  using open = namespace.current ? undefined : openMachineNamespace(namespace);
  if (open === undefined && !namespace.current) return isThere(namespace) ? 'refused' : 'gone';
  try {
    return await look(open);
  } catch (error) {
    if (error instanceof KernelError && (error.code === 'EPERM' || error.code === 'EACCES')) return 'refused';
    throw error;
  }
}

/** Whether any process that kept it is still there, or a mount of it may be. */
function isThere({ keepers }: MachineNamespace): boolean {
  const isAlive = (pid: number) => existsSync(`/proc/${pid}`);
  return keepers.some((keeper) => {
    if ('pid' in keeper) return isAlive(keeper.pid);
    return 'holders' in keeper ? keeper.holders.some(({ pid }) => isAlive(pid)) : keeper.kind === 'mount';
  });
}
