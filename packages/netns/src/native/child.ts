import { EINTR } from '../errno-numbers.ts';
import { addon, type Program } from './addon.ts';
import { check, programOf, type SyscallStep } from './syscall.ts';

/** What happened in the child: one result for each step that ran, and which one failed. */
export interface ChildOutcome {
  readonly results: Int32Array;
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
  const given = unanswered(steps.length);
  check(addon.inChild(programOf(steps), given, cloneFlags), 'clone', operation);
  return outcomeOf(given, EINTR);
}

function unanswered(count: number): Int32Array {
  return new Int32Array(count).fill(notRun);
}

/** `never`: the error number of a step that has not run. */
function outcomeOf(given: Int32Array, never: number): ChildOutcome {
  const firstLeft = given.indexOf(notRun);
  const ran = firstLeft < 0 ? given.length : firstLeft;
  const last = given[ran - 1] ?? 0;
  const step = last < 0 ? ran - 1 : ran;
  const failed = step < given.length ? { step, errno: last < 0 ? -last : never } : undefined;
  return { results: given.subarray(0, step), failed };
}

/** The same, after steps that lead there (`setns`) and do not count: if one of those failed, `step` is negative. */
export function inChildAfter(
  way: readonly SyscallStep[],
  operation: string,
  steps: readonly SyscallStep[],
): ChildOutcome {
  return behind(way, inChild(operation, [...way, ...steps.map((step) => moved(step, way.length))]));
}

function behind(way: readonly SyscallStep[], { results, failed }: ChildOutcome): ChildOutcome {
  return {
    results: results.subarray(way.length),
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

/** The argument of a step that is done for many items: the one whose turn it is. */
export const item = { item: true } as const;

/** What came of some of many items: as if the steps for each of them were written out, one after the other. */
export interface Share extends ChildOutcome {
  /** Its first item, and how many it has. */
  readonly start: number;
  readonly count: number;
}

/**
 * Runs the same steps for each of many items: texts, or numbers. One child does that, or each of two does it for half of them, at the
 * same time; it ends with its first failure. `way` is as in `inChildAfter`. Throws nothing: something may have been done.
 */
export function forEachInChild(
  items: readonly string[] | readonly number[],
  steps: readonly SyscallStep[],
  { way = [], children = 1 }: { readonly way?: readonly SyscallStep[]; readonly children?: 1 | 2 | undefined } = {},
): readonly Share[] {
  const middle = Math.ceil(items.length / children);
  const shares = [items.slice(0, middle), items.slice(middle)].filter(({ length }) => length > 0);
  const given = shares.map(({ length }) => unanswered(way.length + length * steps.length));
  const programs = shares.map((share) => [...programOf(way), together(share), ...programOf(steps)]);
  const started = startBoth(programs, given);
  const never = started < 0 ? -started : EINTR;
  return shares.map(({ length }, which) => ({
    start: which * middle,
    count: length,
    ...behind(way, outcomeOf(given[which] ?? unanswered(0), never)),
  }));
}

function startBoth([first, second]: readonly Program[], [given, others]: readonly Int32Array[]): number {
  if (first === undefined || given === undefined) return 0;
  if (second === undefined || others === undefined) return addon.inChild(first, given, 0);
  return addon.inChildren(first, given, second, others);
}

/** As native code reads them: it does what follows for each. */
function together(items: readonly (string | number)[]): string | Int32Array {
  return typeof items[0] === 'string' ? items.join('\0') : Int32Array.from(items as readonly number[]);
}
