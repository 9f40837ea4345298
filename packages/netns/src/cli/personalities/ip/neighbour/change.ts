import {
  neighbour,
  neighbourExtFlags,
  neighbourFlag,
  neighbourState,
} from '../../../../netlink/families/route/neighbour.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../../../../netlink/header.ts';
import { DeviceNames } from '../device-names.ts';
import { misuse } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { readOptions } from '../grammar.ts';
import type { Command } from '../session.ts';
import { Words } from '../words.ts';
import { linkLayerAddress, NDA_DST, type NeighbourDraft, neighbourGrammar } from './options.ts';
import { neighbourHelp } from './usage.ts';

/** A command that makes, changes (with these flags) or deletes a neighbour. */
function change(verb: 'new' | 'del', flags: number): Command {
  return async (session, list) => {
    const draft: NeighbourDraft = { family: session.options.family, flags: 0, extFlags: 0 };
    readOptions(neighbourGrammar, new Words(list), draft, { help: () => neighbourHelp() });
    const { device, address } = draft;
    const isProxy = (draft.flags & neighbourFlag('proxy')) !== 0;
    if (address === undefined || address === 'of no family' || (device === undefined && !isProxy)) {
      throw misuse('Device and destination are required arguments.\n');
    }
    const lladdr = linkLayerAddress(draft.lladdr);
    const connection = await session.connection();
    const request = {
      header: {
        family: familyNumber(address.family),
        ifindex: device === undefined ? 0 : new DeviceNames(connection, session.deviceIndexes).needed(device),
        state: draft.state ?? defaultState(draft),
        flags: draft.flags,
      },
      attributes: {
        lladdr,
        protocol: draft.protocol,
        flagsExt: draft.extFlags === 0 ? undefined : draft.extFlags,
        unknown: [{ type: NDA_DST, raw: address.sent }], // as bytes, which `any` has none of
      },
    };
    connection.requestSync(neighbour, verb, request, { operation: 'change a neighbour', flags });
    return 0;
  };
}

/** A neighbour stays for ever, unless the kernel is to find it. */
function defaultState({ flags, extFlags }: NeighbourDraft): number {
  const found = (flags & neighbourFlag('use')) !== 0 || (extFlags & (1 << neighbourExtFlags.indexOf('managed'))) !== 0;
  return found ? 0 : neighbourState('PERMANENT');
}

export const addNeighbour = change('new', NLM_F_CREATE | NLM_F_EXCL);
export const changeNeighbour = change('new', NLM_F_REPLACE);
export const replaceNeighbour = change('new', NLM_F_CREATE | NLM_F_REPLACE);
export const deleteNeighbour = change('del', 0);
