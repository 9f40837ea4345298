import { rule } from '../../../../netlink/families/route/rule.ts';
import { dumpOf } from '../dump.ts';
import { failure } from '../exit.ts';
import { readSaved } from '../saved/read.ts';
import { restore } from '../saved/restore.ts';
import type { Saved } from '../saved/saved.ts';
import { encoded, verbatim } from '../saved/verbatim.ts';
import { writeSaved } from '../saved/write.ts';
import type { Session } from '../session.ts';
import { type RuleTables, ruleTables } from './tables.ts';

const savedRules: Saved = { noun: 'rule', magic: 0x71706986, declaration: rule, wrongFile: 255, wrongMessage: 255 };

/** `ip rule save`: all rules of a family, in the kernel's own form. */
export async function saveRules(
  session: Session,
  words: readonly string[],
  tables: RuleTables = ruleTables,
): Promise<number> {
  if (words.length > 0) throw failure('"ip rule save" does not take any arguments.');
  return writeSaved(session, savedRules, async () => {
    const request = { header: { family: tables(session.options) } };
    return dumpOf(await session.connection(), verbatim(rule), encoded(rule, request), 'list rules', undefined, 255);
  });
}

/** `ip rule restore`: adds the rules that `ip rule save` wrote to those that are there. */
export function restoreRules(session: Session): Promise<number> {
  return restore(session, savedRules, readSaved(savedRules));
}
