import type { RouteMessage, RouteMessageInput } from '../../../../netlink/families/route/route.ts';
import { invalidArgument } from '../exit.ts';
import type { Json, JsonObject } from '../json.ts';
import { parseUnsigned } from '../numbers.ts';
import type { Words } from '../words.ts';

type Metrics = NonNullable<RouteMessage['attributes']['metrics']>;
type Key = Exclude<keyof Metrics, 'lock' | 'unknown'>;
export type MetricsInput = {
  -readonly [K in keyof NonNullable<NonNullable<RouteMessageInput['attributes']>['metrics']>]: NonNullable<
    NonNullable<RouteMessageInput['attributes']>['metrics']
  >[K];
};

/** How a value is written and read. Times are kept in parts of a millisecond: `unit` of them make one. */
type Notation = 'number' | 'byte' | 'switch' | 'features' | 'text' | { readonly unit: number };

interface Row {
  readonly key: Key;
  /** RTAX_*: also the bit that locks it. */
  readonly number: number;
  readonly words: string;
  readonly notation: Notation;
  /** May be preceded by `lock`; or is locked whenever it is given. */
  readonly lock?: 'may' | 'always';
  readonly help: string;
  /** What it is called in text and in JSON, where that is not its word. */
  readonly shown?: string;
  readonly member?: string;
  readonly complaint?: string;
}

/** What is known of the path of a route, in the order in which `ip` shows it. */
export const metricRows: readonly Row[] = [
  { key: 'mtu', number: 2, words: 'mtu', notation: 'number', lock: 'may', help: '[ mtu [ lock ] NUMBER ]' },
  { key: 'window', number: 3, words: 'window*', notation: 'number', lock: 'may', help: '[ window [ lock ] NUMBER ]' },
  { key: 'rtt', number: 4, words: 'rtt', notation: { unit: 8 }, lock: 'may', help: '[ rtt [ lock ] TIME ]' },
  { key: 'rttvar', number: 5, words: 'rttvar*', notation: { unit: 4 }, lock: 'may', help: '[ rttvar [ lock ] TIME ]' },
  {
    key: 'ssthresh',
    number: 6,
    words: 'ssthresh*',
    notation: 'number',
    lock: 'may',
    help: '[ ssthresh [ lock ] NUMBER ]',
  },
  { key: 'cwnd', number: 7, words: 'cwnd*', notation: 'number', lock: 'may', help: '[ cwnd [ lock ] NUMBER ]' },
  {
    key: 'advmss',
    number: 8,
    words: 'advmss*',
    notation: 'number',
    lock: 'may',
    help: '[ advmss [ lock ] NUMBER ]',
    complaint: '"mss" value is invalid\n',
  },
  {
    key: 'reordering',
    number: 9,
    words: 'reordering*',
    notation: 'number',
    lock: 'may',
    help: '[ reordering [ lock ] NUMBER ]',
  },
  {
    key: 'hoplimit',
    number: 10,
    words: 'hoplimit',
    notation: 'byte',
    lock: 'may',
    help: '[ hoplimit [ lock ] NUMBER ]',
  },
  {
    key: 'initcwnd',
    number: 11,
    words: 'initcwnd*',
    notation: 'number',
    lock: 'may',
    help: '[ initcwnd [ lock ] NUMBER ]',
  },
  {
    key: 'features',
    number: 12,
    words: 'features*',
    notation: 'features',
    help: '[ features { ecn | tcp_usec_ts } ]',
    complaint: '"features" value not valid\n',
  },
  {
    key: 'rtoMin',
    number: 13,
    words: 'rto_min',
    shown: 'rto_min',
    notation: { unit: 1 },
    lock: 'always',
    help: '[ rto_min TIME ]',
  },
  {
    key: 'initrwnd',
    number: 14,
    words: 'initrwnd*',
    notation: 'number',
    lock: 'may',
    help: '[ initrwnd [ lock ] NUMBER ]',
  },
  { key: 'quickack', number: 15, words: 'quickack*', notation: 'switch', help: '[ quickack BOOL ]' },
  {
    key: 'ccAlgo',
    number: 16,
    words: 'congctl*',
    shown: 'congctl',
    member: 'congestion',
    notation: 'text',
    lock: 'may',
    help: '[ congctl [ lock ] NAME ]',
  },
  {
    key: 'fastopenNoCookie',
    number: 17,
    words: 'fastopen_no_cookie*',
    shown: 'fastopen_no_cookie',
    notation: 'switch',
    help: '[ fastopen_no_cookie BOOL ]',
  },
];

