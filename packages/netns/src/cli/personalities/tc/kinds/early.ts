import type { qdiscKinds } from '../../../../netlink/families/route/qdisc.ts';
import type { XstatsKind, xstats } from '../../../../netlink/families/route/tc-xstats.ts';
import type { Out } from '../../../../wire/shape.ts';
import { failure } from '../../ip/exit.ts';
import type { JsonObject } from '../../ip/json.ts';
import type { Words } from '../../ip/words.ts';
import { Say } from '../say.ts';
import {
  averagingOf,
  idleTable,
  maxProbability,
  readProbability,
  redFlags,
  tellAverages,
  tellFlags,
  usualProbability,
} from './averages.ts';
import { type Kind, kind, type ReadContext } from './kind.ts';
import { illegal, next, number, rate as rateWord, read, size as sizeWord, type Table } from './read.ts';
import { decimal, size, time } from './values.ts';

// Kinds that drop early, before the queue is full.

type Data<K extends keyof typeof qdiscKinds> = Out<(typeof qdiscKinds)[K]>;
type Counts<K extends XstatsKind> = Out<(typeof xstats)[K]>;

/** 10 Mbit/s in bytes: what `tc` takes for the line when nothing is said. */
const usualRate = 1_250_000;

interface Draft {
  limit: number;
  min: number;
  max: number;
  burst: number;
  packet: number;
  probability: number;
  rate: number;
  flags: number;
}

const nothing: Draft = {
  limit: 0,
  min: 0,
  max: 0,
  burst: 0,
  packet: 0,
  probability: usualProbability,
  rate: 0,
  flags: 0,
};

/** The words of red, choke and gred; what is counted in bytes or in packets is read by `amount`. */
function commonWords(draft: Draft, amount: (word: string, option: string) => number): Table<Draft> {
  return {
    limit: (take) => ({ limit: amount(take(), 'limit') }),
    min: (take) => ({ min: amount(take(), 'min') }),
    max: (take) => ({ max: amount(take(), 'max') }),
    burst: (take) => ({ burst: number(take(), 'burst') }),
    avpkt: (take) => ({ packet: sizeWord(take(), 'avpkt') }),
    probability: (take) => ({ probability: readProbability(take()) }),
    bandwidth: (take) => ({ rate: rateWord(take(), 'bandwidth') }),
    ecn: () => ({ flags: draft.flags | 1 }),
  };
}

const harddrop = (draft: Draft) => () => ({ flags: draft.flags | 2 });

/** A burst of packets that two queues of the lower threshold and one of the upper hold on average. */
function usualBurst({ min, max }: Draft, packet: number): number {
  return Math.trunc((2 * min + max) / (3 * packet));
}

function redCounts(say: Say, counts: Counts<'red'>): void {
  say.value('marked', '  marked %', counts.marked);
  say.value('early', ' early %', counts.early);
  say.value('pdrop', ' pdrop %', counts.pdrop);
  say.value('other', ' other %', counts.other);
}

const events = [
  ['early_drop', 'earlyDropBlock'],
  ['mark', 'markBlock'],
] as const;

const red = kind<Data<'red'>, never, Counts<'red'>>({
  print(say, { parms, maxP, flags, ...blocks }) {
    if (parms === undefined) return;
    tellAverages(say, parms, flags === undefined ? parms.flags : flags.value, maxP);
    const told = events.flatMap(([name, key]) => (blocks[key] ? [{ kind: name, block: blocks[key] }] : []));
    if (told.length === 0) return;
    say.member('qevents', told);
    for (const { kind: name, block } of told) say.words(`qevent ${name} block ${block} `);
  },
  counts(say, counts) {
    redCounts(say, counts);
    say.words(' ');
  },
  read(words, context) {
    const draft = { ...nothing, nodrop: false, earlyDropBlock: undefined, markBlock: undefined };
    const adaptive = () => ({ flags: draft.flags | 4 });
    read<typeof draft>(words, draft, {
      ...commonWords(draft, sizeWord),
      harddrop: harddrop(draft),
      adaptive,
      adaptative: adaptive,
      nodrop: () => ({ nodrop: true }),
      qevent: (take, of) => queueEvent(take(), of, draft),
    });
    const { limit, packet, probability } = draft;
    if (limit === 0 || packet === 0) throw failure('RED: Required parameter (limit, avpkt) is missing');
    draft.max ||= draft.min === 0 ? Math.trunc(limit / 4) : draft.min * 3;
    draft.min ||= Math.trunc(draft.max / 3);
    draft.burst ||= usualBurst(draft, packet);
    const rate = lineRate('RED', draft, context);
    const { wlog, plog } = averagingOf('RED', context, draft);
    const { scellLog, stab } = idleTable('RED', { wlog, packet, rate });
    const parms = { limit, qthMin: draft.min, qthMax: draft.max, wlog, plog, scellLog };
    // The old place of the flags stays empty but for those that were always there.
    return {
      parms: { ...parms, flags: 0 },
      stab,
      maxP: maxProbability(probability),
      flags: flagsOf(draft),
      earlyDropBlock: draft.earlyDropBlock,
      markBlock: draft.markBlock,
    };
  },
});

