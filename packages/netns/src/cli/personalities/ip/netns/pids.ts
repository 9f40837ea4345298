import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { errnoMessage } from '../../../../errno.ts';
import { KernelError } from '../../../../errors.ts';
import type { NamespaceId } from '../../../../namespaces/identity.ts';
import { processesOf } from '../../../../namespaces/processes.ts';
import { failure } from '../exit.ts';
import type { Session } from '../session.ts';

/** `ip netns pids NAME`: the processes in a named namespace, one per line. */
export function pids(session: Session, words: readonly string[]): number {
  const [name] = words;
  if (name === undefined) throw failure('No netns name specified');
  if (words.length > 1) throw failure('extra arguments specified');
  const id = idOfName(`${session.runDirectory}/${name}`);
  for (const pid of processesIn(id)) session.output.write(`${pid}\n`);
  return 0;
}

/** Whatever can be opened has an identity; a stale name simply has no processes. */
function idOfName(path: string): NamespaceId {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { dev, ino } = fstatSync(fd);
    closeSync(fd);
    return { dev, ino };
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException;
    throw failure(`Cannot open network namespace: ${errnoMessage(-errno)}`);
  }
}

function processesIn(id: NamespaceId): number[] {
  try {
    return processesOf(id);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw failure(`Open of /proc failed: ${errnoMessage(error.errno)}`);
  }
}
