import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InvalidArgumentError, KernelError, UnsupportedError } from '../../src/errors.ts';
import type { SpawnPlan } from '../../src/process/plan/spawn-plan.ts';
import { exec } from '../../src/process/run-plan.ts';
import { anyPlan } from '../plans/arbitrary.ts';

/** Random plans, carried out: each ends as its command does or with one typed error. (The census after it finds nothing left.) */
it('any plan ends well or with a reason', async () => {
  let ran = 0;
  const check = async (random: SpawnPlan) => {
    // Control groups are the machine's, and this process is none to enter blindly: others have their tests.
    const { cgroup, limits, enter, env, terminal, ...harmless } = random;
    const plan: SpawnPlan = { ...harmless, command: '/bin/true' };
    try {
      const { exitCode, signal } = await exec(plan, { timeout: 20_000, killSignal: 'SIGKILL' });
      expect([exitCode, signal]).toEqual([0, undefined]);
      ran++;
    } catch (error) {
      const typed = [InvalidArgumentError, UnsupportedError, KernelError].some((type) => error instanceof type);
      if (!typed) throw error;
      expect((error as Error).message).toMatch(/^[^\n]+$/);
      expect((error as KernelError).code).not.toBe('EINTR'); // the helper did not die of it
    }
  };
  await fc.assert(fc.asyncProperty(anyPlan, check), { numRuns: 1500 });
  expect(ran).toBeGreaterThan(50);
}, 180_000);
