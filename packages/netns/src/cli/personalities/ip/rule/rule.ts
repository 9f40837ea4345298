import type { Session } from '../session.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';

const list = async () => (await import('./show.ts')).listRules;
const saved = () => import('./saved.ts');

/** In the order in which `ip` compares them. */
const rows: readonly SubCommand[] = [
  { words: 'list* lst* show*', load: list },
  { words: 'save*', load: async () => (await saved()).saveRules },
  { words: 'restore*', load: async () => (await saved()).restoreRules },
  { words: 'add*', load: async () => (await import('./change.ts')).changeRule('add') },
  { words: 'delete*', load: async () => (await import('./change.ts')).changeRule('del') },
  { words: 'flush*', load: async () => (await import('./flush.ts')).flushRules },
  { words: 'help*', load: async () => (await import('./usage.ts')).ruleHelp },
];

/** `ip rule …`: which routing table is asked. */
export function rule(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('rule', rows, list, session, words);
}
