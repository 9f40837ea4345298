import { attrs } from '../../../../wire/attributes.ts';
import { s32, u32, u64 } from '../../../../wire/integers.ts';
import { named } from '../../../../wire/names.ts';
import { struct } from '../../../../wire/struct.ts';

/** What becomes of a packet after an action (TC_ACT_*). */
export const tcVerdicts = {
  [-1]: 'continue',
  0: 'pass',
  1: 'reclassify',
  2: 'drop',
  3: 'pipe',
  4: 'stolen',
  5: 'queued',
  6: 'repeat',
  7: 'redirect',
  8: 'trap',
} as const;

/** Verdicts with a number in the lower 28 bits: so many actions on, or a chain to go on with (TC_ACT_JUMP, TC_ACT_GOTO_CHAIN). */
export const TC_ACT_JUMP = 0x1000_0000;
export const TC_ACT_GOTO_CHAIN = 0x2000_0000;

/** What the settings of every action begin with (`tc_gen`, `linux/pkt_cls.h`). */
export const tcGen = { index: u32, capab: u32, action: named(s32, tcVerdicts), refcnt: s32, bindcnt: s32 } as const;

/** `struct tcf_t`: how long ago it was made, used last, will end, and was used first, in hundredths of a second (USER_HZ). */
export const tcfTimes = struct({ install: u64, lastuse: u64, expires: u64 }, { firstuse: u64 });

/** Actions that have no more than a verdict. */
export const plainAction = attrs({ tm: [1, tcfTimes], parms: [2, struct(tcGen)] });
