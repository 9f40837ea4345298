import type { qdiscKinds } from '../../../../netlink/families/route/qdisc.ts';
import type { XstatsKind, xstats } from '../../../../netlink/families/route/tc-xstats.ts';
import type { Out } from '../../../../wire/shape.ts';
import type { Say } from '../say.ts';
import { type Kind, kind } from './kind.ts';
import { number, read, size as sizeWord, time as timeWord } from './read.ts';
import { decimal, hex, size, time } from './values.ts';

type Data<K extends keyof typeof qdiscKinds> = Out<(typeof qdiscKinds)[K]>;
type Counts<K extends XstatsKind> = Out<(typeof xstats)[K]>;

const codel = kind<Data<'codel'>, never, Counts<'codel'>>({
  print(say, data) {
    say.value('limit', 'limit %p ', data.limit);
    time(say, 'target', 'target % ', data.target);
    time(say, 'ce_threshold', 'ce_threshold % ', data.ceThreshold);
    time(say, 'interval', 'interval % ', data.interval);
    say.flag('ecn', 'ecn ', Boolean(data.ecn));
  },
  counts(say, counts) {
    say.value('count', '  count % ', counts.count);
    say.value('lastcount', 'lastcount % ', counts.lastcount);
    time(say, 'ldelay', 'ldelay %', counts.ldelay);
    if (counts.dropping) say.value('dropping', ' dropping', true);
    const next = counts.dropNext;
    if (next < 0) time(say, 'drop_next', ' drop_next -%', -next);
    else time(say, 'drop_next', ' drop_next %', next);
    say.value('maxpacket', '\n  maxpacket %', counts.maxpacket);
    say.value('ecn_mark', ' ecn_mark %', counts.ecnMark);
    say.value('drop_overlimit', ' drop_overlimit %', counts.dropOverlimit);
    if (counts.ceMark) say.value('ce_mark', ' ce_mark %', counts.ceMark);
  },
  read(words) {
    const draft: Record<string, number> = {};
    read(words, draft, {
      limit: (take) => ({ limit: number(take(), 'limit') }),
      target: (take) => ({ target: timeWord(take(), 'target') }),
      ce_threshold: (take) => ({ ceThreshold: timeWord(take(), 'ce_threshold') }),
      interval: (take) => ({ interval: timeWord(take(), 'interval') }),
      ecn: () => ({ ecn: 1 }),
      noecn: () => ({ ecn: 0 }),
    });
    const { limit, interval, target, ecn, ceThreshold } = draft;
    return {
      limit: limit || undefined,
      interval: interval || undefined,
      target: target || undefined,
      ecn,
      ceThreshold,
    };
  },
});

const fqCodel = kind<Data<'fq_codel'>, never, Counts<'fq_codel'>, Counts<'fq_codel_class'>>({
  print(say, data) {
    say.value('limit', 'limit %p ', data.limit);
    say.value('flows', 'flows % ', data.flows);
    say.value('quantum', 'quantum % ', data.quantum);
    time(say, 'target', 'target % ', data.target);
    time(say, 'ce_threshold', 'ce_threshold % ', data.ceThreshold);
    if (data.ceThresholdSelector) {
      say.words(`ce_threshold_selector ${hex(data.ceThresholdSelector)}/${hex(data.ceThresholdMask ?? 0)} `);
      say.member('ce_threshold_selector', data.ceThresholdSelector);
      say.member('ce_threshold_mask', data.ceThresholdMask ?? 0);
    }
    time(say, 'interval', 'interval % ', data.interval);
    size(say, 'memory_limit', 'memory_limit % ', data.memoryLimit);
    say.flag('ecn', 'ecn ', Boolean(data.ecn));
    say.value('drop_batch', 'drop_batch % ', data.dropBatchSize);
  },
  counts(say, counts) {
    say.value('maxpacket', '  maxpacket %', counts.maxpacket);
    say.value('drop_overlimit', ' drop_overlimit %', counts.dropOverlimit);
    say.value('new_flow_count', ' new_flow_count %', counts.newFlowCount);
    say.value('ecn_mark', ' ecn_mark %', counts.ecnMark);
    if (counts.ceMark) say.value('ce_mark', ' ce_mark %', counts.ceMark);
    if (counts.memoryUsage) say.value('memory_used', ' memory_used %', counts.memoryUsage);
    if (counts.dropOvermemory) say.value('drop_overmemory', ' drop_overmemory %', counts.dropOvermemory);
    say.value('new_flows_len', '\n  new_flows_len %', counts.newFlowsLen);
    say.value('old_flows_len', ' old_flows_len %', counts.oldFlowsLen);
  },
  read(words) {
    const draft: Record<string, number> = {};
    read(words, draft, {
      limit: (take) => ({ limit: number(take(), 'limit') }),
      flows: (take) => ({ flows: number(take(), 'flows') }),
      quantum: (take) => ({ quantum: number(take(), 'quantum') }),
      target: (take) => ({ target: timeWord(take(), 'target') }),
      ce_threshold: (take) => ({ ceThreshold: timeWord(take(), 'ce_threshold') }),
      ce_threshold_selector: (take) => {
        const [selector = '', mask = ''] = take().split('/');
        return {
          selector: number(selector, 'ce_threshold_selector'),
          mask: number(mask, 'ce_threshold_selector'),
        };
      },
      memory_limit: (take) => ({ memory: sizeWord(take(), 'memory_limit') }),
      drop_batch: (take) => ({ batch: number(take(), 'drop_batch') }),
      interval: (take) => ({ interval: timeWord(take(), 'interval') }),
      ecn: () => ({ ecn: 1 }),
      noecn: () => ({ ecn: 0 }),
    });
    const some = (value: number | undefined) => value || undefined;
    return {
      limit: some(draft.limit),
      flows: some(draft.flows),
      quantum: some(draft.quantum),
      interval: some(draft.interval),
      target: some(draft.target),
      ecn: draft.ecn,
      ceThreshold: draft.ceThreshold,
      ceThresholdMask: draft.mask,
      ceThresholdSelector: draft.selector,
      memoryLimit: draft.memory,
      dropBatchSize: some(draft.batch),
    };
  },
});

