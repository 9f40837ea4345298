import { misuse } from '../exit.ts';
import type { Command, Session } from '../session.ts';
import { isPrefix } from '../words.ts';

interface Row {
  readonly word: string;
  readonly exact?: true;
  readonly load: () => Promise<Command>;
}

const show = async () => (await import('./show.ts')).showAddresses;
const saved = () => import('./saved.ts');

/** In the order in which `ip` compares them: `a` is `add`, `s` is `show`, `l` is `list`. */
const rows: readonly Row[] = [
  { word: 'add', load: async () => (await import('./change.ts')).addAddress },
  { word: 'change', load: async () => (await import('./change.ts')).changeAddress },
  { word: 'chg', exact: true, load: async () => (await import('./change.ts')).changeAddress },
  { word: 'replace', load: async () => (await import('./change.ts')).replaceAddress },
  { word: 'delete', load: async () => (await import('./change.ts')).deleteAddress },
  { word: 'list', load: show },
  { word: 'show', load: show },
  { word: 'lst', load: show },
  { word: 'flush', load: async () => (await import('./flush.ts')).flushAddresses },
  { word: 'save', load: async () => (await saved()).saveAddresses },
  { word: 'showdump', load: async () => (await saved()).showSavedAddresses },
  { word: 'restore', load: async () => (await saved()).restoreAddresses },
  { word: 'help', load: async () => (await import('./usage.ts')).addressHelp },
];

/** `ip address …`: addresses of links. */
export async function address(session: Session, [word, ...words]: readonly string[]): Promise<number> {
  const row =
    word === undefined
      ? { load: show }
      : rows.find((each) => (each.exact === true ? word === each.word : isPrefix(word, each.word)));
  if (row === undefined) throw misuse(`Command "${word}" is unknown, try "ip address help".\n`);
  const command = await row.load();
  return command(session, words);
}
