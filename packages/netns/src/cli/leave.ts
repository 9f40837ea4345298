import { syscall } from '../native/syscall.ts';

/**
 * Ends the process. All that it had to say is written by then, and the kernel takes back the rest: Node's own way out takes down
 * its engine piece by piece, which lasts milliseconds. Only where somebody is waiting for that (a debugger, a profile, what
 * counts coverage) Node goes its own way.
 */
export function leave(status: number): never {
  if (!isWatched()) syscall('exit_group', status);
  process.exit(status);
}

function isWatched(): boolean {
  const { execArgv, env } = process;
  return (
    execArgv.some((option) => option !== '--no-rehash-snapshot') || // that is from our own front
    env.NODE_OPTIONS !== undefined ||
    env.NODE_V8_COVERAGE !== undefined ||
    process.listenerCount('exit') > 0
  );
}