function pieSettings(say: Say, data: Data<'pie'> | Data<'fq_pie'>): void {
  time(say, 'target', 'target % ', data.target);
  time(say, 'tupdate', 'tupdate % ', data.tupdate);
  say.value('alpha', 'alpha % ', data.alpha);
  say.value('beta', 'beta % ', data.beta);
}

function pieSwitches(say: Say, data: Data<'pie'> | Data<'fq_pie'>): void {
  say.flag('ecn', 'ecn ', Boolean(data.ecn));
  say.flag('bytemode', 'bytemode ', Boolean(data.bytemode));
  say.flag('dq_rate_estimator', 'dq_rate_estimator ', Boolean(data.dqRateEstimator));
}

const pieWords = {
  limit: (take: () => string) => ({ limit: number(take(), 'limit') }),
  target: (take: () => string) => ({ target: timeWord(take(), 'target') }),
  tupdate: (take: () => string) => ({ tupdate: timeWord(take(), 'tupdate') }),
  alpha: (take: () => string) => ({ alpha: number(take(), 'alpha') }),
  beta: (take: () => string) => ({ beta: number(take(), 'beta') }),
  ecn: () => ({ ecn: 1 }),
  noecn: () => ({ ecn: 0 }),
  bytemode: () => ({ bytemode: 1 }),
  nobytemode: () => ({ bytemode: 0 }),
  dq_rate_estimator: () => ({ estimator: 1 }),
  no_dq_rate_estimator: () => ({ estimator: 0 }),
};

const pie = kind<Data<'pie'>, never, Counts<'pie'>>({
  print(say, data) {
    say.value('limit', 'limit %p ', data.limit);
    pieSettings(say, data);
    pieSwitches(say, data);
  },
  counts(say, counts) {
    say.value('prob', '  prob %', decimal(Number(counts.prob) / 2 ** 56), Number(counts.prob) / 2 ** 56);
    time(say, 'delay', ' delay %', counts.delay);
    if (counts.dqRateEstimating) say.value('avg_dq_rate', ' avg_dq_rate %', counts.avgDqRate);
    say.value('pkts_in', '\n  pkts_in %', counts.packetsIn);
    say.value('overlimit', ' overlimit %', counts.overlimit);
    say.value('dropped', ' dropped %', counts.dropped);
    say.value('maxq', ' maxq %', counts.maxq);
    say.value('ecn_mark', ' ecn_mark %', counts.ecnMark);
  },
  read(words) {
    const draft: Record<string, number> = {};
    read(words, draft, pieWords);
    const { limit, tupdate, target, alpha, beta, ecn, bytemode, estimator } = draft;
    return {
      limit: limit || undefined,
      tupdate: tupdate || undefined,
      target: target || undefined,
      alpha,
      beta,
      ecn,
      bytemode,
      dqRateEstimator: estimator,
    };
  },
});

