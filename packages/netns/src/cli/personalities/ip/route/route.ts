import type { Session } from '../session.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';

const list = async () => (await import('./show.ts')).listRoutes;
const change = () => import('./change.ts');
const saved = () => import('./saved.ts');

/** In the order in which `ip` compares them: `r` is `replace`, `a` is `add`. */
const rows: readonly SubCommand[] = [
  { words: 'list* show* lst*', load: list },
  { words: 'get*', load: async () => (await import('./get.ts')).getRoute },
  { words: 'add*', load: async () => (await change()).addRoute },
  { words: 'change* chg', load: async () => (await change()).changeRoute },
  { words: 'replace*', load: async () => (await change()).replaceRoute },
  { words: 'prepend*', load: async () => (await change()).prependRoute },
  { words: 'append*', load: async () => (await change()).appendRoute },
  { words: 'test*', load: async () => (await change()).testRoute },
  { words: 'delete*', load: async () => (await change()).deleteRoute },
  { words: 'flush*', load: async () => (await import('./flush.ts')).flushRoutes },
  { words: 'save*', load: async () => (await saved()).saveRoutes },
  { words: 'restore*', load: async () => (await saved()).restoreRoutes },
  { words: 'showdump*', load: async () => (await saved()).showSavedRoutes },
  { words: 'help*', load: async () => (await import('./usage.ts')).routeHelp },
];

/** `ip route …`: the routing tables. */
export function route(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('route', rows, list, session, words);
}
