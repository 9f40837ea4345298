import { duplicateOrGarbage, invalidArgument, missingArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { parseUnsigned } from '../../numbers.ts';
import { type Part, value } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { readWords, unknownWord } from './parse.ts';

const usage = `\
Usage: ... bareudp dstport PORT
		ethertype PROTO
		[ srcportmin PORT ]
		[ [no]multiproto ]

Where:	PORT  := UDP_PORT
	PROTO := ETHERTYPE

Note: ETHERTYPE can be given as number or as protocol name ("ipv4", "ipv6",
      "mpls_uc", etc.).
`;

type Data = DataOf<'bareudp'>;
type Draft = DraftOf<'bareudp'>;
type Row = OptionRow<Draft, KindContext>;

/** Protocols by the names that `ip` has for them (ETH_P_*). */
const etherTypes: Readonly<Record<string, number>> = {
  '802_3': 0x0001,
  all: 0x0003,
  '802_2': 0x0004,
  snap: 0x0005,
  can: 0x000c,
  loop: 0x0060,
  pup: 0x0200,
  ipv4: 0x0800,
  ip: 0x0800,
  x25: 0x0805,
  arp: 0x0806,
  teb: 0x6558,
  rarp: 0x8035,
  atalk: 0x809b,
  aarp: 0x80f3,
  '802.1Q': 0x8100,
  ipx: 0x8137,
  ipv6: 0x86dd,
  mpls_uc: 0x8847,
  mpls_mc: 0x8848,
  ppp_disc: 0x8863,
  ppp_ses: 0x8864,
  profinet: 0x8892,
  aoe: 0x88a2,
  '802.1ad': 0x88a8,
  tipc: 0x88ca,
  lldp: 0x88cc,
};

const once = (words: string, name: keyof Data, apply: (draft: Draft, word: string) => void): Row => ({
  words,
  apply: (draft, take) => {
    const word = take();
    if (draft[name] !== undefined) throw duplicateOrGarbage(words.replace('*', ''), word);
    apply(draft, word);
  },
});

const multiproto = (word: string, on: boolean): Row => ({
  words: `${word}*`,
  apply: (draft, _take, _context, given) => {
    if (draft.multiprotoMode !== undefined) throw duplicateOrGarbage(word, given);
    draft.multiprotoMode = on;
  },
});

const rows: readonly Row[] = [
  once('dstport*', 'port', (draft, word) => {
    draft.port = unsigned(word, 16, 'dstport');
  }),
  once('ethertype*', 'ethertype', (draft, word) => {
    const name = Object.keys(etherTypes).find((each) => each.toLowerCase() === word.toLowerCase());
    draft.ethertype = name === undefined ? parseUnsigned(word, 16) : etherTypes[name];
    if (draft.ethertype === undefined) throw invalidArgument(word, 'ethertype');
  }),
  once('srcportmin*', 'srcportMin', (draft, word) => {
    draft.srcportMin = unsigned(word, 16, 'srcportmin');
  }),
  multiproto('multiproto', true),
  multiproto('nomultiproto', false),
];

const nameOf = (number: number) =>
  Object.keys(etherTypes).findLast((name) => etherTypes[name] === number) ?? `[${number}]`;

const describe: readonly Part<Data, LinkView>[] = [
  value('dstport', 'dstport % ', (data) => data.port),
  value('ethertype', 'ethertype % ', ({ ethertype }) => (ethertype === undefined ? undefined : nameOf(ethertype))),
  value('srcportmin', 'srcportmin % ', (data) => data.srcportMin),
  value(
    'multiproto',
    (on) => (on === true ? 'multiproto ' : 'nomultiproto '),
    (data) => data.multiprotoMode ?? false,
  ),
];

/** A protocol over UDP without more: `ip link add NAME type bareudp dstport PORT ethertype PROTOCOL`. */
export const bareudp: Kind<Data, Draft> = {
  kind: 'bareudp',
  usage,
  describe,
  parse(words, context) {
    const unknown = (word: string) => unknownWord(word, `bareudp: unknown command "${word}"?`, usage);
    const draft = readWords<Draft>(rows, words, {}, context, unknown);
    if (draft.port === undefined) throw missingArgument('dstport');
    if (draft.ethertype === undefined) throw missingArgument('ethertype');
    return draft;
  },
};
