import { ipvlanModes } from '../../../../../netlink/families/route/kinds/small.ts';
import { failure } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { type Part, value } from '../../show/fields.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { readWords, unknownWord, wordRow } from './parse.ts';

type KindName = 'ipvlan' | 'ipvtap';
type Data = DataOf<KindName>;
interface Draft {
  readonly data: DraftOf<KindName>;
  /** One of the flags was given; another one is no word then. */
  isolated?: true;
}
type Row = OptionRow<Draft, KindContext>;

const usageOf = (kind: string) => `\
Usage: ... ${kind} [ mode MODE ] [ FLAGS ]

MODE: l3 | l3s | l2
FLAGS: bridge | private | vepa
(first values are the defaults if nothing is specified).
`;

/** Who may talk to whom (IPVLAN_F_*). */
const isolations = ['bridge', 'private', 'vepa'] as const;

const unknown = (kind: string, word: string) => unknownWord(word, `${kind}: unknown option "${word}"?`, usageOf(kind));

const rowsOf = (kind: string): readonly Row[] => [
  {
    words: 'mode*',
    apply: ({ data }, take) => {
      data.mode = (ipvlanModes as readonly string[]).indexOf(take());
      if (data.mode < 0) throw failure('Error: argument of "mode" must be either "l2", "l3" or "l3s"');
      data.flags ??= 0;
    },
  },
  ...isolations.map((name, flags) =>
    wordRow<Draft>(`${name}*`, (draft, word) => {
      if (draft.isolated) throw unknown(kind, word);
      draft.isolated = true;
      draft.data.flags = flags;
    }),
  ),
];

const describe: readonly Part<Data, LinkView>[] = [
  value('mode', ' mode % ', ({ mode }) => (mode === undefined ? undefined : (ipvlanModes[mode] ?? 'unknown'))),
  ({ flags }) => {
    if (flags === undefined) return undefined;
    const name = isolations[(flags & 1) !== 0 ? 1 : flags & 2];
    return name === undefined ? undefined : { text: `${name} `, json: { [name]: true } };
  },
];

function ipvlanKind(kind: KindName): Kind<Data, DraftOf<KindName>> {
  const rows = rowsOf(kind);
  return {
    kind,
    usage: usageOf(kind),
    describe,
    parse: (words, context) => readWords<Draft>(rows, words, { data: {} }, context, (word) => unknown(kind, word)).data,
  };
}

/** A second set of IP addresses on a link, with its hardware address: `ip link add link DEV NAME type ipvlan`. */
export const ipvlan = ipvlanKind('ipvlan');
/** The same, with a character device in place of an interface. */
export const ipvtap = ipvlanKind('ipvtap');
