import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { createNamed } from '../../src/namespaces/named.ts';
import { listNames, removeName } from '../../src/namespaces/names.ts';
import { prepareRunDirectory } from '../../src/namespaces/run-directory.ts';
import { callWords } from './support/call-in-process.ts';
import { forgetRunDirectory, mountsOn } from './support/run-directories.ts';
import { endOf } from './support/run.ts';
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
}

const prepared = (runDirectory: string) => void prepareRunDirectory(runDirectory);

const operations: readonly Operation[] = [
  {
    name: 'createNamed on a new machine',
    before: () => {},
    call: (runDirectory) => ['createNamed', 'a', { runDirectory }],
  },
  {
    name: 'createNamed',
    before: prepared,
    call: (runDirectory) => ['createNamed', 'a', { runDirectory }],
  },
  {
    name: 'attachName',
    before: prepared,
    call: (runDirectory) => ['attachName', 'a', '/proc/self/ns/net', { runDirectory }],
  },
  {
    name: 'removeName',
    before: (runDirectory) => createNamed('a', { runDirectory }).close(),
    call: (runDirectory) => ['removeName', 'a', { runDirectory }],
  },
];

describe.skipIf(missing)(`killed at every system call${missing ? ` (left out: ${missing})` : ''}`, () => {
  const temporary = mkdtempSync(join(tmpdir(), 'netns-crash-'));
  const log = join(temporary, 'log');
  afterAll(() => rmSync(temporary, { recursive: true }));

  const runDirectory = '/run/crash';
  const paths = [runDirectory, `${runDirectory}/a`, '/proc/self/ns/net'];

  /** What must be true whatever happened; then everything is taken away. */
  function checkAndForget(when: string): void {
    const names = listNames({ runDirectory });
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

  describe.each(operations)('$name', ({ before, call }) => {
    const words = callWords(call(runDirectory));
    const start = () => {
      before(runDirectory);
      return words;
    };

    it('by the kernel, in the process or in its child', async () => {
      const reference = await trace(start(), log, { paths });
      expect([reference.stderr, reference.exitCode]).toEqual(['', 0]);
      checkAndForget('not killed');
      const points = killPoints(reference.calls);
      expect(points.length).toBeGreaterThan(1);
      for (const { inject, path, when } of points) {
        const { calls } = await trace(start(), log, { paths: [path], inject: [inject] });
        expect({ when, calls: calls.length > 0 }).toEqual({ when, calls: true });
        checkAndForget(when);
      }
    });

    it.skipIf(before === operations[3]?.before)('by somebody else, while its child works', async () => {
      for (const name of ['unshare', 'openat', 'mknodat', 'mount', 'exit']) {
        const child = spawn('strace', ['-f', '-qqq', '-o', log, '-e', `inject=${name}:delay_enter=0`, ...start()], {
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        void child;
        break;
      }
    });
  });
});

interface KillPoint {
  readonly when: string;
  readonly path: string;
  readonly inject: string;
}

/**
 * The points at which strace can kill: it counts calls of one name for each thread by itself, so a point is out of reach if an earlier
 * thread comes to the same count first. (What is left out so is the same as what came just before.)
 */
function killPoints(calls: readonly TracedCall[]): KillPoint[] {
  const counts = new Map<string, number>();
  const reached = new Set<string>();
  const threads = [...new Set(calls.map(({ tid }) => tid))];
  return calls.flatMap(({ tid, name, args }) => {
    const path = [...args.matchAll(/"(\/[^"]*)"/g)].map(([, text = '']) => text).at(-1);
    if (path === undefined) return [];
    const key = `${name} ${path}`;
    const count = (counts.get(`${tid} ${key}`) ?? 0) + 1;
    counts.set(`${tid} ${key}`, count);
    if (reached.has(`${key} ${count}`)) return [];
    reached.add(`${key} ${count}`);
    const who = tid === threads[0] ? 'the process' : 'its child';
    return [{ when: `${who} at ${name}(${args})`, path, inject: `${name}:signal=SIGKILL:when=${count}` }];
  });
}
