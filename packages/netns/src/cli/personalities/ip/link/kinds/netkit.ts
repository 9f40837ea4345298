import { duplicateArgument, failure } from '../../exit.ts';
import { type Grammar, type OptionRow, readOptions } from '../../grammar.ts';
import { type Part, value } from '../../show/fields.ts';
import type { Words } from '../../words.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';

type Data = DataOf<'netkit'>;
type Draft = DraftOf<'netkit'>;
type Row = OptionRow<Draft, KindContext>;

const usage = `\
Usage: ... netkit [ mode MODE ] [ POLICY ] [ scrub SCRUB ] [ peer [ POLICY <options> ] ]

MODE: l3 | l2
POLICY: forward | blackhole
SCRUB: default | none
(first values are the defaults if nothing is specified)

To get <options> type 'ip link add help'.
`;

/** NETKIT_L2 … by number. */
const modes = ['l2', 'l3'] as const;
/** What becomes of packets when no program says so: NETKIT_PASS and NETKIT_DROP. */
const policies: Readonly<Record<number, string>> = { 0: 'forward', 2: 'blackhole' };
/** Whether packets are cleaned of marks and priorities: NETKIT_SCRUB_*, by number. */
const scrubs = ['none', 'default'] as const;

function position(names: readonly string[], word: string, refusal: string): number {
  const found = names.indexOf(word);
  if (found < 0) throw failure(refusal);
  return found;
}

const named = (json: string, names: Readonly<Record<number, string>>, get: (data: Data) => number | undefined) =>
  value<Data, LinkView>(json, `${json.replace('_', ' ')} % `, (data) => {
    const number = get(data);
    return number === undefined ? undefined : (names[number] ?? 'UNKNOWN');
  });

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
      draft[scrub] = position(scrubs, take(), 'Error: scrub must be either "none" or "default"');
    },
  },
];

const ownGrammar: Grammar<Draft, KindContext> = {
  rows: [
    {
      words: 'mode',
      apply: (draft, take) => {
        if (draft.mode !== undefined) throw duplicateArgument('mode', take());
        draft.mode = position(modes, take(), 'Error: argument of "mode" must be either "l3" or "l2"');
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
    if (word !== 'peer') throw failure(`netkit: unknown option "${word}"?\n${usage.trimEnd()}`);
    readOptions(peerGrammar, words, draft, context);
    return draft;
  },
  describe: [
    named('mode', modes, (data) => data.mode),
    value('type', 'type % ', ({ primary }) => (primary === undefined ? undefined : primary ? 'primary' : 'peer')),
    named('policy', policies, (data) => data.policy),
    named('peer_policy', policies, (data) => data.peerPolicy),
    named('scrub', scrubs, (data) => data.scrub),
    named('peer_scrub', scrubs, (data) => data.peerScrub),
  ] satisfies readonly Part<Data, LinkView>[],
};
