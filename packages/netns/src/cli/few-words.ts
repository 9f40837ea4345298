import { UsageError } from './verb.ts';

/** Refuses words where none are expected, or those behind the ones that are. */
export function nothingMore(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`'${words.join(' ')}' is too much`);
}

/** The one name that a verb takes, and nothing more. */
export function oneName(words: readonly string[]): string {
  const [name, ...rest] = words;
  if (name === undefined) throw new UsageError('which name?');
  nothingMore(rest);
  return name;
}
