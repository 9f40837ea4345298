import { macvlanModes } from '../../../../../netlink/families/route/kinds/macvlan.ts';
import { failure } from '../../exit.ts';
import { type OptionRow, readOptions } from '../../grammar.ts';
import { parseInteger, parseUnsigned } from '../../numbers.ts';
import { type Part, value, when } from '../../show/fields.ts';
import { hardwareAddress } from '../../values.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { unknownWord } from './parse.ts';

type KindName = 'macvlan' | 'macvtap';
type Data = DraftOf<KindName>;

const usageOf = (kind: KindName) => `\
Usage: ... ${kind} mode MODE [flag MODE_FLAG] MODE_OPTS [bcqueuelen BC_QUEUE_LEN] [bclim BCLIM]

MODE: private | vepa | bridge | passthru | source
MODE_FLAG: null | nopromisc | nodst
MODE_OPTS: for mode "source":
	macaddr { { add | del } <macaddr> | set [ <macaddr> [ <macaddr>  ... ] ] | flush }
BC_QUEUE_LEN: Length of the rx queue for broadcast/multicast: [0-4294967295]
BCLIM: Threshold for broadcast queueing: 32-bit integer
`;

/** Bits of `flags` (MACVLAN_FLAG_*). */
const flagBits: Readonly<Record<string, number>> = { nopromisc: 1, nodst: 2, null: 0 };
/** What is done to the list of sources (MACVLAN_MACADDR_*). */
const sourceActions: Readonly<Record<string, number>> = { add: 0, del: 1, flush: 2, set: 3 };

function modeNumber(word: string): number {
  const number = Object.entries(macvlanModes).find(([, name]) => name === word)?.[0];
  if (number !== undefined) return Number(number);
  const known = Object.values(macvlanModes).map((name) => `"${name}"`);
  throw failure(`Error: argument of "mode" must be ${known.slice(0, -1).join(', ')} or ${known.at(-1)}, not "${word}"`);
}

function setFlag(data: Data, word: string): void {
  const bits = flagBits[word];
  if (bits === undefined) {
    throw failure(`Error: argument of "flag" must be "nopromisc", "nodst" or "null", not "${word}"`);
  }
  data.flags = bits === 0 ? 0 : (data.flags ?? 0) | bits;
}

type Row = OptionRow<Data, KindContext>;

const rowsOf = (kind: KindName): readonly Row[] => [
  {
    words: 'mode*',
    apply: (data, take) => {
      data.mode = modeNumber(take());
    },
  },
  { words: 'flag*', apply: (data, take) => setFlag(data, take()) },
  {
    words: 'macaddr*',
    apply: (data, take, _context) => {
      const word = take();
      const action = sourceActions[word];
      if (action === undefined) throw failure(usageOf(kind).trimEnd());
      data.macaddrMode = action;
      if (word === 'add' || word === 'del') data.macaddr = hardwareAddress(take());
    },
  },
  { words: 'nopromisc*', apply: (data) => setFlag(data, 'nopromisc') },
  { words: 'nodst*', apply: (data) => setFlag(data, 'nodst') },
  {
    words: 'bcqueuelen*',
    apply: (data, take) => {
      const word = take();
      const length = parseUnsigned(word, 32);
      if (length === undefined) {
        throw failure(`Error: argument of "bcqueuelen" must be a positive integer [0-4294967295], not "${word}"`);
      }
      data.bcQueueLen = length;
    },
  },
  {
    words: 'bclim',
    apply: (data, take) => {
      const word = take();
      data.bcCutoff = parseInteger(word);
      if (data.bcCutoff === undefined) throw failure(`Error: illegal value for "bclim": "${word}"`);
    },
  },
];

const passthru = 8;
const source = 16;

const describe: readonly Part<DataOf<KindName>, LinkView>[] = [
  value('mode', 'mode % ', ({ mode }) =>
    mode === undefined ? undefined : ((macvlanModes as Readonly<Record<number, string>>)[mode] ?? 'unknown'),
  ),
  value('nopromisc', 'nopromisc ', ({ flags = 0 }) => (flags & 1) !== 0 || undefined),
  value('nodst', 'nodst ', ({ flags = 0 }) => (flags & 2) !== 0 || undefined),
  value('bcqueuelen', 'bcqueuelen % ', (data) => data.bcQueueLen),
  value('usedbcqueuelen', 'usedbcqueuelen % ', (data) => data.bcQueueLenUsed),
  value('bclim', 'bclim % ', (data) => data.bcCutoff),
  when(
    ({ mode }) => mode === source,
    [
      value('macaddr_count', 'remotes (%) ', (data) => data.macaddrCount),
      value(
        'macaddr_data',
        (addresses) => (addresses as readonly string[]).map((each) => `${each} `).join(''),
        ({ macaddrData }) => macaddrData && (macaddrData.macaddr ?? []),
      ),
    ],
  ),
];

function macvlanKind(kind: KindName): Kind<DataOf<KindName>, Data> {
  const rows = rowsOf(kind);
  const usage = usageOf(kind);
  return {
    kind,
    usage,
    describe,
    parse(words, context) {
      const data: Data = {};
      readOptions(
        {
          rows,
          otherwise: (_data, word) => {
            // behind `macaddr set` any number of addresses follows
            if (data.macaddrMode !== sourceActions.set) {
              throw unknownWord(word, `${kind}: unknown option "${word}"?`, usage);
            }
            const addresses = data.macaddrData?.macaddr ?? [];
            data.macaddrData = { macaddr: [...addresses, hardwareAddress(word)] };
          },
        },
        words,
        data,
        context,
      );
      if (((data.flags ?? 0) & 1) !== 0 && data.mode !== passthru) {
        throw failure(`${kind}: nopromisc flag only valid in passthru mode\n${usage.trimEnd()}`);
      }
      return data;
    },
  };
}

/** A second address on a link: `ip link add link DEV NAME type macvlan`. */
export const macvlan = macvlanKind('macvlan');
/** The same, with a character device in place of an interface. */
export const macvtap = macvlanKind('macvtap');
