import { failure } from '../exit.ts';
import type { Session } from '../session.ts';
import { statsHelp } from './usage.ts';

/** `ip stats …`: counters of links by groups, which can be asked for one by one. */
export async function stats(session: Session, [word, ...words]: readonly string[]): Promise<number> {
  if (word === 'help') statsHelp();
  if (word === undefined) return (await import('./show.ts')).showStats(session, [], 0);
  // The word stands for one `-statistics`, and makes `-details` another one.
  if (word === 'show') return (await import('./show.ts')).showStats(session, words, 1 + session.options.details);
  if (word === 'set') return (await import('./set.ts')).setStats(session, words);
  throw failure(`Command "${word}" is unknown, try "ip stats help".`);
}
