import { NetlinkConnection } from '../../connection/connection.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { Links } from '../../network/links.ts';
import { kindName } from '../../network/shaping/kind-table.ts';
import type { NetemOptions } from '../../network/shaping/kinds/netem.ts';
import { type Qdisc, type QdiscSpec, Qdiscs } from '../../network/shaping/qdiscs.ts';
import { defineVerb } from '../define-verb.ts';
import { nothingMore } from '../few-words.ts';
import type { Io } from '../io.ts';
import { formatJson } from '../personalities/ip/json.ts';
import {
  parseMicroseconds,
  parsePercent,
  parseRate,
  parseSize,
  percentText,
  rateText,
  sizeText,
  timeText,
} from '../shaping/units.ts';
import { writeTable } from '../table.ts';
import { type OptionValues, UsageError } from '../verb.ts';

const options = {
  rate: { summary: 'at most so fast: 10mbit, 500kbit', value: 'RATE' },
  burst: { summary: 'so much may leave at once: 15k (only with --rate alone)', value: 'SIZE' },
  latency: { summary: 'drop what would wait longer: 50ms (only with --rate alone)', value: 'TIME' },
  delay: { summary: 'hold each packet back: 40ms', value: 'TIME' },
  jitter: { summary: 'give or take: 5ms', value: 'TIME' },
  loss: { summary: 'lose so many packets: 1%', value: 'PERCENT' },
  duplicate: { summary: 'send so many twice', value: 'PERCENT' },
  corrupt: { summary: 'flip a bit in so many', value: 'PERCENT' },
  reorder: { summary: 'let so many overtake those that are held back', value: 'PERCENT' },
  limit: { summary: 'so many packets may wait', value: 'PACKETS' },
} as const;

type Values = OptionValues<typeof options>;

export const verb = defineVerb({
  name: 'shape',
  summary: 'make a device of a namespace slow, lossy or late, and tell what it is',
  usage: ['show NAME [DEV]', 'set NAME DEV OPTION...', 'clear NAME DEV'],
  notes: [
    'It is about what leaves the device; for what comes in, shape the other end of the cable. `set` says all of it: what is not\n' +
      'said is off. A rate alone is a token bucket (tbf), everything else a network emulator (netem), which not every kernel has.',
    'Units are those of tc: `mbit` is 1,000,000 bits per second, `k` 1024 bytes.',
  ],
  options,
  examples: [
    ['netns shape set blue eth0 --rate 10mbit', 'a slow line'],
    ['netns shape set blue eth0 --delay 40ms --jitter 5ms --loss 1%', 'a long way by radio'],
    ['netns shape show blue', 'what is set, and what it has counted'],
    ['netns shape clear blue eth0', 'as fast as it can'],
  ],
  otherWords: ['qdisc', 'netem', 'delay', 'rate', 'shaping', 'throttle'],
  async run({ words, options: values, json, io }) {
    const [verbWord, name, device, ...rest] = words;
    if (verbWord !== 'show' && verbWord !== 'set' && verbWord !== 'clear')
      throw new UsageError('what is to be done? show, set or clear');
    if (name === undefined) throw new UsageError('which name?');
    nothingMore(rest);
    if (verbWord !== 'show' && device === undefined) throw new UsageError('which device?');
    const given = Object.keys(values).filter((key) => Object.hasOwn(options, key));
    if (verbWord !== 'set' && given.length > 0) throw new UsageError(`'--${given[0]}' goes with set`);
    const spec = verbWord === 'set' ? specOf(values) : undefined;
    using namespace = openNamespace(name, 'net', io.names);
    using connection = new NetlinkConnection({ namespace: namespace.fd });
    const links = new Links(connection);
    const qdiscs = new Qdiscs(connection, links);
    if (spec !== undefined) await qdiscs.replace({ ...spec, link: device ?? '' });
    else if (verbWord === 'clear') await clear(qdiscs, device ?? '');
    else await show(links, qdiscs, device, json, io);
    return 0;
  },
});

/** Takes away what stands at the root, whatever it is; the kernel puts its own there. */
async function clear(qdiscs: Qdiscs, link: string): Promise<void> {
  const [own] = await qdiscs.list({ link, parent: 'root', defaults: false });
  if (own !== undefined) await qdiscs.delete({ link, kind: 'other', name: kindName(own) });
}

