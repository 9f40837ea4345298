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

export const aqmKinds: Readonly<Record<string, Kind>> = { codel, fq_codel: fqCodel, pie, fq_pie: fqPie };
