import {
  type encapIla,
  ilaChecksumModes,
  ilaHookTypes,
  ilaIdentifierTypes,
} from '../../../../../netlink/families/route/encap.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { failure, invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { ilaName, ilaNumber, locatorNumber, locatorText, type Names } from '../../ila-names.ts';
import { type Part, value } from '../../show/fields.ts';
import type { EncapContext, EncapKind, EncapView } from './kind.ts';

interface Draft {
  readonly locator: bigint;
  csumMode?: number | undefined;
  identType?: number | undefined;
  hookType?: number | undefined;
}

/** An option with one of these names, which stands for its position. The last of several counts. */
function choice(
  word: string,
  key: 'csumMode' | 'identType' | 'hookType',
  names: Names,
): OptionRow<Draft, EncapContext> {
  return {
    words: word,
    apply: (draft, take) => {
      const given = take();
      draft[key] = ilaNumber(names, given);
      if (draft[key] === undefined) throw invalidArgument(given, `"${word}" value is invalid\n`);
    },
  };
}

type Data = Out<typeof encapIla>;

const shown = (name: string, word: string, names: Names, get: (data: Data) => number | undefined) =>
  value<Data, EncapView>(name, ` ${word} % `, (data) => {
    const number = get(data);
    return number === undefined ? undefined : ilaName(names, number);
  }) satisfies Part<Data, EncapView>;

/** `encap ila 2001:0:1:2 csum-mode neutral-map`: identifier-locator addressing. */
export const ilaEncap: EncapKind<Data, Draft> = {
  begin: ({ words }) => {
    const word = words.value();
    const locator = locatorNumber(word);
    if (locator === undefined) throw failure(`Bad locator: ${word}`);
    return { locator };
  },
  rows: [
    choice('csum-mode', 'csumMode', ilaChecksumModes),
    choice('ident-type', 'identType', ilaIdentifierTypes),
    choice('hook-type', 'hookType', ilaHookTypes),
  ],
  finish: (draft) => ({ ...draft }),
  parts: [
    value('locator', ' % ', ({ locator }) => (locator === undefined ? undefined : locatorText(locator))),
    shown('csum_mode', 'csum-mode', ilaChecksumModes, ({ csumMode }) => csumMode),
    shown('ident_type', 'ident-type', ilaIdentifierTypes, ({ identType }) => identType),
    shown('hook_type', 'hook-type', ilaHookTypes, ({ hookType }) => hookType),
  ],
};
