import { ECANCELED } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { addon, type Program } from './addon.ts';
import { syscallName } from './syscall.ts';

export interface Spawned {
  readonly pid: number;
  /** Readable when the process has ended; it must then be waited for, and this be closed. */
  readonly pidfd: number;
}

/** What the steps returned, and behind that the pidfd: native code then need not give memory to a new array each time. */
const results = new Int32Array(257);

/**
 * Starts a program in a child that borrows this process's memory until then, so that it costs the same however much there is.
 * The child does the steps of `program` first, on its own copy of the descriptors; `paths` are tried like the directories of PATH.
 * With `epoll` it is one of the children that `reap` waits for, and owns the pidfd.
 *
 * Throws KernelError if a step fails, or no program can be run. clone(2) CLONE_VFORK, CLONE_PIDFD (Linux 5.3).
 */
export function spawnProgram(
  program: Program,
  paths: readonly string[],
  argv: readonly string[],
  environment: string | null,
  epoll?: number,
): Spawned {
  const steps = program.length;
  results.fill(-1, 0, steps);
  const pid = addon.spawn(program, results, paths, argv, environment, epoll);
  if (pid > 0) return { pid, pidfd: results[steps] ?? -1 };
  const failed = results.subarray(0, steps).findIndex((result) => result < 0);
  const operation = `start ${argv[0]}`;
  if (pid === -ECANCELED && failed >= 0)
    throw new KernelError({
      errno: -(results[failed] ?? 0),
      syscall: syscallName(Number(program[failed]?.[0])),
      operation,
    });
  throw new KernelError({ errno: -pid, syscall: 'execve', operation });
}
