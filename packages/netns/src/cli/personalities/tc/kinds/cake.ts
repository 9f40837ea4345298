import type { qdiscKinds } from '../../../../netlink/families/route/qdisc.ts';
import type { xstats } from '../../../../netlink/families/route/tc-xstats.ts';
import { cakeAckFilters, cakeDiffserv, cakeFlows } from '../../../../network/shaping/kinds/cake.ts';
import type { Out } from '../../../../wire/shape.ts';
import { rateText, sizeText, timeText } from '../../../shaping/units.ts';
import type { JsonObject } from '../../ip/json.ts';
import { type Kind, kind } from './kind.ts';
import { number, rate as rateWord, read, size as sizeWord, type Table, time as timeWord } from './read.ts';
import { hex, rate, size, time } from './values.ts';

type Data = Out<typeof qdiscKinds.cake>;
type Counts = Out<typeof xstats.cake>;
type Tin = NonNullable<Counts['tinStats']>[number];

const ackWords = ['disabled', 'enabled', 'aggressive'] as const;

/** Round trips by names. */
const roundTrips: Readonly<Record<string, number>> = {
  datacentre: 100,
  lan: 1000,
  metro: 10_000,
  regional: 30_000,
  internet: 100_000,
  oceanic: 300_000,
  satellite: 1_000_000,
  interplanetary: 3_600_000_000,
};

/** What each packet takes more on lines of these kinds; some count in cells. */
const overheads: Readonly<Record<string, { readonly overhead: number; readonly atm?: number; readonly mpu?: number }>> =
  {
    'pppoa-vcmux': { overhead: 10, atm: 1 },
    'pppoa-llc': { overhead: 14, atm: 1 },
    'pppoe-vcmux': { overhead: 32, atm: 1 },
    'pppoe-llcsnap': { overhead: 40, atm: 1 },
    'bridged-vcmux': { overhead: 24, atm: 1 },
    'bridged-llcsnap': { overhead: 32, atm: 1 },
    'ipoa-vcmux': { overhead: 8, atm: 1 },
    'ipoa-llcsnap': { overhead: 16, atm: 1 },
    'pppoe-ptm': { overhead: 30, atm: 2 },
    'bridged-ptm': { overhead: 22, atm: 2 },
    ethernet: { overhead: 38, mpu: 84 },
    'ether-vlan': { overhead: 4 },
    docsis: { overhead: 18, atm: 0, mpu: 64 },
  };

interface Draft {
  bandwidth?: bigint;
  autorate?: number;
  diffserv?: number;
  flows?: number;
  nat?: number;
  wash?: number;
  ingress?: number;
  ack?: number;
  gso?: number;
  rtt?: number;
  target?: number;
  atm?: number;
  overhead?: number;
  overridden?: boolean;
  mpu?: number;
  raw?: boolean;
  memory?: number;
  fwmark?: number;
}

