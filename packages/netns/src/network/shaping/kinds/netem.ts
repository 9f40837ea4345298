import { InvalidArgumentError } from '../../../errors.ts';
import type { qdiscKinds } from '../../../netlink/families/route/qdisc.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { type Distribution, samplesOf } from '../distributions.ts';
import { splitRate, ticksOf } from '../ticks.ts';
import { bytesPerSecond, fractionOf, inUnits, partsOf, type SettingsOf } from './kind.ts';

type Wire = typeof qdiscKinds.netem;

/** A network that is slow, lossy or strange. Probabilities are fractions from 0 to 1, times milliseconds, rates bits per second. */
export interface NetemOptions {
  /** Packets that may wait. Default: 1000. */
  readonly limit?: number | undefined;
  /** How long each packet is held back, in milliseconds. */
  readonly delay?: number | undefined;
  /** By how much that varies, in milliseconds. Packets may overtake each other. */
  readonly jitter?: number | undefined;
  /** How much a delay depends on the one before. */
  readonly delayCorrelation?: number | undefined;
  /** How delays scatter. Default: `uniform`. Or samples of your own, 8192 for one standard deviation. The kernel does not tell it back. */
  readonly distribution?: Distribution | readonly number[] | undefined;
  /** The part of packets that is lost, one by one. */
  readonly loss?: number | undefined;
  readonly lossCorrelation?: number | undefined;
  /** Losses in bursts, by a model with states, instead of `loss`. */
  readonly lossModel?: LossModel | undefined;
  /** The part that comes twice. */
  readonly duplicate?: number | undefined;
  readonly duplicateCorrelation?: number | undefined;
  /** The part in which a bit is flipped. */
  readonly corrupt?: number | undefined;
  readonly corruptCorrelation?: number | undefined;
  /** The part that is not delayed, and so overtakes. Needs `delay`. */
  readonly reorder?: number | undefined;
  readonly reorderCorrelation?: number | undefined;
  /** Only each so many-th packet may overtake. Default: 1 with `reorder`. */
  readonly gap?: number | undefined;
  /** Bits per second. */
  readonly rate?: number | undefined;
  /** Bytes that each packet takes more (or less), and the cells in which it is sent. */
  readonly packetOverhead?: number | undefined;
  readonly cellSize?: number | undefined;
  readonly cellOverhead?: number | undefined;
  /** Packets leave in bunches, as from radio links. Linux 4.15. */
  readonly slot?: NetemSlot | undefined;
  /** Marks packets as having met congestion instead of losing them. */
  readonly ecn?: boolean | undefined;
  /** The same seed gives the same losses and delays. Linux 6.6. */
  readonly seed?: bigint | undefined;
}

/**
 * How losses come in bursts. `gemodel`, after Gilbert and Elliott: `p` from good to bad, `r` back, what is lost in the bad state (`1-h`) and
 * in the good one (`1-k`). `state`: a Markov chain of four states by its transitions.
 */
export type LossModel =
  | { readonly model: 'gemodel'; readonly p: number; readonly r?: number; readonly h?: number; readonly k1?: number }
  | {
      readonly model: 'state';
      readonly p13: number;
      readonly p31?: number;
      readonly p32?: number;
      readonly p23?: number;
      readonly p14?: number;
    };

/** Packets in bunches instead of one by one: `slot` of tc-netem(8). */
export interface NetemSlot {
  /** Milliseconds between bunches, at least and at most. Or `delay` and `jitter` with a distribution. */
  readonly minimumDelay?: number | undefined;
  readonly maximumDelay?: number | undefined;
  readonly delay?: number | undefined;
  readonly jitter?: number | undefined;
  readonly distribution?: Distribution | readonly number[] | undefined;
  /** The most that a bunch holds. */
  readonly packets?: number | undefined;
  readonly bytes?: number | undefined;
}

const perMillisecond = 1_000_000; // nanoseconds

