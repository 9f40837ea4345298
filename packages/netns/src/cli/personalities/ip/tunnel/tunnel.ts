import { misuse } from '../exit.ts';
import { familyNumber } from '../families.ts';
import type { Family } from '../options.ts';
import type { Command, Session } from '../session.ts';
import { spells } from '../sub-commands.ts';
import { tunnelHelp } from './usage.ts';

interface Row {
  readonly words: string;
  readonly load: () => Promise<Command>;
}

/** In the order in which `ip` compares them. */
const rows = (version: 4 | 6): readonly Row[] => {
  const change = (verb: 'add' | 'change' | 'delete') => async () => {
    const { changeTunnel4, changeTunnel6 } = await import('./change.ts');
    return (version === 4 ? changeTunnel4 : changeTunnel6)(verb);
  };
  const routers = () => import('./routers.ts');
  return [
    { words: 'add*', load: change('add') },
    { words: 'change*', load: change('change') },
    { words: 'delete*', load: change('delete') },
    { words: 'show* lst* list*', load: show(version) },
    ...(version === 4
      ? [
          { words: 'prl*', load: async () => (await routers()).changeRouters },
          { words: '6rd*', load: async () => (await routers()).change6rd },
        ]
      : []),
    { words: 'help*', load: async () => () => tunnelHelp(version) },
  ];
};

const show = (version: 4 | 6) => async () => {
  const { showTunnels4, showTunnels6 } = await import('./show.ts');
  return version === 4 ? showTunnels4 : showTunnels6;
};

/** With another family than those of IP, only a mode can tell which of them is meant. Throws Exit. */
async function versionOf(family: Family, words: readonly string[]): Promise<4 | 6> {
  if (family === 'inet' || family === 'inet6') return family === 'inet6' ? 6 : 4;
  const { isOfVersion6 } = await import('./options.ts');
  if (isOfVersion6(words[words.indexOf('mode') + 1] ?? '')) return 6;
  throw misuse(`Unsupported protocol family: ${familyNumber(family)}\n`);
}

/** `ip tunnel …`, and `ip -6 tunnel …`: devices that carry packets inside others. */
export async function tunnel(session: Session, [word, ...words]: readonly string[]): Promise<number> {
  const family = session.options.family ?? 'inet';
  const version = await versionOf(family, words);
  const load = word === undefined ? show(version) : rows(version).find((row) => spells(row.words, word))?.load;
  if (load === undefined) {
    throw misuse(
      `Command "${word}" is unknown, try "ip ${version === 6 ? '-f inet6 ' : ''}tunnel help"${version === 6 ? '.' : ''}\n`,
    );
  }
  const command = await load();
  return command(session, words);
}
