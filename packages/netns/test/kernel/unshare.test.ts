import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isRealRoot } from './support/privilege.ts';

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

function alive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 250 && alive(pid); i++) await setTimeout(20);
  return !alive(pid);
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

  it('--forward-signals passes SIGTERM on, and without it the parent waits on', async () => {
    const script = 'trap "exit 9" TERM; echo $$; while :; do sleep 0.05; done';
    const forwarding = await start('unshare', '--forward-signals', 'sh', '-c', script);
    forwarding.child.kill('SIGTERM');
    expect(await forwarding.ended).toEqual([9, null]);

    const waiting = await start('unshare', '--fork', 'sh', '-c', script);
    waiting.child.kill('SIGTERM');
    await setTimeout(200);
    expect(alive(Number(waiting.line))).toBe(true);
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
