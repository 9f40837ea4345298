import { attrs } from '../../../../wire/attributes.ts';
import { s32, u32, u64 } from '../../../../wire/integers.ts';

/** TCA_CAKE_*: shaper, fair queues and active queue management in one, `tc qdisc add … cake`. Rate in bytes per second, times in microseconds. */
export const cake = attrs({
  baseRate64: [2, u64],
  diffservMode: [3, u32],
  atm: [4, u32],
  flowMode: [5, u32],
  overhead: [6, s32],
  rtt: [7, u32],
  target: [8, u32],
  autorate: [9, u32],
  memory: [10, u32],
  nat: [11, u32],
  raw: [12, u32],
  wash: [13, u32],
  mpu: [14, u32],
  ingress: [15, u32],
  ackFilter: [16, u32],
  splitGso: [17, u32],
  fwmark: [18, u32],
});
