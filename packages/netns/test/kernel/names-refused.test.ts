import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attachName, createNamed, createNames } from '../../src/namespaces/named.ts';
import { defaultRunDirectory, listNames, removeName, removeNames } from '../../src/namespaces/names.ts';
import { prepareRunDirectory } from '../../src/namespaces/run-directory.ts';
import { AT_FDCWD, LOCK_EX, MS_BIND, MS_RDONLY, O_CLOEXEC, O_RDONLY } from '../../src/native/constants.ts';
import { Fd } from '../../src/native/fd.ts';
import { perform } from '../../src/native/syscall.ts';
import { callInProcess, withoutCapabilities } from './support/call-in-process.ts';
import { emptyRunDirectory, forgetRunDirectory, refusal, states, withTmpfs } from './support/run-directories.ts';

const MS_REMOUNT = 32;

beforeEach(() => void prepareRunDirectory());
afterEach(emptyRunDirectory);

describe('a machine that refuses', () => {
  it('without privilege says so and leaves nothing', async () => {
    createNamed('a').close();
    const options = { runDirectory: '/run/unprivileged' };
    const outcomes = await callInProcess(withoutCapabilities, [
      ['createNamed', 'b'],
      ['createNames', ['b', 'c']],
      ['attachName', 'b', { pid: process.pid }],
      ['attachName', 'b', '/proc/self/ns/net'],
      ['removeName', 'a'],
      ['createNamed', 'a', options],
    ]);
    expect(outcomes.map(({ error }) => error?.message)).toEqual([
      'cannot make /run/netns a shared mount: Operation not permitted (EPERM, mount)',
      'cannot make /run/netns a shared mount: Operation not permitted (EPERM, mount)',
      `cannot open the net namespace of process ${process.pid}: Permission denied (EACCES, openat)`,
      'cannot make /run/netns a shared mount: Operation not permitted (EPERM, mount)',
      'cannot remove namespace file /run/netns/a: Device or resource busy (EBUSY, unlinkat)',
      'cannot make /run/unprivileged a shared mount: Operation not permitted (EPERM, mount)',
    ]);
    expect(states()).toEqual({ a: 'ready' });
    rmdirSync('/run/unprivileged');
  });

  it('because the directory has no parent', () => {
    const options = { runDirectory: '/run/missing/netns' };
    expect(refusal(() => createNamed('a', options))).toBe(
      'cannot create the directory /run/missing/netns: No such file or directory (ENOENT, mkdirat)',
    );
    expect(existsSync('/run/missing')).toBe(false);
  });

  it('because the directory is a file, or below one', () => {
    writeFileSync('/run/file', '');
    expect(refusal(() => createNamed('a', { runDirectory: '/run/file' }))).toBe(
      'cannot open netns runtime directory /run/file: Not a directory (ENOTDIR, openat)',
    );
    expect(refusal(() => createNamed('a', { runDirectory: '/run/file/netns' }))).toBe(
      'cannot create the directory /run/file/netns: Not a directory (ENOTDIR, mkdirat)',
    );
    unlinkSync('/run/file');
  });

  it('because it may only be read', async () => {
    await withTmpfs('/run/read-only', 'mode=755', () => {
      const options = { runDirectory: '/run/read-only/netns' };
      const names = { runDirectory: '/run/read-only' };
      createNamed('kept', names).close();
      perform('make it read-only', 'mount', '', '/run/read-only', '', MS_REMOUNT | MS_BIND | MS_RDONLY, null);
      expect(refusal(() => createNamed('a', options))).toBe(
        'cannot create the directory /run/read-only/netns: Read-only file system (EROFS, mkdirat)',
      );
      const file = 'cannot create namespace file /run/read-only/a: Read-only file system (EROFS, mknodat)';
      expect(refusal(() => createNamed('a', names))).toBe(file);
      expect(refusal(() => attachName('a', { pid: process.pid }, names))).toBe(file);
      expect(refusal(() => removeName('a', names))).toBe(
        'cannot remove namespace file /run/read-only/a: Read-only file system (EROFS, unlinkat)',
      );
      for (const remove of [() => removeName('kept', names), () => removeNames(['kept'], names)])
        expect(refusal(remove)).toBe(
          'cannot remove namespace file /run/read-only/kept: Read-only file system (EROFS, unlinkat)',
        );
      // It was not unmounted first.
      expect(listNames(names)).toMatchObject([{ name: 'kept', state: 'ready' }]);
      perform('make it writable', 'mount', '', '/run/read-only', '', MS_REMOUNT | MS_BIND, null);
      removeName('kept', names);
      expect(readdirSync('/run/read-only')).toEqual([]);
    });
  });

  it('because it is full', async () => {
    await withTmpfs('/run/full', 'size=4k,nr_inodes=3', () => {
      const options = { runDirectory: '/run/full/netns' };
      createNamed('a', options).close();
      expect(refusal(() => createNamed('b', options))).toBe(
        'cannot create namespace file /run/full/netns/b: No space left on device (ENOSPC, mknodat)',
      );
      expect(refusal(() => createNames(['b', 'c'], options))).toBe(
        'cannot create the named network namespace /run/full/netns/b: No space left on device (ENOSPC, mknodat)',
      );
      expect(listNames(options).map(({ name }) => name)).toEqual(['a']);
      removeName('a', options);
      createNamed('b', options).close();
      forgetRunDirectory('/run/full/netns');
      writeFileSync('/run/full/x', '');
      writeFileSync('/run/full/y', '');
      expect(refusal(() => createNamed('a', options))).toBe(
        'cannot create the directory /run/full/netns: No space left on device (ENOSPC, mkdirat)',
      );
    });
  });

  it('because no more namespaces may be made, and leaves no file', async () => {
    const script = 'mount -t tmpfs none /run && echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"';
    const prefix = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh'];
    const [created, listed] = await callInProcess(prefix, [['createNamed', 'a'], ['listNames']]);
    expect([created?.error?.message, listed?.value]).toEqual([
      'cannot create a new network namespace "a": No space left on device (ENOSPC, unshare)',
      [],
    ]);
  });
});

