import { spawn } from 'node:child_process';
import { existsSync, fstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { openNamespace } from '../../src/namespaces/reference.ts';
import { namespaceTypes } from '../../src/namespaces/type.ts';
import { Fd } from '../../src/native/fd.ts';
import { perform } from '../../src/native/syscall.ts';
import { socketIn } from '../../src/process/sockets/raw-socket.ts';
import { command, netns, netnsWith, readablePath } from './support/cli.ts';
import { childrenOf, type Holder, hold, isAlive } from './support/holder.ts';
import { isRealRoot } from './support/privilege.ts';
import { endOf, type ProgramEnd, run, temporaryDirectory } from './support/run.ts';
import { straceMissing, trace } from './support/strace.ts';

/** What cannot be compared with the installed nsenter: options it does not have, who is where, who dies when, what differs on purpose. */
const missing = straceMissing();
const directory = temporaryDirectory('nsenter');
const well = { stderr: '', exitCode: 0, signal: null };
const own = (type: string) => readlinkSync(`/proc/self/ns/${type}`);
const nsenter = (...words: string[]) => netns('nsenter', ...words);
/** In the tests' own user namespace (without root) nobody may give up groups. */
const groups = isRealRoot ? [] : ['--preserve-credentials'];

async function said(...words: string[]): Promise<string> {
  const { stdout, ...end } = await nsenter(...words);
  expect(end).toEqual(well);
  return stdout.trimEnd();
}

const refused = (stderr: string): ProgramEnd => ({
  stdout: '',
  stderr: `nsenter: ${stderr}\n`,
  exitCode: 1,
  signal: null,
});

/** A process in new namespaces of every type, with a root and a working directory of its own. */
let target: Holder;
let t: string;
beforeAll(async () => {
  target = await hold({
    create: namespaceTypes,
    users: 'root',
    proc: true,
    hostname: 'target',
    cwd: '/usr',
    clocks: { boottime: 1e7 },
    env: { PATH: '/bin', ONLY: 'there' },
  });
  t = String(target.pid);
});
afterAll(() => target.end());

const links = namespaceTypes.map((type) => `/proc/self/ns/${type}`);

describe('--all', () => {
  it('enters every namespace of the target', async () => {
    const inside = await said('-t', t, '-a', ...groups, 'readlink', ...links);
    expect(inside.split('\n')).toEqual(namespaceTypes.map((type) => target.namespace(type)));
    expect(await said('-t', t, '-a', ...groups, 'hostname')).toBe('target');
  });

  it('is no fault for who is inside already', async () => {
    // Without root our pid namespace, for one, belongs to a user namespace above ours: it could not be entered.
    expect(await said('-t', String(process.pid), '-a', 'readlink', ...links)).toBe(
      namespaceTypes.map((type) => own(type)).join('\n'),
    );
    // Whoever may enter their own mount namespace comes to its root, as with the original; who may not stays.
    expect(await said('-t', String(process.pid), '-a', 'pwd')).toBe('/');
    const powerless = ['--drop', 'all', '--', 'sh', '-c', '"$0" nsenter -t $$ -a pwd', command];
    expect(await netns('run', ...powerless)).toEqual({ ...well, stdout: `${process.cwd()}\n` });
    // Asked for by name, one's own user namespace cannot be entered.
    expect(await nsenter('-t', String(process.pid), '-U', 'true')).toEqual(
      refused('reassociate to namespaces failed: Invalid argument'),
    );
  });

  it('leaves to a file what is given one', async () => {
    using net = createNamespace('net');
    const script = 'readlink /proc/self/ns/net /proc/self/ns/uts';
    const words = ['-t', t, '-a', ...groups, `-n/proc/${process.pid}/fd/${net.fd.raw}`, 'sh', '-c', script];
    expect(await said(...words)).toBe(`${net}\n${target.namespace('uts')}`);
  });
});

describe('the order', () => {
  it.skipIf(missing)(
    'is all others first, then the user namespace; or that first where it gives the right to',
    async () => {
      const log = join(directory, 'order');
      const words = (...more: string[]) => [command, 'nsenter', '-t', t, '-U', '-n', '-u', ...groups, ...more];
      const first = await trace(words('true'), log, { calls: ['setns'] });
      expect(first.calls.map(({ args }) => /CLONE_\S+(?=\))/.exec(args)?.[0])).toEqual([
        expect.stringMatching(/^CLONE_NEW(UTS|NET)\|CLONE_NEW(UTS|NET)$/),
        'CLONE_NEWUSER',
      ]);
      // Somebody who owns the user namespace, and can do nothing outside of it.
      const world = await hold({
        create: ['user'],
        users: [{ inside: 1000, outside: process.geteuid?.() ?? 0, count: 1 }],
      });
      const prefix = ['nsenter', '-t', String(world.pid), '-U', '--preserve-credentials', '--'];
      const mine = await hold({}, [...prefix, 'unshare', '-rnu', '--kill-child']);
      try {
        const enter = [command, 'nsenter', '-t', String(mine.pid), '-U', '-n', '--preserve-credentials', 'true'];
        const second = await trace([...prefix, ...enter], log, { calls: ['setns'] });
        expect(second).toMatchObject({ stderr: '', exitCode: 0 });
        const calls = second.calls.slice(1).map(({ args }) => /(CLONE_\w+)\)\s+= (\S+)/.exec(args)?.slice(1, 3));
        expect(calls).toEqual([
          ['CLONE_NEWNET', '-1'],
          ['CLONE_NEWUSER', '0'],
          ['CLONE_NEWNET', '0'],
        ]);
      } finally {
        await mine.end();
        await world.end();
      }
    },
  );
});

