/**
 * The kernel's clock for shaping: times in its messages are in ticks of 64 nanoseconds (PSCHED_SHIFT), in every kernel since 2.6.31;
 * the first two numbers of /proc/net/psched say it.
 */
const ticksPerMicrosecond = 1000 / 64;

export const microsecondsPerSecond = 1_000_000;

/** Microseconds in ticks, with the fraction that is left. */
export function ticksOf(microseconds: number): number {
  return microseconds * ticksPerMicrosecond;
}

export function microsecondsOf(ticks: number): number {
  return ticks / ticksPerMicrosecond;
}

/**
 * How many ticks so many bytes take at a rate in bytes per second, rounded up. `tc` counts in `whole` microseconds, rounded down, which makes
 * nothing of a burst at 50 Gbit/s.
 */
export function ticksToSend(rate: number, size: number, whole = false): number {
  const microseconds = microsecondsPerSecond * (size / rate);
  return toUnsigned(whole ? ticksOf(toUnsigned(microseconds)) : Math.ceil(ticksOf(microseconds)));
}

/** How many bytes leave in so many ticks at a rate in bytes per second; with `whole`, as `tc` computes it. */
export function bytesSentIn(rate: number, ticks: number, whole = false): number {
  const microseconds = microsecondsOf(ticks);
  return toUnsigned(Math.floor((rate * (whole ? Math.trunc(microseconds) : microseconds)) / microsecondsPerSecond));
}

/** As a C compiler makes 32 bits of a double. */
function toUnsigned(value: number): number {
  return Number.isFinite(value) ? Number(BigInt.asUintN(32, BigInt(Math.trunc(value)))) : 0;
}

/** All ones: the rate stands in an attribute of 64 bits. */
const tooFast = 0xffff_ffff;

/** A rate in bytes per second where only 32 bits are, and what goes into the attribute beside it. */
export function splitRate(rate: number): { rate: number; rate64?: bigint } {
  return rate > tooFast ? { rate: tooFast, rate64: BigInt(Math.round(rate)) } : { rate: Math.round(rate) };
}

export type LinkLayer = 'ethernet' | 'atm';

/** What a rate is counted with: the bytes that each packet takes more, the least that a packet takes, and the cells of the line. */
export interface RateCounting {
  readonly overhead?: number | undefined;
  readonly mpu?: number | undefined;
  readonly linkLayer?: LinkLayer | undefined;
  /** The largest packet that the table knows. */
  readonly mtu?: number | undefined;
  /** log2 of the bytes that each row of the table stands for; by default what `mtu` needs. */
  readonly cellLog?: number | undefined;
  /** See `ticksToSend`. */
  readonly whole?: boolean | undefined;
}

/** A `struct tc_ratespec`, and the table that kernels before 3.8 read: the ticks for packets of each size, 256 rows. */
export function rateTable(rate: number, counting: RateCounting) {
  const { overhead = 0, mpu = 0, linkLayer, mtu = 2047, cellLog: given, whole } = counting;
  let cellLog = given ?? 0;
  if (given === undefined) while ((mtu || 2047) >>> cellLog > 255) cellLog += 1;
  const table = new Uint8Array(1024);
  const view = new DataView(table.buffer);
  for (let row = 0; row < 256; row++) {
    const size = Math.max((row + 1) << cellLog, mpu);
    view.setUint32(row * 4, ticksToSend(rate, linkLayer === 'atm' ? Math.ceil(size / 48) * 53 : size, whole), true);
  }
  const spec = {
    cellLog,
    linklayer: linkLayer === 'atm' ? 2 : 1,
    overhead,
    cellAlign: -1,
    mpu,
    rate: splitRate(rate).rate,
  };
  return { spec, table };
}
