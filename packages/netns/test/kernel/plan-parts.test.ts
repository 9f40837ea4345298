import { once } from 'node:events';
import { mkdirSync, realpathSync, rmdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import type { SpawnPlan } from '../../src/process/plan/spawn-plan.ts';
import { exec, spawn } from '../../src/process/run-plan.ts';
import { openPseudoTerminal } from '../../src/process/terminal.ts';
import { command } from './support/cli.ts';
import { groupsDirectory } from './support/control-groups.ts';
import { isRealRoot } from './support/privilege.ts';
import { run, temporaryDirectory } from './support/run.ts';

/** Every part of a plan does what it says, as the command itself sees it: its line in the kernel's own files. */
interface Case {
  readonly plan: Partial<SpawnPlan>;
  readonly script: string;
  readonly says: string | RegExp;
  /** Why it cannot be tried here. */
  readonly missing?: string | false;
}

const well = { stderr: '', exitCode: 0, signal: null };
const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
const uts = createNamespace('uts');
afterAll(() => uts.close());
const shared = temporaryDirectory('shared');
beforeAll(async () => {
  const script = 'mount -t tmpfs none "$0" && mount --make-shared "$0"';
  expect(await run('sh', ['-c', script, shared])).toMatchObject({ stderr: '', exitCode: 0 });
});
afterAll(() => run('umount', [shared]));
const groups = groupsDirectory();
const group = `${groups}/parts-${process.pid}`;
if (groups !== undefined) mkdirSync(group);
afterAll(async () => {
  if (groups === undefined) return;
  for (let i = 0; i < 100; i++)
    try {
      return rmdirSync(group);
    } catch {
      await setTimeout(20); // the last one in it has ended a moment ago
    }
});

const onlyOneId = !isRealRoot && 'there is but one id in a user namespace of the tests';
const splitUsr = realpathSync('/bin') !== '/usr/bin' && '/usr is no root directory with a shell in it';
const status = (...names: string[]) => `grep -E "^(${names.join('|')}):" /proc/self/status`;
const sees = 'readlink /proc/self/ns/uts';
const propagation = `grep " ${shared} " /proc/self/mountinfo | sed "s/.* rw[^ ]* //; s/ *- .*//; s/:.*//"`;
const user = { create: ['user'], users: 'root' } as const;
const mounts = { create: ['mnt'] } as const;
const inPid = { create: ['pid', 'mnt'], proc: true } as const;
const someone = { uid: 7, gid: 8 };

const cases: Readonly<Record<keyof SpawnPlan, readonly Case[]>> = {
  command: [{ plan: { command: '/bin/echo', args: ['it'] }, script: '', says: 'it\n' }],
  args: [{ plan: { command: 'printf', args: ['%s,', 'a b', '', '*'] }, script: '', says: 'a b,,*,' }],
  argv0: [{ plan: { argv0: 'other' }, script: 'tr "\\0" " " < /proc/$$/cmdline; true', says: /^other -c / }],
  enter: [{ plan: { enter: [{ type: 'uts', namespace: uts }] }, script: sees, says: `${uts}\n` }],
  create: [{ plan: { create: ['uts'] }, script: `test $(${sees}) != ${uts} && ${sees}`, says: /^uts:/ }],
  users: [
    { plan: user, script: 'echo $(cat /proc/self/uid_map)', says: `0 ${own.uid} 1\n` },
    {
      plan: { ...user, users: 'current' },
      script: 'echo $(cat /proc/self/uid_map)',
      says: `${own.uid} ${own.uid} 1\n`,
    },
    {
      plan: { ...user, users: [{ inside: 5, outside: own.uid, count: 1 }] },
      script: 'echo $(cat /proc/self/uid_map) $(id -u)',
      says: `5 ${own.uid} 1 5\n`,
    },
    {
      plan: { ...user, users: [6, 3].map((inside) => ({ inside, outside: inside + 10, count: 2 })) },
      script: 'echo $(cat /proc/self/uid_map)',
      says: '6 16 2 3 13 2\n',
      missing: onlyOneId,
    },
    {
      plan: { ...user, users: 'all' },
      script: 'echo $(cat /proc/self/uid_map)',
      says: isRealRoot ? '0 0 4294967295\n' : /^0 0 1\n/,
    },
  ],
  groups: [
    { plan: user, script: 'echo $(cat /proc/self/gid_map)', says: `0 ${own.gid} 1\n` },
    {
      plan: { ...user, groups: [{ inside: 9, outside: own.gid, count: 1 }] },
      script: 'echo $(cat /proc/self/uid_map /proc/self/gid_map)',
      says: `0 ${own.uid} 1 9 ${own.gid} 1\n`,
    },
  ],
  setgroups: [{ plan: { create: ['user'], setgroups: 'deny' }, script: 'cat /proc/self/setgroups', says: 'deny\n' }],
  propagation: [
    { plan: mounts, script: propagation, says: '\n' },
    { plan: { ...mounts, propagation: 'private' }, script: propagation, says: '\n' },
    { plan: { ...mounts, propagation: 'slave' }, script: propagation, says: 'master\n' },
    { plan: { ...mounts, propagation: 'shared' }, script: propagation, says: 'shared\n' },
    { plan: { ...mounts, propagation: 'unchanged' }, script: propagation, says: 'shared\n' },
    {
      plan: { create: ['user', 'mnt'], users: 'root', propagation: 'unchanged' },
      script: propagation,
      says: 'master\n', // so the kernel has it where the new mounts belong to another user namespace
    },
  ],
  proc: [
    { plan: inPid, script: 'echo /proc/[0-9]* $$', says: /^\/proc\/1 (\/proc\/2 )?1\n$/ },
    { plan: { ...inPid, proc: shared }, script: `cat ${shared}/1/comm`, says: 'sh\n' },
    {
      plan: { create: ['pid', 'mnt'], proc: false },
      script: 'test $$ = 1 && readlink /proc/self',
      says: /^[^1]\d*\n|^1\d+\n/,
    },
  ],
  sys: [{ plan: { create: ['net', 'mnt'], sys: true }, script: 'ls /sys/class/net', says: 'lo\n' }],
  root: [
    { plan: { root: '/usr' }, script: 'pwd; ls -d /share', says: '/\n/share\n', missing: splitUsr },
    {
      plan: { ...inPid, root: '/usr' },
      script: '',
      says: 'cannot mount proc on /proc: No such file or directory (ENOENT, mount)',
      missing: splitUsr,
    },
    { plan: { root: '/usr', cwd: '/share' }, script: 'pwd', says: '/share\n', missing: splitUsr },
  ],
  cwd: [
    { plan: { cwd: '/usr' }, script: 'pwd', says: '/usr\n' },
    { plan: { ...mounts, cwd: '/usr' }, script: 'pwd', says: '/usr\n' },
    { plan: { ...inPid, cwd: '/usr' }, script: 'pwd', says: '/usr\n' },
  ],
  hostname: [{ plan: { create: ['uts'], hostname: 'a.b' }, script: 'uname -n', says: 'a.b\n' }],
  domainname: [
    { plan: { create: ['uts'], domainname: 'c.d' }, script: 'cat /proc/sys/kernel/domainname', says: 'c.d\n' },
  ],
  clocks: [
    {
      plan: { create: ['time'], clocks: { monotonic: -0.25, boottime: 1e8 + 0.5 } },
      script: 'echo $(cat /proc/self/timens_offsets)',
      says: 'monotonic -1 750000000 boottime 100000000 500000000\n',
    },
  ],
  cgroup: [
    {
      plan: { cgroup: group },
      script: 'cat /proc/self/cgroup',
      says: new RegExp(`/parts-${process.pid}$`, 'm'),
      missing: groups === undefined && 'no control group can be made here',
    },
    {
      plan: { cgroup: [group], create: ['pid', 'cgroup'] },
      script: 'cat /proc/self/cgroup',
      says: /^\d+:[^:]+:\/$/m,
      missing: groups === undefined && 'no control group can be made here',
    },
  ],
  limits: [
    {
      plan: { limits: { pids: 9 } },
      script: 'cat /proc/self/cgroup',
      says: /\/netns-\d+-[0-9a-f]{8}$/m,
      missing: groups === undefined && 'no control group can be made here',
    },
  ],
  uid: [
    { plan: someone, script: 'id -u; id -g; id -G', says: '7\n8\n8\n', missing: onlyOneId },
    { plan: { uid: 7 }, script: 'id -u; id -G', says: `7\n${own.gid}\n`, missing: onlyOneId },
    { plan: { ...user, uid: 7 }, script: '', says: /^cannot become user 7: Invalid argument/ },
  ],
  gid: [{ plan: { gid: 8 }, script: 'id -u; id -g', says: '0\n8\n', missing: onlyOneId }],
  supplementaryGroups: [
    { plan: { ...someone, supplementaryGroups: [9, 10] }, script: 'id -G', says: '8 9 10\n', missing: onlyOneId },
    { plan: { supplementaryGroups: [9] }, script: 'id -u; id -G', says: '0\n0 9\n', missing: onlyOneId },
  ],
  keepCapabilities: [
    {
      plan: { ...user, users: [{ inside: 5, outside: own.uid, count: 1 }], keepCapabilities: ['CAP_NET_ADMIN'] },
      script: status('CapEff', 'CapAmb'),
      says: 'CapEff:\t0000000000001000\nCapAmb:\t0000000000001000\n',
    },
    {
      plan: { ...someone, keepCapabilities: ['net_raw'] },
      script: status('CapEff', 'CapBnd'),
      says: /^CapEff:\t0000000000002000\nCapBnd:\t0*1[0-9a-f]+\n$/,
      missing: onlyOneId,
    },
  ],
  dropCapabilities: [
    {
      plan: { dropCapabilities: ['sys_admin'] }, // the number 21
      script: status('CapEff', 'CapBnd'),
      says: /^CapEff:\t.{10}[014589cd].{5}\nCapBnd:\t.{10}[014589cd].{5}\n$/,
    },
    {
      plan: { dropCapabilities: 'all' },
      script: status('CapPrm', 'CapEff', 'CapBnd'),
      says: ['CapPrm', 'CapEff', 'CapBnd'].map((set) => `${set}:\t0000000000000000\n`).join(''),
    },
    {
      plan: { ...someone, dropCapabilities: 'all', keepCapabilities: ['net_raw'] },
      script: status('CapEff', 'CapBnd'),
      says: 'CapEff:\t0000000000002000\nCapBnd:\t0000000000002000\n',
      missing: onlyOneId,
    },
  ],
  noNewPrivileges: [{ plan: { noNewPrivileges: true }, script: status('NoNewPrivs'), says: 'NoNewPrivs:\t1\n' }],
  env: [{ plan: { env: { A: 'b c', GONE: undefined } }, script: 'tr "\\0" "\\n" < /proc/$$/environ', says: 'A=b c\n' }],
  init: [
    { plan: inPid, script: 'echo $$', says: '1\n' },
    { plan: { ...inPid, init: true }, script: 'echo $$ $PPID $(cat /proc/1/comm)', says: '2 1 nsexec\n' },
  ],
  // These need more than a look from inside: see below, and plan-dying.test.ts.
  terminal: [],
  killSignal: [],
  forwardSignals: [],
};

describe.each(Object.entries(cases).flatMap(([part, list]) => list.map((each) => [part, each] as const)))(
  '%s',
  (_, { plan, script, says, missing = false }) => {
    it.skipIf(missing !== false)(`${JSON.stringify(plan)}`, async () => {
      const request = { command: 'sh', args: ['-c', script], ...plan };
      const text = await exec(request).then(
        ({ stdout }) => stdout,
        (error: Error) => error.message,
      );
      if (typeof says === 'string') expect(text).toBe(says);
      else expect(text).toMatch(says);
    });
  },
);

describe('a fresh /proc and /sys', () => {
  it('never appear outside, and no mount goes there, although all mounts are shared with the new ones', async () => {
    const script = `mount --make-rshared / && sed 's/^[0-9]* [0-9]* //' /proc/self/mountinfo > "$0/before"
      for propagation in shared unchanged slave private; do
        "$1" run --new mnt,net,pid --propagation $propagation -- sh -c 'echo $(ls /sys/class/net) $(cat /proc/1/comm)'
        sed 's/^[0-9]* [0-9]* //' /proc/self/mountinfo | diff "$0/before" -
      done`;
    const words = ['--mount', '--propagation', 'private', 'sh', '-c', script, temporaryDirectory('mounts'), command];
    expect(await run('unshare', words)).toEqual({ ...well, stdout: 'lo nsexec\n'.repeat(4) });
  });

  it('are refused on a directory where that cannot be prevented', async () => {
    const proc = temporaryDirectory('plain');
    const plan: SpawnPlan = { command: 'true', create: ['mnt', 'pid'], propagation: 'shared', proc };
    await expect(exec(plan)).rejects.toThrow(`cannot keep the mount at ${proc} from spreading: Invalid argument`);
    await exec({ ...plan, propagation: 'slave' });
  });
});

describe('terminal', () => {
  it('standard input is the controlling terminal, in a session of its own', async () => {
    using terminal = openPseudoTerminal();
    const slave = terminal.slave.raw;
    const plan: SpawnPlan = { command: 'sh', args: ['-c', 'echo $$ $(cut -d" " -f6,7 /proc/$$/stat)'], terminal: true };
    const child = spawn(plan, { stdio: [slave, 'pipe', 'inherit'] });
    const [[text]] = await Promise.all([once(child.stdout ?? child, 'data'), child.ready]);
    const [pid, session, device] = String(text).trim().split(' ').map(Number);
    expect([session, device !== 0]).toEqual([pid, true]);
  });

  it('is refused where that is none', async () => {
    await expect(exec({ command: 'true', terminal: true })).rejects.toMatchObject({ code: 'ENOTTY', syscall: 'ioctl' });
  });
});

describe('forwardSignals', () => {
  const script = 'trap "exit 41" USR1; trap "exit 42" TERM; echo ready; while :; do sleep 0.02; done';

  it.each([
    ['those that are named', ['SIGUSR1'], 'SIGUSR1', [41, null]],
    ['no others: who waits ends by them, and takes the command along', ['SIGUSR1'], 'SIGTERM', [null, 'SIGTERM']],
    ['without a word, what programs send each other', undefined, 'SIGTERM', [42, null]],
  ] as const)('%s', async (_, forwardSignals, signal, end) => {
    for (const init of [false, true]) {
      const more = forwardSignals === undefined ? {} : { forwardSignals };
      const child = spawn({ command: 'sh', args: ['-c', script], create: ['pid'], init, ...more });
      await once(child.stdout ?? child, 'data');
      const ended = once(child, 'exit');
      child.kill(signal);
      expect(await ended).toEqual(end);
    }
  });
});
