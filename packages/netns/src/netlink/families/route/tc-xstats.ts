import { attrs, list } from '../../../wire/attributes.ts';
import { s32, s64, u32, u64 } from '../../../wire/integers.ts';
import { cursorOf, readShape } from '../../../wire/interpret.ts';
import type { Out, Shape } from '../../../wire/shape.ts';
import { sliceOf } from '../../../wire/slice.ts';
import { struct } from '../../../wire/struct.ts';

const redXstats = { early: u32, pdrop: u32, other: u32, marked: u32 } as const;

/** TCA_CAKE_TIN_STATS_*: of one of the priorities. */
const cakeTin = attrs({
  sentPackets: [2, u32],
  sentBytes64: [3, u64],
  droppedPackets: [4, u32],
  droppedBytes64: [5, u64],
  acksDroppedPackets: [6, u32],
  acksDroppedBytes64: [7, u64],
  ecnMarkedPackets: [8, u32],
  ecnMarkedBytes64: [9, u64],
  backlogPackets: [10, u32],
  backlogBytes: [11, u32],
  thresholdRate64: [12, u64],
  targetUs: [13, u32],
  intervalUs: [14, u32],
  wayIndirectHits: [15, u32],
  wayMisses: [16, u32],
  wayCollisions: [17, u32],
  peakDelayUs: [18, u32],
  avgDelayUs: [19, u32],
  baseDelayUs: [20, u32],
  sparseFlows: [21, u32],
  bulkFlows: [22, u32],
  unresponsiveFlows: [23, u32],
  maxSkblen: [24, u32],
  flowQuantum: [25, u32],
});

const codelClass = { deficit: s32, ldelay: u32, count: u32, lastcount: u32, dropping: u32, dropNext: s32 } as const;

/** What each kind counts beside what all count: TCA_STATS_APP, TCA_XSTATS. Those of fq_codel begin with what they are of: 0 a qdisc, 1 a class. */
export const xstats = {
  cake: attrs({
    capacityEstimate64: [2, u64],
    memoryLimit: [3, u32],
    memoryUsed: [4, u32],
    avgNetoff: [5, u32],
    minNetlen: [6, u32],
    maxNetlen: [7, u32],
    minAdjlen: [8, u32],
    maxAdjlen: [9, u32],
    tinStats: [10, list(cakeTin, 1)],
    deficit: [11, s32],
    cobaltCount: [12, u32],
    dropping: [13, u32],
    dropNextUs: [14, s32],
    pDrop: [15, u32],
    blueTimerUs: [16, s32],
  }),
  choke: struct({ ...redXstats, matched: u32 }),
  codel: struct(
    {
      maxpacket: u32,
      count: u32,
      lastcount: u32,
      ldelay: u32,
      dropNext: s32,
      dropOverlimit: u32,
      ecnMark: u32,
      dropping: u32,
    },
    { ceMark: u32 },
  ),
  drr: struct({ deficit: u32 }),
  fq: struct(
    {
      gcFlows: u64,
      highprioPackets: u64,
      tcpRetrans: u64,
      throttled: u64,
      flowsPlimit: u64,
      pktsTooLong: u64,
      allocationErrors: u64,
      timeNextDelayedFlow: s64,
      flows: u32,
      inactiveFlows: u32,
      throttledFlows: u32,
      unthrottleLatencyNs: u32,
    },
    { ceMark: u64, horizonDrops: u64, horizonCaps: u64 },
  ),
  fq_codel: struct(
    {
      type: u32,
      maxpacket: u32,
      dropOverlimit: u32,
      ecnMark: u32,
      newFlowCount: u32,
      newFlowsLen: u32,
      oldFlowsLen: u32,
    },
    { ceMark: u32, memoryUsage: u32, dropOvermemory: u32 },
  ),
  fq_codel_class: struct({ type: u32, ...codelClass }),
  fq_pie: struct({
    packetsIn: u32,
    dropped: u32,
    overlimit: u32,
    overmemory: u32,
    ecnMark: u32,
    newFlowCount: u32,
    newFlowsLen: u32,
    oldFlowsLen: u32,
    memoryUsage: u32,
  }),
  hfsc: struct({ work: u64, rtwork: u64, period: u32, level: u32 }),
  hhf: struct({ dropOverlimit: u32, hhOverlimit: u32, hhTotCount: u32, hhCurCount: u32 }),
  htb: struct({ lends: u32, borrows: u32, giants: u32, tokens: s32, ctokens: s32 }),
  pie: struct({
    prob: u64,
    delay: u32,
    avgDqRate: u32,
    dqRateEstimating: u32,
    packetsIn: u32,
    dropped: u32,
    overlimit: u32,
    maxq: u32,
    ecnMark: u32,
  }),
  qfq: struct({ weight: u32, lmax: u32 }),
  red: struct(redXstats),
  sfb: struct({
    earlydrop: u32,
    penaltydrop: u32,
    bucketdrop: u32,
    queuedrop: u32,
    childdrop: u32,
    marked: u32,
    maxqlen: u32,
    maxprob: u32,
    avgprob: u32,
  }),
  sfq: struct({ allot: s32 }),
} as const;

export type XstatsKind = keyof typeof xstats;

/** The bytes of `app` or `xstats` of this kind as values; undefined when there are none. Throws DecodeError. */
export function xstatsOf<K extends XstatsKind>(
  kind: K,
  raw: Uint8Array | undefined,
): Out<(typeof xstats)[K]> | undefined {
  if (raw === undefined) return undefined;
  const slice = sliceOf(raw);
  return readShape(xstats[kind] as Shape, cursorOf(slice, `${kind}.xstats`), slice.start, slice.end) as never;
}
