import type { Io } from './io.ts';

/** One JSON value, on one line; bigints (cookies do not fit into a double) become strings. */
export function writeJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each))}\n`);
}
