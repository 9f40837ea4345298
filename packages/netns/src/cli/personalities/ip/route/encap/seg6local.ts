import { type encapSeg6Local, seg6LocalActions } from '../../../../../netlink/families/route/encap.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { duplicateOrGarbage, invalidArgument, misuse, notImplemented } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { address, toText } from '../../inet.ts';
import { named, numberIn, tables } from '../../route-names.ts';
import { value } from '../../show/fields.ts';
import { type EncapContext, type EncapKind, encapValue } from './kind.ts';

interface Draft {
  action?: number;
  table?: number;
  vrftable?: number;
  nh4?: string;
  nh6?: string;
  iif?: number;
  oif?: number;
}

function once<K extends keyof Draft>(
  key: K,
  read: (word: string, context: EncapContext) => NonNullable<Draft[K]>,
): OptionRow<Draft, EncapContext> {
  return {
    words: key,
    apply: (draft, _take, context) => {
      const word = encapValue(context);
      if (draft[key] !== undefined) throw duplicateOrGarbage(key, word);
      draft[key] = read(word, context);
    },
  };
}

/** `encap seg6local action End.X nh6 fd00::1`: what is done with packets that arrive for a segment. */
export const seg6LocalEncap: EncapKind<Out<typeof encapSeg6Local>, Draft> = {
  begin: () => ({}),
  rows: [
    once('action', (word) => {
      const action = (seg6LocalActions as readonly string[]).indexOf(word);
      if (action <= 0) throw invalidArgument(word, '"action" value is invalid\n');
      return action;
    }),
    once('table', (word) => numberIn(tables, word, 32, 'invalid table id\n')),
    once('vrftable', (word) => numberIn(tables, word, 32, 'invalid vrf table id\n')),
    once('nh4', (word) => toText(address(word, 'inet'))),
    once('nh6', (word) => toText(address(word, 'inet6'))),
    once('iif', (word, { devices }) => devices.needed(word)),
    once('oif', (word, { devices }) => devices.needed(word)),
    {
      words: 'srh endpoint count flavors',
      apply: (_draft, _take, _context, word) => {
        throw notImplemented(`"${word}" of "encap seg6local"`);
      },
    },
  ],
  finish: (draft) => {
    if (draft.action === undefined) throw misuse('Missing action type\n');
    return { ...draft };
  },
  parts: [
    value('action', 'action % ', ({ action }) =>
      action === undefined ? undefined : (seg6LocalActions[action] ?? '<unknown>'),
    ),
    value('table', 'table % ', ({ table }, { options }) =>
      table === undefined ? undefined : named(tables, table, options),
    ),
    value('vrftable', 'vrftable % ', ({ vrftable }, { options }) =>
      vrftable === undefined ? undefined : named(tables, vrftable, options),
    ),
    value('nh4', 'nh4 % ', ({ nh4 }) => nh4),
    value('nh6', 'nh6 % ', ({ nh6 }) => nh6),
    value('iif', 'iif % ', ({ iif }, view) => (iif === undefined ? undefined : view.deviceName(iif))),
    value('oif', 'oif % ', ({ oif }, view) => (oif === undefined ? undefined : view.deviceName(oif))),
  ],
};
