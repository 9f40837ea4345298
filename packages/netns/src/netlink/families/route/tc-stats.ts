import { attrs } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { u32, u64 } from '../../../wire/integers.ts';
import { struct } from '../../../wire/struct.ts';

/** `struct gnet_stats_basic`: what has passed. The packets wrap at 32 bits; `pkt64` of {@link tcStats2} does not. */
const basic = struct({ bytes: u64, packets: u32 });

/**
 * TCA_STATS_* inside TCA_STATS2 (`linux/gen_stats.h`): what a qdisc, class or action counts. Rates are in bytes and packets per second, and
 * there only with an estimator. `app` is different for each kind: see `xstatsOf`.
 */
export const tcStats2 = attrs({
  basic: [1, basic],
  rateEst: [2, struct({ bps: u32, pps: u32 })],
  queue: [3, struct({ qlen: u32, backlog: u32, drops: u32, requeues: u32, overlimits: u32 })],
  app: [4, bytes],
  rateEst64: [5, struct({ bps: u64, pps: u64 })],
  basicHw: [7, basic],
  pkt64: [8, u64],
});

/** `struct tc_stats`: the same as it was before Linux 2.6.10, which the kernel still sends beside it. */
export const tcStats = struct({
  bytes: u64,
  packets: u32,
  drops: u32,
  overlimits: u32,
  bps: u32,
  pps: u32,
  qlen: u32,
  backlog: u32,
});
