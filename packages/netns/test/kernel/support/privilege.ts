import { readFileSync } from 'node:fs';

/** Root of all ids, not only of one as in a user namespace of the tests' own. */
export const isRealRoot: boolean =
  process.geteuid?.() === 0 && /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'latin1'));
