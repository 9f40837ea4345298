import { ECANCELED } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { addon, type Program } from './addon.ts';
import { syscallName } from './syscall.ts';

export interface Spawned {
  readonly pid: number;
  /** Readable when the process has ended; it must then be waited for, and this be closed. */
  readonly pidfd: number;
}

/** Why a child has not become its program. */
export interface StartFailure {
  /** Which of its steps failed; the one behind the last is the exec itself. */
  readonly step: number;
  /** EINTR if it was killed before it came to the exec. */
  readonly errno: number;
}

/** The native answer, used again and again: the pidfd, and a StartFailure or nothing. */
const outcome = new Int32Array(3);

/** The failure in a native answer; undefined if the program runs. */
export function failureIn(answer: Int32Array): StartFailure | undefined {
  const [, step = 0, errno = 0] = answer;
  return errno === 0 ? undefined : { step, errno };
}

/**
 * Starts a program in a child that borrows this process's memory until then, so that it costs the same however much there is.
 * The child does the steps of `program` first, on its own copy of the descriptors; `paths` are tried like the directories of PATH.
 * With `epoll` it is one of the children that `reap` waits for, and owns the pidfd. Then it need not be waited for with `wait`: while
 * another processor makes it the program, this one goes on, and `startFailure` and `reap` tell whether that succeeded.
 *
 * Throws KernelError if no child can be made; and if it is waited for, if a step fails or no program can be run. clone(2) CLONE_PIDFD,
 * CLONE_CHILD_CLEARTID (Linux 5.3).
 */
export function spawnProgram(
  program: Program,
  paths: readonly string[],
  argv: readonly string[],
  environment: string | null,
  wait = true,
  epoll: number | null = null,
): Spawned {
  const pid = addon.spawn(program, outcome, paths, argv, environment, wait, epoll);
  if (pid > 0) return { pid, pidfd: outcome[0] ?? -1 };
  const failure = pid === -ECANCELED ? failureIn(outcome) : undefined;
  throw new KernelError({
    errno: failure?.errno ?? -pid,
    syscall: failure === undefined ? 'clone' : callOf(program, failure),
    operation: `start ${argv[0]}`,
  });
}

/** The name of the system call that failed. */
function callOf(program: Program, { step }: StartFailure): string {
  const number = program[step]?.[0];
  return number === undefined ? 'execve' : syscallName(Number(number));
}

/** Waits until a child of `reap` has become its program; why it has not. */
export function startFailure({ pidfd }: Spawned): StartFailure | undefined {
  return addon.started(pidfd, outcome) === 0 ? undefined : failureIn(outcome);
}
