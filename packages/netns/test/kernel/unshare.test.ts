import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openNamespace } from '../../src/namespaces/reference.ts';
import { childrenOf, isAlive } from './support/holder.ts';
import { isRealRoot } from './support/privilege.ts';
import { run } from './support/run.ts';

/** What cannot be compared in one line: who gets which signal, what lives on, what is kept in files. */
const front = fileURLToPath(new URL('../../bin/netns', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  /** The first line that it prints. */
  readonly line: string;
  readonly ended: Promise<unknown[]>;
}

async function start(...words: string[]): Promise<Running> {
  const child = spawn(front, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<unknown[]>((resolve) => child.once('exit', (...all) => resolve(all)));
  const line = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (data) => resolve(String(data).trim())),
  );
  return { child, line, ended };
}

async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 250 && isAlive(pid); i++) await setTimeout(20);
  return !isAlive(pid);
}

describe('unshare', () => {
  it('--kill-child ends the child with us, also when it has become another user', async () => {
    const words = isRealRoot ? ['-S', '5'] : ['-U'];
    const { child, line, ended } = await start(
      'unshare',
      '--kill-child',
      ...words,
      'sh',
      '-c',
      'echo $$; exec sleep 1000',
    );
    child.kill('SIGKILL');
    await ended;
    expect(await gone(Number(line))).toBe(true);
  });

  it('--kill-child=SIGNAL sends that one, and a pid namespace ends with its first process', async () => {
    const gentle = await start(
      'unshare',
      '-r',
      '--kill-child=usr1',
      'sh',
      '-c',
      'trap "exit 3" USR1; echo $$; while :; do sleep 0.02; done',
    );
    gentle.child.kill('SIGKILL');
    await gentle.ended;
    expect(await gone(Number(gentle.line))).toBe(true);

    const all = await start('unshare', '-rp', '--kill-child', 'sh', '-c', 'sleep 1000 & sleep 1000 & echo $$; wait');
    const first = childrenOf(all.child.pid ?? 0);
    const others = first.flatMap(childrenOf);
    expect([all.line, first.length, others.length]).toEqual(['1', 1, 2]);
    all.child.kill('SIGKILL');
    await all.ended;
    for (const pid of [...first, ...others]) expect(await gone(pid)).toBe(true);
  });

  it('-p without -f: the first child is process 1, and nothing can be started after its end', async () => {
    const script = 'readlink /proc/self/ns/pid; (exec true); (exec true) || echo refused';
    const { stdout, stderr } = await run(front, ['unshare', '-rp', 'sh', '-c', `${script}; exit 0`]);
    expect(stdout).toMatch(/^pid:\[\d+\]\n/);
    expect(stderr).toContain('Cannot fork');
  });

  it('-T without -f: the program is in the new time namespace', async () => {
    const words = [
      'unshare',
      '-rT',
      '--boottime',
      '5000000',
      'sh',
      '-c',
      'readlink /proc/self/ns/time; cut -d. -f1 /proc/uptime',
    ];
    const [time, uptime] = (await run(front, words)).stdout.split('\n');
    expect(time).not.toBe(readlinkSync('/proc/self/ns/time'));
    expect(Number(uptime)).toBeGreaterThan(5_000_000);
  });

  it.skipIf(!isRealRoot)('--owner makes somebody else the owner', async () => {
    const { child, line, ended } = await start(
      'unshare',
      '--owner',
      '1000:1001',
      '-n',
      'sh',
      '-c',
      'echo $$; exec sleep 1000',
    );
    try {
      using user = openNamespace({ pid: Number(line) }, 'user');
      expect(user.ownerUid()).toBe(1000);
      using net = openNamespace({ pid: Number(line) }, 'net');
      using owner = net.owner();
      expect(owner.equals(user)).toBe(true);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });

  it('has run nothing when a file cannot be bound', async () => {
    const words = ['unshare', '-rpf', `--pid=${file}-missing`, 'sh', '-c', 'echo ran'];
    expect(await run(front, words)).toEqual({
      stdout: '',
      stderr: expect.stringMatching(
        /^unshare: mount \/proc\/\d+\/ns\/pid_for_children on \S+-missing failed: No such file or directory\n$/,
      ),
      exitCode: 1,
      signal: null,
    });
  });

  it('--forward-signals passes SIGTERM and SIGINT on, and without it the parent waits on', async () => {
    const script = 'trap "exit 9" TERM; trap "exit 8" INT; echo $$; while :; do sleep 0.05; done';
    for (const [signal, status] of [
      ['SIGTERM', 9],
      ['SIGINT', 8],
    ] as const) {
      const forwarding = await start('unshare', '--forward-signals', 'sh', '-c', script);
      forwarding.child.kill(signal);
      expect(await forwarding.ended).toEqual([status, null]);
    }

    const waiting = await start('unshare', '--fork', 'sh', '-c', script);
    waiting.child.kill('SIGTERM');
    await setTimeout(200);
    expect(isAlive(Number(waiting.line))).toBe(true);
    process.kill(Number(waiting.line), 'SIGTERM');
    expect(await waiting.ended).toEqual([9, null]);
  });

  it.skipIf(!isRealRoot)('--net=FILE and --pid=FILE keep the namespaces', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'netns-keep-'));
    const [net, pid] = ['net', 'pid'].map((name) => join(directory, name)) as [string, string];
    for (const file of [net, pid]) writeFileSync(file, '');
    const script = 'stat -Lc %i /proc/self/ns/net; exec sleep 1000';
    const { child, line, ended } = await start(
      'unshare',
      '--kill-child',
      `--net=${net}`,
      `--pid=${pid}`,
      'sh',
      '-c',
      script,
    );
    try {
      expect(String(statSync(net).ino)).toBe(line);
      expect(statSync(pid).dev).toBe(statSync('/proc/self/ns/pid').dev);
    } finally {
      child.kill('SIGKILL');
      await ended;
      const umount = spawn('umount', [net, pid]);
      await new Promise((resolve) => umount.once('exit', resolve));
      rmSync(directory, { recursive: true });
    }
  });

  it('passes on descriptors that it was started with', async () => {
    const child = spawn('sh', ['-c', `echo hello > "$1"; exec "$0" unshare -U sh -c 'cat <&5' 5< "$1"`, front, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout?.on('data', (data) => {
      text += data;
    });
    await new Promise((resolve) => child.once('close', resolve));
    rmSync(file);
    expect(text).toBe('hello\n');
  });
});

const file = join(tmpdir(), `netns-unshare-${process.pid}`);
