import { failure, incompleteCommand, invalidArgument, missingArgument } from '../exit.ts';
import type { OptionRow } from '../grammar.ts';
import { parseInteger } from '../numbers.ts';
import { hardwareAddress, oneOfOnOff, unsigned } from '../values.ts';
import type { Words } from '../words.ts';
import type { LinkDraft } from './draft.ts';

type VfList = NonNullable<NonNullable<LinkDraft['attributes']['vfinfoList']>['info']>;
type Vf = { -readonly [K in keyof VfList[number]]: VfList[number][K] };

/** The settings of one virtual function, while they are read. */
interface Draft {
  readonly vf: number;
  readonly info: Vf;
}

type Row = OptionRow<Draft, undefined>;

export const vfHelp = `\
[ vf NUM [ mac LLADDR ] [ vlan VLANID [ qos VLAN-QOS ] [ proto VLAN-PROTO ] ] [ rate TXRATE ] [ max_tx_rate TXRATE ]
			 [ min_tx_rate TXRATE ] [ spoofchk { on | off } ] [ query_rss { on | off } ] [ trust { on | off } ]
			 [ state { auto | enable | disable } ] [ node_guid EUI64 ] [ port_guid EUI64 ] ]`;

function number(word: string, name: string): number {
  const value = parseInteger(word);
  if (value === undefined) throw invalidArgument(word, `Invalid "${name}" value\n`);
  return value >>> 0;
}

const toggle = (word: string, name: 'spoofchk' | 'rssQueryEn' | 'trust'): Row => ({
  words: word,
  apply: ({ vf, info }, take) => {
    info[name] = { vf, setting: Number(oneOfOnOff(take(), word, 1)) };
  },
});

const rate = (word: string, name: 'minTxRate' | 'maxTxRate'): Row => ({
  words: word,
  apply: ({ vf, info }, take) => {
    const { minTxRate = 0, maxTxRate = 0 } = info.rate ?? {};
    info.rate = { vf, minTxRate, maxTxRate, [name]: number(take(), word.replaceAll('_', ' ')) };
  },
});

const guid = (word: string, name: 'ibNodeGuid' | 'ibPortGuid'): Row => ({
  words: word,
  apply: ({ vf, info }, take) => {
    const text = take();
    if (!/^(?:[0-9a-f]{2}:){7}[0-9a-f]{2}$/i.test(text)) throw invalidArgument(text, 'Invalid GUID format\n');
    info[name] = { vf, guid: BigInt(`0x${text.replaceAll(':', '')}`) };
  },
});

const states = ['auto', 'enable', 'disable'];
const protocols: Readonly<Record<string, number>> = { '802.1q': 0x8100, '802.1ad': 0x88a8 };

const rows: readonly Row[] = [
  {
    words: 'mac',
    apply: ({ vf, info }, take) => {
      const bytes = hardwareAddress(take())
        .split(':')
        .map((byte) => Number.parseInt(byte, 16));
      if (bytes.length !== 6) throw failure(`Invalid address length ${bytes.length} - must be 6 bytes`);
      const mac = new Uint8Array(32);
      mac.set(bytes);
      info.mac = { vf, mac };
    },
  },
  {
    words: 'vlan',
    apply: ({ vf, info }, take, _context, _word, words) => {
      const vlan = number(take(), 'vlan');
      let qos = 0;
      let vlanProto: number | undefined;
      for (let word = words.peek(); word === 'qos' || word === 'proto'; word = words.peek()) {
        words.take();
        if (word === 'qos') qos = number(take(), 'qos');
        else vlanProto = protocolOf(take());
      }
      if (vlanProto === undefined) info.vlan = { vf, vlan, qos };
      else info.vlanList = { info: [{ vf, vlan, qos, vlanProto }] };
    },
  },
  {
    words: 'rate',
    apply: ({ vf, info }, take) => {
      info.txRate = { vf, rate: number(take(), 'rate') };
    },
  },
  rate('max_tx_rate', 'maxTxRate'),
  rate('min_tx_rate', 'minTxRate'),
  toggle('spoofchk', 'spoofchk'),
  toggle('query_rss', 'rssQueryEn'),
  toggle('trust', 'trust'),
  {
    words: 'state',
    apply: ({ vf, info }, take) => {
      const word = take();
      const linkState = states.indexOf(word);
      if (linkState < 0) throw invalidArgument(word, 'Invalid "state" value\n');
      info.linkState = { vf, linkState };
    },
  },
  guid('node_guid', 'ibNodeGuid'),
  guid('port_guid', 'ibPortGuid'),
];

function protocolOf(word: string): number {
  const protocol = protocols[word.toLowerCase()] ?? unsigned(word, 16, 'protocol is invalid\n');
  if (!Object.values(protocols).includes(protocol)) {
    throw invalidArgument(word, 'Invalid "vlan protocol" value - supported 802.1Q, 802.1ad\n');
  }
  return protocol;
}

const rowOf = (word: string | undefined) => rows.find((row) => row.words === word);

/** Reads `vf NUM …`: the settings of a virtual function, until a word that is none of them. Throws Exit. */
export function readVf(draft: LinkDraft, words: Words): void {
  const word = words.value();
  const vf = parseInteger(word);
  if (vf === undefined || vf < 0) throw invalidArgument(word, 'Invalid "vf" value\n');
  if (draft.device === undefined) throw missingArgument('dev');
  if (rowOf(words.peek()) === undefined) throw incompleteCommand();
  const info: Vf = {};
  for (let row = rowOf(words.peek()); row !== undefined; row = rowOf(words.peek())) {
    const given = words.value();
    row.apply({ vf, info }, () => words.value(), undefined, given, words);
  }
  draft.attributes.vfinfoList = { info: [info] };
}