export const cake: Kind = kind<Data, never, Counts>({
  print(say, data) {
    if (data.baseRate64) rate(say, 'bandwidth', 'bandwidth % ', data.baseRate64);
    else if (data.baseRate64 !== undefined) say.value('bandwidth', 'bandwidth % ', 'unlimited');
    if (data.autorate) say.value('autorate', '% ', 'autorate-ingress');
    say.value('diffserv', '% ', cakeDiffserv[data.diffservMode ?? -1] ?? 'unknown');
    say.value('flowmode', '% ', cakeFlows[data.flowMode ?? -1] ?? 'unknown');
    const either = (key: string, value: number | undefined, words: readonly [off: string, on: string]) => {
      if (value !== undefined) say.value(key, words[value === 0 ? 0 : 1], value !== 0);
    };
    either('nat', data.nat, ['nonat ', 'nat ']);
    either('wash', data.wash, ['nowash ', 'wash ']);
    either('ingress', data.ingress, ['', 'ingress ']);
    const ack = data.ackFilter ?? 0;
    say.value('ack-filter', `${cakeAckFilters[ack] ?? ''} `, ackWords[ack] ?? '');
    either('split_gso', data.splitGso, ['no-split-gso ', 'split-gso ']);
    time(say, 'rtt', 'rtt % ', data.rtt);
    const raw = data.raw !== undefined; // the kernel says it by being there
    say.value('raw', raw ? 'raw ' : '', raw);
    if (data.atm) say.value('atm', '% ', data.atm === 1 ? 'atm' : 'ptm');
    else if (!raw) say.value('atm', '% ', 'noatm');
    say.value('overhead', 'overhead % ', data.overhead);
    if (data.mpu) say.value('mpu', 'mpu % ', data.mpu);
    if (data.memory) size(say, 'memlimit', 'memlimit % ', data.memory);
    say.value('fwmark', data.fwmark ? 'fwmark % ' : '', hex(data.fwmark ?? 0));
  },
  counts(say, counts) {
    const { iec } = say.telling;
    const { memoryUsed, memoryLimit, capacityEstimate64 } = counts;
    if (memoryUsed !== undefined && memoryLimit !== undefined) {
      say.value('memory_used', ' memory used: %', memoryUsed, sizeText(memoryUsed));
      say.value('memory_limit', ' of %\n', memoryLimit, sizeText(memoryLimit));
    }
    if (capacityEstimate64 !== undefined)
      say.value(
        'capacity_estimate',
        ' capacity estimate: %\n',
        capacityEstimate64,
        rateText(Number(capacityEstimate64), iec),
      );
    const wide = (value: number | undefined, width: number) => String(value ?? 0).padStart(width);
    say.value('min_network_size', ' min/max network layer size: %', counts.minNetlen, wide(counts.minNetlen, 12));
    say.value('max_network_size', ' /%\n', counts.maxNetlen, wide(counts.maxNetlen, 8));
    say.value('min_adj_size', ' min/max overhead-adjusted size: %', counts.minAdjlen, wide(counts.minAdjlen, 8));
    say.value('max_adj_size', ' /%\n', counts.maxAdjlen, wide(counts.maxAdjlen, 8));
    say.value('avg_hdr_offset', ' average network hdr offset: %\n\n', counts.avgNetoff, wide(counts.avgNetoff, 12));
    if (counts.dropping !== undefined || counts.pDrop !== undefined) {
      say.member('drop_next_us', counts.dropNextUs ?? 0);
    }
    const tins = counts.tinStats ?? [];
    say.member('tins', tins.map(tinMembers));
    say.words(tinTable(tins, iec));
  },
  read(words) {
    const draft: Draft = {};
    const choice = (names: readonly string[], key: 'diffserv' | 'flows' | 'ack') =>
      Object.fromEntries(names.map((name, at) => [name, () => ({ [key]: at })]));
    const table: Table<Draft> = {
      bandwidth: (take) => ({ bandwidth: BigInt(rateWord(take(), 'bandwidth')), autorate: draft.autorate ?? 0 }),
      unlimited: () => ({ bandwidth: 0n, autorate: 0 }),
      'autorate-ingress': () => ({ autorate: 1 }),
      rtt: (take) => targetFor(timeWord(take(), 'rtt')),
      ...Object.fromEntries(Object.entries(roundTrips).map(([name, rtt]) => [name, () => targetFor(rtt)])),
      ...choice(cakeDiffserv, 'diffserv'),
      ...choice(cakeFlows, 'flows'),
      ...choice(cakeAckFilters, 'ack'),
      nat: () => ({ nat: 1 }),
      nonat: () => ({ nat: 0 }),
      wash: () => ({ wash: 1 }),
      nowash: () => ({ wash: 0 }),
      ptm: () => ({ atm: 2 }),
      atm: () => ({ atm: 1 }),
      noatm: () => ({ atm: 0 }),
      raw: () => ({ atm: 0, overhead: 0, overridden: true, raw: true }),
      conservative: () => ({ atm: 1, overhead: 48 }),
      ...Object.fromEntries(
        Object.entries(overheads).map(([name, { overhead, atm, mpu }]) => [
          name,
          (): Partial<Draft> => ({
            overhead: (draft.overhead ?? 0) + overhead,
            overridden: true,
            ...(atm === undefined ? {} : { atm }),
            ...(mpu === undefined ? {} : { mpu }),
          }),
        ]),
      ),
      'via-ethernet': () => undefined, // the kernel sees to that by itself
      overhead: (take) => ({ overhead: number(take(), 'overhead', true) }),
      mpu: (take) => ({ mpu: number(take(), 'mpu', true) }),
      ingress: () => ({ ingress: 1 }),
      egress: () => ({ ingress: 0 }),
      'no-ack-filter': () => ({ ack: 0 }),
      memlimit: (take) => ({ memory: sizeWord(take(), 'memlimit') }),
      fwmark: (take) => ({ fwmark: number(take(), 'fwmark') }),
      'split-gso': () => ({ gso: 1 }),
      'no-split-gso': () => ({ gso: 0 }),
    };
    read(words, draft, table);
    return {
      baseRate64: draft.bandwidth,
      diffservMode: draft.diffserv,
      atm: draft.atm,
      flowMode: draft.flows,
      overhead: draft.overhead,
      raw: draft.raw ? 0 : undefined,
      mpu: draft.mpu,
      rtt: draft.rtt,
      target: draft.target,
      autorate: draft.autorate,
      memory: draft.memory,
      fwmark: draft.fwmark,
      nat: draft.nat,
      wash: draft.wash,
      splitGso: draft.gso,
      ingress: draft.ingress,
      ackFilter: draft.ack,
    };
  },
});

