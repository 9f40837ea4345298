import { misuse } from './exit.ts';
import type { Command, Session } from './session.ts';
import { isPrefix } from './words.ts';

/** A command of an object: `add` of `ip route`. */
export interface SubCommand {
  /** How it is written; a word with a star at its end may be shortened. Several are separated by blanks. */
  readonly words: string;
  /** Loads its code; each is a module of its own so that one command loads nothing of another. */
  readonly load: () => Promise<Command>;
}

/** Whether a word is one of these spellings, separated by blanks; one with a star at its end may be shortened. */
export function spells(spellings: string, word: string): boolean {
  let known = taken.get(spellings);
  if (known === undefined) {
    known = spellings.split(' ').map((text) => ({ text: text.replace(/\*$/, ''), shortened: text.endsWith('*') }));
    taken.set(spellings, known);
  }
  for (const { text, shortened } of known) if (shortened ? isPrefix(word, text) : word === text) return true;
  return false;
}

/** Spellings that were taken apart already: a batch compares its words with the same few again and again. */
const taken = new Map<string, readonly { readonly text: string; readonly shortened: boolean }[]>();

/** Runs the command that the first word means, in the order of the rows; without a word, `otherwise`. Throws Exit (255). */
export async function runSubCommand(
  object: string,
  rows: readonly SubCommand[],
  otherwise: SubCommand['load'],
  session: Session,
  [word, ...words]: readonly string[],
): Promise<number> {
  const load = word === undefined ? otherwise : rows.find((row) => spells(row.words, word))?.load;
  if (load === undefined) throw misuse(`Command "${word}" is unknown, try "ip ${object} help".\n`);
  const command = await load();
  return command(session, words);
}
