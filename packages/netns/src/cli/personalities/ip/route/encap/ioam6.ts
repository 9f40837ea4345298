import { type encapIoam6, ioam6Modes } from '../../../../../netlink/families/route/encap.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { type Exit, incompleteCommand, invalidArgument, missingArgument, misuse } from '../../exit.ts';
import { address, toText } from '../../inet.ts';
import { parseUnsigned } from '../../numbers.ts';
import { value } from '../../show/fields.ts';
import type { Words } from '../../words.ts';
import type { EncapKind } from './kind.ts';

type Data = Out<typeof encapIoam6>;
type Draft = { -readonly [K in keyof Data]?: Data[K] };

const wrong = (word: string, reason: string): Exit => misuse(`Error: argument "${word}" is wrong: ${reason}\n`);
const most = { frequency: 1_000_000, bytes: 244 } as const;

/** How many packets of how many: `2/5`. */
function frequency(word: string): { readonly freqK: number; readonly freqN: number } {
  const [freqK, freqN, ...more] = word.split('/').map((part) => parseUnsigned(part, 32));
  if (freqK === undefined || freqN === undefined || more.length > 0) throw wrong(word, 'Invalid frequency (malformed)');
  for (const [name, number] of [
    ['k', freqK],
    ['n', freqN],
  ] as const) {
    if (number < 1 || number > most.frequency) throw wrong(word, `Out of bound "${name}" frequency`);
  }
  if (freqK > freqN) throw wrong(word, 'Frequency with k > n is forbidden');
  return { freqK, freqN };
}

/** The word that has to come next, and its number. */
function needed(words: Words, name: string, read: (word: string) => number): number {
  expect(words, name);
  return read(words.value());
}

function expect(words: Words, name: string): void {
  if (words.peek() !== name) throw missingArgument(name);
  words.take();
}

function within(bits: 16 | 32, reason: string, isRight: (number: number) => boolean = () => true) {
  return (word: string): number => {
    const number = parseUnsigned(word, bits);
    if (number === undefined || !isRight(number)) throw invalidArgument(word, reason);
    return number;
  };
}

/** Where packets are to be wrapped: from where, and to where. */
function readTunnel(words: Words, mode: number): Pick<Draft, 'src' | 'dst'> {
  const inline = ioam6Modes[mode] === 'inline';
  const ends: Pick<Draft, 'src' | 'dst'> = {};
  const end = (name: string): string | undefined => {
    if (words.peek() !== name) return undefined;
    words.take();
    if (inline) throw wrong(name, `Inline mode does not need ${name}`);
    return toText(address(words.value(), 'inet6'));
  };
  const src = end('tunsrc');
  if (src !== undefined) ends.src = src;
  const dst = end('tundst');
  if (dst !== undefined) ends.dst = dst;
  else if (!inline) throw missingArgument('tundst');
  return ends;
}

/** `encap ioam6 trace prealloc type 0x800000 ns 1 size 12`: telemetry that packets carry. Its words have a fixed order. */
export const ioam6Encap: EncapKind<Data, Draft> = {
  begin: ({ words }) => {
    const draft: Draft = { freqK: 1, freqN: 1, mode: ioam6Modes.indexOf('inline') };
    if (words.peek() === 'freq') {
      words.take();
      Object.assign(draft, frequency(words.value()));
      if (words.left === 0) throw incompleteCommand();
    }
    if (words.peek() === 'mode') {
      words.take();
      const word = words.value();
      const mode = (ioam6Modes as readonly string[]).indexOf(word);
      if (mode <= 0) throw wrong(word, 'Invalid mode');
      draft.mode = mode;
      if (words.left === 0) throw incompleteCommand();
      Object.assign(draft, readTunnel(words, mode));
    }
    expect(words, 'trace');
    expect(words, 'prealloc');
    const type = needed(
      words,
      'type',
      within(32, 'Invalid trace type', (number) => number !== 0),
    );
    const namespace = needed(words, 'ns', within(16, 'Invalid namespace ID'));
    const size = needed(words, 'size', (word) => {
      const number = within(32, 'Invalid trace size', (bytes) => bytes !== 0)(word);
      if (number % 4 !== 0) throw invalidArgument(word, 'Trace size must be a 4-octet multiple');
      if (number > most.bytes) throw invalidArgument(word, 'Trace size is too big');
      return number;
    });
    draft.trace = { namespace, bits: 0, remaining: size / 4, type: (type << 8) >>> 0 };
    return draft;
  },
  rows: [],
  finish: (draft) => ({ ...draft }),
  parts: [
    ({ freqK, freqN }) =>
      freqK === undefined || freqN === undefined
        ? undefined
        : { text: `freq ${freqK}/${freqN} `, json: { freqk: freqK, freqn: freqN } },
    value('mode', 'mode % ', ({ mode }) => ioam6Modes[mode ?? -1]),
    value('tunsrc', 'tunsrc % ', ({ src }) => src),
    value('tundst', 'tundst % ', ({ dst }) => dst),
    ({ trace, mode = -1 }) => {
      if (trace === undefined || ioam6Modes[mode] === undefined) return undefined;
      const type = `0x${(trace.type >>> 8).toString(16).padStart(6, '0')}`;
      const size = (trace.remaining & 0x7f) * 4;
      return {
        text: `trace prealloc type ${type} ns ${trace.namespace} size ${size} `,
        json: { trace: 'prealloc', type, ns: trace.namespace, size },
      };
    },
  ],
};
