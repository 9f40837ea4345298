import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createNames } from '../../src/namespaces/named.ts';
import { removeName } from '../../src/namespaces/names.ts';
import { perform } from '../../src/native/syscall.ts';
import { answer, answerJson, end, inodeOf, liveIn, namesLeft, netns } from './support/cli.ts';
import { emptyRunDirectory, mountsOn, pathOf, withTmpfs } from './support/run-directories.ts';

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

describe('add', () => {
  it('makes namespaces and says nothing', async () => {
    expect(await netns('add', 'blue', '-odd', 'a b')).toMatchObject({
      exitCode: 2, // an option, not a name
      stderr: "netns: unknown option '-o'\ntry 'netns help add'\n",
    });
    expect(namesLeft()).toEqual([]);
    expect(await answer('add', 'blue', 'a b', '--', '-odd')).toBe('');
    expect(namesLeft()).toEqual(['-odd', 'a b', 'blue']);
    expect(new Set(namesLeft().map((name) => statSync(pathOf(name)).ino)).size).toBe(3);
  });

  it('tells in JSON what it made', async () => {
    const made = await answerJson<{ name: string; inode: number; nsid?: number }[]>('add', 'a', 'b', '--id', 'auto');
    expect(made).toEqual([
      { name: 'a', inode: statSync(pathOf('a')).ino, nsid: 0 },
      { name: 'b', inode: statSync(pathOf('b')).ino, nsid: 1 },
    ]);
    expect(await answerJson('add', 'c')).toEqual([{ name: 'c', inode: statSync(pathOf('c')).ino }]);
    expect(await answerJson('add', '--id=77', 'd')).toMatchObject([{ name: 'd', nsid: 77 }]);
  });

  it('makes all or none', async () => {
    createNames(['taken']);
    expect(await netns('add', 'a', 'b', 'taken', 'c')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: 'netns: cannot create namespace file /run/netns/taken: File exists (EEXIST, mknodat)\n',
    });
    expect(namesLeft()).toEqual(['taken']);
    expect(await netns('add', 'a', '--id', '5')).toMatchObject({ exitCode: 0 });
    expect(await netns('add', 'b', '--id', '5')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^netns: cannot give "b" the id 5: File exists \(EEXIST, RTM_NEWNSID; kernel: .*\)\n$/,
      ),
    });
    expect(namesLeft()).toEqual(['a', 'taken']);
  });

  it.each([
    [[], 'which name?'],
    [['a', 'b', 'a'], 'the name "a" is given twice'],
    [['a', 'b', '--id', '3'], 'one id cannot be for several names'],
    [['a', '--id', '-3'], "an id is 'auto' or a number from 0 to 2147483647, not '-3'"],
    [['a', '--id'], "option '--id' needs a value: --id ID|auto"],
    [['a', ''], 'invalid netns name "": it is empty'],
    [['a', '..'], 'invalid netns name "..": it is a directory'],
    [['a', '../b'], 'invalid netns name "../b": it contains a slash'],
    [['a', 'x'.repeat(256)], `invalid netns name "${'x'.repeat(100)}"…: it is longer than 255 bytes`],
  ])('refuses %j and makes nothing', async (words, message) => {
    expect(await netns('add', ...words)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `netns: ${message}\ntry 'netns help add'\n`,
    });
    expect(namesLeft()).toEqual([]);
  });

  it('takes every other name', async () => {
    for (const name of ['x'.repeat(255), 'größe', 'a\nb', '\x1b[31m', '*', "'", '"', 'ls', '--'])
      expect(await answer('add', '--', name)).toBe('');
    expect(namesLeft().length).toBe(9);
  });

  it('warns when mounts lie on top of each other, but not of those that something hides', async () => {
    await answer('add', 'a');
    perform('stack', 'mount', '/run/netns', '/run/netns', 'none', 0x1000 | 0x4000, null);
    expect(mountsOn('/run/netns').length).toBe(2);
    expect((await netns('add', 'b')).stderr).toMatch(
      /^netns: warning: 2 mounts lie on top of each other at \/run\/netns/,
    );
    perform('hide', 'mount', 'tmpfs', '/run', 'tmpfs', 0, null);
    expect((await netns('add', 'c')).stderr).toBe('');
    perform('unhide', 'umount2', '/run', 2);
    perform('unstack', 'umount2', '/run/netns', 2);
  });

  it('leaves nothing where nothing can be written', async () => {
    await withTmpfs('/run/other', 'size=4k,ro', async () => {
      perform('cover', 'mount', '/run/other', '/run/netns', 'none', 0x1000, null);
      const refused = await netns('add', 'a');
      perform('uncover', 'umount2', '/run/netns', 2);
      expect(refused).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(
          /(^|\n)netns: cannot create namespace file \/run\/netns\/a: Read-only file system \(EROFS, mknodat\)\n$/,
        ),
      });
    });
    expect(namesLeft()).toEqual([]);
  });
});

