import { duplicateOrGarbage, failure, invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { address, isAnyWord, isMulticast, toText } from '../../inet.ts';
import { type Part, value } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import type { LinkView } from '../view.ts';
import { dsfield } from './dsfield.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { readWords, unknownWord } from './parse.ts';

const usage = `\
Usage: ... geneve id VNI
		remote ADDR
		[ local ADDR ]
		[ ttl TTL ]
		[ tos TOS ]
		[ df DF ]
		[ flowlabel LABEL ]
		[ dstport PORT ]
		[ [no]external ]
		[ [no]udpcsum ]
		[ [no]udp6zerocsumtx ]
		[ [no]udp6zerocsumrx ]
		[ innerprotoinherit ]

Where:	VNI   := 0-16777215
	ADDR  := IP_ADDRESS
	TOS   := { NUMBER | inherit }
	TTL   := { 1..255 | auto | inherit }
	DF    := { unset | set | inherit }
	LABEL := 0-1048575
`;

type Data = DraftOf<'geneve'>;
interface Draft {
  readonly data: Data;
  /** What was given already: each setting may be given once. */
  readonly given: Set<string>;
}
type Row = OptionRow<Draft, KindContext>;

function claim(draft: Draft, key: string, name: string, word: string): void {
  if (draft.given.has(key)) throw duplicateOrGarbage(name, word);
  draft.given.add(key);
}

function setting(spellings: string, key: string, apply: (data: Data, word: string) => void): Row {
  return {
    words: spellings,
    apply: (draft, take) => {
      const word = take();
      claim(draft, key, key, word);
      apply(draft.data, word);
    },
  };
}

/** `udpcsum` and `noudpcsum`: together they may be given once. */
function toggle(word: string, set: (data: Data, on: boolean) => void): readonly Row[] {
  return ['no', ''].map((no) => ({
    words: `${no}${word}*`,
    apply: (draft, _take, _context, given) => {
      claim(draft, word, `${no}${word}`, given);
      set(draft.data, no === '');
    },
  }));
}

const rows: readonly Row[] = [
  setting('id* vni*', 'id', (data, word) => {
    data.id = unsigned(word, 32, 'invalid id');
    if (data.id >= 1 << 24) throw invalidArgument(word, 'invalid id');
  }),
  setting('remote*', 'remote', (data, word) => {
    const found = address(word);
    if (isAnyWord(word) || isMulticast(found)) throw invalidArgument(word, 'invalid remote address');
    data[found.family === 'inet' ? 'remote' : 'remote6'] = toText(found);
  }),
  setting('local*', 'local', (data, word) => {
    const found = address(word);
    if (isAnyWord(word) || isMulticast(found)) throw invalidArgument(word, 'invalid local address');
    data[found.family === 'inet' ? 'local' : 'local6'] = toText(found);
  }),
  setting('ttl* hoplimit*', 'ttl', (data, word) => {
    if (word === 'inherit') data.ttlInherit = true;
    else if (word === 'auto') data.ttl = 0;
    else {
      data.ttl = unsigned(word, 32, 'invalid TTL');
      if (data.ttl > 255) throw invalidArgument(word, 'TTL must be <= 255');
    }
  }),
  setting('tos* dsfield*', 'tos', (data, word) => {
    data.tos = word === 'inherit' ? 1 : dsfield(word);
  }),
  setting('df*', 'df', (data, word) => {
    data.df = dfModes.indexOf(word);
    if (data.df < 0) throw invalidArgument(word, "DF must be 'unset', 'set' or 'inherit'");
  }),
  setting('label* flowlabel*', 'flowlabel', (data, word) => {
    data.label = unsigned(word, 32, 'invalid flowlabel');
    if (data.label > 0xfffff) throw invalidArgument(word, 'invalid flowlabel');
  }),
  setting('dstport*', 'dstport', (data, word) => {
    const port = unsigned(word, 16, 'dstport');
    data.port = port === 0 ? undefined : port; // the kernel's own default
  }),
  ...toggle('external', (data, on) => {
    data.collectMetadata = on;
  }),
  ...toggle('udpcsum', (data, on) => {
    data.udpCsum = on;
  }),
  ...toggle('udp6zerocsumtx', (data, on) => {
    data.udpZeroCsum6Tx = on;
  }),
  ...toggle('udp6zerocsumrx', (data, on) => {
    data.udpZeroCsum6Rx = on;
  }),
  {
    words: 'innerprotoinherit',
    apply: (draft, _take, _context, given) => {
      claim(draft, given, given, given);
      draft.data.innerProtoInherit = true;
    },
  },
];

const dfModes = ['unset', 'set', 'inherit'];

/** What the settings must be like together, and what a new link is told without being asked. */
function finish({ data, given }: Draft, { creating }: KindContext): Data {
  const external = data.collectMetadata === true;
  if (external && given.has('id')) throw failure("geneve: both 'external' and vni cannot be specified");
  if (!external && !given.has('id')) throw failure('geneve: missing virtual network identifier');
  if (!external && !given.has('remote') && creating) throw failure('geneve: remote link partner not specified');
  return creating ? { id: 0, label: 0, ttl: 0, tos: 0, ...data } : data;
}

type Shown = Part<DataOf<'geneve'>, LinkView>;

const hex = (number: number | undefined) => (number ? `0x${number.toString(16)}` : undefined);

/** Said only in one of the cases, in text with `no` in front if that is the unusual one. */
const checksum = (json: string, text: string, get: (data: DataOf<'geneve'>) => boolean | undefined): Shown =>
  value(json, (on) => `${on === true ? '' : 'no'}${text} `, get);

/** An end; in JSON its name tells the family. */
const end =
  (name: 'remote' | 'local'): Shown =>
  (data, view) => {
    const parts = [name, `${name}6` as const].map((key) =>
      value<DataOf<'geneve'>, LinkView>(key, `${name} % `, ({ [key]: address }) => address)(data, view),
    );
    return parts.find((part) => part !== undefined);
  };

const describe: readonly Shown[] = [
  value('external', 'external ', (data) => data.collectMetadata),
  value('id', 'id % ', (data) => data.id),
  end('remote'),
  end('local'),
  (data, view) =>
    data.ttlInherit === true
      ? { text: 'ttl inherit ', json: {} }
      : value<DataOf<'geneve'>, LinkView>(
          'ttl',
          (ttl) => `ttl ${ttl === 0 ? 'auto' : ttl} `,
          ({ ttl }) => ttl,
        )(data, view),
  value(
    'tos',
    (tos) => `tos ${tos === '0x1' ? 'inherit' : tos} `,
    ({ tos }) => hex(tos),
  ),
  value(
    'df',
    (df) => (df === 'unset' ? '' : `df ${df} `),
    ({ df }) => (df === undefined ? undefined : dfModes[df]),
  ),
  value('label', 'flowlabel % ', ({ label }) => hex(label)),
  value('port', 'dstport % ', (data) => data.port),
  checksum('udp_csum', 'udpcsum', (data) => data.udpCsum),
  checksum('udp_zero_csum6_tx', 'udp6zerocsumtx', (data) => data.udpZeroCsum6Tx),
  checksum('udp_zero_csum6_rx', 'udp6zerocsumrx', (data) => data.udpZeroCsum6Rx),
  value('inner_proto_inherit', 'innerprotoinherit ', (data) => data.innerProtoInherit),
];

/** A virtual Ethernet over UDP: `ip link add NAME type geneve id VNI remote ADDRESS`. */
export const geneve: Kind<DataOf<'geneve'>, Data> = {
  kind: 'geneve',
  usage,
  describe,
  parse(words, context) {
    const draft: Draft = { data: {}, given: new Set() };
    const unknown = (word: string) => unknownWord(word, `geneve: unknown command "${word}"?`, usage);
    return finish(readWords(rows, words, draft, context, unknown), context);
  },
};
