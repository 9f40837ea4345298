import { attrs } from '../../../../wire/attributes.ts';
import { s32, u8, u16, u32 } from '../../../../wire/integers.ts';
import { items, struct } from '../../../../wire/struct.ts';

/** Kinds that take no settings: `tc qdisc add … ingress`. */
export const withoutOptions = attrs({});

/** `struct tc_fifo_qopt`: a plain queue, as many packets (pfifo, pfifo_head_drop) or bytes (bfifo) as `limit` says. */
export const fifo = struct({ limit: u32 });

/** `struct tc_prio_qopt`: as many queues as `bands`, of which the first that has something is served; which priority goes into which. */
export const prio = struct({ bands: s32, priomap: items(u8, 16) });

/** `struct tc_multiq_qopt`: one queue for each of the device's. */
export const multiq = struct({ bands: u16, maxBands: u16 });

/** `struct tc_plug_qopt`. `action`: 0 plugs, 1 lets out what came before the next plug, 2 lets everything pass, 3 sets the limit (bytes). */
export const plug = struct({ action: s32, limit: u32 });

/** `struct tc_skbprio_qopt`: the packets with the lowest priority are dropped first. */
export const skbprio = struct({ limit: u32 });

/** TCA_CBS_*: the credit based shaper of IEEE 802.1Qav. Slopes are in kilobits per second, credits in bytes. */
export const cbs = attrs({
  parms: [
    1,
    struct({ offload: u8, pad1: u8, pad2: u16, hicredit: s32, locredit: s32, idleslope: s32, sendslope: s32 }),
  ],
});

/** TCA_ETF_*: packets leave at the time that their sender has written on them. `delta` in nanoseconds. */
export const etf = attrs({ parms: [1, struct({ delta: s32, clockid: s32, flags: u32 })] });
