import { AsyncLocalStorage } from 'node:async_hooks';
import { ChildProcess, spawn as nodeSpawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KernelError } from '../../src/errors.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { openNamespace } from '../../src/namespaces/reference.ts';
import { type NamespaceType, namespaceTypes } from '../../src/namespaces/type.ts';
import type { SpawnPlan } from '../../src/process/plan/spawn-plan.ts';
import { describePlan, exec, spawn } from '../../src/process/run-plan.ts';
import { callInProcess } from './support/call-in-process.ts';
import { childrenOf, hold, isAlive } from './support/holder.ts';
import { isRealRoot } from './support/privilege.ts';
import { runNode } from './support/run.ts';

const root = process.geteuid?.() === 0;
const sh = (script: string): Pick<SpawnPlan, 'command' | 'args'> => ({ command: 'sh', args: ['-c', script] });
const own = (type: NamespaceType) => readlinkSync(`/proc/self/ns/${type}`);

async function output(plan: SpawnPlan): Promise<string> {
  const { stdout, stderr, exitCode } = await exec(plan);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout;
}

describe('creating', () => {
  it.each(namespaceTypes)('a new %s namespace is another one, and ours stays', async (type) => {
    const before = own(type);
    const create = type === 'user' ? [type] : (['user', type] as const);
    const seen = await output({ ...sh(`readlink /proc/self/ns/${type}`), create, users: 'root' });
    expect(seen).not.toBe(`${before}\n`);
    expect(own(type)).toBe(before);
  });

  it('all at once, with /proc, a name, clocks and an init', async () => {
    const text = await output({
      ...sh('id -u; echo $$; hostname; ls /proc | grep -c "^[0-9]"; ls /sys/class/net; cut -d. -f1 /proc/uptime'),
      create: namespaceTypes,
      users: 'root',
      proc: true,
      sys: true,
      hostname: 'inside',
      clocks: { boottime: 1e8 },
      init: true,
    });
    const [uid, pid, host, , link, uptime] = text.split('\n');
    expect([uid, pid, host, link]).toEqual(['0', '2', 'inside', 'lo']);
    expect(Number(uptime)).toBeGreaterThan(1e8);
  });

  it('an init reaps orphans', async () => {
    const script = '(sleep 0.05 &) ; sleep 0.3; cat /proc/[0-9]*/stat | cut -d" " -f3 | sort | uniq | tr -d "\\n"';
    const states = await output({
      ...sh(script),
      create: ['user', 'pid', 'mnt'],
      users: 'root',
      proc: true,
      init: true,
    });
    expect(states).not.toContain('Z');
  });

  it.each([
    ['root', ['0', '0', '1']],
    ['current', [String(process.geteuid?.()), String(process.geteuid?.()), '1']],
  ] as const)('users: %s', async (users, line) => {
    // The file shows ids of the reader's user namespace: those of the parent of the new one.
    const text = await output({ ...sh('cat /proc/self/uid_map'), create: ['user'], users });
    expect(text.trim().split(/\s+/)).toEqual(line);
  });

  it.skipIf(!root)('ranges are written by root', async () => {
    const users = [
      { inside: 0, outside: 0, count: 1 },
      { inside: 5, outside: 5, count: 3 },
    ];
    const outcome = exec({ ...sh('cat /proc/self/uid_map'), create: ['user'], users });
    // Where the tests' own user namespace has fewer ids, the kernel refuses, and so it is said.
    await outcome.then(
      ({ stdout }) => expect(stdout.trim().split(/\s+/)).toEqual(['0', '0', '1', '5', '5', '3']),
      (error: KernelError) => expect(error.message).toMatch(/^cannot write \/proc\/\{?\w+\}?\/uid_map: /),
    );
  });
});

