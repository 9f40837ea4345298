import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPlan } from '../../../test/plans/arbitrary.ts';
import { InvalidArgumentError, KernelError, UnsupportedError } from '../../errors.ts';
import type { Fd } from '../../native/fd.ts';
import { describeSteps, formatSteps } from './describe.ts';
import { nsexecWords, shellFailures } from './failure-style.ts';
import { orderSteps } from './order.ts';
import { resolvePlan } from './resolve.ts';
import type { SpawnPlan } from './spawn-plan.ts';
import { encodeSteps, type PlannedStep } from './step.ts';

/** Plans that could be meant: each is carried out in one order, or refused with a reason; nothing else ever happens. */
interface Outcome {
  readonly steps: readonly PlannedStep[];
  readonly lines: readonly string[];
  readonly words: readonly string[];
  readonly held: readonly Fd[];
}

/** The words for the helper, and the lines for people; or the error. */
function outcomeOf(plan: SpawnPlan): Outcome | Error {
  try {
    using resolved = resolvePlan(plan, { numberOf: (_, index) => index + 3, parent: process.pid });
    const steps = orderSteps(resolved.setUp);
    const words = nsexecWords(steps, shellFailures, plan.command, plan.args ?? []);
    return { steps, lines: formatSteps(describeSteps(steps)), words, held: resolved.descriptors };
  } catch (error) {
    return error as Error;
  }
}

function countSteps(steps: readonly PlannedStep[]): number {
  return steps.reduce((sum, { lists = [] }) => sum + 1 + countSteps(lists.flat()), 0);
}

describe('any plan', () => {
  it('has steps that the helper can read, or one typed reason why not', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const outcome = outcomeOf(plan);
        if (outcome instanceof Error) {
          expect([InvalidArgumentError, UnsupportedError, KernelError].some((type) => outcome instanceof type)).toBe(
            true,
          );
          expect(outcome.message).toMatch(/^[^\n]+$/);
          return;
        }
        accepted++;
        for (const text of [...outcome.words, ...outcome.lines]) expect(text).not.toContain('\0');
        // Each step stands where the helper will report it from, lists within lists included.
        const encoded = encodeSteps(outcome.steps);
        for (const [at, step] of encoded.steps) expect(encoded.words[at]).toBe(step.step[0]);
        expect(encoded.steps.size).toBe(countSteps(outcome.steps));
        expect(outcome.held.every((fd) => fd.closed)).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(500);
  }, 120_000);
});