function targetFor(rtt: number): Partial<Draft> {
  return { rtt, target: Math.max(Math.trunc(rtt / 20), 1) };
}

/** The rows of the table, and the members of JSON in their own order. */
const rows: readonly (readonly [title: string, key: keyof Tin, how?: 'rate' | 'time' | 'size'])[] = [
  ['thresh', 'thresholdRate64', 'rate'],
  ['target', 'targetUs', 'time'],
  ['interval', 'intervalUs', 'time'],
  ['pk_delay', 'peakDelayUs', 'time'],
  ['av_delay', 'avgDelayUs', 'time'],
  ['sp_delay', 'baseDelayUs', 'time'],
  ['backlog', 'backlogBytes', 'size'],
  ['pkts', 'sentPackets'],
  ['bytes', 'sentBytes64'],
  ['way_inds', 'wayIndirectHits'],
  ['way_miss', 'wayMisses'],
  ['way_cols', 'wayCollisions'],
  ['drops', 'droppedPackets'],
  ['marks', 'ecnMarkedPackets'],
  ['ack_drop', 'acksDroppedPackets'],
  ['sp_flows', 'sparseFlows'],
  ['bk_flows', 'bulkFlows'],
  ['un_flows', 'unresponsiveFlows'],
  ['max_len', 'maxSkblen'],
  ['quantum', 'flowQuantum'],
];

const names: Readonly<Record<number, readonly string[]>> = {
  3: ['Bulk', 'Best Effort', 'Voice'],
  4: ['Bulk', 'Best Effort', 'Video', 'Voice'],
};

function tinTable(tins: readonly Tin[], iec: boolean): string {
  const column = (text: string) => text.padStart(13);
  const titles = names[tins.length] ?? tins.map((_, at) => `Tin ${at}`);
  const cell = (value: number | bigint, how: 'rate' | 'time' | 'size' | undefined) => {
    if (how === 'rate') return rateText(Number(value), iec);
    if (how === 'time') return timeText(Number(value));
    return how === 'size' ? sizeText(Number(value)) : String(value);
  };
  const lines = rows
    .filter(([, key]) => tins.some((tin) => tin[key] !== undefined))
    .map(([title, key, how]) => {
      const cells = tins.map((tin) => column(cell((tin[key] as number | bigint | undefined) ?? 0, how)));
      return `  ${title.padEnd(8)}${cells.join('')}\n`;
    });
  return `          ${titles.map(column).join('')}\n${lines.join('')}`;
}

const members: readonly (readonly [name: string, key: keyof Tin])[] = [
  ['threshold_rate', 'thresholdRate64'],
  ['sent_bytes', 'sentBytes64'],
  ['backlog_bytes', 'backlogBytes'],
  ['target_us', 'targetUs'],
  ['interval_us', 'intervalUs'],
  ['peak_delay_us', 'peakDelayUs'],
  ['avg_delay_us', 'avgDelayUs'],
  ['base_delay_us', 'baseDelayUs'],
  ['sent_packets', 'sentPackets'],
  ['way_indirect_hits', 'wayIndirectHits'],
  ['way_misses', 'wayMisses'],
  ['way_collisions', 'wayCollisions'],
  ['drops', 'droppedPackets'],
  ['ecn_mark', 'ecnMarkedPackets'],
  ['ack_drops', 'acksDroppedPackets'],
  ['sparse_flows', 'sparseFlows'],
  ['bulk_flows', 'bulkFlows'],
  ['unresponsive_flows', 'unresponsiveFlows'],
  ['max_pkt_len', 'maxSkblen'],
  ['flow_quantum', 'flowQuantum'],
];

function tinMembers(tin: Tin): JsonObject {
  return Object.fromEntries(
    members.flatMap(([name, key]) => (tin[key] === undefined ? [] : [[name, tin[key] as number | bigint]])),
  );
}
