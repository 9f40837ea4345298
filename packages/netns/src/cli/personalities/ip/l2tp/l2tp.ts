import type { Command, Session } from '../session.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';
import { l2tpHelp } from './usage.ts';

const change = (verb: 'new' | 'del') => async () => (await import('./change.ts')).change(verb);
const show = async () => (await import('./show.ts')).show;

/** In the order in which `ip` compares them. */
const rows: readonly SubCommand[] = [
  { words: 'add*', load: change('new') },
  { words: 'delete*', load: change('del') },
  { words: 'show* lst* list*', load: show },
  { words: 'help*', load: async (): Promise<Command> => () => l2tpHelp() },
];

/** `ip l2tp …`: tunnels that carry frames of Ethernet through IP. */
export function l2tp(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('l2tp', rows, async () => () => l2tpHelp(), session, words);
}
