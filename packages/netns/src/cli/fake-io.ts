import type { Io } from './io.ts';

/** Surroundings for tests: collects what is written. */
export function fakeIo(options: { readonly terminal?: boolean; readonly env?: Io['env'] } = {}) {
  const text = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof text) => ({
    isTerminal: options.terminal === true,
    write: (more: string) => {
      text[name] += more;
    },
  });
  const io: Io = { stdout: sink('stdout'), stderr: sink('stderr'), env: options.env ?? {}, name: 'netns', names: {} };
  return { io, text };
}
