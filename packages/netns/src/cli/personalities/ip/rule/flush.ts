import { rule } from '../../../../netlink/families/route/rule.ts';
import type { Session } from '../session.ts';
import { readRuleFilter } from './filter.ts';
import { findRules } from './show.ts';
import { type RuleTables, ruleTables } from './tables.ts';

/** `ip rule flush …`: deletes the rules that the selector means, but for the first one of all. */
export async function flushRules(
  session: Session,
  words: readonly string[],
  tables: RuleTables = ruleTables,
): Promise<number> {
  const filter = readRuleFilter(words, session.options.family ?? 'inet');
  const connection = await session.connection();
  for (const { header, attributes } of findRules(connection, filter, tables(session.options))) {
    const { unknown: _unknown, ...known } = attributes;
    if (known.priority === undefined) continue;
    if (filter.protocol !== undefined && filter.protocol !== known.protocol) continue;
    connection.requestSync(rule, 'del', { header, attributes: known }, { operation: 'delete a rule' });
  }
  return 0;
}