const fqPie = kind<Data<'fq_pie'>, never, Counts<'fq_pie'>>({
  print(say, data) {
    say.value('limit', 'limit %p ', data.limit);
    say.value('flows', 'flows % ', data.flows);
    pieSettings(say, data);
    size(say, 'quantum', 'quantum % ', data.quantum);
    size(say, 'memory_limit', 'memory_limit % ', data.memoryLimit);
    say.value('ecn_prob', 'ecn_prob % ', data.ecnProb);
    pieSwitches(say, data);
  },
  counts(say, counts) {
    say.value('pkts_in', '  pkts_in %', counts.packetsIn);
    say.value('overlimit', ' overlimit %', counts.overlimit);
    say.value('overmemory', ' overmemory %', counts.overmemory);
    say.value('dropped', ' dropped %', counts.dropped);
    say.value('ecn_mark', ' ecn_mark %', counts.ecnMark);
    say.value('new_flow_count', '\n  new_flow_count %', counts.newFlowCount);
    say.value('new_flows_len', ' new_flows_len %', counts.newFlowsLen);
    say.value('old_flows_len', ' old_flows_len %', counts.oldFlowsLen);
    say.value('memory_used', ' memory_used %', counts.memoryUsage);
  },
  read(words) {
    const draft: Record<string, number> = {};
    read(words, draft, {
      ...pieWords,
      flows: (take) => ({ flows: number(take(), 'flows') }),
      quantum: (take) => ({ quantum: sizeWord(take(), 'quantum') }),
      memory_limit: (take) => ({ memory: sizeWord(take(), 'memory_limit') }),
      ecn_prob: (take) => ({ prob: number(take(), 'ecn_prob') }),
    });
    return {
      limit: draft.limit,
      flows: draft.flows,
      target: draft.target,
      tupdate: draft.tupdate,
      alpha: draft.alpha,
      beta: draft.beta,
      quantum: draft.quantum,
      memoryLimit: draft.memory,
      ecnProb: draft.prob,
      ecn: draft.ecn,
      bytemode: draft.bytemode,
      dqRateEstimator: draft.estimator,
    };
  },
});

/** The flags of all kinds like red; JSON has those that are off, too. */
export function redFlags(say: Say, flags: number): void {
  for (const [bit, name] of ['ecn', 'harddrop', 'adaptive', 'nodrop'].entries())
    say.value(name, (flags & (1 << bit)) === 0 ? '' : `${name} `, (flags & (1 << bit)) !== 0);
}

interface Averages {
  readonly limit: number;
  readonly qthMin: number;
  readonly qthMax: number;
  readonly wlog: number;
  readonly plog: number;
  readonly scellLog: number;
  readonly flags: number;
}

function averages(say: Say, parms: Averages, flags: number, maxP: number | undefined, tellSize: typeof size): void {
  tellSize(say, 'limit', 'limit % ', parms.limit);
  tellSize(say, 'min', 'min % ', parms.qthMin);
  tellSize(say, 'max', 'max % ', parms.qthMax);
  redFlags(say, flags);
  if (!say.telling.details) return;
  averaging(say, parms, maxP);
}

export function averaging(
  say: Say,
  { wlog, plog, scellLog }: Pick<Averages, 'wlog' | 'plog' | 'scellLog'>,
  maxP: number | undefined,
): void {
  say.value('ewma', 'ewma % ', wlog);
  if (maxP) {
    const probability = decimal(maxP / 2 ** 32);
    say.value('probability', 'probability % ', probability, (probability as { literal: string }).literal);
  } else say.value('Plog', 'Plog % ', plog);
  say.value('Scell_log', 'Scell_log %', scellLog);
}

function redCounts(say: Say, counts: Counts<'red'>): void {
  say.value('marked', '  marked %', counts.marked);
  say.value('early', ' early %', counts.early);
  say.value('pdrop', ' pdrop %', counts.pdrop);
  say.value('other', ' other %', counts.other);
}

const red = kind<Data<'red'>, never, Counts<'red'>>({
  print(say, { parms, maxP, flags, earlyDropBlock, markBlock }) {
    if (parms === undefined) return;
    averages(say, parms, flags === undefined ? parms.flags : flags.value, maxP, size);
    const events = [
      ['early_drop', earlyDropBlock],
      ['mark', markBlock],
    ].filter((event): event is [string, number] => Boolean(event[1]));
    if (events.length === 0) return;
    say.member(
      'qevents',
      events.map(([name, block]) => ({ kind: name, block })),
    );
    for (const [name, block] of events) say.words(`qevent ${name} block ${block} `);
  },
  counts(say, counts) {
    redCounts(say, counts);
    say.words(' ');
  },
});

const choke = kind<Data<'choke'>, never, Counts<'choke'>>({
  print(say, { parms, maxP }) {
    const inPackets: typeof size = (to, key, words, value) => {
      if (value !== undefined) to.value(key, words.replace('%', '%p'), value);
    };
    if (parms !== undefined) averages(say, parms, parms.flags, maxP, inPackets);
  },
  counts(say, counts) {
    redCounts(say, counts);
    say.value('matched', ' matched %', counts.matched);
  },
});

const sfb = kind<Data<'sfb'>, never, Counts<'sfb'>>({
  print(say, { parms }) {
    if (parms === undefined) return;
    const fraction = (key: string, value: number) => {
      const shown = decimal(value / 65535);
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
    say.value('maxprob', ' maxprob %', decimal(counts.maxprob / 65535), counts.maxprob / 65535);
    say.value('avgprob', ' avgprob %', decimal(counts.avgprob / 65535), counts.avgprob / 65535);
  },
});

export const aqmKinds: Readonly<Record<string, Kind>> = {
  codel,
  fq_codel: fqCodel,
  pie,
  fq_pie: fqPie,
  red,
  choke,
  sfb,
};
