import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createNames } from '../../src/namespaces/named.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { openNamespace } from '../../src/namespaces/reference.ts';
import { openNetwork } from '../../src/network/network.ts';
import { spawnIn } from '../../src/process/spawn.ts';
import { withoutCapabilities } from './support/call-in-process.ts';
import { answer, answerJson, command, end, inodeOf, liveIn, namesLeft, netns } from './support/cli.ts';
import { run } from './support/run.ts';
import { emptyRunDirectory, pathOf } from './support/run-directories.ts';

afterEach(async () => {
  if (namesLeft().length > 0) emptyRunDirectory();
  // The kernel takes a namespace apart a while after its end, and only then is its id free.
  using network = openNetwork();
  await expect.poll(async () => (await network.nsids.list()).length, { timeout: 20_000 }).toBe(0);
});

interface Row {
  readonly name?: string;
  readonly state: string;
  readonly inode: number;
  readonly nsid?: number;
  readonly pids: readonly number[];
  readonly devices?: readonly string[];
  readonly current: boolean;
}

/** What is listed; each row with only what these tests are about, so that they may be compared as a whole. */
async function listed(): Promise<Row[]> {
  const { namespaces } = await answerJson<{ namespaces: Row[] }>('ls');
  return namespaces.map(({ name, state, inode, nsid, pids, devices, current }) =>
    JSON.parse(JSON.stringify({ name, state, inode, nsid, pids, devices, current })),
  );
}

