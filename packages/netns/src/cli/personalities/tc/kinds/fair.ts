import type { classKinds, qdiscKinds } from '../../../../netlink/families/route/qdisc.ts';
import type { XstatsKind, xstats } from '../../../../netlink/families/route/tc-xstats.ts';
import type { Out } from '../../../../wire/shape.ts';
import { nanosecondsText } from '../../../shaping/units.ts';
import { failure } from '../../ip/exit.ts';
import {
  averagingOf,
  maxProbability,
  readProbability,
  tellAveraging,
  tellFlags,
  usualProbability,
} from './averages.ts';
import { type Kind, kind, type ReadContext } from './kind.ts';
import { illegal, none, number, numbers, rate as rateWord, read, size as sizeWord, time as timeWord } from './read.ts';
import { rate, size, time } from './values.ts';

type Data<K extends keyof typeof qdiscKinds> = Out<(typeof qdiscKinds)[K]>;
type ClassData<K extends keyof typeof classKinds> = Out<(typeof classKinds)[K]>;
type Counts<K extends XstatsKind> = Out<(typeof xstats)[K]>;

/** All ones: no limit. */
const unlimited = 0xffff_ffff;

const fq = kind<Data<'fq'>, never, Counts<'fq'>>({
  print(say, data) {
    say.value('limit', 'limit %p ', data.plimit);
    say.value('flow_limit', 'flow_limit %p ', data.flowPlimit);
    if (data.bucketsLog !== undefined) say.value('buckets', 'buckets % ', 2 ** data.bucketsLog);
    say.value('orphan_mask', 'orphan_mask % ', data.orphanMask);
    if (data.rateEnable === 0) say.value('pacing', 'nopacing ', false);
    size(say, 'quantum', 'quantum % ', data.quantum);
    size(say, 'initial_quantum', 'initial_quantum % ', data.initialQuantum);
    if (data.flowMaxRate !== unlimited) rate(say, 'maxrate', 'maxrate % ', data.flowMaxRate);
    if (data.flowDefaultRate) rate(say, 'defrate', 'defrate % ', data.flowDefaultRate);
    if (data.lowRateThreshold) rate(say, 'low_rate_threshold', 'low_rate_threshold % ', data.lowRateThreshold);
    time(say, 'refill_delay', 'refill_delay % ', data.flowRefillDelay);
    if (data.ceThreshold !== unlimited) time(say, 'ce_threshold', 'ce_threshold % ', data.ceThreshold);
    if (data.timerSlack !== undefined)
      say.value('timer_slack', 'timer_slack % ', data.timerSlack, nanosecondsText(data.timerSlack));
    time(say, 'horizon', 'horizon % ', data.horizon);
    if (data.horizonDrop !== undefined)
      say.value(
        data.horizonDrop === 0 ? 'horizon_cap' : 'horizon_drop',
        data.horizonDrop === 0 ? 'horizon_cap ' : 'horizon_drop ',
        null,
      );
  },
  counts(say, counts) {
    say.value('flows', '  flows %', counts.flows);
    say.value('inactive', ' (inactive %', counts.inactiveFlows);
    say.value('throttled', ' throttled %', counts.throttledFlows);
    if (counts.timeNextDelayedFlow > 0n)
      say.value('next_packet_delay', ' next packet delay % ns', counts.timeNextDelayedFlow);
    say.words(')');
    say.value('gc', '\n  gc %', counts.gcFlows);
    say.value('highprio', ' highprio %', counts.highprioPackets);
    if (counts.tcpRetrans) say.value('retrans', ' retrans %', counts.tcpRetrans);
    say.value('throttled', ' throttled %', counts.throttled);
    if (counts.unthrottleLatencyNs)
      say.value('latency', ' latency %', counts.unthrottleLatencyNs, nanosecondsText(counts.unthrottleLatencyNs));
    if (counts.ceMark) say.value('ce_mark', ' ce_mark %', counts.ceMark);
    if (counts.flowsPlimit) say.value('flows_plimit', ' flows_plimit %', counts.flowsPlimit);
    if (counts.pktsTooLong || counts.allocationErrors) {
      say.value('pkts_too_long', '\n  pkts_too_long %', counts.pktsTooLong);
      say.value('alloc_errors', ' alloc_errors %', counts.allocationErrors);
    }
    if (counts.horizonDrops) say.value('horizon_drops', ' horizon_drops %', counts.horizonDrops);
    if (counts.horizonCaps) say.value('horizon_caps', ' horizon_caps %', counts.horizonCaps);
  },
  read(words) {
    const draft: Record<string, number> = {};
    const speed = (key: string, option: string) => (take: () => string) => ({
      [key]: Math.min(rateWord(take(), option), unlimited),
    });
    read(words, draft, {
      limit: (take) => ({ plimit: number(take(), 'limit') }),
      flow_limit: (take) => ({ flowPlimit: number(take(), 'flow_limit') }),
      buckets: (take) => ({ bucketsLog: Math.ceil(Math.log2(number(take(), 'buckets') || 1)) }),
      maxrate: speed('flowMaxRate', 'maxrate'),
      low_rate_threshold: speed('lowRateThreshold', 'low_rate_threshold'),
      defrate: speed('flowDefaultRate', 'defrate'),
      quantum: (take) => ({ quantum: sizeWord(take(), 'quantum') }),
      initial_quantum: (take) => ({ initialQuantum: sizeWord(take(), 'initial_quantum') }),
      orphan_mask: (take) => ({ orphanMask: number(take(), 'orphan_mask') }),
      refill_delay: (take) => ({ refill: timeWord(take(), 'refill_delay') }),
      ce_threshold: (take) => ({ ceThreshold: timeWord(take(), 'ce_threshold') }),
      timer_slack: (take) => ({ timerSlack: Math.trunc(timeWord(take(), 'timer_slack') * 1000) }),
      horizon: (take) => ({ horizon: timeWord(take(), 'horizon') }),
      horizon_drop: () => ({ horizonDrop: 1 }),
      horizon_cap: () => ({ horizonDrop: 0 }),
      pacing: () => ({ rateEnable: 1 }),
      nopacing: () => ({ rateEnable: 0 }),
    });
    const { plimit, flowPlimit, bucketsLog, quantum, initialQuantum, rateEnable } = draft;
    return {
      bucketsLog,
      plimit,
      flowPlimit,
      quantum,
      initialQuantum,
      rateEnable,
      flowMaxRate: draft.flowMaxRate,
      lowRateThreshold: draft.lowRateThreshold,
      flowDefaultRate: draft.flowDefaultRate,
      flowRefillDelay: draft.refill,
      orphanMask: draft.orphanMask,
      ceThreshold: draft.ceThreshold,
      timerSlack: draft.timerSlack,
      horizon: draft.horizon,
      horizonDrop: draft.horizonDrop,
    };
  },
});

