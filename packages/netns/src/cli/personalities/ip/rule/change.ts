import { rule } from '../../../../netlink/families/route/rule.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../../../netlink/header.ts';
import { requestChange } from '../echo.ts';
import { failure } from '../exit.ts';
import { readOptions } from '../grammar.ts';
import type { Command } from '../session.ts';
import { viewOf } from '../show/view.ts';
import { Words } from '../words.ts';
import { ruleJson, ruleText } from './describe.ts';
import { type RuleDraft, ruleGrammar } from './options.ts';
import { type RuleTables, ruleTables } from './tables.ts';
import { ruleHelp } from './usage.ts';

const lookUp = 1;
/** Of routes, not of rules, which have nothing there. */
const RTA_GATEWAY = 5;
const mainTable = 254;
/** What `ip` returns for a rule that the kernel could not mean: the number of EINVAL. */
const invalid = 22;

/** `ip rule add|del …`, for the rules that are meant. */
export function changeRule(command: 'add' | 'del', tables: RuleTables = ruleTables): Command {
  const verb = command === 'add' ? 'new' : 'del';
  const flags = command === 'add' ? NLM_F_CREATE | NLM_F_EXCL : 0;
  return async (session, list) => {
    if (list.length === 0) throw failure(`"ip rule ${command}" requires arguments.`);
    const draft: RuleDraft = {
      family: session.options.family,
      flags: 0,
      srcLen: 0,
      dstLen: 0,
      tos: 0,
      action: 0,
      attributes: {},
    };
    readOptions(ruleGrammar, new Words(list), draft, { help: () => ruleHelp(), warn: (text) => session.warn(text) });
    refuseAddresses(draft, tables);
    const { flags: own, srcLen, dstLen, tos, attributes } = draft;
    if (attributes.l3mdev && draft.table !== undefined) {
      throw failure('table can not be specified for l3mdev rules', invalid);
    }
    const action = draft.action === 0 && verb === 'new' ? lookUp : draft.action;
    const looksUp = verb === 'new' && (action === lookUp || draft.natTo !== undefined) && !attributes.l3mdev;
    const table = draft.table ?? (looksUp ? mainTable : 0);
    const request = {
      header: {
        family: tables(session.options),
        flags: own,
        srcLen,
        dstLen,
        tos,
        action,
        table: table < 256 ? table : 0,
      },
      attributes: {
        ...attributes,
        table: table < 256 ? undefined : table,
        ...(draft.natTo && { unknown: [{ type: RTA_GATEWAY, raw: draft.natTo }] }),
      },
    };
    await requestChange(session, rule, verb, request, { operation: 'change a rule', flags }, async (found) => {
      const view = viewOf(session);
      return { text: () => ruleText(found, view), json: () => ruleJson(found, view) };
    });
    return 0;
  };
}

/** Rules of multicast routes have none, and the kernel would pass over them. */
function refuseAddresses({ attributes, srcLen, dstLen }: RuleDraft, tables: RuleTables): void {
  if (tables === ruleTables) return;
  const given = attributes.src === undefined ? [attributes.dst, dstLen] : [attributes.src, srcLen];
  if (given[0] !== undefined) throw failure(`Error: ??? prefix is expected rather than "${given.join('/')}".`);
}
