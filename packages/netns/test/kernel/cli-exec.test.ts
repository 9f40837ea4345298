import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createNames } from '../../src/namespaces/named.ts';
import { answer, inodeOf, namesLeft, netns, netnsWith, readablePath, startNetns } from './support/cli.ts';
import { endOf, run } from './support/run.ts';
import { emptyRunDirectory, pathOf } from './support/run-directories.ts';

afterEach(() => {
  if (namesLeft().length > 0) emptyRunDirectory();
});

const link = (name: string) => `net:[${statSync(pathOf(name)).ino}]\n`;

/** The front takes the plain forms, Node the others: all must be the same to the user. */
describe.each([
  ['through the front', []],
  ['through the front, without mounts', ['--no-mounts']],
  ['through Node', ['--']],
])('exec %s', (_, options) => {
  it('becomes the command: same process, streams, environment and exit status', async () => {
    createNames(['blue']);
    const child = startNetns(
      [
        'exec',
        ...options,
        'blue',
        '--',
        'sh',
        '-c',
        'readlink /proc/self/ns/net; echo $$ $GREETING; cat; ulimit -n; exit 42',
      ],
      { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, GREETING: 'hello' } },
    );
    child.stdin?.end('typed\n');
    const limit = readFileSync('/proc/self/limits', 'utf8').match(/Max open files +(\S+)/)?.[1];
    expect(await endOf(child)).toEqual({
      stdout: `${link('blue')}${child.pid} hello\ntyped\n${limit}\n`,
      stderr: '',
      exitCode: 42,
      signal: null,
    });
    expect(inodeOf('/proc/self/ns/net')).not.toBe(statSync(pathOf('blue')).ino);
  });

  it('shows nothing of itself to the command', async () => {
    createNames(['blue']);
    const script = 'ls /proc/self/fd; env | sort';
    const [direct, inside] = [
      await run('sh', ['-c', script], { env: { ...process.env, PATH: readablePath } }),
      await netns('exec', ...options, 'blue', 'sh', '-c', script),
    ];
    expect(inside).toEqual(direct);
  });

  it('dies of the signal that the command dies of', async () => {
    createNames(['blue']);
    expect(await netns('exec', ...options, 'blue', 'sh', '-c', 'kill -TERM $$')).toMatchObject({
      exitCode: null,
      signal: 'SIGTERM',
    });
  });

  it('has exit statuses of its own', async () => {
    createNames(['blue']);
    writeFileSync('/run/script', 'echo never');
    chmodSync('/run/script', 0o644);
    expect(await netns('exec', ...options, 'nobody', 'true')).toMatchObject({
      exitCode: 125,
      stderr: 'netns: cannot open network namespace "nobody": No such file or directory\n',
    });
    expect(await netns('exec', ...options, 'blue', 'no-such-command')).toMatchObject({
      exitCode: 127,
      stderr: 'netns: cannot run no-such-command: No such file or directory\n',
    });
    expect(await netns('exec', ...options, 'blue', '/run/script')).toMatchObject({
      exitCode: 126,
      stderr: 'netns: cannot run /run/script: Permission denied\n',
    });
    for (const words of [[], ['blue'], ['blue', '--']])
      expect(await netns('exec', ...options, ...words)).toMatchObject({
        exitCode: 125,
        stderr: expect.stringMatching(/^netns: which (name|command)\?\ntry 'netns help exec'\n$/),
      });
    expect((await netns('exec', ...options, 'a/b', 'true')).exitCode).toBe(125);
  });
});