describe('what is taken over from the target', () => {
  it('--env: its environment, and nothing of ours', async () => {
    const env = { ...process.env, PATH: readablePath, HERE: 'yes' };
    const words = ['nsenter', '-t', t, '-U', ...groups];
    const { stdout } = await netnsWith({ env, stdio: ['ignore', 'pipe', 'pipe'] }, ...words, '--env', 'env');
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['ONLY=there', 'PATH=/bin']));
    expect(stdout).not.toContain('HERE=');
    expect((await netnsWith({ env, stdio: ['ignore', 'pipe', 'pipe'] }, ...words, 'env')).stdout).toContain('HERE=yes');
  });

  it('--wd, --root and --wdns: its directories, or others, by their paths outside or inside', async () => {
    const jailed = await hold({ create: ['user', 'mnt'], users: 'root', root: '/usr', cwd: '/lib' });
    const into = (...words: string[]) => said('-t', String(jailed.pid), '-U', '-m', ...groups, ...words);
    try {
      expect(await into('--wd', 'pwd')).toBe('/usr/lib');
      expect(await into('--root', 'ls', '-d', '/share')).toBe('/share');
      expect(await into('--root', '--wd', 'pwd')).toBe('/lib');
      expect(await into('--root', '--wdns=/share', 'pwd')).toBe('/share');
      expect(await into('--root', '-W/share', 'pwd')).toBe('/share');
      expect(await into('--wd=/usr/share', 'pwd')).toBe('/usr/share');
      expect(await into('-w=/usr/share', 'pwd')).toBe('/usr/share');
      expect(await into('--root=/usr', '--wdns=share', 'pwd')).toBe('/share');
      expect(await nsenter('-t', String(jailed.pid), '-U', '-m', ...groups, '-r', '--wdns=/usr', 'true')).toEqual(
        refused('cannot open current working directory: No such file or directory'),
      );
    } finally {
      await jailed.end();
    }
  });

  it('-S follow and -G follow: its user and group', async () => {
    if (!isRealRoot) {
      expect(await said('-t', t, '-U', '-S', 'follow', ...groups, 'id', '-u')).toBe('0');
      return;
    }
    const other = await hold({ create: ['net'], uid: 5, gid: 6 });
    try {
      const words = [
        '-t',
        String(other.pid),
        '-n',
        '--setuid=follow',
        '--setgid=follow',
        'sh',
        '-c',
        'id -u; id -g; id -G',
      ];
      expect(await said(...words)).toBe('5\n6\n6');
    } finally {
      await other.end();
    }
  });

  it.skipIf(!isRealRoot)('--join-cgroup: its control group of version 2', async () => {
    const group = `netns-nsenter-${process.pid}`;
    const script = [
      'mount -t cgroup2 none /sys/fs/cgroup && mkdir "/sys/fs/cgroup/$1" || exit 9',
      'sleep 100 & echo $! > "/sys/fs/cgroup/$1/cgroup.procs"',
      '"$0" nsenter -t $! -n -c grep ^0: /proc/self/cgroup; echo "status $?"',
      'kill $!; wait; rmdir "/sys/fs/cgroup/$1"',
    ];
    const end = await run('unshare', ['-m', 'sh', '-c', script.join('\n'), command, group]);
    expect(end).toEqual({ ...well, stdout: `0::/${group}\nstatus 0\n` });
    expect(statSync('/sys/fs/cgroup').isDirectory()).toBe(true);
  });

  it('--join-cgroup says so where there is only version 1', async () => {
    const script = `mount -t tmpfs none /sys/fs/cgroup && exec "$0" nsenter -t $$ -n -c true`;
    const end = await run('unshare', [...(isRealRoot ? [] : ['-r']), '-m', 'sh', '-c', script, command]);
    expect(end).toEqual(refused('--join-cgroup is only supported in cgroup v2'));
  });
});

