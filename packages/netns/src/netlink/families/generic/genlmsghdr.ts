import { u8 } from '../../../wire/integers.ts';
import { pad, struct } from '../../../wire/struct.ts';

/** `struct genlmsghdr` (`linux/genetlink.h`): what is asked of the family, and in which version of its language. */
export const genlmsghdr = struct({ command: u8, version: u8, reserved: pad(2) });
