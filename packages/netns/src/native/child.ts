import { EINTR } from '../errno-numbers.ts';
import { addon } from './addon.ts';
import { check, programOf, type SyscallStep } from './syscall.ts';

/** What happened in the child: one result for each step that ran, and which one failed. */
export interface ChildOutcome {
  readonly results: readonly number[];
  /** The step that the kernel refused or that never ran (then `errno` is EINTR: the child was killed); undefined if all ran. */
  readonly failed: { readonly step: number; readonly errno: number } | undefined;
}

const notRun = -0x80000000;

/**
 * Runs system calls, one after the other until one fails, in a child process that shares this process's memory and
 * descriptors but nothing else: a descriptor that it opens appears here; a namespace that it enters does not.
 *
 * This is how everything that must happen inside a namespace happens without this thread ever leaving its own. The child
 * is not killed with this process: what it began, it ends.
 *
 * `cloneFlags` (`CLONE_NEWPID`) are for what only clone(2) can do. Throws KernelError if no child can be made.
 */
export function inChild(operation: string, steps: readonly SyscallStep[], cloneFlags = 0): ChildOutcome {
  const given = unanswered(steps);
  check(addon.inChild(programOf(steps), given, cloneFlags), 'clone', operation);
  return outcomeOf(given, EINTR);
}

/** Two of them at the same time, for steps that two processors do sooner than one. Throws nothing: both may have done something. */
export function inTwoChildren(
  first: readonly SyscallStep[],
  second: readonly SyscallStep[],
): readonly [ChildOutcome, ChildOutcome] {
  const [given, others] = [unanswered(first), unanswered(second)];
  const started = addon.inChildren(programOf(first), given, programOf(second), others);
  const errno = started < 0 ? -started : EINTR;
  return [outcomeOf(given, errno), outcomeOf(others, errno)];
}

function unanswered(steps: readonly SyscallStep[]): Int32Array {
  return new Int32Array(steps.length).fill(notRun);
}

/** `never`: the error number of a step that has not run. */
function outcomeOf(given: Int32Array, never: number): ChildOutcome {
  const results: number[] = [];
  for (const [step, result] of given.entries()) {
    if (result < 0) return { results, failed: { step, errno: result === notRun ? never : -result } };
    results.push(result);
  }
  return { results, failed: undefined };
}

/** The same, after steps that lead there (`setns`) and do not count: if one of those failed, `step` is negative. */
export function inChildAfter(
  way: readonly SyscallStep[],
  operation: string,
  steps: readonly SyscallStep[],
): ChildOutcome {
  const { results, failed } = inChild(operation, [...way, ...steps.map((step) => moved(step, way.length))]);
  return {
    results: results.slice(way.length),
    failed: failed && { ...failed, step: failed.step - way.length },
  };
}

/** A step that uses the result of another, when both stand further back. */
export function moved([name, ...args]: SyscallStep, by: number): SyscallStep {
  return [
    name,
    ...args.map((arg) =>
      typeof arg === 'object' && arg !== null && 'result' in arg ? { result: arg.result + by } : arg,
    ),
  ];
}
