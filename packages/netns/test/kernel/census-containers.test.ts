import { once } from 'node:events';
import { readlinkSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { census, type MachineNamespace } from '../../src/inspect/census.ts';
import { keepers } from '../../src/inspect/keepers.ts';
import { leaks } from '../../src/inspect/leaks.ts';
import { listeners } from '../../src/inspect/listeners.ts';
import { createNames } from '../../src/namespaces/named.ts';
import { removeName } from '../../src/namespaces/names.ts';
import { answer, inodeOf } from './support/cli.ts';
import {
  containerName,
  deleteRunc,
  kill,
  namespacesBelow,
  type RunningContainer,
  refusalOf,
  runc,
  runcBundle,
  startContainer,
  startRunc,
} from './support/containers.ts';
import { isAlive } from './support/holder.ts';

// Containers that programs of others have made: runc, bubblewrap, LXC.

const nameOf = ({ type, inode }: MachineNamespace) => `${type}:[${inode}]`;

/** What a census has to say of a container; the inode number of its network namespace. */
async function expectFound({ runtime, id, name, first, monitor }: RunningContainer): Promise<number> {
  const below = namespacesBelow(monitor ?? first);
  const { namespaces } = await census({ containers: true });
  const found = new Map(namespaces.map((each) => [nameOf(each), each]));
  for (const [name, pids] of below) {
    const processes = found.get(name)?.keepers.flatMap((keeper) => (keeper.kind === 'process' ? [keeper.pid] : []));
    // A program may still have had a child that it needed to start.
    expect([name, processes]).toEqual([name, expect.arrayContaining(pids.filter(isAlive))]);
  }
  expect([...below.keys()].map((name) => name.replace(/:.*/, ''))).toEqual(
    expect.arrayContaining(['net', 'mnt', 'pid', 'uts', 'ipc']),
  );

  const network = readlinkSync(`/proc/${first}/ns/net`);
  expect(found.get(network)?.container).toEqual({
    runtime,
    id: id ?? expect.stringMatching(/^\d+$/),
    ...(name !== undefined && { name }),
  });
  const inode = inodeOf(`/proc/${first}/ns/net`);
  const { keepers: kept, references } = await keepers({ inode });
  for (const pid of below.get(network) ?? [])
    expect(kept).toContainEqual({ keeper: { kind: 'process', pid }, socket: undefined, release: `end process ${pid}` });
  if (references !== undefined) expect(references).toMatchObject({ unexplained: 0, missing: 0 });
  expect((await leaks()).map(({ namespace }) => namespace.inode)).not.toContain(inode);
  return inode;
}

async function expectGone(inodes: readonly number[]): Promise<void> {
  const left = async () => {
    const { namespaces } = await census({ types: ['net', 'mnt', 'pid', 'uts', 'ipc', 'user', 'cgroup'] });
    return namespaces.filter(({ inode }) => inodes.includes(inode));
  };
  await expect.poll(left, { timeout: 30_000 }).toEqual([]);
}

const inodesBelow = (pid: number) => [...namespacesBelow(pid).keys()].map((name) => Number(/\d+/.exec(name)));

/** Other tests look at this machine, too, and then hold each namespace for a moment. */
const beside = { retry: 2 };

describe.each(['runc', 'bubblewrap', 'lxc', 'podman'] as const)('a container of %s', beside, (runtime) => {
  const refusal = refusalOf(runtime);
  it.skipIf(refusal !== undefined)(
    'is found with all its namespaces, is no leak, and is gone with its end',
    async () => {
      const container = await startContainer(runtime);
      const inodes = inodesBelow(container.monitor ?? container.first);
      try {
        const inode = await expectFound(container);
        const label = `${runtime}:${container.name ?? container.id ?? container.first}`;
        expect(await answer('ls', '--columns', 'inode,container')).toMatch(new RegExp(`^ *${inode} +${label} *$`, 'm'));
        const { listeners: found } = await listeners();
        expect(found.find(({ namespace }) => namespace.inode === inode)).toMatchObject({
          socket: { kind: 'tcp', local: { port: 8080 } },
          container: { runtime },
        });
      } finally {
        await container.end();
      }
      await expectGone(inodes);
    },
  );
});

it('is found still when the program that made it is killed', async () => {
  const container = await startContainer('bubblewrap');
  const inodes = inodesBelow(container.first);
  try {
    await kill(container.monitor);
    await expectFound({ ...container, monitor: undefined });
  } finally {
    await container.end();
  }
  await expectGone(inodes);
});

describe('a container that is in a namespace with a name', () => {
  it('is shown with both', async () => {
    createNames(['pod']);
    const container = await runc('/run/netns/pod');
    try {
      expect(await expectFound(container)).toBe(statSync('/run/netns/pod').ino);
      expect(await answer('ls', '--columns', 'name,container')).toMatch(
        new RegExp(`^pod +runc:${container.id} *$`, 'm'),
      );
      expect(await answer('why', 'pod')).toContain(`runc ${container.id}`);
    } finally {
      await container.end();
      removeName('pod');
    }
  });
});

it('explains what a runtime leaves that is killed half-way', async () => {
  for (let round = 0; round < 2; round++) {
    const id = containerName();
    const child = startRunc(id, runcBundle(id));
    const ended = once(child, 'exit');
    try {
      // Killed when it has made namespaces, at whatever it does then.
      let inodes: number[] = [];
      while (inodes.length === 0 && child.exitCode === null) {
        await setImmediate();
        inodes = inodesBelow(child.pid ?? 0);
      }
      child.kill('SIGKILL');
      await ended;
      const { namespaces } = await census();
      for (const { inode, keepers: kept, references } of namespaces)
        if (inodes.includes(inode) && references !== 0) expect([inode, kept.length > 0]).toEqual([inode, true]);
      await deleteRunc(id);
      await expectGone(inodes);
    } finally {
      child.kill('SIGKILL');
      await ended;
      await deleteRunc(id);
    }
  }
});
