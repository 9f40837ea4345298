import type { Declaration } from '../../../../connection/declaration.ts';

/** A kind of table that `ip` writes to a file and reads from it: `ip route save > FILE`, `ip route restore < FILE`. */
export interface Saved {
  /** In "Can't restore … dump from a terminal". */
  readonly noun: string;
  /** The number that the file begins with. */
  readonly magic: number;
  /** What follows it: netlink messages as the kernel dumps them, each at a multiple of four bytes. */
  readonly declaration: Declaration;
  /** The exit code of `ip` for a file that it does not read, and when the kernel refuses what is in it. */
  readonly wrongFile: number;
  readonly wrongMessage: number;
}
