import { lstatSync } from 'node:fs';
import { KernelError } from '../../../../errors.ts';
import { attachName } from '../../../../namespaces/named.ts';
import { prepareRunDirectory } from '../../../../namespaces/run-directory.ts';
import { failure } from '../exit.ts';
import { parseInteger } from '../numbers.ts';
import type { Session } from '../session.ts';
import { namingFailure } from './naming-failure.ts';

/** `ip netns attach NAME PID`. */
export function attach(session: Session, [name, pid]: readonly string[]): number {
  if (name === undefined || pid === undefined) throw failure('No netns name and PID specified');
  const process = parseInteger(pid);
  if (process === undefined || process === 0) throw failure(`Invalid PID: ${pid}`);
  const { runDirectory } = session;
  const source = `/proc/${process}/ns/net`;
  try {
    const warning = prepareRunDirectory(runDirectory);
    if (warning !== undefined) session.warn(`Warning: ${warning}\n`);
    refuseTaken(`${runDirectory}/${name}`);
    // The directory is ready; whoever keeps its lock has been waited for and told of.
    attachName(name, { path: source }, { runDirectory, lockPatienceMs: 0, onWarning: () => {} });
    return 0;
  } catch (error) {
    throw namingFailure(error, { runDirectory, name, source });
  }
}

/** `ip` makes the file before it looks at the process: of two faults, the taken name is the one to tell. */
function refuseTaken(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  throw new KernelError({ errno: 17, syscall: 'mknodat', operation: `create namespace file ${path}` });
}
