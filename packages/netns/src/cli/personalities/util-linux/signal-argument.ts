import { constants } from 'node:os';

const firstRealtime = 34; // the two below are the C library's own
const lastRealtime = 64;

/** A second name that the C library has, and Node has not. */
const aliases: Readonly<Record<string, string>> = { CLD: 'CHLD' };

/** The number of a signal by its name, with or without `SIG`, in any case, or by its number. */
export function signalArgument(word: string): number | undefined {
  const name = word.toUpperCase().replace(/^SIG/, '');
  const realtime = /^RT(MIN\+|MAX-)(0X[0-9A-F]+|\d+)$/.exec(name);
  if (realtime !== null) {
    const offset = cNumber(realtime[2] ?? '');
    const number = realtime[1] === 'MIN+' ? firstRealtime + offset : lastRealtime - offset;
    return number >= firstRealtime && number <= lastRealtime ? number : undefined;
  }
  if (/^\d+$/.test(name)) return Number(name) >= 1 && Number(name) <= lastRealtime ? Number(name) : undefined;
  return Object.entries(constants.signals).find(([each]) => each === `SIG${aliases[name] ?? name}`)?.[1];
}

/** With C's prefixes for other bases. */
function cNumber(word: string): number {
  return /^0[0-7]+$/.test(word) ? Number.parseInt(word, 8) : Number(word);
}
