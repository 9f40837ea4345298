import type { Io } from './io.ts';

/** How far long work has come, in a line of its own that goes away when it is done. */
export interface Progress extends Disposable {
  readonly tell: (done: number, of: number) => void;
}

/** What is quicker than this needs no telling, in milliseconds. */
const patience = 2000;

/** Tells it on a terminal; nobody looks elsewhere. */
export function progressOn(io: Io, what: string): Progress | undefined {
  if (!io.stderr.isTerminal) return undefined;
  const begin = Date.now();
  let shown = false;
  return {
    tell: (done, of) => {
      if (Date.now() - begin < patience) return;
      shown = true;
      io.stderr.write(`\r${done} of ${of} ${what}\x1b[K`);
    },
    [Symbol.dispose]: () => {
      if (shown) io.stderr.write('\r\x1b[K');
    },
  };
}