/** What the options ask for: what is not said is off. Throws UsageError. */
function specOf(values: Values): QdiscSpec & { readonly link: string } {
  const read = <T>(key: keyof Values & string, parse: (text: string) => T | undefined): T | undefined => {
    const text = values[key];
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) throw new UsageError(`'${text}' is no ${options[key].value.toLowerCase()} for --${key}`);
    return value;
  };
  const time = (text: string) => {
    const value = /[a-z]$/i.test(text) ? parseMicroseconds(text) : undefined; // without a unit, what would be meant?
    return value === undefined ? undefined : value / 1000;
  };
  const rate = read('rate', parseRate);
  const burst = read('burst', parseSize);
  const latency = read('latency', time);
  const limit = read('limit', (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined));
  const emulated: NetemOptions = {
    delay: read('delay', time),
    jitter: read('jitter', time),
    loss: read('loss', parsePercent),
    duplicate: read('duplicate', parsePercent),
    corrupt: read('corrupt', parsePercent),
    reorder: read('reorder', parsePercent),
    limit,
  };
  const link = '';
  if (Object.values(emulated).every((value) => value === undefined)) {
    if (rate === undefined) throw new UsageError('nothing is said of how: --rate, --delay, --loss, …');
    // A burst of 10 ms, but of a large packet at least: less would slow down more than asked.
    const options = { rate, burst: burst ?? Math.max(Math.ceil(rate / 800), 3028), latency: latency ?? 50 };
    return { link, kind: 'tbf', options };
  }
  for (const key of ['burst', 'latency'] as const)
    if (values[key] !== undefined) throw new UsageError(`'--${key}' goes with --rate alone`);
  if (emulated.reorder !== undefined && !emulated.delay) throw new UsageError("'--reorder' needs --delay");
  if (emulated.jitter !== undefined && !emulated.delay) throw new UsageError("'--jitter' needs --delay");
  return { link, kind: 'netem', options: { ...emulated, rate } };
}

async function show(links: Links, qdiscs: Qdiscs, device: string | undefined, json: boolean, io: Io): Promise<void> {
  const names = new Map((await links.list()).map((link) => [link.index, link.name]));
  const entries = await qdiscs.list({ link: device });
  const rows = entries.map((entry) => ({ ...entry, device: names.get(entry.link) ?? String(entry.link) }));
  if (json) {
    const plain = rows.map(({ message: _, link: __, ...rest }) => plainOf(rest));
    io.stdout.write(`${formatJson(plain as never, false)}\n`);
    return;
  }
  const count = (get: (entry: Qdisc) => bigint | undefined) => (row: Qdisc) => String(get(row) ?? 0n);
  writeTable<Qdisc & { readonly device: string }>(
    io,
    [
      { title: 'DEVICE', cell: (row) => row.device },
      { title: 'AT', cell: ({ parent }) => parent ?? '-' },
      { title: 'KIND', cell: (row) => kindName(row) },
      { title: 'SENT', alignRight: true, cell: count(({ statistics }) => statistics?.packets) },
      { title: 'DROPPED', alignRight: true, cell: count(({ statistics }) => statistics?.drops) },
      { title: 'WAITING', alignRight: true, cell: count(({ statistics }) => statistics?.queued) },
      { title: 'SETTINGS', cell: settingsText },
    ],
    rows,
  );
}

/** What JSON cannot hold is left out (`undefined`) or written as numbers (bytes). */
function plainOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, plainOf(member)]));
}

const rates = /rate$|^bandwidth$|ceiling$/i;
const sizes = /burst$|quantum$|^memoryLimit$/i;
const times = /^(?:delay|jitter|latency|target|interval|updateEvery|roundTrip|refillDelay|horizon|markAbove)$/;
const fractions = /^(?:loss|duplicate|corrupt|reorder)$|Correlation$/;

/** The settings in a few words: `rate 10Mbit burst 15000b`. */
function settingsText(entry: Qdisc): string {
  const settings = 'options' in entry ? entry.options : undefined;
  return Object.entries(settings ?? {})
    .flatMap(([key, value]) =>
      value === undefined || typeof value === 'object' ? [] : [`${key} ${valueText(key, value)}`],
    )
    .join(' ');
}

function valueText(key: string, value: unknown): string {
  if (typeof value !== 'number') return String(value);
  if (rates.test(key)) return rateText(value / 8);
  if (times.test(key)) return timeText(value * 1000);
  if (fractions.test(key)) return percentText(Math.round(value * 1e6) / 1e6);
  return sizes.test(key) ? sizeText(value) : String(value);
}
