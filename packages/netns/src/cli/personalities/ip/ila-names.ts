/** A locator of identifier-locator addressing: up to four groups of hexadecimal digits (`2001:0:1:2`). Undefined: it is none. */
export function locatorNumber(word: string): bigint | undefined {
  const groups = word.split(':');
  if (groups.length > 4) return undefined;
  let number = 0n;
  for (const [at, group] of groups.entries()) {
    if (!/^(0[xX])?[0-9a-fA-F]+$/.test(group)) return undefined;
    const value = Number.parseInt(group, 16);
    if (value > 0xffff) return undefined;
    number |= BigInt(value) << BigInt(48 - 16 * at);
  }
  return number;
}

/** The number as four groups. */
export function locatorText(number: bigint): string {
  return [48n, 32n, 16n, 0n].map((shift) => ((number >> shift) & 0xffffn).toString(16)).join(':');
}

/** Words of identifier-locator addressing by their numbers. */
export type Names = Readonly<Record<number, string>>;

export function ilaName(names: Names, number: number): string {
  return names[number] ?? 'unknown';
}

export function ilaNumber(names: Names, word: string): number | undefined {
  const found = Object.entries(names).find(([, name]) => name === word);
  return found === undefined ? undefined : Number(found[0]);
}