describe('setgroups(2) in a new user namespace', () => {
  const setgroups = 'cat /proc/self/setgroups';
  const own = (count: number) => [{ inside: 0, outside: process.geteuid?.() ?? 0, count }];

  it.each([
    ['is as it is outside, without a map', {}, readFileSync('/proc/self/setgroups', 'latin1')],
    ['can be given up without a map', { setgroups: 'deny' }, 'deny\n'],
    ['has to be, by who maps only their own group', { users: 'root' }, 'deny\n'],
    ['which may as well be said', { users: own(1), setgroups: 'deny' }, 'deny\n'],
  ] as const)('%s', async (_, plan, text) => {
    expect(await output({ ...sh(setgroups), create: ['user'], ...plan })).toBe(text);
  });

  it.skipIf(!isRealRoot)('is kept with ranges, or given up before they are written', async () => {
    expect(await output({ ...sh(setgroups), create: ['user'], users: own(2) })).toBe('allow\n');
    expect(await output({ ...sh(setgroups), create: ['user'], users: own(2), setgroups: 'deny' })).toBe('deny\n');
  });
});

describe('entering', () => {
  it('a network namespace by reference, by pid and by pidfd of a process', async () => {
    using created = root ? createNamespace('net') : undefined;
    const holder = spawn({ ...sh('sleep 100'), create: root ? ['net'] : ['user', 'net'] }, { stdio: 'ignore' });
    await holder.ready;
    try {
      const pid = holder.pid ?? 0;
      const net = readlinkSync(`/proc/${pid}/ns/net`);
      expect(await output({ ...sh('readlink /proc/self/ns/net'), enter: [{ process: pid }] })).toBe(`${net}\n`);
      if (created !== undefined)
        expect(
          await output({ ...sh('readlink /proc/self/ns/net'), enter: [{ type: 'net', namespace: created }] }),
        ).toBe(`${created}\n`);
    } finally {
      holder.kill('SIGKILL');
      await new Promise((resolve) => holder.once('exit', resolve));
    }
  });

  it('a process that has ended is one clear error', async () => {
    const gone = spawn({ command: 'true' }, { stdio: 'ignore' });
    await new Promise((resolve) => gone.once('exit', resolve));
    await expect(exec({ command: 'true', enter: [{ process: gone.pid ?? 0 }] })).rejects.toMatchObject({
      code: 'ESRCH',
    });
  });

  it.skipIf(!isRealRoot)('a user namespace, the groups that we had outside are given up', async () => {
    // Inside nobody may: it has to be done before.
    const holder = await hold({ create: ['user'], users: 'all', setgroups: 'deny' });
    const enter = [{ process: holder.pid, types: ['user'] }];
    const [outcome] = await callInProcess(
      ['setpriv', '--groups', '7,8'],
      [['exec', { command: 'id', args: ['-G'], enter }]],
    ).finally(holder.end);
    expect(outcome).toMatchObject({ value: { stdout: '0\n' } });
  });

  it('our own user namespace is no fault', async () => {
    using ours = openNamespace({ pid: process.pid }, 'user');
    for (const enter of [
      { process: process.pid },
      { process: process.pid, types: ['user'] },
      { type: 'user', namespace: '/proc/self/ns/user' },
      { type: 'user', namespace: ours },
    ] as const)
      expect(await output({ ...sh('echo well'), enter: [enter] })).toBe('well\n');
    expect(ours.fd.closed).toBe(false);
  });
});

describe('who it runs as', () => {
  it('capabilities, no new privileges', async () => {
    const text = await output({
      ...sh('grep -E "CapAmb|CapBnd|NoNew" /proc/self/status | tr -d "\\t"'),
      create: ['user'],
      users: 'root',
      keepCapabilities: ['net_admin'],
      dropCapabilities: 'all',
      noNewPrivileges: true,
    });
    expect(text).toBe('CapBnd:0000000000001000\nCapAmb:0000000000001000\nNoNewPrivs:1\n');
  });
});

