import type { NeighbourTableMessage } from '../../../../netlink/families/route/neighbour-table.ts';
import { momentText } from '../moment.ts';
import { type Part, type View, value, when, words } from '../show/fields.ts';

type Attributes = NeighbourTableMessage['attributes'];
type Shown = Part<NeighbourTableMessage, View>;
/** A word, what it is called in JSON where that is another, and its value. */
type Told = readonly [
  word: string,
  json: string,
  read: (attributes: Attributes, view: View) => string | number | undefined,
];

/** How long ago, in milliseconds, as the moment that it was, in whole seconds of both. */
function moment(ago: number | undefined): string | undefined {
  if (ago === undefined) return undefined;
  return momentText(new Date((Math.floor(Date.now() / 1000) - Math.floor(ago / 1000)) * 1000));
}

const hex = (mask: number | undefined, { options: { json } }: View) =>
  mask === undefined ? undefined : json ? `0x${mask.toString(16)}` : mask.toString(16).padStart(8, '0');

const counter = (key: Exclude<keyof NonNullable<Attributes['stats']>, 'rest'>, word: string): Told => [
  word,
  word,
  ({ stats }) => (stats?.[key] === undefined ? undefined : Number(stats[key])),
];

/** A line of them, where there are any. */
const line = (start: string, told: readonly Told[]): Shown =>
  when(
    ({ attributes }, view) =>
      view.options.statistics > 0 && told.some(([, , read]) => read(attributes, view) !== undefined),
    [
      words(start),
      ...told.map(
        ([word, json, read]): Shown => value(json, `${word} % `, ({ attributes }, view) => read(attributes, view)),
      ),
      words((_table, view) => view.newline),
    ],
  );

/** With `-statistics`: what a table is like. */
export const config: readonly Shown[] = [
  line('    config ', [
    ['key_len', 'key_length', (table) => table.config?.keyLen],
    ['entry_size', 'entry_size', (table) => table.config?.entrySize],
    ['entries', 'entries', (table) => table.config?.entries],
  ]),
  line('        ', [
    ['last_flush', 'last_flush', (table) => moment(table.config?.lastFlush)],
    ['last_rand', 'last_rand', (table) => moment(table.config?.lastRand)],
  ]),
  line('        ', [
    ['hash_rnd', 'hash_rnd', (table) => table.config?.hashRnd],
    ['hash_mask', 'hash_mask', (table, view) => hex(table.config?.hashMask, view)],
    ['hash_chain_gc', 'hash_chain_gc', (table) => table.config?.hashChainGc],
    ['proxy_qlen', 'proxy_qlen', (table) => table.config?.proxyQlen],
  ]),
];

/** With `-statistics`: what happened in it. */
export const counters: readonly Shown[] = [
  line('    stats ', [
    counter('allocs', 'allocs'),
    counter('destroys', 'destroys'),
    counter('hashGrows', 'hash_grows'),
  ]),
  line('    ', [counter('resFailed', 'res_failed'), counter('lookups', 'lookups'), counter('hits', 'hits')]),
  line('    ', [counter('rcvProbesMcast', 'rcv_probes_mcast'), counter('rcvProbesUcast', 'rcv_probes_ucast')]),
  line('    ', [counter('periodicGcRuns', 'periodic_gc_runs'), counter('forcedGcRuns', 'forced_gc_runs')]),
  line('    ', [counter('tableFulls', 'table_fulls')]),
];
