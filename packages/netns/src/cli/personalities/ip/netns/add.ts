import { createNamed } from '../../../../namespaces/named.ts';
import { failure } from '../exit.ts';
import type { Session } from '../session.ts';
import { namingFailure } from './naming-failure.ts';

/** `ip netns add NAME`. */
export function add(session: Session, [name]: readonly string[]): number {
  if (name === undefined) throw failure('No netns name specified');
  const { runDirectory } = session;
  try {
    createNamed(name, { runDirectory, onWarning: (warning) => session.warn(`Warning: ${warning}\n`) }).close();
    return 0;
  } catch (error) {
    throw namingFailure(error, { runDirectory, name, source: '/proc/self/ns/net' });
  }
}
