import { errnoMessage } from '../../../../errno.ts';
import { InvalidArgumentError, KernelError } from '../../../../errors.ts';
import { listNames, removeName, removeNames } from '../../../../namespaces/names.ts';
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
  const { runDirectory } = session;
  const names = () => listNames({ runDirectory }).map(({ name }) => name);
  try {
    try {
      removeNames(names(), { runDirectory });
    } catch {
      for (const name of names()) removeOne(session, name); // what is refused is tried alone: for the name in the message
    }
  } catch (error) {
    if (error instanceof Exit) session.warn(error.message);
    else if (error instanceof KernelError) {
      session.warn(`Failed to open directory ${runDirectory}: ${errnoMessage(error.errno)}\n`);
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
