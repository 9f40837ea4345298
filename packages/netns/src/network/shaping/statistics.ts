import type { tcStats, tcStats2 } from '../../netlink/families/route/tc-stats.ts';
import type { Out } from '../../wire/shape.ts';

/** What has passed, and what waits. `tc -s`. */
export interface ShapingStatistics {
  readonly bytes: bigint;
  readonly packets: bigint;
  readonly drops: bigint;
  /** How often something had to wait because of a limit. */
  readonly overlimits: bigint;
  readonly requeues: bigint;
  /** Packets and bytes that wait now. */
  readonly queued: bigint;
  readonly backlog: bigint;
  /** Bits and packets per second, where an estimator was asked for. */
  readonly rate: { readonly bits: bigint; readonly packets: bigint } | undefined;
}

export function statisticsOf(
  stats: Out<typeof tcStats2> | undefined,
  old?: Out<typeof tcStats> | undefined,
): ShapingStatistics | undefined {
  if (stats === undefined && old === undefined) return undefined;
  const { basic, pkt64, queue, rateEst64, rateEst } = stats ?? {};
  const rate = rateEst64 ?? rateEst;
  return {
    bytes: basic?.bytes ?? old?.bytes ?? 0n,
    packets: pkt64 ?? BigInt(basic?.packets ?? old?.packets ?? 0),
    drops: BigInt(queue?.drops ?? old?.drops ?? 0),
    overlimits: BigInt(queue?.overlimits ?? old?.overlimits ?? 0),
    requeues: BigInt(queue?.requeues ?? 0),
    queued: BigInt(queue?.qlen ?? old?.qlen ?? 0),
    backlog: BigInt(queue?.backlog ?? old?.backlog ?? 0),
    rate: rate && { bits: BigInt(rate.bps) * 8n, packets: BigInt(rate.pps) },
  };
}