/** Which flags are on, and which are meant. */
function flagsOf({ flags, nodrop }: { readonly flags: number; readonly nodrop: boolean }) {
  const all = (1 << redFlags.length) - 1;
  return { value: flags | (nodrop ? 8 : 0), selector: all };
}

function queueEvent(name: string, words: Words, draft: object): Partial<Record<'earlyDropBlock' | 'markBlock', never>> {
  const key = events.find(([event]) => event === name)?.[1];
  if (key === undefined) throw failure(`Unknown qevent \`${name}'`);
  if ((draft as Record<string, unknown>)[key] !== undefined) throw failure('Duplicate qevent');
  if (next(words) !== 'block') throw failure('Unspecified qevent block index');
  const block = next(words);
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(block) || Number(block) === 0) throw failure('Illegal qevent block index');
  return { [key]: Number(block) };
}

function lineRate(name: string, { rate }: Draft, context: ReadContext): number {
  if (rate === 0) context.remark(`${name}: set bandwidth to 10Mbit\n`);
  return rate || usualRate;
}

const choke = kind<Data<'choke'>, never, Counts<'choke'>>({
  print(say, { parms, maxP }) {
    const inPackets: typeof size = (to, key, words, value) => {
      if (value !== undefined) to.value(key, words.replace('%', '%p'), value);
    };
    if (parms !== undefined) tellAverages(say, parms, parms.flags, maxP, inPackets);
  },
  counts(say, counts) {
    redCounts(say, counts);
    say.value('matched', ' matched %', counts.matched);
  },
  read(words, context) {
    const draft = { ...nothing, packet: 1000 };
    read<Draft>(words, draft, commonWords(draft, number));
    const { limit, packet, rate } = draft;
    if (rate === 0 || limit === 0) throw failure('Required parameter (bandwidth, limit) is missing');
    draft.max ||= Math.trunc(limit / 4);
    draft.min ||= Math.trunc(draft.max / 3);
    draft.burst ||= usualBurst(draft, 1);
    if (draft.max > limit) throw failure('"max" is larger than "limit"');
    if (draft.min >= draft.max) throw failure('"min" is not smaller than "max"');
    const inBytes = { ...draft, min: draft.min * packet, max: draft.max * packet };
    const { wlog, plog } = averagingOf('CHOKE', context, inBytes);
    const { scellLog, stab } = idleTable('CHOKE', { wlog, packet, rate });
    const parms = { limit, qthMin: draft.min, qthMax: draft.max, wlog, plog, scellLog, flags: draft.flags };
    return { parms, stab, maxP: maxProbability(draft.probability) };
  },
});

/** All of the probability of sfb. */
const certain = 65535;