describe('ls', () => {
  it('shows names with inode, id, processes and devices, and changes nothing by looking', async () => {
    createNames(['blue', 'red']);
    {
      using blue = openNamespace('blue');
      using network = openNetwork(blue);
      using red = openNamespace('red');
      await network.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1', netns: red } });
    }
    await answer('set', 'red', '9');
    const child = await liveIn('blue');
    const rows = await listed();
    expect(rows.filter(({ name }) => name !== undefined)).toEqual([
      {
        name: 'blue',
        state: 'ready',
        inode: statSync(pathOf('blue')).ino,
        pids: [child.pid],
        devices: ['lo', 'v0'],
        current: false,
      },
      {
        name: 'red',
        state: 'ready',
        inode: statSync(pathOf('red')).ino,
        nsid: 9,
        pids: [],
        devices: ['lo', 'v1'],
        current: false,
      },
    ]);
    await end(child);
    // A listing of links by netlink would have given red an id in blue.
    expect(await answer('exec', 'red', command, 'ids')).toBe('');
  });

  it('shows nameless namespaces that processes are in, and which one is ours', async () => {
    using nameless = createNamespace('net');
    const child = spawnIn(nameless, 'cat', [], { stdio: ['pipe', 'ignore', 'inherit'] });
    await child.ready;
    const rows = await listed();
    expect(rows.find(({ inode }) => inode === nameless.id.ino)).toEqual({
      state: 'ready',
      inode: nameless.id.ino,
      pids: [child.pid],
      devices: ['lo'],
      current: false,
    });
    const own = rows.filter(({ current }) => current);
    expect(own).toMatchObject([{ inode: inodeOf('/proc/self/ns/net'), devices: ['lo'] }]);
    expect(own[0]?.pids).toContain(process.pid);
    expect(new Set(rows.map(({ inode }) => inode)).size).toBe(rows.length);
    expect(await answer('ls')).toMatch(new RegExp(`^- +${nameless.id.ino} +- +1\\+? +lo +${child.pid} cat$`, 'm'));
    await end(child);
  });

  it('lists what is stale as stale', async () => {
    createNames(['good']);
    writeFileSync(pathOf('file'), '');
    mkdirSync(pathOf('directory'));
    const lines = (await answer('ls')).split('\n').map((line) => line.split(/ {2,}/));
    expect(lines.slice(0, 3)).toEqual([
      ['directory', 'stale', '-', '-', '-', 'no namespace is here'],
      ['file', 'stale', '-', '-', '-', 'no namespace is here'],
      ['good', String(statSync(pathOf('good')).ino), '-', expect.stringMatching(/^0\+?$/), 'lo'],
    ]);
    expect((await listed()).slice(0, 2)).toEqual([
      { name: 'directory', state: 'stale', pids: [], current: false },
      { name: 'file', state: 'stale', pids: [], current: false },
    ]);
  });

  it('gives names as they are to scripts, and harmless to people', async () => {
    createNames(['b', 'a', 'evil\x1b[2J\n']);
    expect(await answer('ls', '--names')).toBe('a\nb\nevil\x1b[2J\n\n');
    expect(await answerJson('ls', '--names')).toEqual(['a', 'b', 'evil\x1b[2J\n']);
    expect((await answer('ls')).split('\n')[2]).toMatch(/^evil\\x1b\[2J\\n /);
  });

  it('shows what it can without privilege', async () => {
    createNames(['blue']);
    const { stdout, stderr, exitCode } = await run('setpriv', [
      ...withoutCapabilities.slice(1),
      command,
      'ls',
      '--json',
    ]);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const rows: Row[] = JSON.parse(stdout).namespaces;
    expect(rows[0]).toMatchObject({
      name: 'blue',
      state: 'ready',
      inode: statSync(pathOf('blue')).ino,
      pids: [],
      current: false,
    });
    expect(rows[0]).not.toHaveProperty('devices');
    expect(rows.find(({ current }) => current)?.devices).toEqual(['lo']);
  });
});

describe('pids', () => {
  it('lists processes', async () => {
    createNames(['blue']);
    expect(await answer('pids', 'blue')).toBe('');
    const children = [await liveIn('blue'), await liveIn('blue')];
    const pids = children.map(({ pid }) => pid).sort((a, b) => a - b);
    expect(await answerJson('pids', 'blue')).toEqual(pids.map((pid) => ({ pid, command: 'cat' })));
    expect(
      (await answer('pids', pathOf('blue')))
        .trimEnd()
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(pids.map((pid) => `${pid}  cat`));
    for (const child of children) await end(child);
  });

  it('says what is wrong', async () => {
    writeFileSync(pathOf('stale'), '');
    expect((await netns('pids')).exitCode).toBe(2);
    expect(await netns('pids', 'nobody')).toMatchObject({
      exitCode: 1,
      stderr: 'netns: cannot open net namespace "nobody": No such file or directory (ENOENT, openat)\n',
    });
    expect((await netns('pids', 'stale')).stderr).toMatch(
      /^netns: cannot use net namespace "stale" as a namespace: .*; it is not a namespace file\n$/,
    );
  });
});

describe('identify', () => {
  it('tells all names', async () => {
    createNames(['blue']);
    await answer('attach', 'azure', 'blue');
    await answer('set', 'blue', '4');
    const child = await liveIn('blue');
    expect(await answerJson('identify', String(child.pid))).toMatchObject({
      inode: statSync(pathOf('blue')).ino,
      names: ['azure', 'blue'],
      nsid: 4,
      processes: 1,
    });
    expect(await answer('identify', String(child.pid))).toMatch(
      /^name {7}azure\nname {7}blue\ninode {6}\d+\nnsid {7}4\ncookie {5}\d+\nowner {6}user:\[\d+\] of uid \d+\nprocesses {2}1\n$/,
    );
    await end(child);
  });

  it('tells of a namespace without a name', async () => {
    using nameless = createNamespace('net');
    using owner = nameless.owner();
    const child = spawnIn(nameless, 'cat', [], { stdio: ['pipe', 'ignore', 'inherit'] });
    await child.ready;
    expect(await answerJson('identify', `${child.pid}`)).toEqual({
      inode: nameless.id.ino,
      names: [],
      cookie: String(nameless.cookie),
      owner: { inode: owner.id.ino, uid: owner.ownerUid() },
      processes: 1,
    });
    expect(await answerJson('identify', `/proc/${child.pid}/ns/net`)).toMatchObject({ inode: nameless.id.ino });
    await end(child);
  });

  it('tells where it is itself', async () => {
    expect(await answerJson('identify')).toMatchObject({ inode: inodeOf('/proc/self/ns/net'), names: [] });
    await answer('attach', 'own', String(process.pid));
    expect(await answerJson('identify')).toMatchObject({ names: ['own'] });
  });

  it.each([
    [['1', '2'], 2, "'2' is too much"],
    [['blue'], 2, "'blue' is no process id and no path"],
    [['4194305'], 1, 'cannot open the net namespace of process 4194305: No such file or directory (ENOENT, openat)'],
    [['0'], 2, 'invalid process id 0: a positive whole number is needed'],
  ])('refuses %j', async (words, exitCode, message) => {
    const refused = await netns('identify', ...words);
    expect(refused.exitCode).toBe(exitCode);
    expect(refused.stderr.split('\n')[0]).toBe(`netns: ${message}`);
  });
});

describe('set and ids', () => {
  it('give an id and read it back', async () => {
    createNames(['a', 'b', 'c']);
    await answer('attach', 'b2', 'b');
    expect(await answer('ids')).toBe('');
    expect(await answerJson('ids')).toEqual([]);
    expect(await answer('set', 'b', '30')).toBe('');
    expect(await answer('set', 'a', 'auto')).toBe('0\n');
    expect(await answerJson('set', 'c', 'auto')).toEqual({ name: 'c', nsid: 1 });
    const inode = (name: string) => statSync(pathOf(name)).ino;
    expect(await answerJson('ids')).toEqual([
      { nsid: 0, names: ['a'], inode: inode('a') },
      { nsid: 1, names: ['c'], inode: inode('c') },
      { nsid: 30, names: ['b', 'b2'], inode: inode('b') },
    ]);
    await answer('del', 'a');
    expect((await answer('ids')).split('\n').at(-2)).toBe(`  30  ${inode('b')}  b b2`.trimStart());
  });

  it.each([
    [['a'], 2, 'a name and an id are needed'],
    [['a', '1', '2'], 2, "'2' is too much"],
    [['a', 'x'], 2, "an id is 'auto' or a number from 0 to 2147483647, not 'x'"],
    [['nobody', '1'], 1, 'cannot open net namespace "nobody": No such file or directory (ENOENT, openat)'],
    [
      ['a', '8'],
      1,
      'cannot give "a" the id 8: File exists (EEXIST, RTM_NEWNSID; kernel: "Peer netns already has a nsid assigned [fd]")',
    ],
    [
      ['b', '7'],
      1,
      'cannot give "b" the id 7: File exists (EEXIST, RTM_NEWNSID; kernel: "The specified nsid is already used [nsid]")',
    ],
  ])('refuse %j', async (words, exitCode, message) => {
    createNames(['a', 'b']);
    await answer('set', 'a', '7');
    const refused = await netns('set', ...words);
    expect(refused.exitCode).toBe(exitCode);
    expect(refused.stderr.split('\n')[0]).toBe(`netns: ${message}`);
  });
});

describe('show', () => {
  it('tells what is in a namespace, and leaves out what there is none of', async () => {
    createNames(['blue']);
    {
      using blue = openNamespace('blue');
      using network = openNetwork(blue);
      await network.links.set('lo', { up: true });
    }
    const child = await liveIn('blue');
    expect(await answer('show', 'blue')).toMatch(
      /^devices:\n {2}lo +UNKNOWN +127\.0\.0\.1\/8 ::1\/128\n\nprocesses:\n +\d+ {2}\S.*\n$/,
    );
    await answer('-n', 'blue', 'rule', 'add', 'from', '10.0.0.0/8', 'table', '5');
    await answer('-n', 'blue', 'route', 'add', 'blackhole', '10.0.0.0/8');
    const page = await answer('show', 'blue');
    expect(page).toContain('\nroutes:\n  blackhole 10.0.0.0/8\n');
    expect(page).toContain('\nrules:\n  0:\tfrom all lookup local\n  32765:\tfrom 10.0.0.0/8 lookup 5\n');
    expect(await answerJson('show', 'blue')).toMatchObject({
      name: 'blue',
      devices: [{ ifname: 'lo', operstate: 'UNKNOWN' }],
      routes: [{ type: 'blackhole', dst: '10.0.0.0/8' }],
      routes6: [],
      neighbours: [],
      nexthops: [],
      ids: [],
      processes: [{ pid: child.pid }],
    });
    await end(child);
  });

  it('says what is wrong', async () => {
    expect(await netns('show')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('which name?') });
    expect(await netns('show', 'nope')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('"nope"') });
  });
});
