import { KernelError } from '../../errors.ts';
import { type ChildOutcome, inChild, moved } from '../../native/child.ts';
import { CLONE_NEWNET } from '../../native/constants.ts';
import type { Fd } from '../../native/fd.ts';
import { inNamespace } from '../../native/passage.ts';
import type { SyscallStep } from '../../native/syscall.ts';

/** What came of a step that the kernel refused. */
export interface Refused {
  readonly step: number;
  readonly errno: number;
}

/**
 * Runs system calls inside a network namespace, or, without one, in this process's own: always in a child, which sees the files of
 * that namespace. Throws KernelError when the namespace cannot be entered; what one of the steps met is in `failed`.
 */
export function inside(namespace: Fd | undefined, operation: string, steps: readonly SyscallStep[]): ChildOutcome {
  if (namespace === undefined) return inChild(operation, steps);
  const outcome = inNamespace(namespace, CLONE_NEWNET, operation, steps);
  const { failed } = outcome;
  if (failed !== undefined && failed.step < 0)
    throw new KernelError({ errno: failed.errno, syscall: 'setns', operation });
  return outcome;
}

/** The steps of one thing to do, and what to make of its results. */
export interface Task<T> {
  /** The numbers of steps that a step refers to are counted from the first of the task. */
  readonly steps: readonly SyscallStep[];
  /** Called with the results, or with what went before the step that failed. */
  done(results: Int32Array, failed: Refused | undefined): T;
}

/** A child carries out at most 256 system calls, and two of them lead there. */
const stepsPerChild = 250;

/** Does many small things inside, some dozens in one child; one that fails does not keep the others from being done. */
export function insideEach<T>(namespace: Fd | undefined, operation: string, tasks: readonly Task<T>[]): T[] {
  const done: T[] = [];
  while (done.length < tasks.length) {
    const steps: SyscallStep[] = [];
    const starts: number[] = [];
    for (const task of tasks.slice(done.length)) {
      if (steps.length + task.steps.length > stepsPerChild) break;
      starts.push(steps.length);
      for (const step of task.steps) steps.push(moved(step, starts.at(-1) ?? 0));
    }
    const { results, failed } = inside(namespace, operation, steps);
    for (const start of starts) {
      const task = tasks[done.length];
      if (task === undefined) break;
      const own = results.slice(start, start + task.steps.length);
      const complete = own.length === task.steps.length;
      done.push(
        task.done(own, complete || failed === undefined ? undefined : { ...failed, step: failed.step - start }),
      );
      if (!complete) break; // what follows was not begun
    }
  }
  return done;
}
