import { Exit } from './exit.ts';
import { parseUnsigned } from './numbers.ts';

/** Labels in `ip`'s notation, outermost first: `100/200`. Throws Exit (1), which also ends a batch. */
export function labels(word: string): readonly number[] {
  const found = word.split('/').map((part) => parseUnsigned(part, 32));
  if (found.length > 30 || found.some((label) => label === undefined || label >= 1 << 20)) {
    throw new Exit(`Error: mpls address is expected rather than "${word}".\n`, 1, true);
  }
  return found as number[];
}

export function labelsText(found: readonly number[]): string {
  return found.join('/');
}
