import { address, labelsOf } from './inet.ts';

/** Labels in `ip`'s notation, outermost first: `100/200`. Throws Exit (1), which also ends a batch. */
export function labels(word: string): readonly number[] {
  return labelsOf(address(word, 'mpls'));
}

export function labelsText(found: readonly number[]): string {
  return found.join('/');
}
