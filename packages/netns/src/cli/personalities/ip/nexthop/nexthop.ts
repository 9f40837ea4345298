import type { Session } from '../session.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';

const list = async () => (await import('./show.ts')).listNexthops;
const change = () => import('./change.ts');

/** In the order in which `ip` compares them. */
const rows: readonly SubCommand[] = [
  { words: 'add*', load: async () => (await change()).addNexthop },
  { words: 'replace*', load: async () => (await change()).replaceNexthop },
  { words: 'delete*', load: async () => (await change()).deleteNexthop },
  { words: 'list* show* lst*', load: list },
  { words: 'get*', load: async () => (await import('./show.ts')).getNexthop },
  { words: 'flush*', load: async () => (await import('./flush.ts')).flushNexthops },
  { words: 'bucket*', load: async () => (await import('./bucket.ts')).bucket },
  { words: 'help*', load: async () => (await import('./usage.ts')).nexthopHelp },
];

/** `ip nexthop …`: nexthops as objects of their own, which routes refer to by number. */
export function nexthop(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('nexthop', rows, list, session, words);
}
