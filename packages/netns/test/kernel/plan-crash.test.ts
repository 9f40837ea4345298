import { spawn as nodeSpawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { nsexecPath } from '../../src/native/addon.ts';
import { nsexecWords, shellFailures } from '../../src/process/plan/failure-style.ts';
import { orderSteps } from '../../src/process/plan/order.ts';
import { resolvePlan } from '../../src/process/plan/resolve.ts';
import type { SpawnPlan } from '../../src/process/plan/spawn-plan.ts';
import { groupsDirectory, groupsLeft } from './support/control-groups.ts';
import { straceMissing } from './support/strace.ts';

/**
 * Kills one of the processes of a plan before its n-th call of each system call that a plan makes, with all that can go on at once:
 * a map written from outside, a fork, mounts, an init, a control group. Nothing may stay behind, whoever is killed when.
 */
const missing = straceMissing();
const limits = groupsDirectory() === undefined ? {} : { limits: { pids: 20 } };

const plan: SpawnPlan = {
  command: 'sleep',
  args: ['1000'],
  create: ['user', 'pid', 'mnt', 'net', 'uts'],
  users: 'root',
  proc: true,
  hostname: 'x',
  init: true,
  ...limits,
};

function words(): string[] {
  using resolved = resolvePlan(plan, { numberOf: (_, index) => index + 3, parent: process.pid });
  return nsexecWords(orderSteps(resolved.setUp), shellFailures, plan.command, plan.args ?? []);
}

const calls = ['unshare', 'mount', 'sethostname', 'prctl', 'socketpair', 'clone', 'execve', 'wait4', 'write'];
const marked = (mark: string) =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const alive = !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
      return alive && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
    } catch {
      return false;
    }
  });

describe.skipIf(missing !== undefined)('a plan whose processes are killed', () => {
  it.each(calls.flatMap((call) => [1, 2].map((nth) => [call, nth] as const)))(
    'before %s number %i',
    async (call, nth) => {
      const directory = mkdtempSync(join(tmpdir(), 'plan-crash-'));
      const mark = `PLAN_CRASH=${call}-${nth}-${process.pid}`;
      // Each process of the plan is killed at its own n-th call: the helper, those beside it, the init.
      const args = ['-f', '-qq', '-o', join(directory, 'trace'), '-e', `trace=${call}`];
      args.push('-e', `inject=${call}:signal=KILL:when=${call === 'execve' ? nth + 1 : nth}`, nsexecPath, ...words());
      const child = nodeSpawn('strace', args, {
        stdio: 'ignore',
        env: { ...process.env, PLAN_CRASH: `${call}-${nth}-${process.pid}` },
        detached: true,
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const early = await Promise.race([ended.then(() => true), setTimeout(1500).then(() => false)]);
      // Where none was killed yet, the one that waits outside of the pid namespace is: the child of strace.
      if (!early) for (const pid of childrenOf(child.pid ?? 0)) process.kill(pid, 'SIGKILL');
      await ended;
      for (let i = 0; i < 100 && marked(mark).length > 0; i++) await setTimeout(20);
      expect(marked(mark)).toEqual([]);
      for (let i = 0; i < 100 && groupsLeft().length > 0; i++) await setTimeout(20);
      expect(groupsLeft()).toEqual([]);
      rmSync(directory, { recursive: true });
    },
  );
});

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
}
