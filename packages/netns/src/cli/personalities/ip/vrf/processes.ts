import { readFileSync } from 'node:fs';
import { errnoMessage } from '../../../../errno.ts';
import { DeviceNames } from '../device-names.ts';
import { failure, invalidArgument } from '../exit.ts';
import { parseUnsigned } from '../numbers.ts';
import type { Session } from '../session.ts';
import { vrfNamed } from '../vrf.ts';
import { mountIn, pathIn, processesOfVrf, vrfOfPath } from './cgroups.ts';

/** `ip vrf identify [PID]`: the VRF of a process, by its control group; nothing, if it is in none. */
export function identifyVrf({ output }: Session, [pid = 'self', ...rest]: readonly string[]): number {
  if (pid !== 'self' && parseUnsigned(pid, 32) === undefined) throw invalidArgument(pid, 'Invalid pid\n');
  const [extra] = rest;
  if (extra !== undefined) throw invalidArgument(extra, 'Extra arguments specified\n');
  const name = vrfOfPath(pathIn(textOf(`/proc/${pid}/cgroup`)) ?? '/');
  if (name !== undefined) output.write(`${name}\n`);
  return 0;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException;
    throw failure(`Failed to lookup vrf association: ${errnoMessage(-errno)}`);
  }
}

/** `ip vrf pids NAME`: the processes that `ip vrf exec` started there, and what they started. */
export async function vrfProcesses(session: Session, words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || rest.length > 0) throw failure('Invalid arguments');
  const devices = new DeviceNames(await session.connection());
  if (!isVrf(devices, name)) throw failure('Invalid VRF name');
  const mount = mountIn(readFileSync('/proc/mounts', 'utf8'));
  const found = mount === undefined ? [] : processesOfVrf(mount, name);
  for (const pid of found) {
    const command = commandOf(pid);
    if (command !== undefined) session.output.write(`${String(pid).padStart(5)}  ${command}\n`);
  }
  return 0;
}

/** A process that has gone has none. */
function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  } catch {
    return undefined;
  }
}

function isVrf(devices: DeviceNames, name: string): boolean {
  try {
    vrfNamed(devices, name);
    return true;
  } catch {
    return false;
  }
}
