import { nexthop } from '../../../../netlink/families/route/nexthop.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../../../../netlink/header.ts';
import { KeptFiles } from '../bpf-programs.ts';
import { DeviceNames } from '../device-names.ts';
import { requestChange } from '../echo.ts';
import { familyNumber } from '../families.ts';
import { readOptions } from '../grammar.ts';
import type { Command } from '../session.ts';
import { Words } from '../words.ts';
import { nexthopJson, nexthopText } from './describe.ts';
import { type NexthopDraft, nexthopGrammar } from './options.ts';
import { nexthopView } from './show.ts';
import { nexthopHelp } from './usage.ts';

function change(verb: 'new' | 'del', nlmFlags: number): Command {
  return async (session, list) => {
    const connection = await session.connection();
    const words = new Words(list);
    const draft: NexthopDraft = { family: session.options.family, protocol: 0, flags: 0, attributes: {} };
    using kept = new KeptFiles();
    const devices = new DeviceNames(connection);
    readOptions(nexthopGrammar, words, draft, { words, devices, kept, help: () => nexthopHelp() });
    const { family, protocol, flags, attributes } = draft;
    const request = { header: { family: familyNumber(family), protocol, flags }, attributes };
    const options = { operation: 'change a nexthop', flags: nlmFlags };
    await requestChange(session, nexthop, verb, request, options, async (found) => {
      const view = nexthopView(session, devices);
      return { text: () => nexthopText(found, view), json: () => nexthopJson(found, view) };
    });
    return 0;
  };
}

export const addNexthop = change('new', NLM_F_CREATE | NLM_F_EXCL);
export const replaceNexthop = change('new', NLM_F_CREATE | NLM_F_REPLACE);
export const deleteNexthop = change('del', 0);