const sfb = kind<Data<'sfb'>, never, Counts<'sfb'>>({
  print(say, { parms }) {
    if (parms === undefined) return;
    const fraction = (key: string, value: number) => {
      const shown = decimal(value / certain);
      say.value(key, `${key} % `, shown, (shown as { literal: string }).literal);
    };
    time(say, 'rehash', 'rehash % ', parms.rehashInterval * 1000);
    time(say, 'db', 'db % ', parms.warmupTime * 1000);
    say.value('limit', 'limit %p ', parms.limit);
    say.value('max', 'max %p ', parms.max);
    say.value('target', 'target %p ', parms.binSize);
    fraction('increment', parms.increment);
    fraction('decrement', parms.decrement);
    say.value('penalty_rate', 'penalty_rate %pps ', parms.penaltyRate);
    say.value('penalty_burst', 'penalty_burst %p ', parms.penaltyBurst);
  },
  counts(say, counts) {
    const drops = ['earlydrop', 'penaltydrop', 'bucketdrop', 'queuedrop', 'childdrop', 'marked'] as const;
    for (const [at, key] of drops.entries()) say.value(key, `${at === 0 ? '  ' : ' '}${key} %`, counts[key]);
    say.value('maxqlen', '\n  maxqlen %', counts.maxqlen);
    say.value('maxprob', ' maxprob %', decimal(counts.maxprob / certain), counts.maxprob / certain);
    say.value('avgprob', ' avgprob %', decimal(counts.avgprob / certain), counts.avgprob / certain);
  },
  read(words) {
    const parms = {
      rehashInterval: 600_000,
      warmupTime: 60_000,
      max: 0,
      binSize: 0,
      increment: 0,
      decrement: 0,
      limit: 0,
      penaltyRate: 10,
      penaltyBurst: 20,
    };
    const whole = (key: keyof typeof parms, option: string) => (take: () => string) => ({
      [key]: number(take(), option),
    });
    const part = (key: keyof typeof parms, option: string) => (take: () => string) => {
      const value = Number.parseFloat(take());
      if (Number.isNaN(value)) throw illegal(option);
      return { [key]: Math.trunc(value * certain + 0.5) };
    };
    read(words, parms, {
      rehash: whole('rehashInterval', 'rehash'),
      db: whole('warmupTime', 'db'),
      limit: whole('limit', 'limit'),
      max: whole('max', 'max'),
      target: whole('binSize', 'target'),
      increment: part('increment', 'increment'),
      decrement: part('decrement', 'decrement'),
      penalty_rate: whole('penaltyRate', 'penalty_rate'),
      penalty_burst: whole('penaltyBurst', 'penalty_burst'),
    });
    parms.max ||= parms.binSize === 0 ? 25 : Math.trunc((parms.binSize * 5 + 1) / 4);
    parms.binSize ||= Math.trunc((parms.max * 4 + 3) / 5);
    parms.increment ||= Math.trunc(0.0005 * certain + 0.5);
    parms.decrement ||= Math.trunc(0.00005 * certain + 0.5);
    return { parms };
  },
});

/** How many virtual queues there may be, also the number of one that is not there. */
const mostQueues = 16;

const gred = kind<Data<'gred'>>({
  print(say, { parms, dps, maxP, limit, vqList }) {
    if (parms === undefined || dps === undefined) return;
    say.value('dp_cnt', 'vqs % ', dps.dps);
    say.value('dp_default', 'default % ', dps.defDp);
    say.value('grio', dps.grio === 0 ? '' : 'grio ', dps.grio !== 0);
    size(say, 'limit', 'limit % ', limit);
    tellFlags(say, dps.flags);
    const queues: JsonObject[] = [];
    for (const [at, queue] of parms.entries()) {
      if (queue.dp >= mostQueues) continue;
      const own = new Say(say.telling);
      own.value('vq', '\n vq % ', queue.dp);
      own.value('prio', 'prio % ', queue.prio);
      const more = vqList?.entry?.find(({ dp }) => dp === queue.dp);
      tellAverages(own, queue, more?.flags, maxP?.[at]);
      if (say.telling.details) own.words(' ');
      if (say.telling.statistics) tellQueueCounts(own, queue, more);
      say.words(own.text);
      queues.push(own.members as JsonObject);
    }
    say.member('vqs', queues);
  },
  read(words, context) {
    if (words.peek() === undefined) throw failure(gredUsage);
    if (words.peek() === 'setup') {
      words.take();
      return readSetup(words);
    }
    const draft = { ...nothing, vq: mostQueues, prio: 0 };
    const vq = (take: () => string) => {
      const value = number(take(), 'vq');
      if (value >= mostQueues) throw failure(tooManyQueues);
      return { vq: value };
    };
    read<typeof draft>(words, draft, {
      ...commonWords(draft, sizeWord),
      harddrop: harddrop(draft),
      vq,
      DP: vq,
      prio: (take) => ({ prio: Number.parseInt(take(), 10) & 0xff || 0 }),
      setup: () => {
        throw illegal('setup');
      },
    });
    const { limit, min, max, packet, prio } = draft;
    if (draft.vq === mostQueues || limit === 0 || min === 0 || max === 0 || packet === 0)
      throw failure('Required parameter (vq, limit, min, max, avpkt) is missing');
    if (draft.burst === 0) {
      draft.burst = usualBurst(draft, packet);
      context.remark(`GRED: set burst to ${draft.burst}\n`);
    }
    const rate = lineRate('GRED', draft, context);
    const { wlog, plog } = averagingOf('GRED', context, draft);
    const { scellLog, stab } = idleTable('GRED', { wlog, packet, rate });
    const queue = { limit, qthMin: min, qthMax: max, dp: draft.vq, wlog, plog, scellLog, prio };
    return {
      parms: [queue],
      stab,
      maxP: [maxProbability(draft.probability)],
      vqList: { entry: [{ dp: draft.vq, flags: draft.flags }] },
    };
  },
});

