import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { createNamed, createNames } from '../../src/namespaces/named.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { openNetwork } from '../../src/network/network.ts';
import { answer, answerJson, end, liveIn, namesLeft, netns, startNetns } from './support/cli.ts';
import { endOf } from './support/run.ts';
import { emptyRunDirectory, pathOf } from './support/run-directories.ts';

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

it('comes back when the namespaces and their devices are gone', async () => {
  // The other ends of the pairs are in a namespace that stays: they go when the kernel takes the deleted one apart.
  using scratch = createNamespace('net');
  using network = openNetwork(scratch);
  {
    using doomed = createNamed('doomed');
    for (let pair = 0; pair < 50; pair++)
      await network.links.add({ kind: 'veth', name: `v${pair}`, peer: { name: `p${pair}`, netns: doomed } });
  }
  createNames(['also']);
  expect((await network.links.list()).length).toBe(51);
  expect(await netns('del', '--wait=45', 'doomed', 'also')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
  expect((await network.links.list()).map(({ name }) => name)).toEqual(['lo']);
});

it('waits for whoever is in it, and tells so meanwhile', async () => {
  await answer('add', 'blue');
  const child = await liveIn('blue');
  const deletion = startNetns(['del', '--wait=45', 'blue'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = endOf(deletion);
  await new Promise((resolve) => deletion.stderr?.once('data', resolve));
  await sleep(100);
  expect(deletion.exitCode).toBe(null);
  await end(child);
  expect(await ended).toMatchObject({
    exitCode: 0,
    stdout: '',
    stderr: expect.stringMatching(
      /^netns: the name "blue" is gone, but net:\[\d+\] lives on: process \d+ \(cat\) is in it\n$/,
    ),
  });
});

it('gives up in time and says what it knows', async () => {
  await answer('add', 'blue');
  const inode = statSync(pathOf('blue')).ino;
  const child = await liveIn('blue');
  const late = await netns('del', '--wait=0.2', 'blue');
  expect(late.exitCode).toBe(1);
  expect(late.stderr.split('\n')[1]).toBe(
    `netns: cannot wait any longer for the end of "blue", net:[${inode}]: it lives on after 0.2 s; process ${child.pid} (cat) is in it`,
  );
  await answer('attach', 'blue', String(child.pid));
  expect(JSON.parse((await netns('del', '--wait=0.2', '--json', 'blue')).stdout)).toEqual([
    { name: 'blue', inode, ended: false, processes: [{ pid: child.pid, command: 'cat' }], names: [] },
  ]);
  await end(child);
});

it('does not overlook what cannot be seen', async () => {
  await answer('add', 'blue');
  const fd = openSync(pathOf('blue'), 'r');
  expect((await netns('del', '--wait=0.2', 'blue')).stderr).toMatch(
    /it lives on after 0\.2 s; what holds it cannot be seen from here: a socket, an open file, or a mount elsewhere\n$/,
  );
  closeSync(fd);
});

it('says in JSON that all is gone, also of two names for one and of a stale one', async () => {
  createNames(['a']);
  await answer('attach', 'b', 'a');
  const inode = statSync(pathOf('a')).ino;
  expect(await answerJson('del', '--wait=45', 'a', 'b')).toEqual([
    { name: 'a', inode, ended: true, processes: [], names: [] },
    { name: 'b', inode, ended: true, processes: [], names: [] },
  ]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain('nsfs');
});
