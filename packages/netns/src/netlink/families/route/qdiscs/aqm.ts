import { attrs, nested, repeated } from '../../../../wire/attributes.ts';
import { bytes } from '../../../../wire/bytes.ts';
import { u8, u16, u32, u64 } from '../../../../wire/integers.ts';
import { array, struct } from '../../../../wire/struct.ts';

/** TCA_CODEL_*: packets that waited too long are dropped, `tc qdisc add … codel`. Times in microseconds. */
export const codel = attrs({
  target: [1, u32],
  limit: [2, u32],
  interval: [3, u32],
  ecn: [4, u32],
  ceThreshold: [5, u32],
});

/** TCA_FQ_CODEL_*: the same for each flow, `tc qdisc add … fq_codel`. */
export const fqCodel = attrs({
  target: [1, u32],
  limit: [2, u32],
  interval: [3, u32],
  ecn: [4, u32],
  flows: [5, u32],
  quantum: [6, u32],
  ceThreshold: [7, u32],
  dropBatchSize: [8, u32],
  memoryLimit: [9, u32],
  ceThresholdSelector: [10, u8],
  ceThresholdMask: [11, u8],
});

/** TCA_PIE_*: packets are dropped the likelier the longer they wait (RFC 8033). Times in microseconds. */
export const pie = attrs({
  target: [1, u32],
  limit: [2, u32],
  tupdate: [3, u32],
  alpha: [4, u32],
  beta: [5, u32],
  ecn: [6, u32],
  bytemode: [7, u32],
  dqRateEstimator: [8, u32],
});

/** TCA_FQ_PIE_*: the same for each flow. */
export const fqPie = nested(
  attrs({
    limit: [1, u32],
    flows: [2, u32],
    target: [3, u32],
    tupdate: [4, u32],
    alpha: [5, u32],
    beta: [6, u32],
    quantum: [7, u32],
    memoryLimit: [8, u32],
    ecnProb: [9, u32],
    ecn: [10, u32],
    bytemode: [11, u32],
    dqRateEstimator: [12, u32],
  }),
);

/** Bits of `flags` of red, sfq, choke and gred (TC_RED_*). */
export const redFlags = ['ecn', 'harddrop', 'adaptive', 'nodrop'] as const;

const averages = { limit: u32, qthMin: u32, qthMax: u32, wlog: u8, plog: u8, scellLog: u8, flags: u8 } as const;

/** TCA_RED_*: random early detection, `tc qdisc add … red`. `stab` is a table for the time without packets. */
export const red = attrs({
  parms: [1, struct(averages)],
  stab: [2, bytes],
  maxP: [3, u32],
  flags: [4, struct({ value: u32, selector: u32 })],
  earlyDropBlock: [5, u32],
  markBlock: [6, u32],
});

/** TCA_CHOKE_*: red, with a packet of the same flow dropped along. */
export const choke = attrs({ parms: [1, struct(averages)], stab: [2, bytes], maxP: [3, u32] });

/** TCA_SFB_*: stochastic fair blue. Times in milliseconds, probabilities as parts of 65535. */
export const sfb = attrs({
  parms: [
    1,
    struct({
      rehashInterval: u32,
      warmupTime: u32,
      max: u32,
      binSize: u32,
      increment: u32,
      decrement: u32,
      limit: u32,
      penaltyRate: u32,
      penaltyBurst: u32,
    }),
  ],
});

/** `struct tc_gred_qopt`: one of the virtual queues of gred. */
const virtualQueue = struct({
  limit: u32,
  qthMin: u32,
  qthMax: u32,
  dp: u32,
  backlog: u32,
  qave: u32,
  forced: u32,
  early: u32,
  other: u32,
  pdrop: u32,
  wlog: u8,
  plog: u8,
  scellLog: u8,
  prio: u8,
  packets: u32,
  bytesin: u32,
});

/** TCA_GRED_*: several red queues, by the priority of the packet, `tc qdisc add … gred`. */
export const gred = attrs({
  parms: [1, array(virtualQueue)],
  stab: [2, bytes],
  dps: [3, struct({ dps: u32, defDp: u32, grio: u8, flags: u8, pad1: u16 })],
  maxP: [4, array(u32)],
  limit: [5, u32],
  vqList: [
    6,
    attrs({
      entry: [
        1,
        repeated(
          attrs({
            dp: [2, u32],
            statBytes: [3, u64],
            statPackets: [4, u32],
            statBacklog: [5, u32],
            statProbDrop: [6, u32],
            statProbMark: [7, u32],
            statForcedDrop: [8, u32],
            statForcedMark: [9, u32],
            statPdrop: [10, u32],
            statOther: [11, u32],
            flags: [12, u32],
          }),
        ),
      ],
    }),
  ],
});
