import { errnoMessage } from '../../../../errno.ts';
import { InvalidArgumentError, KernelError } from '../../../../errors.ts';
import { listNames, removeName } from '../../../../namespaces/names.ts';
import { Exit, failure, misuse } from '../exit.ts';
import type { Session } from '../session.ts';

/** `ip netns delete NAME`, `ip -all netns delete`. */
export function remove(session: Session, [name]: readonly string[]): number {
  if (session.options.all) return removeAll(session);
  if (name === undefined) throw failure('No netns name specified');
  removeOne(session, name);
  return 0;
}

/** Stops at the first name that cannot be removed, and never counts as failed: so it is with `ip`. */
function removeAll(session: Session): number {
  try {
    for (const entry of listNames({ runDirectory: session.runDirectory })) removeOne(session, entry.name);
  } catch (error) {
    if (error instanceof Exit) session.warn(error.message);
    else if (error instanceof KernelError) {
      session.warn(`Failed to open directory ${session.runDirectory}: ${errnoMessage(error.errno)}\n`);
    } else throw error;
  }
  return 0;
}

function removeOne({ runDirectory }: Session, name: string): void {
  try {
    removeName(name, { runDirectory });
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw misuse(`Invalid netns name "${name}"\n`);
    if (!(error instanceof KernelError)) throw error;
    throw failure(`Cannot remove namespace file "${runDirectory}/${name}": ${errnoMessage(error.errno)}`);
  }
}