export const netem: SettingsOf<NetemOptions, In<Wire>, Out<Wire>> = {
  encode(options) {
    const part = (key: keyof NetemOptions) =>
      options[key] === undefined ? 0 : partsOf(options[key] as number, `options.${key}`);
    const time = (key: 'delay' | 'jitter') =>
      options[key] === undefined ? undefined : inUnits(options[key], perMillisecond, `options.${key}`);
    const { delay, jitter } = { delay: time('delay'), jitter: time('jitter') };
    const {
      gap = options.reorder === undefined ? 0 : 1,
      limit = 1000,
      slot,
      packetOverhead,
      cellSize,
      cellOverhead,
    } = options;
    if (options.reorder !== undefined && !delay)
      throw new InvalidArgumentError(
        'options.reorder',
        options.reorder,
        'only what is delayed can be overtaken: give a delay',
      );
    const rate = options.rate === undefined ? undefined : splitRate(bytesPerSecond(options.rate, 'options.rate'));
    const corr = {
      delayCorr: part('delayCorrelation'),
      lossCorr: part('lossCorrelation'),
      dupCorr: part('duplicateCorrelation'),
    };
    const reorderCorrelation = part('reorderCorrelation');
    const corruptCorrelation = part('corruptCorrelation');
    const isCorrelated = Object.values(corr).some((value) => value !== 0);
    return {
      header: {
        // what kernels before 4.15 read; later ones take the nanoseconds
        latency: ticksIn(delay),
        jitter: ticksIn(jitter),
        limit,
        loss: part('loss'),
        gap,
        duplicate: part('duplicate'),
      },
      attributes: {
        corr: isCorrelated ? corr : undefined,
        reorder: options.reorder === undefined ? undefined : pairOf(part('reorder'), reorderCorrelation),
        ecn: options.ecn ? 1 : undefined,
        corrupt: options.corrupt === undefined ? undefined : pairOf(part('corrupt'), corruptCorrelation),
        loss: options.lossModel && modelOf(options.lossModel),
        latency64: delay === undefined ? undefined : BigInt(delay),
        jitter64: jitter === undefined ? undefined : BigInt(jitter),
        slot: slot && slotOf(slot),
        rate64: rate?.rate64,
        rate: rate && {
          rate: rate.rate,
          packetOverhead,
          cellSize,
          cellOverhead,
        },
        delayDist: samples(options.distribution),
        slotDist: samples(slot?.distribution),
        prngSeed: options.seed,
      },
    };
  },
  decode({ header, attributes }) {
    const { corr, reorder, corrupt, loss, rate, rate64, latency64, jitter64, slot } = attributes;
    const some = (parts: number | undefined) => (parts ? fractionOf(parts) : undefined);
    const milliseconds = (nanoseconds: bigint | undefined) =>
      nanoseconds ? Number(nanoseconds) / perMillisecond : undefined;
    const bytes = Number(rate64 ?? rate?.rate ?? 0);
    return {
      limit: header.limit,
      delay: milliseconds(latency64),
      jitter: milliseconds(jitter64),
      delayCorrelation: some(corr?.delayCorr),
      loss: some(header.loss),
      lossCorrelation: some(corr?.lossCorr),
      lossModel: lossModelOf(loss),
      duplicate: some(header.duplicate),
      duplicateCorrelation: some(corr?.dupCorr),
      corrupt: some(corrupt?.probability),
      corruptCorrelation: some(corrupt?.correlation),
      reorder: some(reorder?.probability),
      reorderCorrelation: some(reorder?.correlation),
      gap: header.gap || undefined,
      rate: bytes === 0 ? undefined : bytes * 8,
      packetOverhead: rate?.packetOverhead || undefined,
      cellSize: rate?.cellSize || undefined,
      cellOverhead: rate?.cellOverhead || undefined,
      slot: slot && {
        minimumDelay: milliseconds(slot.minDelay),
        maximumDelay: milliseconds(slot.maxDelay),
        delay: milliseconds(slot.distDelay),
        jitter: milliseconds(slot.distJitter),
        packets: slot.maxPackets || undefined,
        bytes: slot.maxBytes || undefined,
      },
      ecn: attributes.ecn ? true : undefined,
      seed: attributes.prngSeed,
    };
  },
};

function ticksIn(nanoseconds: number | undefined): number {
  return nanoseconds === undefined ? 0 : Math.min(Math.trunc(ticksOf(nanoseconds / 1000)), 0xffff_ffff);
}

function pairOf(probability: number, correlation: number) {
  return { probability, correlation };
}

function samples(of: Distribution | readonly number[] | undefined): readonly number[] | undefined {
  return typeof of === 'string' ? samplesOf(of) : of;
}

function slotOf(slot: NetemSlot) {
  const time = (key: 'minimumDelay' | 'maximumDelay' | 'delay' | 'jitter', value = slot[key]) =>
    value === undefined ? undefined : BigInt(inUnits(value, perMillisecond, `options.slot.${key}`));
  return {
    minDelay: time('minimumDelay'),
    maxDelay: time('maximumDelay', slot.maximumDelay ?? slot.minimumDelay),
    distDelay: time('delay'),
    distJitter: time('jitter'),
    maxPackets: slot.packets,
    maxBytes: slot.bytes,
  };
}

/** What is left out is as `tc` has it: always back, all lost in the bad state, nothing in the good one. */
function modelOf(given: LossModel) {
  const part = (key: string, value: number) => partsOf(value, `options.lossModel.${key}`);
  if (given.model === 'gemodel') {
    const { p, r = 1 - p, h = 0, k1 = 0 } = given;
    return { ge: { p: part('p', p), r: part('r', r), h: part('h', h), k1: part('k1', k1) } };
  }
  const { p13, p31 = 1 - p13, p32 = 0, p23 = 1, p14 = 0 } = given;
  return {
    gi: {
      p13: part('p13', p13),
      p31: part('p31', p31),
      p32: part('p32', p32),
      p14: part('p14', p14),
      p23: part('p23', p23),
    },
  };
}

function lossModelOf(loss: Out<Wire>['attributes']['loss']): LossModel | undefined {
  if (loss?.ge !== undefined) {
    const { p, r, h, k1 } = loss.ge;
    return { model: 'gemodel', p: fractionOf(p), r: fractionOf(r), h: fractionOf(h), k1: fractionOf(k1) };
  }
  if (loss?.gi === undefined) return undefined;
  const { p13, p31, p32, p23, p14 } = loss.gi;
  return {
    model: 'state',
    p13: fractionOf(p13),
    p31: fractionOf(p31),
    p32: fractionOf(p32),
    p23: fractionOf(p23),
    p14: fractionOf(p14),
  };
}