describe('credentials', () => {
  it('--keep-caps keeps what is permitted inside, for another user too', async () => {
    const ambient = (...words: string[]) => said('-t', t, ...words, ...groups, 'grep', 'CapAmb', '/proc/self/status');
    expect(await ambient('-U', '--keep-caps')).not.toMatch(/\t0+$/);
    expect(await ambient('-U', '-n', '--keep-caps')).not.toMatch(/\t0+$/);
    expect(await ambient('-U', '-n')).toMatch(/\t0+$/);
  });

  it('--user-parent enters the owner', async () => {
    const nested = await hold({ create: ['user'], users: 'root' }, ['unshare', '-rn', '--kill-child']);
    try {
      const pid = String(nested.pid);
      using user = openNamespace({ pid: nested.pid }, 'user');
      using owner = user.owner();
      expect(String(owner)).not.toBe(own('user'));
      expect(await said('-t', pid, '--user-parent', ...groups, 'readlink', '/proc/self/ns/user')).toBe(String(owner));
      // The owner of a namespace is our own user namespace: that one cannot be entered.
      expect(await nsenter('-t', t, '--user-parent', 'true')).toEqual(
        refused("reassociate to namespace 'ns/user' failed: Invalid argument"),
      );
    } finally {
      await nested.end();
    }
  });
});

describe('which namespace', () => {
  it("--net-socket: that of the target's socket", async () => {
    using net = createNamespace('net');
    const socket = socketIn(net, 'inet', 'stream');
    try {
      const self = String(process.pid);
      expect(await said('-t', self, '-N', String(socket.raw), 'readlink', '/proc/self/ns/net')).toBe(String(net));
      const { stderr } = await nsenter('-t', self, '-N', '9999', 'true');
      expect(stderr).toMatch(/^nsenter: pidfd_getfd\(\d+, 9999\): Bad file descriptor\n$/);
      const plain = await nsenter('-t', self, '-N', String(net.fd.raw), 'true');
      expect(plain.stderr).toMatch(/^nsenter: ioctl\(\d+, SIOCGSKNS\): /);
      expect(plain.exitCode).toBe(1);
      expect(await nsenter('-N', '3', 'true')).toEqual(refused('no target PID specified'));
    } finally {
      socket.close();
    }
  });

  it(':ID: that which the kernel numbers so', async () => {
    for (const [type, letter] of [
      ['net', 'n'],
      ['uts', 'u'],
      ['ipc', 'i'],
    ] as const) {
      using namespace = openNamespace({ pid: target.pid }, type);
      if (namespace.cookie === undefined) continue; // an older kernel
      const words = ['-t', t, '-U', ...groups, `-${letter}:${namespace.cookie}`, 'readlink', `/proc/self/ns/${type}`];
      expect(await said(...words)).toBe(String(namespace));
    }
    const { stderr, exitCode } = await nsenter('-n:18446744073709551615', 'true');
    expect([stderr, exitCode]).toEqual([
      expect.stringMatching(/^nsenter: cannot open namespace of id 18446744073709551615: .*\n$/),
      1,
    ]);
    for (const word of ['', 'x', '-1', '18446744073709551616'])
      expect(await nsenter(`-n:${word}`, 'true')).toEqual(refused(`failed to parse nsid: ${word}`));
  });

  it('PID:INODE: the process that had this number then', async () => {
    using pidfd = Fd.adopt(perform('open', 'pidfd_open', target.pid, 0), 'the target');
    const { ino } = fstatSync(pidfd.raw, { bigint: true });
    const see = ['-U', '-u', ...groups, 'readlink', '/proc/self/ns/uts'];
    expect(await said('-t', `${t}:${ino}`, ...see)).toBe(target.namespace('uts'));
    expect(await nsenter('-t', `${t}:${ino + 1n}`, ...see)).toEqual(
      refused(`failed to obtain a valid file descriptor for PID ${t}: No such process`),
    );
    expect((await nsenter('-t', `${t}:x`, ...see)).exitCode).toBe(1);
  });

  it('is refused where there is no right to', async () => {
    const world = await hold({
      create: ['user'],
      users: [{ inside: 1000, outside: process.geteuid?.() ?? 0, count: 1 }],
    });
    try {
      const prefix = ['-t', String(world.pid), '-U', '--preserve-credentials', '--', command, 'nsenter', '-t', t];
      for (const words of [['-n'], ['-n', '-u', '-i'], ['-U', '--preserve-credentials']])
        expect(await run('nsenter', [...prefix, ...words, 'true'])).toEqual(
          refused('reassociate to namespaces failed: Operation not permitted'),
        );
    } finally {
      await world.end();
    }
  });
});

