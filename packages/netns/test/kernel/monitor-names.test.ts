import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monitorNames, type NameEvent } from '../../src/namespaces/monitor.ts';
import { createNamed, createNames } from '../../src/namespaces/named.ts';
import { defaultRunDirectory, listNames, removeName, removeNames } from '../../src/namespaces/names.ts';
import { openNamespace } from '../../src/namespaces/reference.ts';
import { prepareRunDirectory } from '../../src/namespaces/run-directory.ts';
import { MS_BIND } from '../../src/native/constants.ts';
import { perform } from '../../src/native/syscall.ts';
import { emptyRunDirectory, forgetRunDirectory, pathOf } from './support/run-directories.ts';

beforeEach(() => void prepareRunDirectory());
afterEach(emptyRunDirectory);

/** What is told until one event, or so many. */
async function collect(events: AsyncIterator<NameEvent>, until: string | number): Promise<string[]> {
  const seen: string[] = [];
  while (seen.at(-1) !== until && seen.length !== until) {
    const result = await Promise.race([events.next(), setTimeout(20_000)]);
    if (!result || result.done) return [...seen, `(nothing more; ${until} was expected)`];
    seen.push(`${result.value.event} ${result.value.name}`);
  }
  return seen;
}

const inotifyDescriptors = () =>
  readdirSync('/proc/self/fdinfo').filter((fd) => {
    try {
      return readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').includes('inotify wd');
    } catch {
      return false;
    }
  }).length;

describe('events of names', () => {
  it('tell when a name comes, can be opened, and goes', async () => {
    const events = monitorNames();
    createNamed('a').close();
    removeName('a');
    createNamed('b').close();
    expect(await collect(events, 'ready b')).toEqual(['add a', 'delete a', 'add b', 'ready b']);
    removeName('b');
    expect(await collect(events, 'delete b')).toEqual(['delete b']);
    await events.return?.();
  });

  it('begin at the call, not when they are first asked for', async () => {
    createNamed('before').close();
    const events = monitorNames();
    createNamed('a').close();
    await setTimeout(50);
    createNamed('b').close();
    expect(await collect(events, 'ready b')).toEqual(['add a', 'ready a', 'add b', 'ready b']);
    await events.return?.();
  });

  it('say `ready` only once the name can be opened', async () => {
    const events = monitorNames();
    writeFileSync(pathOf('slow'), '');
    expect(await collect(events, 'add slow')).toEqual(['add slow']);
    const ready = events.next();
    expect(await Promise.race([ready, setTimeout(200, 'not yet')])).toBe('not yet');
    // Another mount in between is not it.
    perform('bind', 'mount', '/run', '/run', 'none', MS_BIND, null);
    perform('unmount', 'umount2', '/run', 2);
    expect(await Promise.race([ready, setTimeout(100, 'not yet')])).toBe('not yet');
    perform('bind', 'mount', '/proc/self/ns/net', pathOf('slow'), 'none', MS_BIND, null);
    expect((await ready).value).toEqual({ event: 'ready', name: 'slow' });
    openNamespace('slow').close();
    await events.return?.();
  });

  it('say `ready` for a name that was there before, but not yet to be opened', async () => {
    writeFileSync(pathOf('slow'), '');
    const events = monitorNames();
    expect(listNames().map(({ state }) => state)).toEqual(['stale']);
    perform('bind', 'mount', '/proc/self/ns/net', pathOf('slow'), 'none', MS_BIND, null);
    expect(await collect(events, 'ready slow')).toEqual(['ready slow']);
    await events.return?.();
  });

  it('come from `ip netns` as well', async () => {
    const events = monitorNames();
    execFileSync('ip', ['netns', 'add', 'a']);
    expect(await collect(events, 'ready a')).toEqual(['add a', 'ready a']);
    execFileSync('ip', ['netns', 'delete', 'a']);
    expect(await collect(events, 'delete a')).toEqual(['delete a']);
    await events.return?.();
  });

  it('tell of names that are moved', async () => {
    const events = monitorNames();
    writeFileSync(pathOf('old'), '');
    renameSync(pathOf('old'), pathOf('new'));
    expect(await collect(events, 'add new')).toEqual(['add old', 'delete old', 'add new']);
    mkdirSync(pathOf('directory'));
    renameSync(pathOf('new'), pathOf('directory/new'));
    expect(await collect(events, 'delete new')).toEqual(['add directory', 'delete new']);
    await events.return?.();
  });

  it('survive names that are no text, of the greatest length', async () => {
    const events = monitorNames();
    writeFileSync(Buffer.concat([Buffer.from(`${defaultRunDirectory}/`), Buffer.alloc(255, 0xff)]), '');
    createNamed('a').close();
    const seen = await collect(events, 'ready a');
    expect(seen).toEqual([expect.stringMatching(/^add \ufffd+$/), 'add a', 'ready a']);
    rmSync(Buffer.concat([Buffer.from(`${defaultRunDirectory}/`), Buffer.alloc(255, 0xff)]));
    await events.return?.();
  });

  it('do not get lost in a storm of 2,000', async () => {
    const events = monitorNames();
    const names = Array.from({ length: 2000 }, (_, index) => `n${index}`);
    // By somebody else, so that events are read while it goes on.
    const all = `seq -f ${defaultRunDirectory}/n%g 0 1999`;
    const storm = spawn('sh', ['-c', `${all} | xargs touch; ${all} | xargs rm`], { stdio: 'inherit' });
    const seen = await collect(events, 'delete n1999');
    expect(seen).toEqual([...names.map((name) => `add ${name}`), ...names.map((name) => `delete ${name}`)]);
    await once(storm, 'close');
    await events.return?.();
  });

  it('keep their order for many namespaces', async () => {
    const events = monitorNames();
    const names = Array.from({ length: 200 }, (_, index) => `n${index}`);
    createNames(names);
    const added = await collect(events, 400); // two children make them: nobody knows which is last
    removeNames(names);
    const removed = await collect(events, 'delete n199');
    const orders = names.map((name) => [`add ${name}`, `ready ${name}`].map((event) => added.indexOf(event)));
    expect(orders.every(([add = -1, ready = -1]) => add >= 0 && ready > add)).toBe(true);
    expect([added.length, removed]).toEqual([400, names.map((name) => `delete ${name}`)]);
    await events.return?.();
  });

  it('are made up for when the kernel has dropped some', async () => {
    createNames(['stays', 'goes']);
    const events = monitorNames();
    // The queue of events has an end (fs.inotify.max_queued_events); equal ones in a row are one, so they take turns.
    const limit = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
    for (let index = 0; index <= limit / 2; index++) {
      writeFileSync(pathOf('x'), '');
      rmSync(pathOf('x'));
    }
    removeName('goes');
    createNamed('late').close();
    const seen = await collect(events, 'ready late');
    expect(seen.filter((event) => !event.endsWith(' x'))).toEqual(['delete goes', 'add late', 'ready late']);
    createNamed('later').close();
    expect(await collect(events, 'ready later')).toEqual(['add later', 'ready later']);
    await events.return?.();
  });
});

