import type { PlannedStep } from './step.ts';

/** One line of a plan as `--dry-run` shows it. */
export interface DescribedStep {
  /** What it is for: `create new namespaces (CLONE_NEWNET)`. */
  readonly does: string;
  /** The system call. */
  readonly call: string;
  /** What another process does meanwhile. */
  readonly meanwhile?: readonly DescribedStep[];
}

/** The steps in the order of their effects; those that only prepare others are left out. */
export function describeSteps(steps: readonly PlannedStep[]): DescribedStep[] {
  return steps.flatMap(({ operation, call, lists }) => {
    if (call === undefined) return [];
    const meanwhile = describeSteps((lists ?? []).flat());
    return [{ does: operation, call, ...(meanwhile.length === 0 ? {} : { meanwhile }) }];
  });
}

/** As lines with numbers. */
export function formatSteps(steps: readonly DescribedStep[], indent = ''): string[] {
  const width = Math.max(0, ...steps.map(({ does }) => does.length));
  return steps.flatMap(({ does, call, meanwhile = [] }, index) => [
    `${indent}${String(index + 1).padStart(2)}. ${does.padEnd(width)}  ${call}`,
    ...formatSteps(meanwhile, `${indent}      `),
  ]);
}
