import { ECANCELED } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { addon, type SyscallArgument } from './addon.ts';
import { Fd } from './fd.ts';
import { type SyscallStep, syscallNumber } from './syscall.ts';

export interface Spawned {
  readonly pid: number;
  /** Readable when the process has ended; it must then be waited for. */
  readonly pidfd: Fd;
}

/**
 * Starts a program in a child that borrows this process's memory until then, so that it costs the same however much there is.
 * The child does `steps` first, on its own copy of the descriptors; `paths` are tried like the directories of PATH.
 *
 * Throws KernelError if a step fails, or no program can be run. clone(2) CLONE_VFORK, CLONE_PIDFD (Linux 5.3).
 */
export function spawnProgram(
  steps: readonly SyscallStep[],
  paths: readonly string[],
  argv: readonly string[],
  environment: string | null,
): Spawned {
  const results = new Int32Array(steps.length + 1).fill(-1);
  const program = steps.map((step) => (step as readonly SyscallArgument[]).with(0, syscallNumber(step[0])));
  const pid = addon.spawn(program, results, paths, argv, environment);
  if (pid > 0) return { pid, pidfd: Fd.adopt(results[steps.length] ?? -1, `process ${pid}`) };
  const failed = results.subarray(0, steps.length).findIndex((result) => result < 0);
  const operation = `start ${argv[0]}`;
  if (pid === -ECANCELED && failed >= 0)
    throw new KernelError({ errno: -(results[failed] ?? 0), syscall: steps[failed]?.[0] ?? '', operation });
  throw new KernelError({ errno: -pid, syscall: 'execve', operation });
}
