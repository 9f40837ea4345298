import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { createNames } from '../../src/namespaces/named.ts';
import { removeName } from '../../src/namespaces/names.ts';
import { answer, namesLeft, startNetns } from './support/cli.ts';
import { emptyRunDirectory } from './support/run-directories.ts';

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

/** Starts the monitor, and makes a name until the first event comes: then it listens. */
async function monitor(...options: string[]): Promise<{ child: ChildProcess; next(): Promise<string> }> {
  mkdirSync('/run/netns', { recursive: true });
  const child = startNetns(['monitor', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value as string;
  const first = lines.next();
  let heard = false;
  void first.then(() => {
    heard = true;
  });
  while (!heard) {
    createNames(['knock']);
    removeName('knock');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  createNames(['end-of-knocking']);
  while (!(await next()).match(/ready.*end-of-knocking/));
  removeName('end-of-knocking');
  expect(await next()).toMatch(/delete.*end-of-knocking/);
  return { child, next };
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGINT');
  await gone;
}

it('tells each event at once, in order, also into a pipe', async () => {
  const { child, next } = await monitor();
  createNames(['blue']);
  expect([await next(), await next()]).toEqual(['add blue', 'ready blue']);
  createNames(['a\nb']);
  expect([await next(), await next()]).toEqual(['add a\\nb', 'ready a\\nb']);
  removeName('blue');
  expect(await next()).toBe('delete blue');
  await stop(child);
});

it('speaks JSON lines', async () => {
  const { child, next } = await monitor('--json');
  createNames(['a\nb']);
  expect(JSON.parse(await next())).toEqual({ event: 'add', name: 'a\nb' });
  expect(JSON.parse(await next())).toEqual({ event: 'ready', name: 'a\nb' });
  await stop(child);
});

it('tells of ids, too', async () => {
  const { child, next } = await monitor('--ids');
  createNames(['blue']);
  expect([await next(), await next()]).toEqual(['add blue', 'ready blue']);
  await answer('set', 'blue', '6');
  expect(await next()).toBe('id 6');
  removeName('blue');
  expect([await next(), await next()].sort()).toEqual(['delete blue', 'id-gone 6']); // the kernel tells by two ways
  await stop(child);
});

it('ends when nobody reads any more', async () => {
  const { child } = await monitor();
  const gone = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  child.stdout?.destroy();
  const knocking = setInterval(() => {
    createNames(['knock']);
    removeName('knock');
  }, 50);
  expect(await gone).toEqual({ code: 0, signal: null });
  clearInterval(knocking);
});