const sfq = kind<Data<'sfq'>>({
  print(say, data) {
    const { depth, headdrop, qlimit, maxP = 0, stats } = data;
    say.value('limit', 'limit %p ', data.limit);
    size(say, 'quantum', 'quantum % ', data.quantum);
    if (depth) say.value('depth', 'depth % ', depth);
    say.flag('headdrop', 'headdrop ', Boolean(headdrop));
    if (say.telling.details) say.value('flows', 'flows % ', data.flows);
    say.value('divisor', 'divisor % ', data.divisor);
    if (data.perturbPeriod !== 0) say.value('perturb', 'perturb %sec ', data.perturbPeriod);
    if (!qlimit && !data.qthMin) return;
    say.value('ewma', 'ewma % ', data.wlog);
    size(say, 'min', 'min % ', data.qthMin);
    size(say, 'max', 'max % ', data.qthMax);
    const before = say.text;
    tellAveraging(say, { wlog: data.wlog ?? 0, plog: data.plog ?? 0, scellLog: 0 }, maxP);
    delete (say.members as Record<string, unknown>).Scell_log;
    const probability = /probability \S+ /.exec(say.text.slice(before.length))?.[0] ?? '';
    say.text = before + probability;
    tellFlags(say, data.flags ?? 0);
    if (!say.telling.details || stats === undefined) return;
    say.value('prob_mark', '\n  prob_mark %', stats.probMark);
    say.value('prob_mark_head', ' prob_mark_head %', stats.probMarkHead);
    say.value('prob_drop', ' prob_drop %', stats.probDrop);
    say.value('forced_mark', '\n  forced_mark %', stats.forcedMark);
    say.value('forced_mark_head', ' forced_mark_head %', stats.forcedMarkHead);
    say.value('forced_drop', ' forced_drop %', stats.forcedDrop);
  },
  read(words, context) {
    const draft: Record<string, number> = {};
    const early = { min: 0, max: 0, burst: 0, packet: 1000, probability: usualProbability, limit: 0, flags: 0 };
    const part = (given: Partial<typeof early>) => void Object.assign(early, { ...given, asked: true });
    read(words, draft, {
      quantum: (take) => ({ quantum: sizeWord(take(), 'quantum') }),
      perturb: (take) => ({ perturb: number(take(), 'perturb') }),
      limit: (take) => ({ limit: number(take(), 'limit') }),
      divisor: (take) => ({ divisor: number(take(), 'divisor') }),
      flows: (take) => ({ flows: number(take(), 'flows') }),
      depth: (take) => ({ depth: number(take(), 'depth') }),
      headdrop: () => ({ headdrop: 1 }),
      redflowlimit: (take) => part({ limit: number(take(), 'redflowlimit') }),
      min: (take) => part({ min: number(take(), 'min') }),
      max: (take) => part({ max: number(take(), 'max') }),
      burst: (take) => part({ burst: number(take(), 'burst') }),
      avpkt: (take) => part({ packet: number(take(), 'avpkt') }),
      probability: (take) => part({ probability: readProbability(take()) }),
      ecn: () => part({ flags: early.flags | 1 }),
      harddrop: () => part({ flags: early.flags | 2 }),
    });
    const averages = 'asked' in early ? flowAverages(early, context) : undefined;
    if (Object.keys(draft).length === 0 && averages === undefined) return undefined;
    const { quantum, perturb, limit, divisor, flows, depth, headdrop } = draft;
    const first = { quantum, perturbPeriod: perturb, limit, divisor, flows };
    const more = depth || headdrop || flows || averages !== undefined;
    return more ? { ...first, depth, headdrop, maxP: 0, ...averages, stats: {} } : first;
  },
});

