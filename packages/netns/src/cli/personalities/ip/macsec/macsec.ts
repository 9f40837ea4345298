import { DeviceNames } from '../device-names.ts';
import { failure } from '../exit.ts';
import type { Command, Session } from '../session.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';
import { macsecHelp } from './usage.ts';

const change = (verb: 'add' | 'upd' | 'del') => async () => (await import('./change.ts')).change(verb);
const show = async () => (await import('./show.ts')).show;

/** In the order in which `ip` compares them. */
const rows: readonly SubCommand[] = [
  { words: 'add*', load: change('add') },
  { words: 'set*', load: change('upd') },
  { words: 'delete*', load: change('del') },
  { words: 'show*', load: show },
  { words: 'offload*', load: async () => (await import('./change.ts')).offload },
  { words: 'help*', load: async (): Promise<Command> => () => macsecHelp() },
];

/** `ip macsec …`: keys and senders of links that encrypt Ethernet (802.1AE). */
export function macsec(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('macsec', rows, async () => () => macsecHelp(), session, words);
}

/** The index of a device that the command needs. Throws Exit (1). */
export async function deviceOf(session: Session, name: string): Promise<number> {
  const index = new DeviceNames(await session.connection()).indexOf(name);
  if (index === 0) throw failure(`Device "${name}" does not exist.`);
  return index;
}