describe('attach', () => {
  it('names the namespace of a process, a file, and another name', async () => {
    await answer('add', 'blue');
    const inode = statSync(pathOf('blue')).ino;
    const child = await liveIn('blue');
    expect(await answer('attach', 'by-pid', String(child.pid))).toBe('');
    expect(await answerJson('attach', 'by-path', `/proc/${child.pid}/task/${child.pid}/ns/net`)).toEqual({
      name: 'by-path',
      inode,
    });
    expect(await answerJson('attach', 'by-name', 'blue')).toEqual({ name: 'by-name', inode });
    for (const name of namesLeft()) expect(statSync(pathOf(name)).ino).toBe(inode);
    expect(await answerJson('attach', 'own', String(process.pid))).toEqual({
      name: 'own',
      inode: inodeOf('/proc/self/ns/net'),
    });
    await end(child);
  });

  it.each([
    [['a'], 2, 'a name and a process or path are needed'],
    [['a', '1', '2', '3'], 2, "'2 3' is too much"],
    [['a', '/etc/passwd'], 1, 'cannot use /etc/passwd as a namespace: Invalid argument'],
    [['a', '4194305'], 1, 'cannot open the net namespace of process 4194305: No such file or directory'],
    [['a', 'nobody'], 1, 'cannot open net namespace "nobody": No such file or directory'],
    [['a/b', '1'], 2, 'invalid netns name "a/b": it contains a slash'],
    [['a', '/proc/self/ns/mnt'], 2, 'invalid namespace "/proc/self/ns/mnt": it is a mnt namespace, not a net one'],
  ])('refuses %j and makes nothing', async (words, exitCode, message) => {
    const refused = await netns('attach', ...words);
    expect(refused.exitCode).toBe(exitCode);
    expect(refused.stderr.startsWith(`netns: ${message}`)).toBe(true);
    expect(namesLeft()).toEqual([]);
  });
});

describe('del', () => {
  it('takes names away and says nothing when that is all', async () => {
    createNames(['a', 'b', 'c']);
    writeFileSync(pathOf('stale'), '');
    expect(await answer('del', 'a', 'stale')).toBe('');
    expect(namesLeft()).toEqual(['b', 'c']);
    expect(await answer('del', '--all')).toBe('');
    expect(namesLeft()).toEqual([]);
    expect(await answer('del', '--all')).toBe('');
  });

  it('goes on after what cannot be taken away', async () => {
    createNames(['a', 'b']);
    mkdirSync(pathOf('directory'));
    expect(await netns('del', 'a', 'nobody', 'directory', 'b')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr:
        'netns: cannot remove namespace file /run/netns/nobody: No such file or directory (ENOENT, unlinkat)\n' +
        'netns: cannot remove namespace file /run/netns/directory: Is a directory (EISDIR, unlinkat)\n',
    });
    expect(namesLeft()).toEqual(['directory']);
  });

  it('tells what keeps a namespace alive', async () => {
    await answer('add', 'blue');
    await answer('attach', 'azure', 'blue');
    const inode = statSync(pathOf('blue')).ino;
    const child = await liveIn('blue');
    expect(await netns('del', 'blue')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: `netns: the name "blue" is gone, but net:[${inode}] lives on: process ${child.pid} (cat) is in it, and it has the name "azure"\n`,
    });
    expect(await answerJson('del', 'azure')).toEqual([
      { name: 'azure', inode, processes: [{ pid: child.pid, command: 'cat' }], names: [] },
    ]);
    await end(child);
  });

  it.each([
    [[], 'which name?'],
    [['--all', 'a'], "'--all' leaves nothing to be named"],
    [['--wait=', 'a'], "'' is no number of seconds from 0 to 86400"],
    [['--wait=soon', 'a'], "'soon' is no number of seconds from 0 to 86400"],
    [['--wait=-1', 'a'], "'-1' is no number of seconds from 0 to 86400"],
  ])('refuses %j', async (words, message) => {
    createNames(['a']);
    expect(await netns('del', ...words)).toMatchObject({
      exitCode: 2,
      stderr: `netns: ${message}\ntry 'netns help del'\n`,
    });
    removeName('a');
  });
});