interface FlowAveraging {
  min: number;
  max: number;
  burst: number;
  packet: number;
  probability: number;
  limit: number;
  flags: number;
}

/** Red in each flow. */
function flowAverages(early: FlowAveraging, context: ReadContext) {
  const { limit, packet, flags, probability } = early;
  if (limit === 0) throw failure('Required parameter (redflowlimit) is missing');
  early.max ||= Math.trunc(limit / 4);
  early.min ||= Math.trunc(early.max / 3);
  early.burst ||= Math.trunc((2 * early.min + early.max) / (3 * packet));
  if (early.max > limit) throw failure('"max" is larger than "limit"');
  if (early.min >= early.max) throw failure('"min" is not smaller than "max"');
  const { wlog, plog } = averagingOf('SFQ', context, early);
  return { qlimit: limit, qthMin: early.min, qthMax: early.max, wlog, plog, flags, maxP: maxProbability(probability) };
}

const drr: Kind = {
  read: none,
  class: kind<ClassData<'drr'>, never, Counts<'drr'>>({
    print: (say, { quantum }) => size(say, 'quantum', 'quantum % ', quantum),
    counts: (say, { deficit }) => size(say, 'deficit', ' deficit % ', deficit),
    read(words) {
      const draft: { quantum?: number } = {};
      read(words, draft, { quantum: (take) => ({ quantum: sizeWord(take(), 'quantum') }) });
      return draft;
    },
  }),
};

const qfq: Kind = {
  read: none,
  class: kind<ClassData<'qfq'>>({
    print(say, { weight, lmax }) {
      say.value('weight', 'weight % ', weight);
      say.value('maxpkt', 'maxpkt % ', lmax);
    },
    read(words) {
      const draft: { weight?: number; lmax?: number } = {};
      read(words, draft, {
        weight: (take) => ({ weight: number(take(), 'weight') }),
        maxpkt: (take) => ({ lmax: number(take(), 'maxpkt') }),
      });
      return { weight: draft.weight, lmax: draft.lmax };
    },
  }),
};

