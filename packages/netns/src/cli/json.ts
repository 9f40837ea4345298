import type { Io } from './io.ts';

/** One JSON value, on one line; bigints (cookies do not fit into a double) become strings. */
export function writeJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each))}\n`);
}

/** One JSON value, on one line, in which bigints are numbers, digit by digit. */
export function writeExactJson(io: Io, value: unknown): void {
  // No text of a document can hold this mark: it is a control character, which JSON escapes.
  const mark = '\u0000';
  const text = JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${mark}${each}` : each));
  io.stdout.write(`${text.replace(/"\\u0000(\d+)"/g, '$1')}\n`);
}