describe('exec', () => {
  it('keeps options behind the name for the command', async () => {
    createNames(['blue']);
    expect(await answer('exec', 'blue', 'echo', '--help', '--json', '--', '-x')).toBe('--help --json -- -x\n');
    expect(await answer('exec', '--no-mounts', 'blue', 'echo', '--no-mounts')).toBe('--no-mounts\n');
    expect(await netns('exec', '--no-mount', 'blue', 'true')).toMatchObject({
      exitCode: 125,
      stderr: "netns: unknown option '--no-mount'; did you mean '--no-mounts'?\ntry 'netns help exec'\n",
    });
  });

  it('shows the devices of the namespace below /sys, or leaves /sys alone', async () => {
    createNames(['blue']);
    expect(await answer('exec', 'blue', 'ls', '/sys/class/net')).toBe('lo\n');
    const mounts = `mnt:[${statSync('/proc/self/ns/mnt').ino}]\n`;
    expect(await answer('exec', '--no-mounts', 'blue', 'readlink', '/proc/self/ns/mnt')).toBe(mounts);
    expect(await answer('exec', 'blue', 'readlink', '/proc/self/ns/mnt')).not.toBe(mounts);
  });

  it('runs in every namespace, one after the other, and ends as the first that failed', async () => {
    createNames(['b', 'a', 'c']);
    writeFileSync(pathOf('stale'), '');
    const script = '[ $(readlink /proc/self/ns/net) = "$1" ] && exit 7; readlink /proc/self/ns/net';
    const all = await netns('exec', '--all', '--', 'sh', '-c', script, 'sh', link('b').trim());
    expect(all).toMatchObject({
      stdout: link('a') + link('c'),
      stderr: 'netns: in "a":\nnetns: in "b":\nnetns: in "c":\n',
      exitCode: 7,
    });
    expect((await netns('exec', '--all', 'true')).exitCode).toBe(0);
    expect((await netns('exec', '--all', 'no-such-command')).exitCode).toBe(127);
    expect((await netns('exec', '--all', 'sh', '-c', 'kill -KILL $$')).exitCode).toBe(137);
    expect((await netns('exec', '--all')).exitCode).toBe(125);
  });

  it('runs once in each as ip, and waits for no name that is something else', async () => {
    createNames(['b', 'a']);
    writeFileSync(pathOf('stale'), '');
    execFileSync('mkfifo', [pathOf('fifo')]);
    const { stdout, stderr, exitCode } = await netns('ip', '-all', 'netns', 'exec', 'readlink', '/proc/self/ns/net');
    expect(
      stdout
        .split('\n')
        .filter((line) => line.startsWith('net:'))
        .sort(),
    ).toEqual([link('a').trim(), link('b').trim()].sort());
    const refused = (name: string) => `setting the network namespace "${name}" failed: Invalid argument`;
    expect([stderr.trim().split('\n').sort(), exitCode]).toEqual([[refused('fifo'), refused('stale')], 0]);
    const list = await netns('ip', 'netns');
    expect([list.stdout.trim().split('\n').sort(), list.exitCode]).toEqual([['a', 'b', 'fifo', 'stale'], 0]);
  });

  it('collects output and status in JSON', async () => {
    createNames(['a', 'b']);
    const one = await netns('exec', '--json', 'a', 'sh', '-c', 'echo out; echo err >&2; exit 3');
    expect(one).toMatchObject({ stderr: '', exitCode: 3 });
    expect(JSON.parse(one.stdout)).toEqual({ name: 'a', status: 3, stdout: 'out\n', stderr: 'err\n' });
    const all = await netns('exec', '--json', '--all', 'readlink', '/proc/self/ns/net');
    expect(JSON.parse(all.stdout)).toMatchObject([
      { name: 'a', status: 0, stdout: link('a') },
      { name: 'b', status: 0, stdout: link('b') },
    ]);
    const missing = await netns('exec', '--json', 'a', 'no-such-command');
    expect(missing).toMatchObject({ stderr: '', exitCode: 127 });
    expect(JSON.parse(missing.stdout)).toMatchObject({ name: 'a', status: 127, error: { code: 'ENOENT' } });
    const nobody = await netns('exec', '--json', 'nobody', 'true');
    expect(JSON.parse(nobody.stdout)).toMatchObject({ status: 125, error: { code: 'ENOENT' } });
    expect(nobody.exitCode).toBe(125);
    const killed = await netns('exec', '--json', 'a', 'sh', '-c', 'kill -KILL $$');
    expect(JSON.parse(killed.stdout)).toMatchObject({ status: 137, signal: 'SIGKILL' });
  });

  it('does not need a standard input', async () => {
    createNames(['blue']);
    expect(await netnsWith({ stdio: ['ignore', 'pipe', 'pipe'] }, 'exec', 'blue', 'cat')).toMatchObject({
      exitCode: 0,
    });
  });
});
