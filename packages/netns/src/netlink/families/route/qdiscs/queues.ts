import { attrs, nested, prefixed, repeated } from '../../../../wire/attributes.ts';
import { s32, s64, u8, u16, u32, u64 } from '../../../../wire/integers.ts';
import { items, struct } from '../../../../wire/struct.ts';

/** `struct tc_mqprio_qopt`: which priority belongs to which traffic class, and which of the device's queues each class has. */
const classesOfQueues = {
  numTc: u8,
  prioTcMap: items(u8, 16),
  hw: u8,
  count: items(u16, 16),
  offset: items(u16, 16),
} as const;

const rates = nested(attrs({ rate: [3, repeated(u64)] }));
const maxRates = nested(attrs({ rate: [4, repeated(u64)] }));

/** TCA_MQPRIO_*: `tc qdisc add … mqprio`. Rates in bytes per second. */
export const mqprio = prefixed(
  struct(classesOfQueues),
  attrs({
    mode: [1, u16],
    shaper: [2, u16],
    minRate64: [3, rates],
    maxRate64: [4, maxRates],
    tcEntry: [5, repeated(nested(attrs({ index: [1, u32], fp: [2, u32] })))],
  }),
);

const schedEntry = attrs({ index: [1, u32], cmd: [2, u8], gateMask: [3, u32], interval: [4, u32] });
const schedEntries = nested(attrs({ entry: [1, repeated(schedEntry)] }));

const schedule = {
  schedEntryList: [2, schedEntries],
  schedBaseTime: [3, s64],
  schedSingleEntry: [4, schedEntry],
  schedClockid: [5, s32],
  schedCycleTime: [8, s64],
  schedCycleTimeExtension: [9, s64],
} as const;

/** TCA_TAPRIO_ATTR_*: gates that open by the clock (IEEE 802.1Qbv), `tc qdisc add … taprio`. Times in nanoseconds. */
export const taprio = attrs({
  priomap: [1, struct(classesOfQueues)],
  ...schedule,
  adminSched: [7, nested(attrs(schedule))],
  flags: [10, u32],
  txtimeDelay: [11, u32],
  tcEntry: [12, repeated(nested(attrs({ index: [1, u32], maxSdu: [2, u32], fp: [3, u32] })))],
});
