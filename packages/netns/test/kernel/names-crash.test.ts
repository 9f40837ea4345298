import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createNamed } from '../../src/namespaces/named.ts';
import { listNames, removeName } from '../../src/namespaces/names.ts';
import { prepareRunDirectory } from '../../src/namespaces/run-directory.ts';
import { callWords } from './support/call-in-process.ts';
import { endOf, temporaryDirectory } from './support/run.ts';
import { forgetRunDirectory, mountsOn } from './support/run-directories.ts';
import { straceMissing, type TracedCall, trace } from './support/strace.ts';

/**
 * Kills a program that makes or removes a name before every system call that it makes for that, and looks at what remains: the
 * name as a whole, or nothing; and making it again works, or is refused because it is there.
 */
const missing = straceMissing();

interface Operation {
  readonly name: string;
  /** The state in which it starts. */
  readonly before: (runDirectory: string) => void;
  readonly call: (runDirectory: string) => readonly unknown[];
  /** The system calls of the child that makes the name. */
  readonly childSteps: readonly string[];
  /** The names that are there when the child has ended. */
  readonly done: readonly string[];
}

const prepared = (runDirectory: string) => void prepareRunDirectory(runDirectory);

const operations: readonly Operation[] = [
  {
    name: 'createNamed on a new machine',
    before: () => {},
    call: (runDirectory) => ['createNamed', 'a', { runDirectory }],
    childSteps: ['unshare', 'openat', 'mknodat', 'mount'],
    done: ['a'],
  },
  {
    name: 'createNamed',
    before: prepared,
    call: (runDirectory) => ['createNamed', 'a', { runDirectory }],
    childSteps: ['unshare', 'openat', 'mknodat', 'mount'],
    done: ['a'],
  },
  {
    name: 'attachName',
    before: prepared,
    call: (runDirectory) => ['attachName', 'a', '/proc/self/ns/net', { runDirectory }],
    childSteps: ['mknodat', 'mount'],
    done: ['a'],
  },
  {
    name: 'removeName',
    before: (runDirectory) => createNamed('a', { runDirectory }).close(),
    call: (runDirectory) => ['removeName', 'a', { runDirectory }],
    childSteps: ['umount2', 'unlinkat'],
    done: [],
  },
  {
    name: 'createNames',
    before: prepared,
    call: (runDirectory) => ['createNames', ['a'], { runDirectory }],
    childSteps: ['unshare', 'mknodat', 'mount'],
    done: ['a'],
  },
  {
    name: 'removeNames',
    before: (runDirectory) => createNamed('a', { runDirectory }).close(),
    call: (runDirectory) => ['removeNames', ['a'], { runDirectory }],
    childSteps: ['umount2', 'unlinkat'],
    done: [],
  },
];

