import { attrs } from '../../../../wire/attributes.ts';
import { bytes } from '../../../../wire/bytes.ts';
import { flag, u16, u32, u64 } from '../../../../wire/integers.ts';
import { member, struct } from '../../../../wire/struct.ts';
import { ratespec } from '../tc-rate.ts';

/**
 * TCA_TBF_*: a token bucket, `tc qdisc add … tbf`. Times (`buffer`, `mtu`) are in ticks, rates in bytes per second. The rate tables are
 * read by kernels before 3.8 only, but they must be there.
 */
export const tbf = attrs({
  parms: [1, struct({ rate: member(ratespec), peakrate: member(ratespec), limit: u32, buffer: u32, mtu: u32 })],
  rtab: [2, bytes],
  ptab: [3, bytes],
  rate64: [4, u64],
  prate64: [5, u64],
  burst: [6, u32],
  pburst: [7, u32],
});

/** TCA_HTB_*: token buckets in a hierarchy, `tc class add … htb`. The qdisc has `init`, its classes `parms`. */
export const htb = attrs({
  parms: [
    1,
    struct({
      rate: member(ratespec),
      ceil: member(ratespec),
      buffer: u32,
      cbuffer: u32,
      quantum: u32,
      level: u32,
      prio: u32,
    }),
  ],
  init: [2, struct({ version: u32, rate2quantum: u32, defcls: u32, debug: u32, directPkts: u32 })],
  ctab: [3, bytes],
  rtab: [4, bytes],
  directQlen: [5, u32],
  rate64: [6, u64],
  ceil64: [7, u64],
  offload: [9, flag],
});

/** `struct tc_hfsc_qopt`: the class for what no filter takes. */
export const hfsc = struct({ defcls: u16 });

/** `struct tc_service_curve`: rates in bytes per second, `d` in microseconds. */
const serviceCurve = struct({ m1: u32, d: u32, m2: u32 });

/** TCA_HFSC_*: the curves of a class, `tc class add … hfsc`. */
export const hfscClass = attrs({ rsc: [1, serviceCurve], fsc: [2, serviceCurve], usc: [3, serviceCurve] });
