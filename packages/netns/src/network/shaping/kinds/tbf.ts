import { InvalidArgumentError } from '../../../errors.ts';
import type { qdiscKinds } from '../../../netlink/families/route/qdisc.ts';
import type { In, Out } from '../../../wire/shape.ts';
import {
  bytesSentIn,
  type LinkLayer,
  microsecondsOf,
  microsecondsPerSecond,
  rateTable,
  splitRate,
  ticksToSend,
} from '../ticks.ts';
import { bytesPerSecond, type SettingsOf } from './kind.ts';

type Wire = typeof qdiscKinds.tbf;

/** What a packet is counted with beside its own size. */
export interface RateDetails {
  /** Bytes that each packet takes more on the line; may be what a modem adds. */
  readonly overhead?: number | undefined;
  /** The fewest bytes that a packet takes. */
  readonly minimumPacket?: number | undefined;
  /** `atm`: in cells of 53 bytes that carry 48. */
  readonly linkLayer?: LinkLayer | undefined;
}

/** A rate that is never exceeded, with bursts: a bucket that fills with `rate` and holds `burst`. */
export interface TbfOptions extends RateDetails {
  /** Bits per second. */
  readonly rate: number;
  /** Bytes that may leave at once. At least a packet, and what `rate` gives in a tick of the kernel. */
  readonly burst: number;
  /** How long a packet may wait, in milliseconds: the other way to say `limit`. */
  readonly latency?: number | undefined;
  /** Bytes that may wait. One of `limit` and `latency` must be given. */
  readonly limit?: number | undefined;
  /** Bits per second that a burst leaves with, at most. */
  readonly peakRate?: number | undefined;
  /** Bytes that may leave at the peak at once: at least the largest packet. Needed with `peakRate`. */
  readonly peakBurst?: number | undefined;
}

export const tbf: SettingsOf<TbfOptions, In<Wire>, Out<Wire>> = {
  encode(options) {
    const { burst, peakBurst = 0, overhead, minimumPacket: mpu, linkLayer, latency } = options;
    const rate = bytesPerSecond(options.rate, 'options.rate');
    if (rate === 0)
      throw new InvalidArgumentError('options.rate', options.rate, 'it must be more than 8 bits per second');
    if (!Number.isInteger(burst) || burst <= 0)
      throw new InvalidArgumentError('options.burst', burst, 'it must be a number of bytes');
    const peak = options.peakRate === undefined ? 0 : bytesPerSecond(options.peakRate, 'options.peakRate');
    if (peak > 0 && peakBurst <= 0)
      throw new InvalidArgumentError(
        'options.peakBurst',
        options.peakBurst,
        'a peak rate needs it: the largest packet',
      );
    const limit = options.limit ?? limitFor({ latency, burst, peakBurst }, rate, peak);
    const counting = { overhead, mpu, linkLayer };
    const slow = rateTable(rate, counting);
    const fast = peak === 0 ? undefined : rateTable(peak, { ...counting, mtu: peakBurst });
    const { rate64 } = splitRate(rate);
    const { rate64: prate64 } = splitRate(peak);
    return {
      parms: {
        rate: slow.spec,
        peakrate: fast?.spec,
        limit,
        buffer: ticksToSend(rate, burst),
        mtu: fast === undefined ? 0 : ticksToSend(peak, peakBurst),
      },
      burst,
      rate64,
      rtab: slow.table,
      ...(fast === undefined ? {} : { prate64, pburst: peakBurst, ptab: fast.table }),
    };
  },
  decode({ parms, rate64, prate64 }) {
    if (parms === undefined) return { rate: 0, burst: 0 };
    const rate = Number(rate64 ?? parms.rate.rate);
    const peak = Number(prate64 ?? parms.peakrate.rate);
    return {
      rate: rate * 8,
      burst: burstOf(bytesSentIn(rate, parms.buffer), parms.rate),
      latency: waiting(parms.limit, rate, parms.buffer),
      limit: parms.limit,
      peakRate: peak === 0 ? undefined : peak * 8,
      peakBurst: peak === 0 ? undefined : burstOf(bytesSentIn(peak, parms.mtu), parms.peakrate),
      ...detailsOf(parms.rate),
    };
  },
};

/** The kernel says how long a burst takes on the line, with what is counted beside it. */
function burstOf(bytes: number, { overhead, linklayer }: { readonly overhead: number; readonly linklayer: number }) {
  return ((linklayer & 15) === 2 ? Math.trunc(bytes / 53) * 48 : bytes) - overhead;
}

/** What is told of a rate beside itself. */
export function detailsOf(spec: {
  readonly overhead: number;
  readonly mpu: number;
  readonly linklayer: number;
}): RateDetails {
  return {
    overhead: spec.overhead || undefined,
    minimumPacket: spec.mpu || undefined,
    linkLayer: (spec.linklayer & 15) === 2 ? 'atm' : undefined,
  };
}

/** Bytes that can wait until the last of them has waited so long. */
function limitFor(
  { latency, burst, peakBurst = 0 }: Pick<TbfOptions, 'latency' | 'burst' | 'peakBurst'>,
  rate: number,
  peak: number,
): number {
  if (latency === undefined || !(latency >= 0))
    throw new InvalidArgumentError('options.latency', latency, 'a number of milliseconds, or a limit, must be given');
  const within = (speed: number, at: number) => Math.trunc((speed * latency) / 1000 + at);
  return peak === 0 ? within(rate, burst) : Math.min(within(rate, burst), within(peak, peakBurst));
}

/** The milliseconds after which the last of so many bytes leaves. */
function waiting(limit: number, rate: number, buffer: number): number {
  return Math.max(0, (microsecondsPerSecond * (limit / rate) - microsecondsOf(buffer)) / 1000);
}