describe('the lock on the directory', () => {
  function holdLock(): Fd {
    const lock = Fd.adopt(perform('open', 'openat', AT_FDCWD, defaultRunDirectory, O_RDONLY | O_CLOEXEC), 'lock');
    perform('lock', 'flock', lock.raw, LOCK_EX);
    return lock;
  }

  it('is waited for', async () => {
    const holder = spawn('flock', [defaultRunDirectory, 'sh', '-c', 'echo locked; sleep 0.4'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    const warnings: string[] = [];
    const start = performance.now();
    createNamed('a', { onWarning: (warning) => warnings.push(warning) }).close();
    expect([warnings, performance.now() - start > 250]).toEqual([[], true]);
    await once(holder, 'close');
  });

  it('is not waited for without end', () => {
    using _lock = holdLock();
    const warnings: string[] = [];
    const start = performance.now();
    createNamed('a', { lockPatienceMs: 200, onWarning: (warning) => warnings.push(warning) }).close();
    const took = performance.now() - start;
    expect(warnings).toEqual([
      expect.stringMatching(/^another process has kept the lock on \/run\/netns for \d+ ms; going on without it$/),
    ]);
    expect([took > 200, took < 5000, states()]).toEqual([true, true, { a: 'ready' }]);
  });

  it('that was not had is a warning of the process if nobody asks for it', async () => {
    using _lock = holdLock();
    const warned = once(process, 'warning');
    createNames(['a', 'b'], { lockPatienceMs: 0 });
    const [warning] = await warned;
    expect([warning.name, warning.message]).toEqual(['NetnsWarning', expect.stringContaining('going on without it')]);
  });
});
