import { UsageError } from './verb.ts';

const largest = 2 ** 31 - 1;

/** Reads `ID|auto`. */
export function nsidArgument(text: string): number | 'auto' {
  if (text === 'auto') return text;
  if (!/^[0-9]+$/.test(text) || Number(text) > largest)
    throw new UsageError(`an id is 'auto' or a number from 0 to ${largest}, not '${text}'`);
  return Number(text);
}
