import { rule } from '../../../../netlink/families/route/rule.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../../../netlink/header.ts';
import { failure } from '../exit.ts';
import { familyNumber, inetFamilyOf } from '../families.ts';
import { readOptions } from '../grammar.ts';
import { refuseEcho } from '../refuse.ts';
import type { Command } from '../session.ts';
import { Words } from '../words.ts';
import { type RuleDraft, ruleGrammar } from './options.ts';
import { ruleHelp } from './usage.ts';

const lookUp = 1;
const mainTable = 254;
/** What `ip` returns for a rule that the kernel could not mean: the number of EINVAL. */
const invalid = 22;

function change(verb: 'new' | 'del', flags: number): Command {
  return async (session, list) => {
    refuseEcho(session);
    if (list.length === 0) throw failure(`"ip rule ${verb === 'new' ? 'add' : 'del'}" requires arguments.`);
    const draft: RuleDraft = {
      family: inetFamilyOf(session.options),
      flags: 0,
      srcLen: 0,
      dstLen: 0,
      tos: 0,
      action: 0,
      attributes: {},
    };
    readOptions(ruleGrammar, new Words(list), draft, { help: () => ruleHelp() });
    const { flags: own, srcLen, dstLen, tos, attributes } = draft;
    if (attributes.l3mdev && draft.table !== undefined) {
      throw failure('table can not be specified for l3mdev rules', invalid);
    }
    const action = draft.action === 0 && verb === 'new' ? lookUp : draft.action;
    const table = draft.table ?? (action === lookUp && verb === 'new' && !attributes.l3mdev ? mainTable : 0);
    const request = {
      header: {
        family: familyNumber(session.options.family ?? 'inet'),
        flags: own,
        srcLen,
        dstLen,
        tos,
        action,
        table: table < 256 ? table : 0,
      },
      attributes: { ...attributes, table: table < 256 ? undefined : table },
    };
    const connection = await session.connection();
    connection.requestSync(rule, verb, request, { operation: 'change a rule', flags });
    return 0;
  };
}

export const addRule = change('new', NLM_F_CREATE | NLM_F_EXCL);
export const deleteRule = change('del', 0);
