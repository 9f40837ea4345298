import type { qdiscKinds } from '../../../netlink/families/route/qdisc.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { bit, fromMicroseconds, fromRounded, isSet, type SettingsOf, toMicroseconds } from './kind.ts';

type Codel = typeof qdiscKinds.codel;
type FqCodel = typeof qdiscKinds.fq_codel;
type Pie = typeof qdiscKinds.pie;

/** Packets that waited too long are dropped. Times in milliseconds. */
export interface CodelOptions {
  /** Packets that may wait. */
  readonly limit?: number | undefined;
  /** How long a packet should wait at most. Default: 5. */
  readonly target?: number | undefined;
  /** For how long it may be longer: about a round trip. Default: 100. */
  readonly interval?: number | undefined;
  /** Marks packets instead of dropping them, where their sender can take it. */
  readonly ecn?: boolean | undefined;
  /** Marks packets that waited longer than this. */
  readonly markAbove?: number | undefined;
}

/** The same for each flow: what most machines have by default. */
export interface FqCodelOptions extends CodelOptions {
  /** Queues that flows are sorted into. Default: 1024. Cannot be changed later. */
  readonly flows?: number | undefined;
  /** Bytes that a flow sends before it is another's turn. */
  readonly quantum?: number | undefined;
  /** Bytes of memory that all packets may take. */
  readonly memoryLimit?: number | undefined;
  /** The most packets that are dropped at once when a limit is reached. */
  readonly dropBatch?: number | undefined;
}

/** Packets are dropped the likelier the longer they wait. Times in milliseconds. */
export interface PieOptions {
  readonly limit?: number | undefined;
  readonly target?: number | undefined;
  readonly updateEvery?: number | undefined;
  /** How strongly the deviation from the target, and its trend, count: 0 to 32. */
  readonly alpha?: number | undefined;
  readonly beta?: number | undefined;
  readonly ecn?: boolean | undefined;
  readonly byteMode?: boolean | undefined;
}

/** The kernel counts in these (CODEL_SHIFT, PSCHED_SHIFT). */
const codelShift = 10;
const pieShift = 6;

const codelWire = (options: CodelOptions) => ({
  limit: options.limit,
  interval: toMicroseconds(options.interval, 'options.interval'),
  target: toMicroseconds(options.target, 'options.target'),
  ecn: bit(options.ecn),
  ceThreshold: toMicroseconds(options.markAbove, 'options.markAbove'),
});

const codelOptions = (seen: Out<Codel>): CodelOptions => ({
  limit: seen.limit,
  target: fromRounded(seen.target, codelShift),
  interval: fromRounded(seen.interval, codelShift),
  ecn: isSet(seen.ecn),
  markAbove: fromRounded(seen.ceThreshold, codelShift),
});

export const codel: SettingsOf<CodelOptions, In<Codel>, Out<Codel>> = { encode: codelWire, decode: codelOptions };

export const fqCodel: SettingsOf<FqCodelOptions, In<FqCodel>, Out<FqCodel>> = {
  encode: (options) => ({
    ...codelWire(options),
    flows: options.flows,
    quantum: options.quantum,
    memoryLimit: options.memoryLimit,
    dropBatchSize: options.dropBatch,
  }),
  decode: (seen) => ({
    ...codelOptions(seen),
    flows: seen.flows,
    quantum: seen.quantum,
    memoryLimit: seen.memoryLimit,
    dropBatch: seen.dropBatchSize,
  }),
};

export const pie: SettingsOf<PieOptions, In<Pie>, Out<Pie>> = {
  encode: (options) => ({
    limit: options.limit,
    tupdate: toMicroseconds(options.updateEvery, 'options.updateEvery'),
    target: toMicroseconds(options.target, 'options.target'),
    alpha: options.alpha,
    beta: options.beta,
    ecn: bit(options.ecn),
    bytemode: bit(options.byteMode),
  }),
  decode: (seen) => ({
    limit: seen.limit,
    target: fromRounded(seen.target, pieShift),
    updateEvery: fromMicroseconds(seen.tupdate),
    alpha: seen.alpha,
    beta: seen.beta,
    ecn: isSet(seen.ecn),
    byteMode: isSet(seen.bytemode),
  }),
};
