import { errnoMessage } from '../../../../errno.ts';
import { KernelError } from '../../../../errors.ts';
import { idOfFile, type NamespaceId, sameNamespace } from '../../../../namespaces/identity.ts';
import { listNames } from '../../../../namespaces/names.ts';
import { failure } from '../exit.ts';
import type { Session } from '../session.ts';

/**
 * `ip netns identify [PID]`: the name of a process's namespace, or an empty line.
 *
 * Of several names `ip` prints one, the last in the order of the directory; `netns identify` prints them all.
 */
export function identify(session: Session, words: readonly string[]): number {
  const [pid] = words;
  if (words.length > 1) throw failure('extra arguments specified');
  if (pid !== undefined && !/^[0-9]*$/.test(pid)) throw failure(`Specified string '${pid}' is not a pid`);
  const id = namespaceOf(session, pid);
  const name = namesIn(session).findLast((entry) => entry.id !== undefined && sameNamespace(entry.id, id))?.name;
  session.output.write(`${name ?? ''}\n`);
  return 0;
}

function namespaceOf(session: Session, pid: string | undefined): NamespaceId {
  if (pid === undefined && session.namespace !== undefined) return session.namespace.id;
  try {
    return idOfFile(`/proc/${pid ?? 'self'}/ns/net`, 'find the network namespace of a process');
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw failure(`Cannot open network namespace: ${errnoMessage(error.errno)}`);
  }
}

function namesIn({ runDirectory }: Session) {
  try {
    return listNames({ runDirectory });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw failure(`Failed to open directory ${runDirectory}:${errnoMessage(error.errno)}`);
  }
}