const tooManyQueues = `GRED: only ${mostQueues} VQs are currently supported`;
const gredUsage = `Usage: tc qdisc { add | replace | change } ... gred setup vqs NUMBER
           default DEFAULT_VQ [ grio ] [ limit BYTES ] [ecn] [harddrop]
       tc qdisc change ... gred vq VQ [ prio VALUE ] limit BYTES
           min BYTES max BYTES avpkt BYTES [ burst PACKETS ]
           [ probability PROBABILITY ] [ bandwidth KBPS ] [ecn] [harddrop]`;

/** `gred setup`: how many queues there are, before any of them has settings. */
function readSetup(words: Words): object {
  const dps = { dps: 0, defDp: mostQueues, grio: 0, flags: 0 };
  const more: { limit?: number } = {};
  const vqs = (take: () => string) => {
    const value = number(take(), 'vqs');
    if (value > mostQueues) throw failure(tooManyQueues);
    return { dps: value };
  };
  read<typeof dps>(words, dps, {
    vqs,
    DPs: vqs,
    default: (take) => {
      if (dps.dps === 0) throw failure('"default" must be defined after "vqs"');
      const value = number(take(), 'default');
      if (value >= dps.dps) throw failure('"default" must be less than "vqs"');
      return { defDp: value };
    },
    grio: () => ({ grio: 1 }),
    limit: (take) => void Object.assign(more, { limit: sizeWord(take(), 'limit') }),
    ecn: () => ({ flags: dps.flags | 1 }),
    harddrop: () => ({ flags: dps.flags | 2 }),
  });
  if (dps.dps === 0 || dps.defDp === mostQueues) throw failure('Illegal gred setup parameters');
  return { dps, ...more };
}

type VirtualQueue = NonNullable<Data<'gred'>['parms']>[number];
type MoreOfQueue = NonNullable<NonNullable<Data<'gred'>['vqList']>['entry']>[number];

function tellQueueCounts(say: Say, queue: VirtualQueue, more: MoreOfQueue | undefined): void {
  say.words('\n  Queue size: ');
  size(say, 'qave', 'average % ', queue.qave);
  size(say, 'backlog', 'current % ', queue.backlog);
  say.words('\n  Dropped packets: ');
  say.value('forced_drop', 'forced % ', more?.statForcedDrop ?? queue.forced);
  say.value('prob_drop', 'early % ', more?.statProbDrop ?? queue.early);
  say.value('pdrop', 'pdrop % ', more?.statPdrop ?? queue.pdrop);
  say.value('other', 'other % ', more?.statOther ?? queue.other);
  if (more !== undefined) {
    say.words('\n  Marked packets: ');
    say.value('forced_mark', 'forced % ', more.statForcedMark);
    say.value('prob_mark', 'early % ', more.statProbMark);
  }
  say.words('\n  Total packets: ');
  say.value('packets', '% ', more?.statPackets ?? queue.packets);
  size(say, 'bytes', '(%) ', more?.statBytes === undefined ? queue.bytesin : Number(more.statBytes));
}

export const earlyKinds: Readonly<Record<string, Kind>> = { red, choke, sfb, gred };
