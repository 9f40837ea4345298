import { multicastRuleTables as tables } from '../rule/tables.ts';
import type { Session } from '../session.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';

const list = async () => {
  const { listRules } = await import('../rule/show.ts');
  return (session: Session, words: readonly string[]) => listRules(session, words, tables);
};
const change = () => import('../rule/change.ts');
const saved = () => import('../rule/saved.ts');

/** In the order in which `ip` compares them. */
const rows: readonly SubCommand[] = [
  { words: 'list* lst* show*', load: list },
  {
    words: 'save*',
    load: async () => {
      const { saveRules } = await saved();
      return (session, words) => saveRules(session, words, tables);
    },
  },
  { words: 'restore*', load: async () => (await saved()).restoreRules },
  { words: 'add*', load: async () => (await change()).changeRule('add', tables) },
  { words: 'delete*', load: async () => (await change()).changeRule('del', tables) },
  {
    words: 'flush*',
    load: async () => {
      const { flushRules } = await import('../rule/flush.ts');
      return (session, words) => flushRules(session, words, tables);
    },
  },
  { words: 'help*', load: async () => (await import('../rule/usage.ts')).ruleHelp },
];

/** `ip mrule …`: which table of multicast routes is asked. */
export function mrule(session: Session, words: readonly string[]): Promise<number> {
  tables(session.options);
  return runSubCommand('rule', rows, list, session, words);
}