describe('the pid namespace', () => {
  it('-F leaves the command itself outside, and its children inside', async () => {
    const script = 'readlink /proc/$$/ns/pid; readlink /proc/self/ns/pid';
    const words = ['-t', t, '-U', ...groups, '-p', '-F', 'sh', '-c', script];
    expect((await said(...words)).split('\n')).toEqual([own('pid'), target.namespace('pid')]);
    const forked = await said('-t', t, '-U', ...groups, '-p', 'readlink', '/proc/self/ns/pid');
    expect(forked).toBe(target.namespace('pid'));
  });

  it('ends as the command does', async () => {
    const into = ['-t', t, '-U', ...groups, '-p'];
    for (const signal of ['TERM', 'KILL', 'SEGV', 'USR1'] as const)
      expect(await nsenter(...into, 'sh', '-c', `kill -${signal} $$`)).toEqual({
        ...well,
        stdout: '',
        exitCode: null,
        signal: `SIG${signal}`,
      });
    expect((await nsenter(...into, 'sh', '-c', 'exit 42')).exitCode).toBe(42);
    const shell = await run('sh', [
      '-c',
      '"$@"; echo $?',
      'sh',
      command,
      'nsenter',
      ...into,
      'sh',
      '-c',
      'kill -TERM $$',
    ]);
    expect(shell.stdout).toBe('143\n');
    expect(await nsenter(...into, '/nope')).toMatchObject({
      exitCode: 127,
      stderr: 'nsenter: failed to execute /nope: No such file or directory\n',
    });
    expect(await nsenter(...into, '/usr')).toMatchObject({
      exitCode: 126,
      stderr: 'nsenter: failed to execute /usr: Permission denied\n',
    });
  });

  it('stops and goes on with the command', async () => {
    const child = spawn(
      command,
      ['nsenter', '-t', t, '-U', ...groups, '-p', 'sh', '-c', 'echo here; kill -STOP $$; exit 3'],
      {
        env: { ...process.env, PATH: readablePath },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const ended = endOf(child);
    const pid = child.pid ?? 0;
    const stopped = () =>
      existsSync(`/proc/${pid}`) && /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
    for (let i = 0; i < 500 && !stopped(); i++) await setTimeout(10);
    expect(stopped()).toBe(true);
    process.kill(pid, 'SIGCONT');
    expect(await ended).toMatchObject({ exitCode: 3, stdout: 'here\n' });
  });
});

describe('a target that is gone', () => {
  it('before', async () => {
    const gone = await hold({});
    await gone.end();
    const pid = String(gone.pid);
    expect(await nsenter('-t', pid, '-n', 'true')).toEqual(
      refused(`cannot open /proc/${pid}/ns/net: No such file or directory`),
    );
    expect(await nsenter('-t', pid, '-a', 'true')).toEqual(
      refused(`stat of /proc/${pid}/ns/user failed: No such file or directory`),
    );
  });

  /** Lets nsenter wait before it enters, for so long that its target can end; the log tells when it has the target in hand: not before the call is done. */
  const slowly = (log: string) => [
    'strace',
    ...['-f', '-qqq', '-o', log, '-e', 'trace=pidfd_open,setns', '-e', 'inject=setns:delay_enter=3000000'],
  ];

  it.skipIf(missing)('meanwhile', async () => {
    const dying = await hold({ create: ['user', 'net'], users: 'root' });
    const log = join(directory, 'dying');
    const [strace = '', ...options] = slowly(log);
    const into = [command, 'nsenter', '-t', String(dying.pid), '-n', '-U', ...groups, 'true'];
    const entering = run(strace, [...options, ...into]);
    for (let i = 0; i < 2000 && !(existsSync(log) && /pidfd_open.*= \d/.test(readFileSync(log, 'utf8'))); i++)
      await setTimeout(10);
    await dying.end();
    expect(await entering).toEqual(refused('reassociate to namespaces failed: No such process'));
  });

  it.skipIf(missing || !mayChooseNumbers())('meanwhile, when another process has got its number', async () => {
    // In a pid namespace of its own, where one can say which number comes next.
    const log = join(directory, 'reused');
    const script = [
      'unshare -n sh -c "echo; exec sleep 1000" > "$1.first" & first=$!',
      'until [ -s "$1.first" ]; do sleep 0.02; done',
      `${slowly('"$1"').join(' ')} "$0" nsenter -t $first -n readlink /proc/self/ns/net & entering=$!`,
      'until grep -q "pidfd_open.*= [0-9]" "$1" 2>/dev/null; do sleep 0.02; done',
      'kill -9 $first; wait $first 2>/dev/null',
      'echo $((first - 1)) > /proc/sys/kernel/ns_last_pid; unshare -n sleep 1000 & second=$!',
      'echo "same number: $((first == second))"',
      'wait $entering; echo "status $?"; kill -9 $second; wait $second 2>/dev/null; true',
    ];
    const { stdout, stderr } = await run('unshare', [
      '-mpf',
      '--mount-proc',
      'sh',
      '-c',
      script.join('\n'),
      command,
      log,
    ]);
    expect([stdout, stderr]).toEqual([
      'same number: 1\nstatus 1\n',
      expect.stringContaining('nsenter: reassociate to namespaces failed: No such process\n'),
    ]);
  });

  it('leaves nobody behind', async () => {
    const before = childrenOf(process.pid);
    const dying = await hold({ create: ['user', 'pid'], users: 'root' });
    const guest = spawn(
      command,
      ['nsenter', '-t', String(dying.pid), '-U', ...groups, '-p', 'sh', '-c', 'echo here; exec sleep 1000'],
      {
        env: { ...process.env, PATH: readablePath },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await new Promise((resolve) => guest.stdout?.once('data', resolve));
    const [inside = 0] = childrenOf(guest.pid ?? 0);
    expect(isAlive(inside)).toBe(true);
    const ended = endOf(guest);
    await dying.end(); // process 1 of the namespace: all in it end with it
    expect(await ended).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(isAlive(inside)).toBe(false);
    expect(childrenOf(process.pid)).toEqual(before);
  });
});

/** Root of a pid namespace may; so may nobody whose /proc is read-only. */
function mayChooseNumbers(): boolean {
  return isRealRoot && existsSync('/proc/sys/kernel/ns_last_pid');
}

describe('--follow-context', () => {
  const fakes =
    'mount -t tmpfs t /sys/fs && mount -t tmpfs t /etc && mkdir /sys/fs/selinux /etc/selinux && : > /sys/fs/selinux/enforce && : > /etc/selinux/config';

  it('needs a target where the machine has SELinux', async () => {
    const script = `${fakes} && exec "$0" nsenter -Z --net=/proc/self/ns/net true`;
    const { stderr, exitCode } = await netns('unshare', '--mount', 'sh', '-c', script, command);
    expect(stderr).toMatch(/^nsenter: no target PID specified for --follow-context\n$/m); // Node may miss certificates of /etc
    expect(exitCode).toBe(1);
  });
});
