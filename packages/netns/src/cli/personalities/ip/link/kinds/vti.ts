import { failure } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import type { Part } from '../../show/fields.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { readWords } from './parse.ts';
import {
  dev,
  endRows,
  fwmark,
  keyOf,
  shownEnds,
  shownFwmark,
  shownKey,
  startingWith,
  type Tunnel,
} from './tunnel-common.ts';

type KindName = 'vti' | 'vti6';
type Data = DataOf<KindName>;
type Draft = DraftOf<KindName>;
type Row = OptionRow<Tunnel, KindContext>;

const usageOf = (kind: KindName) => `\
Usage: ... ${kind.padEnd(4)}	[ remote ADDR ]
		[ local ADDR ]
		[ [i|o]key KEY ]
		[ dev PHYS_DEV ]
		[ fwmark MARK ]

Where:	ADDR := { ${kind === 'vti' ? 'IP_ADDRESS' : 'IPV6_ADDRESS'} }
	KEY  := { DOTTED_QUAD | NUMBER }
	MARK := { 0x0..0xffffffff }
`;

const keyRow = (word: string, names: readonly ('ikey' | 'okey')[]): Row => ({
  words: `${word}*`,
  apply: (draft, take) => {
    const key = keyOf(take(), word);
    for (const name of names) draft[name] = key;
  },
});

const keys: readonly Row[] = [keyRow('key', ['ikey', 'okey']), keyRow('ikey', ['ikey']), keyRow('okey', ['okey'])];

const describe: readonly Part<Data, LinkView>[] = [
  ...shownEnds,
  shownKey('ikey', ({ ikey }) => ikey !== 0),
  shownKey('okey', ({ okey }) => okey !== 0),
  shownFwmark,
];

function vtiKind(kind: KindName): Kind<Data, Draft> {
  const usage = usageOf(kind);
  const rows = [...keys, ...endRows(kind === 'vti' ? 'inet' : 'inet6', '*'), dev, fwmark];
  return {
    kind,
    usage,
    describe,
    parse(list, context) {
      const draft = startingWith<Draft>(context, kind, { ikey: 0, okey: 0, fwmark: 0 });
      return readWords(rows, list, draft, context, () => failure(usage.trimEnd()));
    },
  };
}

/** What IPsec sends between two IPv4 addresses: `ip link add NAME type vti`. */
export const vti = vtiKind('vti');
/** What IPsec sends between two IPv6 addresses. */
export const vti6 = vtiKind('vti6');