describe('signals and ends', () => {
  const inPid = { create: ['user', 'pid'], users: 'root', init: true } as const;

  it.each(['SIGTERM', 'SIGUSR1', 'SIGKILL'] as const)('ends by %s as the command did', async (signal) => {
    const { exitCode, signal: seen } = await exec({ ...sh(`kill -${signal.slice(3)} $$; sleep 1`), ...inPid });
    expect([exitCode, seen]).toEqual([undefined, signal]);
  });

  it('passes signals on, and an exit status back', async () => {
    const child = spawn({ ...sh('trap "exit 42" TERM; echo ready; while :; do sleep 0.05; done'), ...inPid });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGTERM');
    const [code] = await new Promise<unknown[]>((resolve) => child.once('exit', (...all) => resolve(all)));
    expect(code).toBe(42);
  });

  it('when the process that waits is killed, nothing lives on', async () => {
    const child = spawn({ ...sh('sleep 1000 & echo ready; wait'), ...inPid });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    const inside = descendants(child.pid ?? 0);
    expect(inside.length).toBeGreaterThanOrEqual(3);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    for (let i = 0; i < 100 && inside.some(isAlive); i++) await setTimeout(20);
    expect(inside.filter(isAlive)).toEqual([]);
  });
});

function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((each) => [each, ...descendants(each)]);
}

describe('failures', () => {
  it.each([
    [
      { create: ['user', 'mnt'], users: 'root', root: '/nope' },
      'cannot make /nope the root directory: No such file or directory (ENOENT, chroot)',
    ],
    [
      { create: ['user'], users: 'root', cwd: '/nope' },
      'cannot go to /nope: No such file or directory (ENOENT, chdir)',
    ],
    [
      { create: ['user', 'pid', 'mnt'], users: 'root', proc: '/nope' },
      'cannot mount proc on /nope: No such file or directory (ENOENT, mount)',
    ],
    [
      { create: ['user', 'pid'], users: 'root', cgroup: '/nope' },
      'cannot join /nope: No such file or directory (ENOENT, write)',
    ],
    [
      { create: ['user', 'time'], users: 'root', clocks: { boottime: -1e12 } },
      'cannot set the offset of the boottime clock: Numerical result out of range (ERANGE, write)',
    ],
    [
      { command: '/nope', create: ['user', 'pid'], users: 'root', init: true },
      'cannot run /nope: No such file or directory (ENOENT, execve)',
    ],
    [{ command: '/', create: ['user'], users: 'root' }, 'cannot run /: Permission denied (EACCES, execve)'],
  ] as const)('%j', async (plan, message) => {
    const failed = exec({ command: 'true', ...plan } as SpawnPlan);
    await expect(failed).rejects.toThrow(KernelError);
    await expect(failed).rejects.toThrow(message);
  });
});

