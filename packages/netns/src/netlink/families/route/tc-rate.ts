import { s16, u8, u16, u32 } from '../../../wire/integers.ts';
import { named } from '../../../wire/names.ts';
import { struct } from '../../../wire/struct.ts';

/** What the cells of a rate table are counted in (TC_LINKLAYER_*). */
export const linkLayers = ['unaware', 'ethernet', 'atm'] as const;

/** `struct tc_ratespec` (`linux/pkt_sched.h`). `rate` is in bytes per second; above 32 bits it is all ones, and an attribute beside it has it. */
export const ratespec = struct({
  cellLog: u8,
  linklayer: named(u8, linkLayers),
  overhead: u16,
  cellAlign: s16,
  mpu: u16,
  rate: u32,
});
