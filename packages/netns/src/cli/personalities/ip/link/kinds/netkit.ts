import { failure } from '../../exit.ts';
import { type Grammar, type OptionRow, readOptions } from '../../grammar.ts';
import { type Part, value } from '../../show/fields.ts';
import type { Words } from '../../words.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { unknownWord } from './parse.ts';

type Data = DataOf<'netkit'>;
type Draft = DraftOf<'netkit'>;
type Row = OptionRow<Draft, KindContext>;

const usage = `\
Usage: ... netkit [ mode MODE ] [ POLICY ] [ scrub SCRUB ] [ peer [ POLICY ] [ scrub SCRUB ] [ <options> ] ]

MODE: l3 | l2
POLICY: forward | blackhole
SCRUB: default | none
(first values are the defaults if nothing is specified)
Get <options> type 'ip link add help'
`;

/** NETKIT_L2 … by number. */
const modes = ['l2', 'l3'] as const;
/** What becomes of packets when no program says so: NETKIT_PASS and NETKIT_DROP. */
const policies: Readonly<Record<number, string>> = { 0: 'forward', 2: 'blackhole' };
/** Whether packets are cleaned of marks and priorities: NETKIT_SCRUB_*, by number. */
const scrubs = ['none', 'default'] as const;

function oneOf(names: readonly string[], option: string, word: string): number {
  const position = names.indexOf(word);
  if (position < 0)
    throw failure(`Error: argument of "${option}" must be ${names.map((name) => `"${name}"`).join(' or ')}`);
  return position;
}

/** What both ends have of their own. */
const endRows = (policy: 'policy' | 'peerPolicy', scrub: 'scrub' | 'peerScrub'): readonly Row[] => [
  ...Object.entries(policies).map(
    ([number, words]): Row => ({
      words,
      apply: (draft) => {
        draft[policy] = Number(number);
      },
    }),
  ),
  {
    words: 'scrub',
    apply: (draft, take) => {
      draft[scrub] = oneOf(scrubs, 'scrub', take());
    },
  },
];

const ownGrammar: Grammar<Draft, KindContext> = {
  rows: [
    {
      words: 'mode',
      apply: (draft, take) => {
        draft.mode = oneOf(modes, 'mode', take());
      },
    },
    ...endRows('policy', 'scrub'),
  ],
};

/** Without `otherwise`: what follows is for `ip link add` to read. */
const peerGrammar: Grammar<Draft, KindContext> = { rows: endRows('peerPolicy', 'peerScrub') };

/** A pair of links that programs of BPF move packets through: `ip link add NAME type netkit`. Linux 6.7. */
export const netkit: Kind<Data, Draft> = {
  kind: 'netkit',
  usage,
  /** Leaves the words of the other end, behind `peer`, where they are. */
  parse: (words: Words, context: KindContext) => {
    const draft: Draft = {};
    readOptions(ownGrammar, words, draft, context);
    const word = words.take();
    if (word === undefined) return draft;
    if (word !== 'peer') throw unknownWord(word, `netkit: unknown option "${word}"?`, usage);
    readOptions(peerGrammar, words, draft, context);
    return draft;
  },
  describe: [
    value('mode', 'mode % ', ({ mode }) => (mode === undefined ? undefined : (modes[mode as 0] ?? 'unknown'))),
    value('type', 'type % ', ({ primary }) => (primary === undefined ? undefined : primary ? 'primary' : 'peer')),
    value('policy', 'policy % ', ({ policy }) => (policy === undefined ? undefined : (policies[policy] ?? 'unknown'))),
    value('scrub', 'scrub % ', ({ scrub }) => (scrub === undefined ? undefined : (scrubs[scrub as 0] ?? 'unknown'))),
  ] satisfies readonly Part<Data, LinkView>[],
};