describe('describePlan', () => {
  it('shows the steps with their system calls, and does none', () => {
    const before = own('net');
    const steps = describePlan({ command: 'true', create: ['user', 'net'], users: 'root' });
    expect(steps.map(({ call }) => call.replace(/\(.*/, ''))).toEqual(['unshare', 'write', 'write', 'write']);
    expect(own('net')).toBe(before);
  });
});

describe('a real ChildProcess', () => {
  it('ends in the asynchronous context in which it was started, also beside others', async () => {
    const storage = new AsyncLocalStorage<number>();
    const seen = await Promise.all(
      [1, 2, 3].map((number) =>
        storage.run(number, () => {
          const child = spawn({ command: 'sleep', args: ['0.1'] }, { stdio: 'ignore' });
          return new Promise((resolve) => child.once('exit', () => resolve(storage.getStore())));
        }),
      ),
    );
    expect(seen).toEqual([1, 2, 3]);
  });

  const library = JSON.stringify(new URL('../../dist/index.js', import.meta.url).href);

  it('keeps this process only if it is referenced, and is told of although a listener of another has thrown', async () => {
    const script = `
      import { spawn } from ${library};
      process.on('uncaughtException', (error) => console.log(error.message));
      const start = (...args) => spawn({ command: 'sleep', args }, { stdio: 'ignore' });
      const long = start('1000');
      long.unref();
      for (const each of [1, 2])
        start('0.2').once('exit', (code) => {
          throw new Error(\`thrown \${each} \${code}\`);
        });
      process.once('exit', () => console.log(long.kill('SIGKILL')));`;
    const { stdout } = await runNode(['--input-type=module', '-e', script]);
    expect(stdout.split('\n').sort()).toEqual(['', 'thrown 1 0', 'thrown 2 0', 'true']);
  });

  it('leaves no descriptor behind', async () => {
    const before = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 3; i++) await once(spawn({ command: 'true' }, { stdio: 'ignore' }), 'exit');
    for (let i = 0; i < 100 && readdirSync('/proc/self/fd').length > before; i++) await setTimeout(10);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });

  it('is forgotten when it has ended', async () => {
    const script = `
      import { once } from 'node:events';
      import { setTimeout } from 'node:timers/promises';
      import { spawn } from ${library};
      let forgotten = 0;
      const registry = new FinalizationRegistry(() => forgotten++);
      for (let i = 0; i < 20; i++) {
        const child = spawn({ command: i % 2 ? 'true' : '/nonexistent/program' }, { stdio: 'ignore' });
        registry.register(child);
        await once(child, 'exit');
      }
      for (let i = 0; i < 100 && forgotten < 19; i++) {
        gc();
        await setTimeout(10);
      }
      console.log(forgotten >= 19);`; // the last one may still be in a register
    const { stdout } = await runNode(['--expose-gc', '--input-type=module', '-e', script]);
    expect(stdout).toBe('true\n');
  });

  it('looks like one to whoever looks, and subscribers hear of it', async () => {
    const seen: unknown[] = [];
    const see = (message: unknown) => seen.push((message as { process: unknown }).process);
    subscribe('child_process', see);
    const child = spawn({ command: 'true' }, { stdio: 'ignore' });
    unsubscribe('child_process', see);
    await once(child, 'close');
    expect([child instanceof ChildProcess, child.constructor, seen.at(-1)]).toEqual([true, ChildProcess, child]);
    expect(inspect(child)).toMatch(/^(<ref \*1> )?ChildProcess /);
    expect(Object.keys(child).filter((key) => key !== 'ready')).toEqual(
      Object.keys(await ended(nodeSpawn('true', { stdio: 'ignore' }))),
    );
  });

  const ended = async (child: ChildProcess) => {
    await once(child, 'close');
    return child;
  };

  it('comes to its end although nobody reads what it prints, unless another child does', async () => {
    const child = await ended(spawn({ command: 'echo', args: ['unread'] }));
    expect([child.exitCode, child.stdout?.readableEnded]).toEqual([0, true]);
    const first = spawn({ command: 'sh', args: ['-c', 'read go; echo first'] });
    const second = spawn(
      { command: 'sh', args: ['-c', 'read go <&3; cat'] },
      { stdio: [first.stdout, 'pipe', 'ignore', 'pipe'] },
    );
    first.stdin?.end('go\n');
    await once(first, 'exit');
    await setTimeout(1); // it would be read now
    (second.stdio[3] as Writable).end('go\n');
    let text = '';
    second.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    await ended(second);
    first.stdout?.destroy();
    expect(text).toBe('first\n');
  });

  it('has streams, an exit, kill and ref, as one that Node has started', async () => {
    const child = spawn({ command: 'cat', create: ['user', 'net'], users: 'root' });
    await child.ready;
    child.unref();
    child.ref();
    child.stdin?.end('hello');
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    const end = await new Promise((resolve) => child.once('close', (...all) => resolve(all)));
    expect([text, end, child.exitCode, child.kill()]).toEqual(['hello', [0, null], 0, false]);
  });
});