/** Bits of `features` (RTAX_FEATURE_*). */
const features: Readonly<Record<string, number>> = { ecn: 1, tcp_usec_ts: 16 };

/** Reads the value of a metric. Throws Exit (255). */
export function readMetric(row: Row, metrics: MetricsInput, words: Words, take: () => string): void {
  let word = take();
  const locked = row.lock === 'always' || (row.lock === 'may' && word === 'lock');
  if (locked) metrics.lock = (metrics.lock ?? 0) | (1 << row.number);
  if (locked && row.lock === 'may') word = words.value();
  const complaint = row.complaint ?? `"${nameOf(row)}" value is invalid\n`;
  const value = row.notation === 'features' ? readFeatures(word, words) : read(row, word);
  if (value === undefined) throw invalidArgument(word, complaint);
  Object.assign(metrics, { [row.key]: value });
}

function read({ notation, ...row }: Row, word: string): number | string | undefined {
  if (notation === 'text') return word;
  if (typeof notation === 'object') return readTime(word, notation.unit);
  const value = parseUnsigned(word, notation === 'byte' ? 8 : 32);
  if (notation === 'switch' && value !== undefined && value > 1) {
    throw invalidArgument(word, `"${nameOf({ notation, ...row })}" value should be 0 or 1\n`);
  }
  return value;
}

/** One feature after the other, as long as there are any. */
function readFeatures(first: string, words: Words): number | undefined {
  let value = features[first];
  for (
    let next = words.peek();
    value !== undefined && next !== undefined && Object.hasOwn(features, next);
    next = words.peek()
  ) {
    value |= features[next] ?? 0;
    words.take();
  }
  return value;
}

/** `20ms`, `1.5s`; a bare number is in the kernel's own unit. */
function readTime(word: string, unit: number): number | undefined {
  const [, number = '', suffix] = /^(.*?)(s|sec|secs|ms|msec|msecs)?$/is.exec(word) ?? [];
  const isFraction = /^\+?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(number);
  const amount = isFraction ? Number(number) : parseUnsigned(number, 32);
  if (amount === undefined) return undefined;
  if (suffix === undefined) return Math.ceil(amount) >>> 0;
  return (Math.ceil(amount * (suffix.toLowerCase().startsWith('s') ? 1000 : 1)) * unit) >>> 0;
}

const nameOf = ({ shown, key }: Row): string => shown ?? key;

/** The metrics of a route in both notations; nothing when there are none. */
export function describeMetrics(metrics: Metrics | undefined): { text: string; json: JsonObject } | undefined {
  if (metrics === undefined) return undefined;
  let text = '';
  const members: Record<string, Json> = {};
  for (const row of metricRows) {
    const value = metrics[row.key];
    if (value === undefined) continue;
    const locked = ((metrics.lock ?? 0) & (1 << row.number)) !== 0;
    text += `${nameOf(row)} ${locked ? 'lock ' : ''}`;
    if (row.notation === 'features') {
      for (const word of featureWords(Number(value))) {
        text += `${word} `;
        members[word] = null;
      }
      continue;
    }
    const { notation } = row;
    const scaled = typeof notation === 'object' ? Math.floor(Number(value) / notation.unit) : value;
    text += `${typeof notation === 'object' ? duration(Number(scaled)) : scaled} `;
    members[row.member ?? nameOf(row)] = scaled;
  }
  return { text, json: { metrics: [members] } };
}

function featureWords(value: number): string[] {
  const known = Object.keys(features).filter((word) => (value & (features[word] ?? 0)) !== 0);
  const rest = Object.values(features).reduce((left, bit) => left & ~bit, value) >>> 0;
  return rest === 0 ? known : [...known, `0x${rest.toString(16)}`];
}

function duration(milliseconds: number): string {
  return milliseconds >= 1000 ? `${Number((milliseconds / 1000).toPrecision(6))}s` : `${milliseconds}ms`;
}
