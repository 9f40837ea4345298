import { createNamed } from '../../../../namespaces/named.ts';
import { prepareRunDirectory } from '../../../../namespaces/run-directory.ts';
import { failure } from '../exit.ts';
import type { Session } from '../session.ts';
import { namingFailure } from './naming-failure.ts';

/** `ip netns add NAME`. */
export function add(session: Session, [name]: readonly string[]): number {
  if (name === undefined) throw failure('No netns name specified');
  const { runDirectory } = session;
  try {
    const warning = prepareRunDirectory(runDirectory);
    if (warning !== undefined) session.warn(`Warning: ${warning}\n`);
    createNamed(name, { runDirectory }).close();
    return 0;
  } catch (error) {
    throw namingFailure(error, { runDirectory, name, source: '/proc/self/ns/net' });
  }
}
