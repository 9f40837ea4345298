import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { census, type MachineNamespace } from '../../src/inspect/census.ts';
import type { Completeness } from '../../src/inspect/completeness.ts';
import { keepers } from '../../src/inspect/keepers.ts';
import { KernelWalk } from '../../src/inspect/kernel-list/walk.ts';
import { leaks } from '../../src/inspect/leaks.ts';
import { listeners } from '../../src/inspect/listeners.ts';
import { openMachineNamespace } from '../../src/inspect/open.ts';
import { topology } from '../../src/inspect/topology.ts';
import { hasList, onlyListed } from './support/census.ts';
import { command } from './support/cli.ts';
import { withKept } from './support/kept.ts';
import { mayBeOthers } from './support/ordinary-user.ts';
import { endOf, run } from './support/run.ts';

interface Told {
  readonly namespaces: readonly { readonly current: boolean; readonly pids: readonly number[] }[];
  readonly completeness: Completeness;
}

/** What `netns ls` tells in mounts of its own, after a script has changed these. */
async function inMounts(flags: readonly string[], script: string): Promise<Told> {
  const { stdout, stderr, exitCode } = await run('unshare', [
    '--mount',
    ...flags,
    'sh',
    '-c',
    `${script} ${command} ls --json`,
  ]);
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Told;
}

describe('a census where /proc hides processes', () => {
  it.each([1, 2, 4])('says so, with hidepid=%d', async (hidepid) => {
    const { completeness } = await inMounts(
      ['--pid', '--fork'],
      `mount -t proc -o hidepid=${hidepid} proc /proc && exec`,
    );
    expect(completeness.unseen.join()).toMatch(/hidepid/);
  });

  it.runIf(mayBeOthers)('shows a user their own, and root all', async () => {
    const mount = 'mount -t proc -o hidepid=2 proc /proc && exec';
    const user = await inMounts([], `${mount} setpriv --reuid=54321 --regid=54321 --clear-groups --`);
    expect(user.completeness.unseen.join()).toMatch(/hidepid/);
    expect(user.namespaces.find(({ current }) => current)?.pids).toHaveLength(1);
    const root = await inMounts([], mount);
    expect(root.completeness.unseen.join()).not.toMatch(/hidepid/);
    expect(root.namespaces.find(({ current }) => current)?.pids).toContain(process.pid);
  });

  it('fails in one line where there is no /proc', async () => {
    expect(
      await run('unshare', ['--mount', 'sh', '-c', `mount -t tmpfs none /proc && exec ${command} ls`]),
    ).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: 'netns: cannot look at the processes: /proc is not mounted: No such file or directory (ENOENT, stat)\n',
    });
  });
});

it('is not put off by namespaces and processes that come and go', async () => {
  const busy = spawn('sh', ['-c', 'while :; do unshare --net true & unshare --net --mount true; wait; done'], {
    detached: true,
    stdio: 'ignore',
  });
  const gone = endOf(busy);
  try {
    for (let round = 0; round < 8; round++) {
      const { namespaces, completeness } = await census({ containers: true, queues: 'always' });
      const networks = namespaces.filter(({ type }) => type === 'net');
      expect(networks).toHaveLength(completeness.shown);
      expect(networks.find(({ current }) => current)?.keepers).toContainEqual({ kind: 'process', pid: process.pid });
      if (completeness.kernel !== undefined) expect(completeness.shown + completeness.newer).toBe(completeness.kernel);
      if (round % 4 === 0) expect((await topology()).namespaces.some(({ current }) => current)).toBe(true);
    }
  } finally {
    process.kill(-(busy.pid ?? 0), 'SIGKILL');
    await gone;
  }
});

it('opens nothing in place of a namespace that has ended', async () => {
  const found: MachineNamespace[] = [];
  await withKept(async (kept) => {
    const inodes = Object.values(kept).map(({ inode }) => inode);
    for (const each of (await census({ types: ['net'] })).namespaces) if (inodes.includes(each.inode)) found.push(each);
  });
  expect(found.length).toBeGreaterThan(5);
  const opens = (each: MachineNamespace) => {
    using open = openMachineNamespace(each);
    return open !== undefined;
  };
  // Whoever else looks at the whole machine may have one open for a moment.
  for (const each of found) await expect.poll(() => opens(each), { timeout: 10_000 }).toBe(false);
  // No inode number is ever so low.
  await expect(keepers({ inode: 7 })).rejects.toThrow('cannot find a namespace with inode 7');
});

it.runIf(hasList)('keeps nothing, whatever was asked', async () => {
  await withKept(async (kept) => {
    using walk = new KernelWalk();
    const inodes = Object.entries(kept).flatMap(([name, { inode }]) =>
      inode === undefined || onlyListed.includes(name) ? [] : [inode],
    );
    const results: unknown[] = [];
    for (const ask of [census, topology, listeners, leaks, () => keepers({ inode: inodes[0] ?? 0 })]) {
      results.push(await ask());
      // Whoever else looks at the whole machine may have one open for a moment.
      await expect
        .poll(() => walk.namespaces().filter(({ inode, references }) => inodes.includes(inode) && references !== 1))
        .toEqual([]);
    }
    expect(results).toHaveLength(5);
  });
});
