import { NetlinkConnection } from '../../connection/connection.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { Counters, type CountersSample, type WatchedCounters } from '../../network/counters/counters.ts';
import { isCounter } from '../../network/counters/mib.ts';
import type { CounterRates } from '../../network/counters/rates.ts';
import { Links } from '../../network/links.ts';
import { defineVerb } from '../define-verb.ts';
import type { Io } from '../io.ts';
import { formatJson } from '../personalities/ip/json.ts';
import { writeTable } from '../table.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'stats',
  summary: 'show what a namespace counts: its devices, IP, ICMP, TCP, UDP',
  usage: ['NAME [--watch[=SECONDS]] [--zero] [PATTERN...]'],
  notes: [
    'The counters of the protocols have the names that `nstat` gives them (`TcpExtListenDrops`), those of devices begin with the\n' +
      'device (`eth0.rxBytes`). A pattern chooses some, with `*` for any text; upper and lower case are the same. What is zero is\n' +
      'left out, unless --zero is there.',
    'With --watch, what has changed is shown again and again, with its growth per second, until it is interrupted.',
  ],
  options: {
    watch: {
      summary: 'show what changes, each second or each SECONDS',
      value: 'SECONDS',
      valueIsOptional: true,
      letter: 'w',
    },
    zero: { summary: 'show what is zero, too', letter: 'z' },
  },
  examples: [
    ['netns stats blue', 'what is not zero'],
    ["netns stats blue 'Tcp*' --zero", 'all that TCP counts'],
    ['netns stats blue --watch=5', 'what changes, each 5 seconds'],
    ['netns stats blue --json', 'for programs'],
  ],
  otherWords: ['nstat', 'netstat', 'counters', 'statistics', 'snmp'],
  async run({ words, options, json, io }) {
    const [name, ...patterns] = words;
    if (name === undefined) throw new UsageError('which name?');
    const interval = intervalOf(options.watch);
    const wanted = matcherOf(patterns);
    using namespace = openNamespace(name, 'net', io.names);
    using connection = new NetlinkConnection({ namespace: namespace.fd });
    using counters = new Counters(namespace.fd, new Links(connection));
    const tell = json ? tellJson : tellTable;
    if (interval === undefined) {
      tell(
        io,
        rowsOf(await counters.read()).filter((row) => wanted(row) && (options.zero || row.value !== 0n)),
      );
      return 0;
    }
    for await (const sample of counters.watch({ interval })) {
      const changed = (row: Row) =>
        options.zero || (row.rate ?? 0) !== 0 || (sample.rates === undefined && row.value !== 0n);
      tell(
        io,
        rowsOf(sample).filter((row) => wanted(row) && changed(row)),
        sample.rates,
      );
    }
    return 0;
  },
});

/** A counter by the name that it is shown under. */
interface Row {
  readonly name: string;
  readonly value: bigint;
  readonly rate: number | undefined;
}

function rowsOf({ protocols, links, rates }: CountersSample & Partial<Pick<WatchedCounters, 'rates'>>): Row[] {
  const ofLinks = Object.entries(links).flatMap(([link, counters]) =>
    Object.entries<unknown>(counters).flatMap(([name, value]) =>
      typeof value === 'bigint' ? [{ name: `${link}.${name}`, value, rate: rates?.links[link]?.[name] }] : [],
    ),
  );
  const ofProtocols = Object.entries(protocols)
    .filter(([name]) => isCounter(name))
    .map(([name, value]) => ({ name, value, rate: rates?.protocols[name] }));
  return [...ofLinks, ...ofProtocols];
}

function matcherOf(patterns: readonly string[]): (row: Row) => boolean {
  if (patterns.length === 0) return () => true;
  const expressions = patterns.map(
    (pattern) => new RegExp(`^${pattern.replace(/[$()+.?[\\\]^{|}]/g, '\\$&').replaceAll('*', '.*')}$`, 'i'),
  );
  return ({ name }) => expressions.some((expression) => expression.test(name));
}

/** In milliseconds; undefined: once only. */
function intervalOf(watch: string | true | undefined): number | undefined {
  if (watch === undefined) return undefined;
  const seconds = watch === true ? 1 : Number(watch);
  if (!(seconds >= 0.01 && seconds <= 86_400) || watch === '')
    throw new UsageError(`--watch takes seconds, from 0.01 to a day; not '${watch}'`);
  return seconds * 1000;
}

/** One object, with the numbers as they are: they may be larger than those of most readers of JSON. */
function tellJson(io: Io, rows: readonly Row[], rates?: CounterRates): void {
  const counters = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  const growing = rows.flatMap(({ name, rate }) => (rate === undefined ? [] : [[name, rounded(rate)] as const]));
  io.stdout.write(
    `${formatJson(rates === undefined ? { counters } : { counters, seconds: rounded(rates.seconds), rates: Object.fromEntries(growing) }, false)}\n`,
  );
}

function rounded(number: number): number {
  return Math.round(number * 1000) / 1000;
}

function tellTable(io: Io, rows: readonly Row[], rates?: CounterRates): void {
  writeTable(
    io,
    [
      { title: 'COUNTER', cell: ({ name }) => name },
      { title: 'VALUE', alignRight: true, cell: ({ value }) => String(value) },
      ...(rates === undefined
        ? []
        : [
            {
              title: 'PER SECOND',
              alignRight: true,
              cell: ({ rate }: Row) => (rate === undefined ? '' : rate.toFixed(1)),
            },
          ]),
    ],
    rows,
  );
  if (rates !== undefined && rows.length > 0) io.stdout.write('\n');
}
