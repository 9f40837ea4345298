import type { Io } from './io.ts';

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  warn(text: string): string;
  /** What has come. */
  good(text: string): string;
  /** What has gone. */
  bad(text: string): string;
}

/** Plain in a pipe, with NO_COLOR (https://no-color.org) and on a terminal that knows no colours. */
export function styleFor(io: Io): Style {
  const plain = !io.stdout.isTerminal || (io.env.NO_COLOR ?? '') !== '' || io.env.TERM === 'dumb';
  const paint = (code: number) => (text: string) => (plain || text === '' ? text : `\x1b[${code}m${text}\x1b[0m`);
  return { bold: paint(1), dim: paint(2), warn: paint(33), good: paint(32), bad: paint(31) };
}
