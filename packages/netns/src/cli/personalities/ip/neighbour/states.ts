import { neighbourStates } from '../../../../netlink/families/route/neighbour.ts';
import { invalidArgument } from '../exit.ts';
import { parseUnsigned } from '../numbers.ts';
import { spells } from '../sub-commands.ts';

/** Some may be shortened, and some may not. */
const words = [
  'permanent*',
  'reachable*',
  'noarp',
  'none',
  'stale',
  'incomplete',
  'delay',
  'probe',
  'failed*',
] as const;

/** A state by name or number, or Exit (255). */
export function stateNumber(word: string): number {
  const name = words
    .find((each) => spells(each, word))
    ?.replace('*', '')
    .toUpperCase();
  if (name === 'NONE') return 0;
  const bit = (neighbourStates as readonly (string | undefined)[]).indexOf(name);
  if (bit >= 0) return 1 << bit;
  const number = parseUnsigned(word, 8);
  if (number === undefined || (number & (number - 1)) !== 0) throw invalidArgument(word, 'nud state is bad');
  return number;
}

/** The names of the states that are set. */
export function stateNames(state: number): string[] {
  return neighbourStates.filter((_name, bit) => (state & (1 << bit)) !== 0);
}
