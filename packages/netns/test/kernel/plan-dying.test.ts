import { spawn as nodeSpawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { KernelError } from '../../src/errors.ts';
import type { NamespaceType } from '../../src/namespaces/type.ts';
import { nsexecPath } from '../../src/native/addon.ts';
import { Fd } from '../../src/native/fd.ts';
import { perform } from '../../src/native/syscall.ts';
import { nsexecWords, shellFailures } from '../../src/process/plan/failure-style.ts';
import { orderSteps } from '../../src/process/plan/order.ts';
import { resolvePlan } from '../../src/process/plan/resolve.ts';
import type { SpawnPlan } from '../../src/process/plan/spawn-plan.ts';
import { exec, spawn } from '../../src/process/run-plan.ts';
import { callInProcess, callWords } from './support/call-in-process.ts';
import { netns } from './support/cli.ts';
import { hold, isAlive } from './support/holder.ts';
import { isRealRoot } from './support/privilege.ts';
import { run, temporaryDirectory } from './support/run.ts';
import { straceMissing, trace } from './support/strace.ts';

/** Who asks, who helps, who is entered: each may end at any moment. It is told as an error, and nobody is left behind. */
const missing = straceMissing();
const directory = temporaryDirectory('dying');
const killed = {
  name: 'KernelError',
  code: 'EINTR',
  message: 'cannot run sleep: Interrupted system call (EINTR, execve); the process was killed before it came to that',
};

/** Processes that were started with this mark in their environment. */
async function left(mark: string): Promise<string> {
  let text = '';
  for (let i = 0; i < 100; i++) {
    ({ stdout: text } = await run('sh', ['-c', 'grep -lsz "^DYING=$1$" /proc/[0-9]*/environ; true', 'sh', mark]));
    if (text === '') break;
    await setTimeout(20);
  }
  return text;
}

describe.skipIf(missing)('a helper that is killed', () => {
  const everything: SpawnPlan = {
    command: 'sleep',
    args: ['1000'],
    create: ['user', 'mnt', 'pid', 'uts', 'net'],
    users: 'root',
    proc: true,
    hostname: 'x',
    root: '/',
    init: true,
    noNewPrivileges: true,
  };
  it.each(['unshare', 'mount', 'sethostname', 'chroot', 'chdir', 'ppoll'])('at its first %s', async (call) => {
    const mark = `${call}-${process.pid}`;
    const plan = { ...everything, env: { PATH: process.env.PATH, DYING: mark } };
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    const inject = [`${call}:signal=KILL:when=1`];
    // Node itself makes none of these calls.
    const { stdout } = await trace(callWords(['exec', plan]), join(directory, call), { calls: [call], inject });
    expect(JSON.parse(stdout)).toEqual([{ error: killed }]);
    expect(await left(mark)).toBe('');
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(mounts);
  });
});

describe('a process that is killed', () => {
  it('before it runs the command: ready says so, and its end is that signal', async () => {
    const group = join(directory, 'group');
    mkdirSync(group);
    await run('mkfifo', [join(group, 'cgroup.procs')]); // whoever opens it waits for ever
    const child = spawn({ command: 'sleep', args: ['1000'], cgroup: group });
    const ended = new Promise((resolve) => child.once('exit', (...all) => resolve(all)));
    child.kill('SIGKILL');
    await expect(child.ready).rejects.toMatchObject({ code: 'EINTR', message: killed.message });
    expect(await ended).toEqual([null, 'SIGKILL']);
    await expect(exec({ command: 'sleep', cgroup: group }, { timeout: 50, killSignal: 'SIGKILL' })).rejects.toThrow(
      KernelError,
    );
  });

  it('after that: ready was true, and its end is that signal', async () => {
    const child = spawn({ command: 'sleep', args: ['1000'], create: ['user', 'pid'], users: 'root', init: true });
    await child.ready;
    const ended = new Promise((resolve) => child.once('exit', (...all) => resolve(all)));
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
  });
});

describe('a parent that dies', () => {
  const sleeping = (file: string) => ({ command: 'sh', args: ['-c', 'echo $$ > "$0"; exec sleep 1000', file] });

  /** Starts a plan in a Node of its own, kills that, and gives the number of the command. */
  async function orphan(name: string, plan: Partial<SpawnPlan>): Promise<number> {
    const file = join(directory, name);
    const [node, ...args] = callWords(['exec', { ...sleeping(file), ...plan }]);
    const parent = nodeSpawn(node, args, { stdio: 'ignore' });
    let pid = 0;
    for (let i = 0; i < 500 && pid === 0; i++) {
      await setTimeout(10);
      pid = Number(await run('cat', [file]).then(({ stdout }) => stdout));
    }
    const outside = plan.create?.includes('pid') ? await findSleeper(parent.pid ?? 0) : pid;
    parent.kill('SIGKILL');
    await new Promise((resolve) => parent.once('exit', resolve));
    return outside;
  }

  /** The last one of the line of children. */
  async function findSleeper(pid: number): Promise<number> {
    const { stdout } = await run('sh', ['-c', 'cat /proc/$1/task/*/children', 'sh', String(pid)]);
    const [child] = stdout.split(/\s+/).filter(Boolean);
    return child === undefined ? pid : findSleeper(Number(child));
  }

  async function gone(pid: number): Promise<boolean> {
    for (let i = 0; i < 200 && isAlive(pid); i++) await setTimeout(10);
    return !isAlive(pid);
  }

  it.each([
    ['killSignal', { killSignal: 'SIGTERM' }],
    ['killSignal, as another user', { create: ['user'], users: 'root', killSignal: 'SIGKILL', noNewPrivileges: true }],
    ['killSignal with a pid namespace', { create: ['user', 'pid'], users: 'root', killSignal: 'SIGKILL' }],
    ['killSignal with an init', { create: ['user', 'pid'], users: 'root', killSignal: 'SIGKILL', init: true }],
  ] as const)('takes the command along: %s', async (name, plan) => {
    const pid = await orphan(name.replaceAll(' ', '-'), plan as Partial<SpawnPlan>);
    expect(pid).toBeGreaterThan(1);
    expect(await gone(pid)).toBe(true);
  });

  it.skipIf(!isRealRoot)('takes the command along: killSignal, although a change of ids forgets it', async () => {
    chmodSync(dirname(directory), 0o755);
    chmodSync(directory, 0o777);
    const pid = await orphan('other-ids', { uid: 7, gid: 8, killSignal: 'SIGKILL' });
    expect(pid).toBeGreaterThan(1);
    expect(await gone(pid)).toBe(true);
  });

  it('before the command asks for the signal: it is not run', async () => {
    const plan: SpawnPlan = { command: 'echo', args: ['lives'], killSignal: 'SIGKILL' };
    const started = (parent: number) => {
      using resolved = resolvePlan(plan, { numberOf: (_, index) => index + 3, parent });
      return run(nsexecPath, nsexecWords(orderSteps(resolved.setUp), shellFailures, plan.command, plan.args ?? []));
    };
    expect(await started(process.pid)).toEqual({ stdout: 'lives\n', stderr: '', exitCode: 0, signal: null });
    expect(await started(process.ppid)).toEqual({ stdout: '', stderr: '', exitCode: 1, signal: null });
  });

  it('leaves alone who was not told to end with it', async () => {
    const pid = await orphan('alone', { create: ['user'], users: 'root' });
    await setTimeout(200);
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});

describe('a file to enter', () => {
  const enter = (type: NamespaceType, namespace: string): SpawnPlan => ({
    command: 'true',
    enter: [{ type, namespace }],
  });
  const notOne = 'Invalid argument (EINVAL, ioctl(NS_GET_NSTYPE)); it is not a namespace file';

  it.each([
    ['/etc/passwd', `cannot use /etc/passwd as a namespace: ${notOne}`],
    ['/', `cannot use / as a namespace: ${notOne}`],
    ['/dev/null', `cannot use /dev/null as a namespace: ${notOne}`],
    ['/nope/at/all', 'cannot open /nope/at/all: No such file or directory (ENOENT, openat)'],
    ['/etc/passwd/below', 'cannot open /etc/passwd/below: Not a directory (ENOTDIR, openat)'],
    ['/proc/self/ns/uts', 'invalid namespace "/proc/self/ns/uts": it is a uts namespace, not a net one'],
    [
      'nobody-has-this-name',
      'cannot open net namespace "nobody-has-this-name": No such file or directory (ENOENT, openat)',
    ],
  ])('that is none: %s', async (path, message) => {
    await expect(exec(enter('net', path))).rejects.toThrow(message);
    const { stderr, exitCode, stdout } = await netns('run', '--in', `${path}:net`, '--', 'true');
    expect([stdout, exitCode]).toEqual(['', 125]);
    expect(stderr.split('\n')[0]).toBe(`netns: ${message}`);
  });

  it('that another one has replaced: a FIFO is not waited for', async () => {
    const fifo = join(directory, 'fifo');
    await run('mkfifo', [fifo]);
    await expect(exec(enter('net', fifo))).rejects.toThrow(`cannot use ${fifo} as a namespace: ${notOne}`);
  });
});

describe('a process to enter', () => {
  it('that has ended, by its number and by its descriptor', async () => {
    const gone = await hold({ create: ['user', 'net'], users: 'root' });
    using pidfd = Fd.adopt(perform('open', 'pidfd_open', gone.pid, 0), 'a process');
    await gone.end();
    await expect(exec({ command: 'true', enter: [{ process: gone.pid }] })).rejects.toThrow(
      `cannot open process ${gone.pid}: No such process (ESRCH, pidfd_open)`,
    );
    for (const types of [undefined, ['net'], ['user', 'net']] as const)
      await expect(
        exec({ command: 'true', enter: [{ process: pidfd, ...(types === undefined ? {} : { types }) }] }),
      ).rejects.toThrow('cannot enter a process by its descriptor: No such process (ESRCH, pidfd_open); it has ended');
  });

  it('that ends between the look-up and the entering', async () => {
    const dying = await hold({ create: ['user', 'net'], users: 'root' });
    const group = join(directory, 'waiting');
    mkdirSync(group);
    const fifo = join(group, 'cgroup.procs');
    await run('mkfifo', [fifo]);
    // The helper has the process by its descriptor, and waits before it enters until the process is gone.
    const child = spawn({ command: 'true', cgroup: group, enter: [{ process: dying.pid }] }, { stdio: 'ignore' });
    await dying.end();
    const read = run('cat', [fifo]);
    await expect(child.ready).rejects.toMatchObject({ code: 'ESRCH', syscall: 'setns' });
    expect((await read).stdout).toBe('0');
  });

  it.skipIf(missing)('that ends while its namespaces are read: they may be those of another by then', async () => {
    const plan = { command: 'true', enter: [{ process: process.pid, types: ['net'] }] };
    const calls = ['pidfd_send_signal'];
    const { stdout } = await trace(callWords(['exec', plan]), join(directory, 'alive'), {
      calls,
      inject: ['pidfd_send_signal:error=ESRCH:when=1'],
    });
    const message = `cannot enter process ${process.pid}: No such process (ESRCH, pidfd_open); it has ended`;
    expect(JSON.parse(stdout)).toEqual([{ error: { name: 'KernelError', code: 'ESRCH', message } }]);
  });

  it('that we may not look at', async () => {
    const holder = await hold({ create: ['net'] });
    try {
      const world = ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'];
      const [byNumber, byFile, byType] = await callInProcess(world, [
        ['exec', { command: 'true', enter: [{ process: holder.pid }] }],
        ['exec', { command: 'true', enter: [{ type: 'net', namespace: `/proc/${holder.pid}/ns/net` }] }],
        ['exec', { command: 'true', enter: [{ process: holder.pid, types: ['net'] }] }],
      ]);
      expect(byNumber?.error).toMatchObject({ name: 'KernelError', code: 'EACCES' });
      expect(byFile?.error).toMatchObject({ name: 'KernelError', code: 'EACCES' });
      expect(byType?.error).toEqual({
        name: 'KernelError',
        code: 'EPERM',
        message: `cannot enter the namespaces of process ${holder.pid}: Operation not permitted (EPERM, setns)`,
      });
    } finally {
      await holder.end();
    }
  });
});
