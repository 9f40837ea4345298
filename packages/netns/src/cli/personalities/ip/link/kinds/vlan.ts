import { vlanProtocols } from '../../../../../netlink/families/route/kinds/vlan.ts';
import { invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { parseUnsigned } from '../../numbers.ts';
import { type Part, value } from '../../show/fields.ts';
import { onOff, unsigned } from '../../values.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { numberRow, readWords, unknownWord } from './parse.ts';

const usage = `\
Usage: ... vlan id VLANID
		[ protocol VLANPROTO ]
		[ reorder_hdr { on | off } ]
		[ gvrp { on | off } ]
		[ mvrp { on | off } ]
		[ loose_binding { on | off } ]
		[ bridge_binding { on | off } ]
		[ ingress-qos-map QOS-MAP ]
		[ egress-qos-map QOS-MAP ]

VLANID := 0-4095
VLANPROTO: [ 802.1Q | 802.1ad ]
QOS-MAP := [ QOS-MAP ] QOS-MAPPING
QOS-MAPPING := FROM:TO
`;

type Data = DataOf<'vlan'>;
type Draft = DraftOf<'vlan'>;
type Row = OptionRow<Draft, KindContext>;
type MapName = 'ingressQos' | 'egressQos';

/** The bits of `flags` by the words that set them, and as they are shown, in this order. */
const flagBits = [
  ['reorder_hdr', 0x1],
  ['gvrp', 0x2],
  ['mvrp', 0x8],
  ['loose_binding', 0x4],
  ['bridge_binding', 0x10],
] as const;

const flagRow = ([word, bit]: (typeof flagBits)[number]): Row => ({
  words: `${word}*`,
  apply: (draft, take) => {
    const { flags = 0, mask = 0 } = draft.flags ?? {};
    draft.flags = { flags: onOff(take(), word) ? flags | bit : flags & ~bit, mask: mask | bit };
  },
});

const mapRow = (word: string, name: MapName): Row => ({
  words: `${word}*`,
  apply: (draft, take, _context, _word, words) => {
    const first = take();
    if (!first.includes(':')) throw unknown(first);
    const mapping = [pairOf(first, word)];
    while (words.peek()?.includes(':')) mapping.push(pairOf(take(), word));
    draft[name] = { mapping };
  },
});

function pairOf(text: string, word: string): { from: number; to: number } {
  const [left = '', right = '', ...rest] = text.split(':');
  const from = parseUnsigned(left, 32);
  const to = parseUnsigned(right, 32);
  if (from === undefined || to === undefined || rest.length > 0) throw invalidArgument(left, `invalid ${word}`);
  return { from, to };
}

function protocolOf(word: string): number {
  const known = Object.entries(vlanProtocols).find(([, name]) => name.toLowerCase() === word.toLowerCase());
  return known === undefined ? unsigned(word, 16, 'protocol is invalid') : Number(known[0]);
}

const rows: readonly Row[] = [
  {
    words: 'protocol*',
    apply: (draft, take) => {
      draft.protocol = protocolOf(take());
    },
  },
  numberRow(
    'id*',
    16,
    (draft, id) => {
      draft.id = id;
    },
    'id is invalid',
  ),
  ...flagBits.map(flagRow),
  mapRow('ingress-qos-map', 'ingressQos'),
  mapRow('egress-qos-map', 'egressQos'),
];

const unknown = (word: string) => unknownWord(word, `vlan: unknown command "${word}"?`, usage);

type Shown = Part<Data, LinkView>;

const map = (json: string, title: string, name: MapName): Shown =>
  value(
    json,
    (_pairs, { newline }, data) => {
      const pairs = data[name]?.mapping?.map(({ from, to }) => `${from}:${to} `) ?? [];
      return `${newline}      ${title} { ${pairs.join('')}} `;
    },
    (data) => data[name]?.mapping?.map(({ from, to }) => ({ from, to })),
  );

const describe: readonly Shown[] = [
  value('protocol', 'protocol % ', ({ protocol }) =>
    protocol === undefined
      ? '802.1q'
      : ((vlanProtocols as Readonly<Record<number, string>>)[protocol] ?? `[${protocol}]`),
  ),
  value('id', 'id % ', (data) => data.id),
  value(
    'flags',
    (names) => `<${(names as readonly string[]).join(',')}> `,
    ({ flags: found }) => {
      if (found === undefined) return undefined;
      const { flags } = found;
      const names = flagBits.filter(([, bit]) => (flags & bit) !== 0).map(([word]) => word.toUpperCase());
      const rest = flagBits.reduce((left, [, bit]) => left & ~bit, flags);
      return [...names, ...(rest === 0 ? [] : [(rest >>> 0).toString(16)])];
    },
  ),
  map('ingress_qos', 'ingress-qos-map', 'ingressQos'),
  map('egress_qos', 'egress-qos-map', 'egressQos'),
];

/** A VLAN on a link: `ip link add link DEV NAME type vlan id NUMBER`. */
export const vlan: Kind<Data, Draft> = {
  kind: 'vlan',
  usage,
  describe,
  parse: (words, context) => readWords<Draft>(rows, words, {}, context, unknown),
};
