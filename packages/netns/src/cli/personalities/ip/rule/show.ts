import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { type RuleMessage, rule } from '../../../../netlink/families/route/rule.ts';
import { dumpOf } from '../dump.ts';
import type { Session } from '../session.ts';
import { viewOf } from '../show/view.ts';
import { ruleJson, ruleText } from './describe.ts';
import { isRuleShown, type RuleFilter, readRuleFilter } from './filter.ts';
import { type RuleTables, ruleTables } from './tables.ts';

/** `ip rule list …`. */
export async function listRules(
  session: Session,
  words: readonly string[],
  tables: RuleTables = ruleTables,
): Promise<number> {
  const filter = readRuleFilter(words, session.options.family ?? 'inet');
  const rules = findRules(await session.connection(), filter, tables(session.options));
  const view = viewOf(session);
  if (session.options.json) session.printJson(rules.map((each) => ruleJson(each, view)));
  else for (const each of rules) session.output.write(`${ruleText(each, view)}\n`);
  return 0;
}

/** The rules of a family that a selector means. Throws Exit (255 when the kernel refuses). */
export function findRules(connection: NetlinkConnection, filter: RuleFilter, family: number): readonly RuleMessage[] {
  const found = dumpOf(connection, rule, { header: { family } }, 'list rules', 'Dump terminated', 255);
  return found.filter((each) => each.header.family === family && isRuleShown(each, filter));
}
