import type { Session } from '../session.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';

const show = async () => (await import('./show.ts')).showNeighbours;
const change = () => import('./change.ts');

/** In the order in which `ip` compares them. */
const rows: readonly SubCommand[] = [
  { words: 'add*', load: async () => (await change()).addNeighbour },
  { words: 'change* chg', load: async () => (await change()).changeNeighbour },
  { words: 'replace*', load: async () => (await change()).replaceNeighbour },
  { words: 'delete*', load: async () => (await change()).deleteNeighbour },
  { words: 'get*', load: async () => (await import('./get.ts')).getNeighbour },
  { words: 'show* lst* list*', load: show },
  { words: 'flush*', load: async () => (await import('./flush.ts')).flushNeighbours },
  { words: 'help*', load: async () => (await import('./usage.ts')).neighbourHelp },
];

/** `ip neighbour …`: which hardware address an IP address has on a link. */
export function neighbour(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('neigh', rows, show, session, words);
}
