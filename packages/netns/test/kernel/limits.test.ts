import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Limits, SpawnPlan } from '../../src/process/plan/spawn-plan.ts';
import { describePlan, exec, spawn } from '../../src/process/run-plan.ts';
import { netns } from './support/cli.ts';
import { groupsDirectory, groupsLeft, groupsOfAll } from './support/control-groups.ts';

/** Limits by control groups: of version 2 where that has the controllers, else those of version 1. */
const all: Limits = { pids: 20, memory: 64 * 2 ** 20, cpu: 0.5 };
const impossible = groupsDirectory(all) === undefined;
const unified =
  groupsDirectory(all) !== undefined &&
  describePlan({ command: 'true', limits: all }).some(({ call }) => call.includes('cpu.max'));
const sh = (script: string): Pick<SpawnPlan, 'command' | 'args'> => ({ command: 'sh', args: ['-c', script] });

/** Prints the value of each file in the group that it is in. */
const files = unified
  ? [['', 'pids.max', 'memory.max', 'cpu.max']]
  : [
      ['pids', 'pids.max'],
      ['memory', 'memory.limit_in_bytes'],
      ['cpu', 'cpu.cfs_quota_us', 'cpu.cfs_period_us'],
    ];
/** Finds the directory of its group that has a controller. */
const groupWith = (controller = '') =>
  `group=/sys/fs/cgroup/${controller}$(sed -n "s/^[0-9]*:${controller === '' ? '' : `[^:]*\\b${controller}\\b[^:]*`}:\\(.*netns-.*\\)/\\1/p" /proc/self/cgroup)`;
const look = files
  .map(([controller, ...names]) => `${groupWith(controller)}; (cd "$group" && cat ${names.join(' ')})`)
  .join('; ');
const values = unified ? ['20', '67108864', '50000 100000'] : ['20', '67108864', '50000', '100000'];

async function noneLeft(): Promise<void> {
  for (let i = 0; i < 100 && groupsLeft().length > 0; i++) await setTimeout(20);
  expect(groupsLeft()).toEqual([]);
}

describe.skipIf(impossible)('limits', () => {
  it('are those of a control group of its own, which is removed afterwards', async () => {
    const { stdout, stderr } = await exec({ ...sh(look), limits: all });
    expect([stderr, stdout.trim().split('\n')]).toEqual(['', values]);
    expect(groupsLeft()).toEqual([]);
  });

  it('by the command, in words', async () => {
    const words = ['run', '--limit', 'pids=20,memory=64M,cpu=0.5', '--new', 'uts', '--', 'sh', '-c', look];
    const { stdout, ...end } = await netns(...words);
    expect(end).toEqual({ stderr: '', exitCode: 0, signal: null });
    expect(stdout.trim().split('\n')).toEqual(values);
    const there = groupsOfAll(); // others' among them, which go as well
    await expect.poll(() => groupsOfAll().filter((name) => there.includes(name)), { timeout: 10_000 }).toEqual([]);
  });

  it('hold for processes', async () => {
    const { stderr } = await exec({ ...sh('for i in 1 2 3 4 5 6; do sleep 0.1 & done; wait'), limits: { pids: 4 } });
    expect(stderr).toContain('ork');
    expect(groupsLeft()).toEqual([]);
  });

  it('hold for memory', async () => {
    const script = `node -e 'const kept = []; for (;;) kept.push(Buffer.alloc(2 ** 20, 1))'; echo "status $?"`;
    const { stdout } = await exec({ ...sh(script), limits: { memory: 96 * 2 ** 20 } }, { timeout: 40_000 });
    expect(stdout).toBe('status 137\n');
    expect(groupsLeft()).toEqual([]);
  });

  it('hold for processors', async () => {
    const script = 'end=$(($(date +%s) + 2)); while [ $(date +%s) -lt $end ]; do :; done; cat /proc/$$/stat';
    const { stdout } = await exec({ ...sh(script), limits: { cpu: 0.1 } });
    // Hundredths of seconds, of the shell and of the programs that it has waited for; without the limit about 200.
    const used = stdout
      .split(' ')
      .slice(13, 17)
      .reduce((sum, each) => sum + Number(each), 0);
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThan(80);
  });

  it('are removed although the process that waits is killed', async () => {
    const child = spawn({ ...sh('echo ready; sleep 1000'), limits: { pids: 5 } });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    expect(groupsLeft()).toHaveLength(1);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await noneLeft();
  });

  it('are removed when a later step fails', async () => {
    await expect(exec({ command: 'true', limits: { pids: 5 }, cwd: '/nope' })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await expect(exec({ command: '/nope', limits: { pids: 5 } })).rejects.toMatchObject({ code: 'ENOENT' });
    await noneLeft();
  });

  it('are for all of a pid namespace, and end what is left in there', async () => {
    const plan: SpawnPlan = { ...sh('sleep 1000 & sleep 1000 & exit 3'), create: ['pid'], init: true, limits: all };
    expect((await exec(plan)).exitCode).toBe(3);
    await noneLeft();
  });

  it('are for groups that the command makes inside, too: these go with their processes', async () => {
    const script = `${groupWith(unified ? '' : 'pids')}; mkdir $group/a $group/a/b $group/a/empty $group/c || exit 9
      for inner in a/b c; do sleep 1000 & echo $! > $group/$inner/cgroup.procs || exit 8; done`;
    // Whoever still lived would keep the output open.
    expect(await exec({ ...sh(script), limits: { pids: 20 } })).toMatchObject({ stderr: '', exitCode: 0 });
    await noneLeft();
  });

  it('are inside of a group that is joined, and hold besides its own', async () => {
    const outer = `${groupsDirectory({ pids: 5 })}/outer-${process.pid}`;
    mkdirSync(outer);
    try {
      writeFileSync(`${outer}/pids.max`, '6');
      if (existsSync(`${outer}/cgroup.subtree_control`)) writeFileSync(`${outer}/cgroup.subtree_control`, '+pids');
      const { stdout, stderr } = await exec({ ...sh('cat /proc/self/cgroup'), cgroup: outer, limits: { pids: 5 } });
      expect([stderr, stdout]).toEqual(['', expect.stringMatching(`/outer-${process.pid}/netns-`)]);
    } finally {
      await expect.poll(() => readdirSync(outer).some((name) => name.startsWith('netns-'))).toBe(false);
      rmdirSync(outer);
    }
  });

  it('leave this process where it is', async () => {
    const before = readFileSync('/proc/self/cgroup', 'utf8');
    await exec({ command: 'true', limits: all });
    expect(readFileSync('/proc/self/cgroup', 'utf8')).toBe(before);
  });
});
