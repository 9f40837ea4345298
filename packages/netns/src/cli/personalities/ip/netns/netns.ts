import { misuse } from '../exit.ts';
import type { Command, Session } from '../session.ts';
import { isPrefix } from '../words.ts';
import { help } from './usage.ts';

interface Row {
  readonly word: string;
  readonly load: () => Promise<Command>;
}

const list = async () => (await import('./list.ts')).list;

/** In the order in which `ip` compares them: `l` is `list`, `ls` is `lst`, `s` is `show`, `a` is `add`. */
const rows: readonly Row[] = [
  { word: 'list', load: list },
  { word: 'show', load: list },
  { word: 'lst', load: list },
  { word: 'list-id', load: async () => (await import('./list-id.ts')).listIds },
  { word: 'help', load: async () => help },
  { word: 'add', load: async () => (await import('./add.ts')).add },
  { word: 'set', load: async () => (await import('./set.ts')).setId },
  { word: 'delete', load: async () => (await import('./delete.ts')).remove },
  { word: 'identify', load: async () => (await import('./identify.ts')).identify },
  { word: 'pids', load: async () => (await import('./pids.ts')).pids },
  { word: 'exec', load: async () => (await import('./exec.ts')).exec },
  { word: 'monitor', load: async () => (await import('./monitor.ts')).monitor },
  { word: 'attach', load: async () => (await import('./attach.ts')).attach },
];

/** `ip netns …`: names of network namespaces. */
export async function netns(session: Session, [word, ...words]: readonly string[]): Promise<number> {
  const name = words[0];
  if (name !== undefined && !session.options.all && !isName(name)) {
    throw misuse(`Invalid netns name "${name}"\n`);
  }
  const row = word === undefined ? rows[0] : rows.find((candidate) => isPrefix(word, candidate.word));
  if (row === undefined) throw misuse(`Command "${word}" is unknown, try "ip netns help".\n`);
  const command = await row.load();
  return command(session, words);
}

/** Whether a word can be the name of a namespace. `ip` asks this of the word behind any sub-command, name or not. */
export function isName(word: string): boolean {
  return word !== '' && Buffer.byteLength(word) <= 255 && !word.includes('/') && word !== '.' && word !== '..';
}
