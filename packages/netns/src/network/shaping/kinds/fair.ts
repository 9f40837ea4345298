import type { classKinds, qdiscKinds } from '../../../netlink/families/route/qdisc.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { bit, bytesPerSecond, fromMicroseconds, isSet, type SettingsOf, toMicroseconds } from './kind.ts';

type Fq = typeof qdiscKinds.fq;
type Sfq = typeof qdiscKinds.sfq;

/** A queue for each flow, and senders that pace themselves. Rates in bits per second, times in milliseconds. */
export interface FqOptions {
  /** Packets that may wait, in all and of one flow. */
  readonly limit?: number | undefined;
  readonly flowLimit?: number | undefined;
  /** Bytes that a flow sends before it is another's turn, and a new one at first. */
  readonly quantum?: number | undefined;
  readonly initialQuantum?: number | undefined;
  /** The most that one flow may send. */
  readonly maximumRate?: number | undefined;
  readonly pacing?: boolean | undefined;
  readonly refillDelay?: number | undefined;
  readonly lowRateThreshold?: number | undefined;
  readonly markAbove?: number | undefined;
  /** Packets that are to leave later than this are dropped, or leave then. */
  readonly horizon?: number | undefined;
  readonly horizonDrop?: boolean | undefined;
}

const optionalRate = (bits: number | undefined, option: string) =>
  bits === undefined ? undefined : Math.min(bytesPerSecond(bits, option), 0xffff_ffff);

/** All ones: no limit. */
const bitsOf = (bytes: number | undefined) => (bytes === undefined || bytes === 0xffff_ffff ? undefined : bytes * 8);

export const fq: SettingsOf<FqOptions, In<Fq>, Out<Fq>> = {
  encode: (options) => ({
    plimit: options.limit,
    flowPlimit: options.flowLimit,
    quantum: options.quantum,
    initialQuantum: options.initialQuantum,
    rateEnable: bit(options.pacing),
    flowMaxRate: optionalRate(options.maximumRate, 'options.maximumRate'),
    lowRateThreshold: optionalRate(options.lowRateThreshold, 'options.lowRateThreshold'),
    flowRefillDelay: toMicroseconds(options.refillDelay, 'options.refillDelay'),
    ceThreshold: toMicroseconds(options.markAbove, 'options.markAbove'),
    horizon: toMicroseconds(options.horizon, 'options.horizon'),
    horizonDrop: bit(options.horizonDrop),
  }),
  decode: (seen) => ({
    limit: seen.plimit,
    flowLimit: seen.flowPlimit,
    quantum: seen.quantum,
    initialQuantum: seen.initialQuantum,
    maximumRate: bitsOf(seen.flowMaxRate),
    pacing: isSet(seen.rateEnable),
    refillDelay: fromMicroseconds(seen.flowRefillDelay),
    lowRateThreshold: bitsOf(seen.lowRateThreshold),
    markAbove: seen.ceThreshold === 0xffff_ffff ? undefined : fromMicroseconds(seen.ceThreshold),
    horizon: fromMicroseconds(seen.horizon),
    horizonDrop: isSet(seen.horizonDrop),
  }),
};

/** Fair by a hash of the flow. */
export interface SfqOptions {
  /** Packets that may wait: in all, and of one flow. */
  readonly limit?: number | undefined;
  readonly depth?: number | undefined;
  readonly flows?: number | undefined;
  readonly divisor?: number | undefined;
  readonly quantum?: number | undefined;
  /** Seconds until flows are sorted anew. Default: never. */
  readonly perturb?: number | undefined;
  /** Drops at the head of a flow's queue, not at its end. */
  readonly headDrop?: boolean | undefined;
  /** Random early detection within each flow, as the kernel has it (Linux 3.4): sizes in bytes, `maxP` in parts of 2^32. */
  readonly early?: EarlyOptions | undefined;
}

export type EarlyOptions = Readonly<
  Record<'qlimit' | 'qthMin' | 'qthMax' | 'wlog' | 'plog' | 'flags' | 'maxP', number>
>;

function earlyOf({
  qlimit = 0,
  qthMin = 0,
  qthMax = 0,
  wlog = 0,
  plog = 0,
  flags = 0,
  maxP = 0,
}: Partial<EarlyOptions>): EarlyOptions | undefined {
  return qlimit === 0 ? undefined : { qlimit, qthMin, qthMax, wlog, plog, flags, maxP };
}

export const sfq: SettingsOf<SfqOptions, In<Sfq>, Out<Sfq>> = {
  encode: ({ limit, depth, flows, divisor, quantum, perturb, headDrop, early }) => {
    const first = { quantum, perturbPeriod: perturb, limit, divisor };
    // The kernel looks at what is here only when there is something.
    return depth === undefined && flows === undefined && headDrop === undefined && early === undefined
      ? first
      : {
          ...first,
          flows: flows ?? 0,
          depth: depth ?? 0,
          headdrop: Number(headDrop ?? false),
          maxP: 0,
          ...early,
          stats: {},
        };
  },
  decode: ({ quantum, perturbPeriod, limit, divisor, flows, depth, headdrop, ...more }) => ({
    limit,
    depth,
    // A new one has a flow more than packets, of which the kernel lets go when it is told how many packets there may be.
    flows: limit > 0 ? Math.min(flows, limit) : flows,
    divisor,
    quantum,
    perturb: perturbPeriod || undefined,
    headDrop: headdrop ? true : undefined,
    early: earlyOf(more),
  }),
};

export interface DrrClassOptions {
  /** Bytes that the class sends before it is another's turn. Default: a packet. */
  readonly quantum?: number | undefined;
}

export const drrClass: SettingsOf<DrrClassOptions, In<typeof classKinds.drr>, Out<typeof classKinds.drr>> = {
  encode: ({ quantum }) => ({ quantum }),
  decode: ({ quantum }) => ({ quantum }),
};

export interface QfqClassOptions {
  /** How much of the device the class has beside the others: 1 to 1024. */
  readonly weight?: number | undefined;
  /** The largest packet, in bytes. */
  readonly maximumPacket?: number | undefined;
}

export const qfqClass: SettingsOf<QfqClassOptions, In<typeof classKinds.qfq>, Out<typeof classKinds.qfq>> = {
  encode: ({ weight, maximumPacket }) => ({ weight, lmax: maximumPacket }),
  decode: ({ weight, lmax }) => ({ weight, maximumPacket: lmax }),
};
