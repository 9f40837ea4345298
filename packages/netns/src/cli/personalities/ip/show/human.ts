const prefixes = 'kMGTPE';

/** A count for people, three digits and a prefix: `3.67k`, and with `iec`, in powers of 1024, `3.59ki`. */
export function humanCount(count: bigint, iec: boolean): string {
  const base = iec ? 1024n : 1000n;
  if (count < base) return String(count);
  let unit = base;
  let index = 0;
  while (count / base >= unit && index < prefixes.length - 1) {
    unit *= base;
    index += 1;
  }
  const whole = count / unit;
  const digits = whole < 10n ? 2 : whole < 100n ? 1 : 0;
  return `${(Number(count) / Number(unit)).toFixed(digits)}${prefixes[index]}${iec ? 'i' : ''}`;
}
