import { attrs, nested, prefixed } from '../../../../wire/attributes.ts';
import { s16, s32, s64, u32, u64 } from '../../../../wire/integers.ts';
import { array, struct } from '../../../../wire/struct.ts';

/** A probability in parts of 2^32 - 1, and how much the next one depends on the last. */
const correlated = struct({ probability: u32, correlation: u32 });

/**
 * `struct tc_netem_qopt` and TCA_NETEM_* behind it: a network that delays, loses, doubles, damages and reorders, `tc qdisc add … netem`.
 *
 * `latency` and `jitter` of the header are in ticks, `latency64` and `jitter64` (Linux 4.15) in nanoseconds; `loss` and `duplicate` in parts
 * of 2^32 - 1. Distributions are samples around zero, 8192 for each standard deviation.
 */
export const netem = prefixed(
  struct({ latency: u32, limit: u32, loss: u32, gap: u32, duplicate: u32, jitter: u32 }),
  attrs({
    corr: [1, struct({ delayCorr: u32, lossCorr: u32, dupCorr: u32 })],
    delayDist: [2, array(s16)],
    reorder: [3, correlated],
    corrupt: [4, correlated],
    loss: [
      5,
      nested(
        attrs({
          gi: [1, struct({ p13: u32, p31: u32, p32: u32, p14: u32, p23: u32 })],
          ge: [2, struct({ p: u32, r: u32, h: u32, k1: u32 })],
        }),
      ),
    ],
    rate: [6, struct({ rate: u32, packetOverhead: s32, cellSize: u32, cellOverhead: s32 })],
    ecn: [7, u32],
    rate64: [8, u64],
    latency64: [10, s64],
    jitter64: [11, s64],
    slot: [
      12,
      struct({
        minDelay: s64,
        maxDelay: s64,
        maxPackets: s32,
        maxBytes: s32,
        distDelay: s64,
        distJitter: s64,
      }),
    ],
    slotDist: [13, array(s16)],
    prngSeed: [14, u64],
  }),
);
