import { attrs, nested, repeated } from '../../../../wire/attributes.ts';
import { s32, u8, u32 } from '../../../../wire/integers.ts';
import { array, member, struct } from '../../../../wire/struct.ts';
import { prio } from './small.ts';

/** TCA_FQ_*: every flow in a queue of its own, and paced, `tc qdisc add … fq`. Rates in bytes per second, times in microseconds. */
export const fq = attrs({
  plimit: [1, u32],
  flowPlimit: [2, u32],
  quantum: [3, u32],
  initialQuantum: [4, u32],
  rateEnable: [5, u32],
  flowDefaultRate: [6, u32],
  flowMaxRate: [7, u32],
  bucketsLog: [8, u32],
  flowRefillDelay: [9, u32],
  orphanMask: [10, u32],
  lowRateThreshold: [11, u32],
  ceThreshold: [12, u32],
  timerSlack: [13, u32],
  horizon: [14, u32],
  horizonDrop: [15, u8],
  priomap: [16, prio],
  weights: [17, array(s32)],
  offloadHorizon: [18, u32],
});

/** `struct tc_sfq_qopt`, and behind it what `struct tc_sfq_qopt_v1` added (Linux 3.4): fair by a hash of the flow. */
export const sfq = struct(
  { quantum: u32, perturbPeriod: s32, limit: u32, divisor: u32, flows: u32 },
  {
    depth: u32,
    headdrop: u32,
    qlimit: u32,
    qthMin: u32,
    qthMax: u32,
    wlog: u8,
    plog: u8,
    scellLog: u8,
    flags: u8,
    maxP: u32,
    stats: member(
      struct({
        probDrop: u32,
        forcedDrop: u32,
        probMark: u32,
        forcedMark: u32,
        probMarkHead: u32,
        forcedMarkHead: u32,
      }),
    ),
  },
);

/** TCA_DRR_*: classes that are served in turn, `quantum` bytes each. */
export const drr = attrs({ quantum: [1, u32] });

/** TCA_QFQ_*: classes by weight; `lmax` is the largest packet. */
export const qfq = attrs({ weight: [1, u32], lmax: [2, u32] });

/** TCA_ETS_*: some bands strictly before the others, the others by their quanta (IEEE 802.1Qaz). */
export const ets = nested(
  attrs({
    nbands: [1, u8],
    nstrict: [2, u8],
    quanta: [3, nested(attrs({ band: [4, repeated(u32)] }))],
    quantaBand: [4, u32],
    priomap: [5, nested(attrs({ band: [6, repeated(u8)] }))],
  }),
);

/** TCA_HHF_*: flows that take much are held behind the others. Times in microseconds. */
export const hhf = attrs({
  backlogLimit: [1, u32],
  quantum: [2, u32],
  hhFlowsLimit: [3, u32],
  resetTimeout: [4, u32],
  admitBytes: [5, u32],
  evictTimeout: [6, u32],
  nonHhWeight: [7, u32],
});
