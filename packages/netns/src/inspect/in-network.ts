import { existsSync } from 'node:fs';
import { KernelError } from '../errors.ts';
import { type Network, openNetwork } from '../network/network.ts';
import type { MachineNamespace } from './census.ts';
import { openMachineNamespace } from './open.ts';

/** Looks into a namespace, and lets go of it at once. Who is in one needs no right to enter it. */
export async function inNetwork<T>(
  namespace: MachineNamespace,
  look: (network: Network) => Promise<T>,
): Promise<T | 'gone' | 'refused'> {
  using open = namespace.current ? undefined : openMachineNamespace(namespace);
  if (open === undefined && !namespace.current) return isThere(namespace) ? 'refused' : 'gone';
  try {
    using network = openNetwork(open);
    return await look(network);
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
