import {
  macsecCiphers,
  macsecOffloads,
  macsecValidations,
} from '../../../../../netlink/families/route/kinds/macsec.ts';
import { duplicateArgument, Exit, failure, invalidArgument } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { type Part, value } from '../../show/fields.ts';
import { hardwareAddress, oneOfOnOff, unsigned } from '../../values.ts';
import type { Words } from '../../words.ts';
import type { LinkView } from '../view.ts';
import type { DataOf, DraftOf, Kind, KindContext } from './kind.ts';
import { readWords } from './parse.ts';

const usage = `\
Usage: ... macsec [ [ address <lladdr> ] port { 1..2^16-1 } | sci <u64> ]
                  [ cipher { default | gcm-aes-128 | gcm-aes-256 | gcm-aes-xpn-128 | gcm-aes-xpn-256 } ]
                  [ icvlen { 8..16 } ]
                  [ encrypt { on | off } ]
                  [ send_sci { on | off } ]
                  [ end_station { on | off } ]
                  [ scb { on | off } ]
                  [ protect { on | off } ]
                  [ replay { on | off} window { 0..2^32-1 } ]
                  [ validate { strict | check | disabled } ]
                  [ encodingsa { 0..3 } ]
                  [ offload { mac | phy | off } ]
`;

type Data = DataOf<'macsec'>;
type Draft = DraftOf<'macsec'>;
type Row = OptionRow<Draft, KindContext>;
type Switch = 'encrypt' | 'incSci' | 'es' | 'scb' | 'protect' | 'replayProtect';

const toggle = (word: string, name: Switch): Row => ({
  words: word,
  apply: (draft, take) => {
    draft[name] = oneOfOnOff(take(), word, 1);
  },
});

const choice = (word: string, names: readonly string[], set: (draft: Draft, position: number) => void): Row => ({
  words: word,
  apply: (draft, take) => {
    const given = take();
    const position = names.indexOf(given);
    if (position < 0) {
      const known = names.map((name) => `"${name}"`).join(', ');
      throw failure(`Error: argument of "${word}" must be one of ${known}, not "${given}"`);
    }
    set(draft, position);
  },
});

/** Ciphers by their words; `default` is the first of those that mean the same. */
const ciphers = new Map([
  ['default', [...macsecCiphers.keys()][0]],
  ...[...macsecCiphers].map(([id, name]) => [name, id] as const),
]);

const rows: readonly Row[] = [
  {
    words: 'cipher',
    apply: (draft, take) => {
      const word = take();
      if (draft.cipherSuite !== undefined) throw duplicateArgument('cipher', word);
      draft.cipherSuite = ciphers.get(word);
      if (draft.cipherSuite === undefined) {
        const names = [...ciphers.keys()];
        throw invalidArgument(word, `expected: ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`);
      }
    },
  },
  {
    words: 'icvlen',
    apply: (draft, take) => {
      const word = take();
      if (draft.icvLen !== undefined) throw duplicateArgument('icvlen', word);
      draft.icvLen = unsigned(word, 8, 'expected ICV length');
      if (draft.icvLen < 8 || draft.icvLen > 16) throw invalidArgument(word, 'ICV length must be in the range {8..16}');
    },
  },
  toggle('encrypt', 'encrypt'),
  toggle('send_sci', 'incSci'),
  toggle('end_station', 'es'),
  toggle('scb', 'scb'),
  toggle('protect', 'protect'),
  toggle('replay', 'replayProtect'),
  {
    words: 'window',
    apply: (draft, take) => {
      draft.window = unsigned(take(), 32, 'expected replay window size');
    },
  },
  choice('validate', macsecValidations, (draft, position) => {
    draft.validation = position;
  }),
  {
    words: 'encodingsa',
    apply: (draft, take) => {
      const word = take();
      draft.encodingSa = unsigned(word, 8, 'expected an { 0..3 }');
      if (draft.encodingSa > 3) throw invalidArgument(word, 'expected an { 0..3 }');
    },
  },
  choice('offload', macsecOffloads, (draft, position) => {
    draft.offload = position;
  }),
];

