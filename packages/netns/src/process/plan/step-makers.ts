import { namespaceFlags, namespaceTypes } from '../../namespaces/type.ts';
import type { PlannedStep, PlanStep, StepName } from './step.ts';

type Extras = Pick<PlannedStep, 'call' | 'subject' | 'lists'>;

export function kernelStep(
  name: StepName,
  syscall: string,
  operation: string,
  step: PlanStep,
  extras: Extras = {},
): PlannedStep {
  return { name, syscall, operation, step, ...extras };
}

/** Another process, made now, does `list` when it is joined. Its failures are its own to tell. */
export function aside(slot: number, operation: string, list: readonly PlannedStep[]): PlannedStep {
  return kernelStep('aside', 'clone', operation, ['aside', String(slot)], {
    call: `fork(); the child #${slot + 1} waits, to ${operation}:`,
    lists: [list],
  });
}

export function join(slot: number, operation: string): PlannedStep {
  return kernelStep('join', 'waitpid', operation, ['join', String(slot)], {
    call: `child #${slot + 1} may go on; waitpid()`,
  });
}

/** `CLONE_NEWNET|CLONE_NEWNS`. */
export function flagNames(flags: number): string {
  return namespaceTypes
    .filter((type) => (flags & namespaceFlags[type]) !== 0)
    .map((type) => `CLONE_NEW${type === 'mnt' ? 'NS' : type.toUpperCase()}`)
    .join('|');
}
