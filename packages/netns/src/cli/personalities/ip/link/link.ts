import { misuse } from '../exit.ts';
import type { Command, Session } from '../session.ts';
import { isPrefix } from '../words.ts';

interface Row {
  readonly word: string;
  readonly load: () => Promise<Command>;
}

const show = async () => (await import('./show.ts')).showLinks;
const change = async () => (await import('./change.ts')).setLink;

/** In the order in which `ip` compares them: `s` is `set`, `sh` is `show`, `l` is `lst`. */
const rows: readonly Row[] = [
  { word: 'add', load: async () => (await import('./change.ts')).addLink },
  { word: 'set', load: change },
  { word: 'change', load: change },
  { word: 'replace', load: async () => (await import('./change.ts')).replaceLink },
  { word: 'delete', load: async () => (await import('./change.ts')).deleteLink },
  { word: 'show', load: show },
  { word: 'lst', load: show },
  { word: 'list', load: show },
  { word: 'xstats', load: async () => (await import('./xstats.ts')).showXstats },
  { word: 'afstats', load: async () => (await import('./afstats.ts')).showAfstats },
  { word: 'property', load: async () => (await import('./property.ts')).changeProperties },
  { word: 'help', load: async () => help },
];

/** `ip link …`: links, which other systems call network interfaces. */
export async function link(session: Session, [word, ...words]: readonly string[]): Promise<number> {
  const row = word === undefined ? { load: show } : rows.find((candidate) => isPrefix(word, candidate.word));
  if (row === undefined) throw misuse(`Command "${word}" is unknown, try "ip link help".\n`);
  const command = await row.load();
  return command(session, words);
}

/** `ip link help [TYPE]`: the help of a type goes to stdout, and asking for it is no error. */
async function help(session: Session, [type]: readonly string[]): Promise<number> {
  const { loadKind } = await import('./kinds/kinds.ts');
  const kind = type === undefined ? undefined : await loadKind(type);
  if (kind === undefined || kind.usage === '') {
    const { linkHelp } = await import('./usage.ts');
    return linkHelp();
  }
  session.output.write(kind.usage);
  return 0;
}
