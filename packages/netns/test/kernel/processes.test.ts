import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KernelError } from '../../src/errors.ts';
import { createNamespace, type Namespace } from '../../src/namespaces/namespace.ts';
import { namespaceIdOf, namespacesOfProcesses, processesOf } from '../../src/namespaces/processes.ts';
import { openNamespace } from '../../src/namespaces/reference.ts';
import { namespaceFlags, namespaceTypes } from '../../src/namespaces/type.ts';
import { nsexecPath } from '../../src/native/addon.ts';
import { spawnIn } from '../../src/process/spawn.ts';
import { callInProcess, withoutCapabilities } from './support/call-in-process.ts';
import { runNode, temporaryDirectory } from './support/run.ts';

/** Runs `work` while a few processes live in a namespace. */
async function inhabited<T>(
  namespace: Namespace,
  count: number,
  work: (pids: readonly number[]) => T | Promise<T>,
): Promise<T> {
  const children = Array.from({ length: count }, () => spawnIn(namespace, 'cat', [], { mounts: false }));
  await Promise.all(children.map(({ ready }) => ready));
  try {
    return await work(children.map(({ pid }) => pid ?? 0).sort((a, b) => a - b));
  } finally {
    await Promise.all(children.map(end));
  }
}

async function end(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.stdin?.end();
  await closed;
}

describe('a long list of numbers in a directory', () => {
  it('is complete although signals interrupt the kernel in it', async () => {
    const directory = temporaryDirectory('numbers');
    for (let number = 0; number < 2000; number++) writeFileSync(join(directory, String(number)), '');
    const module = JSON.stringify(new URL('../../dist/native/file-reader.js', import.meta.url).href);
    const script = `import { FileReader } from ${module};
      const reader = new FileReader();
      const lengths = Array.from({ length: 100 }, () => reader.numbers(${JSON.stringify(directory)}).length);
      console.log(...new Set(lengths));`;
    // The profiler of Node interrupts with a signal.
    const profile = ['--cpu-prof', '--cpu-prof-interval', '50', '--cpu-prof-dir', temporaryDirectory('profile')];
    expect((await runNode([...profile, '--input-type=module', '-e', script])).stdout).toBe('2000\n');
  });
});

describe('the processes of a namespace', () => {
  it('are those that live in it, by their numbers', async () => {
    using namespace = createNamespace('net');
    expect(processesOf(namespace.id)).toEqual([]);
    await inhabited(namespace, 3, (pids) => expect(processesOf(namespace.id)).toEqual(pids));
    expect(processesOf(namespace.id)).toEqual([]);
  });

  it('of our own include us', () => {
    for (const type of namespaceTypes) {
      using own = openNamespace({ pid: process.pid }, type);
      expect(processesOf(own.id, type)).toContain(process.pid);
    }
  });

  it.each(['uts', 'ipc', 'user', 'mnt'] as const)('are found for the type %s, too', async (type) => {
    const child = spawn(nsexecPath, ['unshare', String(namespaceFlags[type]), '--', 'cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.write('x');
    await once(child.stdout, 'data');
    const id = namespaceIdOf(child.pid ?? 0, type);
    expect(processesOf(id, type)).toEqual([child.pid]);
    await end(child);
  });

  it('are not mistaken for those of a namespace with the same number on another device', () => {
    const own = namespaceIdOf(process.pid);
    expect(processesOf({ ...own, dev: own.dev + 1 })).toEqual([]);
  });

  it('that we may not look at are left out', async () => {
    using namespace = createNamespace('net');
    await inhabited(namespace, 1, async (pids) => {
      expect(processesOf(namespace.id)).toEqual(pids);
      const [seen, own] = await callInProcess(withoutCapabilities, [
        ['processesOf', namespace.id],
        ['namespaceIdOf', pids[0]],
      ]);
      expect([seen?.value, own?.error?.message]).toEqual([
        [],
        `cannot find the net namespace of process ${pids[0]}: Permission denied (EACCES, stat)`,
      ]);
    });
  });

  it('may come and go while we look', async () => {
    using namespace = createNamespace('net');
    const storm = spawn('sh', ['-c', 'while :; do true & wait; done'], { stdio: 'ignore' });
    for (let round = 0; round < 20; round++) expect(processesOf(namespace.id)).toEqual([]);
    storm.kill('SIGKILL');
    await once(storm, 'close');
  });
});

describe('the namespace of a process', () => {
  it('is the one that the kernel shows', () => {
    for (const type of namespaceTypes)
      expect(`${type}:[${namespaceIdOf(process.pid, type).ino}]`).toBe(readlinkSync(`/proc/self/ns/${type}`));
  });

  it('is an error when there is no such process', () => {
    expect(() => namespaceIdOf(4194304)).toThrow(KernelError);
    expect(() => namespaceIdOf(4194304)).toThrow(
      'cannot find the net namespace of process 4194304: No such file or directory (ENOENT, stat)',
    );
  });
});

describe('all namespaces that processes are in', () => {
  it('include nameless ones, each with its processes', async () => {
    using a = createNamespace('net');
    using b = createNamespace('net');
    await inhabited(a, 2, (inA) =>
      inhabited(b, 1, (inB) => {
        const found = [...namespacesOfProcesses().values()];
        expect(found).toContainEqual({ id: a.id, pids: inA });
        expect(found).toContainEqual({ id: b.id, pids: inB });
        expect(found.filter(({ pids }) => pids.includes(process.pid)).length).toBe(1);
      }),
    );
  });
});
