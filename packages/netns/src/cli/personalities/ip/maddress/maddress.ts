import type { Session } from '../session.ts';
import type { SubCommand } from '../sub-commands.ts';
import { runSubCommand } from '../sub-commands.ts';
import { maddressHelp } from './usage.ts';

const show = async () => (await import('./show.ts')).showMulticast;

/** In the order in which `ip` compares them. */
const rows: readonly SubCommand[] = [
  { words: 'add*', load: async () => (await import('./change.ts')).addMulticast },
  { words: 'delete*', load: async () => (await import('./change.ts')).deleteMulticast },
  { words: 'list* show* lst*', load: show },
  { words: 'help*', load: async () => () => maddressHelp() },
];

/** `ip maddress …`: the multicast addresses that links listen to. */
export function maddress(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('maddr', rows, show, session, words);
}
