import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareRunDirectory } from '../../src/namespaces/run-directory.ts';
import { callWords } from './support/call-in-process.ts';
import { hasEnded, UserSession } from './support/ordinary-user.ts';
import { run, temporaryDirectory } from './support/run.ts';
import { straceMissing } from './support/strace.ts';

/**
 * Kills, before each of its system calls, a program that makes or removes the name of an ordinary user, and the process that is to
 * hold it: the name must be there as a whole or not at all, and everything must work afterwards.
 */
const missing = straceMissing();

describe.skipIf(missing)(
  `killed at every system call${missing ? ` (left out: ${missing})` : ''}`,
  { timeout: 240_000 },
  () => {
    const log = join(temporaryDirectory('crash'), 'log');
    let user: UserSession;
    beforeEach(async () => {
      prepareRunDirectory();
      user = await UserSession.open();
    });
    afterEach(() => user.end());

    /** The words that call the library as the user. */
    function words(call: string): string[] {
      const [node, bundle, ...args] = callWords([call, 'a', { userRuntimeDirectory: user.runtime }]);
      for (const path of [bundle, dirname(bundle ?? ''), dirname(dirname(bundle ?? ''))]) chmodSync(path ?? '', 0o755);
      return [...user.words, node, bundle ?? '', ...args];
    }

    /** Without `-f`: of the processes that it starts, one stays. */
    const strace = (program: readonly string[], ...rules: readonly string[]) =>
      run('strace', ['-qqq', '-o', log, '-e', 'signal=none', ...rules, ...program], { env: user.environment });

    /** The name is whole or not there; it can be made and removed; and then there is nothing. */
    async function check(when: string): Promise<void> {
      const before = await user.netns('ls', '--names');
      expect({ when, ...before }).toEqual({
        when,
        stdout: expect.stringMatching(/^(a\n)?$/),
        stderr: '',
        exitCode: 0,
        signal: null,
      });
      const { exitCode } = await user.netns('add', 'a');
      // A child of the killed one may have finished its work meanwhile.
      if (exitCode !== 0) expect({ when, names: user.names }).toEqual({ when, names: ['a'] });
      const inside = await user.netns('exec', 'a', 'readlink', '/proc/self/ns/net');
      expect({ when, ...inside }).toMatchObject({ when, stderr: '', exitCode: 0 });
      const { holder } = user;
      await user.answer('del', 'a');
      if (holder !== undefined) await hasEnded(holder);
      expect({ when, left: readdirSync(user.runtime) }).toEqual({ when, left: [] });
    }

    const before: Readonly<Record<string, () => Promise<unknown>>> = {
      createNamed: async () => {},
      removeName: () => user.answer('add', 'a'),
    };

    it.each(Object.keys(before))('%s, by the process that calls it', async (call) => {
      const paths = [user.home, `${user.home}/lock`, 'lock', 'names', `${user.home}/names`].flatMap((path) => [
        '-P',
        path,
      ]);
      const program = words(call);
      await before[call]?.();
      const reference = await strace(program, '-e', 'trace=all', ...paths, '-P', process.execPath);
      expect(reference).toMatchObject({ stderr: '', exitCode: 0 });
      if (call === 'createNamed') await user.answer('del', 'a');
      const counts = new Map<string, number>();
      const points = readFileSync(log, 'utf8')
        .split('\n')
        .flatMap((line) => {
          const [, name = '', path] = /^(\w+)\((?:.*?"([^"]*)")?/.exec(line) ?? [];
          if (path === undefined || path === process.execPath || !paths.includes(path)) return [];
          const count = (counts.get(`${name} ${path}`) ?? 0) + 1;
          counts.set(`${name} ${path}`, count);
          return [{ name, path, count }];
        });
      expect(points.length).toBeGreaterThan(4);
      for (const { name, path, count } of points) {
        await before[call]?.();
        const end = await strace(
          program,
          '-P',
          path,
          '-e',
          `trace=${name}`,
          '-e',
          `inject=${name}:signal=SIGKILL:when=${count}`,
        );
        expect(end.signal ?? end.exitCode).not.toBe(0);
        await check(`${call}: at ${name} of ${path}, number ${count}`);
      }
    });

    // What the helper does on its way to its last step, in its own words: path and system call.
    const steps: readonly (readonly [name: string, path: (user: UserSession) => string])[] = [
      ['openat', () => '/proc/self/setgroups'],
      ['openat', () => '/proc/self/gid_map'],
      ['mount', () => '/'],
      ['mount', ({ home }) => `${home}/names`],
      ['chdir', () => '/'],
      ['openat', ({ home }) => `${home}/lock`],
      ['inotify_add_watch', ({ home }) => `${home}/lock`],
    ];
    it.each(steps)('by the process that is to hold the names, at its %s', async (name, path) => {
      const inject = `inject=${name}:signal=SIGKILL:when=1`;
      const end = await strace(words('createNamed'), '-f', '-P', path(user), '-e', `trace=${name}`, '-e', inject);
      const [outcome] = JSON.parse(end.stdout || '[{}]');
      expect(outcome.error?.message ?? end.stderr).toMatch(
        /^cannot keep names of namespaces in .*; the process that holds them has ended$/,
      );
      expect(readdirSync(user.runtime)).toEqual([]);
      await check(`the holder killed at ${name}`);
    });
  },
);