/** The channel comes first: its number, or the port, with or without an address. */
function readChannel(words: Words, draft: Draft): void {
  const first = words.peek();
  if (first === 'sci') {
    words.take();
    const word = words.value();
    if (!/^(0[xX])?[0-9a-fA-F]{1,16}$/.test(word)) throw invalidArgument(word, 'expected sci');
    draft.sci = BigInt(`0x${word.replace(/^0x/i, '')}`);
  } else if (first === 'address' || first === 'port') {
    const address = first === 'address' ? readAddress(words) : undefined;
    if (words.peek() !== 'port' && words.peek() !== undefined) {
      throw invalidArgument(words.value(), 'expected port');
    }
    const port = words.take() === undefined ? 0 : readPort(words);
    if (address === undefined || port === 0) draft.port = port;
    else draft.sci = BigInt(`0x${address.replaceAll(':', '')}`) * 0x10000n + BigInt(port);
  }
}

function readAddress(words: Words): string {
  words.take();
  const word = words.value();
  try {
    return hardwareAddress(word);
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    throw new Exit(error.message + invalidArgument(word, 'expected lladdr').message, 255, true);
  }
}

function readPort(words: Words): number {
  const word = words.value();
  const port = unsigned(word, 16, 'expected port');
  if (port === 0) throw invalidArgument(word, 'expected port != 0');
  return port;
}

/** What the settings must be like together. */
function finish(draft: Draft): Draft {
  const { window, replayProtect } = draft;
  if (window !== undefined && replayProtect === undefined) {
    throw failure(`replay window set, but replay protection not enabled. did you mean 'replay on window ${window}'?`);
  }
  if (window === undefined && replayProtect === true) {
    throw failure("replay protection enabled, but no window set. did you mean 'replay on window VALUE'?");
  }
  const chosen = [draft.incSci, draft.es, draft.scb].filter((on) => on === true);
  if (chosen.length > 1) throw failure('invalid combination of send_sci/end_station/scb');
  return replayProtect === undefined ? draft : { ...draft, window: window ?? 0xffffffff };
}

type Shown = Part<Data, LinkView>;

const onOff = (json: string, text: string, name: Switch): Shown =>
  value(
    json,
    (on) => `${text} ${on === true ? 'on' : 'off'} `,
    (data) => data[name],
  );

const describe: readonly Shown[] = [
  value('sci', 'sci % ', ({ sci }) => sci?.toString(16).padStart(16, '0')),
  onOff('protect', 'protect', 'protect'),
  value('cipher_suite', 'cipher % ', ({ cipherSuite }) =>
    cipherSuite === undefined ? undefined : (macsecCiphers.get(cipherSuite)?.toUpperCase() ?? '(unknown)'),
  ),
  value('icv_len', 'icvlen % ', (data) => data.icvLen),
  value('encoding_sa', 'encodingsa % ', (data) => data.encodingSa),
  value('validation', 'validate % ', ({ validation }) =>
    validation === undefined ? undefined : (macsecValidations[validation] ?? '(unknown)'),
  ),
  value('offload', 'offload % ', ({ offload }) =>
    offload === undefined ? undefined : (macsecOffloads[offload] ?? '(unknown)'),
  ),
  onOff('encrypt', 'encrypt', 'encrypt'),
  onOff('inc_sci', 'send_sci', 'incSci'),
  onOff('es', 'end_station', 'es'),
  onOff('scb', 'scb', 'scb'),
  onOff('replay_protect', 'replay', 'replayProtect'),
  value('window', 'window % ', ({ window }) => (window === undefined ? undefined : window | 0)),
];

/** A link whose frames are encrypted or signed (802.1AE): `ip link add link DEV NAME type macsec`. */
export const macsec: Kind<Data, Draft> = {
  kind: 'macsec',
  usage,
  describe,
  parse(words, context) {
    const draft: Draft = {};
    readChannel(words, draft);
    const unknown = (word: string) => failure(`macsec: unknown command "${word}"?\n${usage.trimEnd()}`);
    return finish(readWords(rows, words, draft, context, unknown));
  },
};