describe('watching names', () => {
  it('makes the directory if it is missing', async () => {
    forgetRunDirectory();
    const events = monitorNames();
    createNamed('a').close();
    expect(await collect(events, 'ready a')).toEqual(['add a', 'ready a']);
    await events.return?.();
  });

  it('ends with `break`, and lets go of everything', async () => {
    const before = inotifyDescriptors();
    const events = monitorNames();
    expect(inotifyDescriptors()).toBe(before + 1);
    writeFileSync(pathOf('never-ready'), '');
    for await (const { name } of events) {
      expect(name).toBe('never-ready');
      break;
    }
    expect([inotifyDescriptors(), await events.next()]).toEqual([before, { done: true, value: undefined }]);
  });

  it('ends with an error in the loop', async () => {
    const before = inotifyDescriptors();
    createNamed('a').close();
    const loop = async () => {
      const events = monitorNames();
      createNamed('b').close();
      for await (const { name } of events) throw new Error(name);
    };
    await expect(loop()).rejects.toThrow('b');
    expect(inotifyDescriptors()).toBe(before);
  });

  it('ends when it is aborted: before, while it waits, with events waiting', async () => {
    const before = inotifyDescriptors();
    expect(await monitorNames({ signal: AbortSignal.abort() }).next()).toEqual({ done: true, value: undefined });
    const controller = new AbortController();
    const events = monitorNames({ signal: controller.signal });
    const waiting = events.next();
    controller.abort();
    expect([await waiting, await events.next()]).toEqual(Array(2).fill({ done: true, value: undefined }));
    const later = new AbortController();
    const pending = monitorNames({ signal: later.signal });
    createNamed('a').close();
    await setTimeout(50);
    later.abort();
    const seen = [];
    for await (const { event } of pending) seen.push(event);
    expect(seen).toEqual(['add', 'ready']);
    expect(inotifyDescriptors()).toBe(before);
  });

  it('leaves nothing on a signal that lives longer', async () => {
    const controller = new AbortController();
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    for (let round = 0; round < 20; round++) await monitorNames({ signal: controller.signal }).return?.();
    await setTimeout(10);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('ends when the directory is removed', async () => {
    const runDirectory = '/run/short-lived';
    mkdirSync(runDirectory);
    const events = monitorNames({ runDirectory });
    writeFileSync(`${runDirectory}/a`, '');
    rmSync(`${runDirectory}/a`);
    rmdirSync(runDirectory);
    const seen = [];
    for await (const { event } of events) seen.push(event);
    expect(seen).toEqual(['add', 'delete']);
  });

  it('ends when the directory is moved away, so that another may be in its place', async () => {
    mkdirSync('/run/short-lived');
    const end = monitorNames({ runDirectory: '/run/short-lived' }).next();
    renameSync('/run/short-lived', '/run/moved');
    expect(await end).toEqual({ done: true, value: undefined });
    rmdirSync('/run/moved');
  });

  it('ends when the file system is unmounted', async () => {
    mkdirSync('/run/short-lived');
    perform('mount', 'mount', 'tmpfs', '/run/short-lived', 'tmpfs', 0, null);
    const events = monitorNames({ runDirectory: '/run/short-lived' });
    const end = events.next();
    perform('unmount', 'umount2', '/run/short-lived', 2);
    expect(await end).toEqual({ done: true, value: undefined });
    rmdirSync('/run/short-lived');
  });

  it('refuses what is no directory', () => {
    writeFileSync('/run/file', '');
    expect(() => monitorNames({ runDirectory: '/run/file' })).toThrow(/^cannot .*: (File exists|Not a directory) /);
    expect(() => monitorNames({ runDirectory: '/proc/nowhere/netns' })).toThrow(/^cannot create the directory/);
    rmSync('/run/file');
  });

  it('gives each waiting reader its event', async () => {
    const events = monitorNames();
    const both = Promise.all([events.next(), events.next()]);
    createNamed('a').close();
    expect((await both).map(({ value }) => value?.event)).toEqual(['add', 'ready']);
    await events.return?.();
  });
});