const ets = kind<Data<'ets'>, ClassData<'ets'>>({
  print(say, { nbands, nstrict, quanta, priomap }) {
    say.value('bands', 'bands % ', nbands);
    if (nstrict) say.value('strict', 'strict % ', nstrict);
    const each = quanta?.band ?? [];
    if (each.length > 0) say.value('quanta', 'quanta % ', [...each], each.join(' '));
    const map = priomap?.band ?? [];
    if (map.length > 0) say.value('priomap', 'priomap % ', [...map], map.join(' '));
  },
  read(words) {
    const draft: { bands?: number; strict?: number; quanta?: number[]; priomap?: number[] } = {};
    read(words, draft, {
      bands: (take) => ({ bands: number(take(), 'bands') }),
      strict: (take) => ({ strict: number(take(), 'strict') }),
      quanta: (_take, of) => ({ quanta: numbers(of, 16) }),
      priomap: (_take, of) => ({ priomap: numbers(of, 16) }),
    });
    const { strict = 0, quanta = [], priomap = [] } = draft;
    const bands = draft.bands ?? strict + quanta.length;
    if (bands === 0) throw failure('One of "bands", "quanta" or "strict" needs to be specified');
    if (bands > 16) throw illegal('bands');
    return {
      nbands: bands,
      nstrict: strict || undefined,
      quanta: quanta.length === 0 ? undefined : { band: quanta },
      priomap: priomap.length === 0 ? undefined : { band: priomap },
    };
  },
  class: {
    print: (say, { quantaBand }) => say.value('quantum', 'quantum % ', quantaBand),
    read(words) {
      const draft: { quantaBand?: number } = {};
      read(words, draft, { quantum: (take) => ({ quantaBand: number(take(), 'quantum') }) });
      return draft;
    },
  },
});

const hhf = kind<Data<'hhf'>, never, Counts<'hhf'>>({
  print(say, data) {
    say.value('limit', 'limit %p ', data.backlogLimit);
    size(say, 'quantum', 'quantum % ', data.quantum);
    say.value('hh_limit', 'hh_limit % ', data.hhFlowsLimit);
    time(say, 'reset_timeout', 'reset_timeout % ', data.resetTimeout);
    size(say, 'admit_bytes', 'admit_bytes % ', data.admitBytes);
    time(say, 'evict_timeout', 'evict_timeout % ', data.evictTimeout);
    say.value('non_hh_weight', 'non_hh_weight % ', data.nonHhWeight);
  },
  counts(say, counts) {
    say.value('drop_overlimit', '  drop_overlimit %', counts.dropOverlimit);
    say.value('hh_overlimit', ' hh_overlimit %', counts.hhOverlimit);
    say.value('tot_hh', ' tot_hh %', counts.hhTotCount);
    say.value('cur_hh', ' cur_hh %', counts.hhCurCount);
  },
  read(words) {
    const draft: Record<string, number> = {};
    read(words, draft, {
      limit: (take) => ({ limit: number(take(), 'limit') }),
      quantum: (take) => ({ quantum: number(take(), 'quantum') }),
      hh_limit: (take) => ({ flows: number(take(), 'hh_limit') }),
      reset_timeout: (take) => ({ reset: timeWord(take(), 'reset_timeout') }),
      admit_bytes: (take) => ({ admit: number(take(), 'admit_bytes') }),
      evict_timeout: (take) => ({ evict: timeWord(take(), 'evict_timeout') }),
      non_hh_weight: (take) => ({ weight: number(take(), 'non_hh_weight') }),
    });
    return {
      backlogLimit: draft.limit,
      quantum: draft.quantum,
      hhFlowsLimit: draft.flows,
      resetTimeout: draft.reset,
      admitBytes: draft.admit,
      evictTimeout: draft.evict,
      nonHhWeight: draft.weight,
    };
  },
});

export const fairKinds: Readonly<Record<string, Kind>> = { fq, sfq, drr, qfq, ets, hhf };