describe.skipIf(missing)(`killed at every system call${missing ? ` (left out: ${missing})` : ''}`, () => {
  const log = join(temporaryDirectory('crash'), 'log');

  const runDirectory = '/run/crash';
  const paths = [runDirectory, `${runDirectory}/a`, '/proc/self/ns/net'];

  /** What must be true whatever happened; then everything is taken away. What a child began, it ends: `expected` is there. */
  function checkAndForget(when: string, expected?: readonly string[]): void {
    const names = listNames({ runDirectory });
    if (expected) expect({ when, names: names.map(({ name }) => name) }).toEqual({ when, names: expected });
    const whole = names.every(({ state, name }) => state === 'ready' && name === 'a');
    expect({ when, names, whole }).toEqual({ when, names, whole: true });
    expect({ when, mounts: mountsOn(runDirectory) }).toEqual({
      when,
      mounts: expect.toSatisfy((mounts: string[]) => mounts.length === 0 || mounts.join() === 'shared'),
    });
    let again = 'made';
    try {
      createNamed('a', { runDirectory }).close();
    } catch (error) {
      again = (error as NodeJS.ErrnoException).code ?? '';
    }
    expect({ when, again }).toEqual({ when, again: names.length === 0 ? 'made' : 'EEXIST' });
    expect({ when, mounts: mountsOn(runDirectory) }).toEqual({ when, mounts: ['shared'] });
    removeName('a', { runDirectory });
    forgetRunDirectory(runDirectory);
  }

  describe.each(operations)('$name', ({ before, call, childSteps, done }) => {
    const words = callWords(call(runDirectory));
    const start = () => {
      before(runDirectory);
      return words;
    };

    it('before each of its own system calls', async () => {
      const reference = await trace(start(), log, { paths: [...paths, process.execPath] });
      expect([reference.stderr, reference.exitCode]).toEqual(['', 0]);
      checkAndForget('not killed', done);
      for (const { inject, path, when } of killPoints(reference.calls)) {
        const { calls } = await trace(start(), log, { paths: [path], inject: [inject] });
        expect({ when, calls: calls.length > 0 }).toEqual({ when, calls: true });
        checkAndForget(when);
      }
    });

    it.each(childSteps)('while its child is at %s: what the child began, it ends', async (step) => {
      const { node, end } = await stopChildAt(step, start());
      process.kill(node, 'SIGKILL');
      await end;
      checkAndForget(`killed while its child was at ${step}`, done);
    });

    it.each(childSteps)('or rather its child is, at %s: it tidies up, or tries again', async (step) => {
      const { child, end } = await stopChildAt(step, start());
      process.kill(child, 'SIGKILL');
      expect((await end).exitCode).toBe(0);
      checkAndForget(`its child killed at ${step}`, []);
    });
  });

  it('with its whole process group', async () => {
    const { strace, child, end } = await stopChildAt('mount', callWords(['createNamed', 'a', { runDirectory }]));
    process.kill(-strace, 'SIGKILL');
    await end;
    await until(() => !isRunning(child));
    checkAndForget('killed with its process group', ['a']);
  });

  /** Starts a program, and strace makes the child that makes the name wait for a while before a step: returns when it does. */
  async function stopChildAt(step: string, words: readonly string[]) {
    const path = step === 'openat' ? '/proc/self/ns/net' : `${runDirectory}/a`;
    const which = step === 'unshare' ? [] : ['-P', path];
    const slow = ['-e', `trace=${step}`, '-e', `inject=${step}:delay_enter=300000:when=1`];
    const strace = spawn('strace', ['-f', '-qqq', '-o', log, ...slow, ...which, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const end = endOf(strace);
    const pid = strace.pid ?? 0;
    // strace has other children at first, to try out what the kernel can do.
    const node = await until(() => childrenOf(pid).find((candidate) => programOf(candidate) === process.execPath));
    for (;;) {
      // The child that makes the directory a mount is gone soon.
      const child = await until(() => childrenOf(node)[0]);
      await setTimeout(50);
      if (childrenOf(node)[0] === child) return { strace: pid, node, child, end };
    }
  }
});

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Not gone, and not waiting for its parent to notice either. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}

async function until<T>(look: () => T): Promise<NonNullable<T>> {
  for (let tries = 0; tries < 5000; tries++) {
    const found = look();
    if (found) return found;
    await setTimeout(2);
  }
  throw new Error('it did not happen');
}

interface KillPoint {
  readonly when: string;
  readonly path: string;
  readonly inject: string;
}

/** Before each call that the process itself makes; the first is the one by which it became Node, and that is left out. */
function killPoints([execve, ...calls]: readonly TracedCall[]): KillPoint[] {
  const counts = new Map<string, number>();
  return calls.flatMap(({ tid, name, args }) => {
    const path = [...args.matchAll(/"(\/[^"]*)"/g)].map(([, text = '']) => text).at(-1);
    if (path === undefined || path === process.execPath || tid !== execve?.tid) return [];
    const count = (counts.get(`${name} ${path}`) ?? 0) + 1;
    counts.set(`${name} ${path}`, count);
    return [{ when: `at ${name}(${args})`, path, inject: `${name}:signal=SIGKILL:when=${count}` }];
  });
}
