import { existsSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindNamespace, unbindNamespace } from '../../src/namespaces/bind.ts';
import { NamespaceCensus } from '../../src/namespaces/discover/census.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { namespacesOfProcess } from '../../src/namespaces/of-process.ts';
import { openNamespace } from '../../src/namespaces/reference.ts';
import { type NamespaceType, namespaceTypes } from '../../src/namespaces/type.ts';
import type { SpawnPlan } from '../../src/process/plan/spawn-plan.ts';
import { exec } from '../../src/process/run-plan.ts';
import type { ExecResult } from '../../src/process/spawn.ts';
import type { CallOutcome } from './support/call.ts';
import { callInProcess } from './support/call-in-process.ts';
import { command, netns } from './support/cli.ts';
import { childrenOf, type Holder, hold } from './support/holder.ts';
import { run, temporaryDirectory } from './support/run.ts';

/**
 * Every type of namespace, every way in: made, kept in a file, opened, entered, with a program started in it, and listed; by somebody
 * who has the right to, and by an ordinary user. Whoever is inside says where they are.
 */
const directory = temporaryDirectory('matrix');
const own = (type: NamespaceType) => readlinkSync(`/proc/self/ns/${type}`);
const inodeOf = (name: string) => Number(/\[(\d+)\]/.exec(name)?.[1]);
const where = (type: string) => ({ command: 'readlink', args: [`/proc/self/ns/${type}`] });
const well = { stderr: '', exitCode: 0, signal: null };

/** A plan's output, which is one line. */
async function said(plan: SpawnPlan): Promise<string> {
  const { stdout, ...end } = await exec(plan);
  expect(end).toEqual({ stderr: '', exitCode: 0, signal: undefined });
  return stdout.trimEnd();
}

/**
 * A mount namespace cannot be bound in one that is younger than it, or it could hold itself. The kernel goes by their ids, which each
 * processor gives out from a stock of its own: so what is new may seem old (Linux 6.18).
 */
function seemsOlder(pid: number): boolean {
  using mine = openNamespace({ pid: process.pid }, 'mnt');
  using other = openNamespace({ pid }, 'mnt');
  return (other.cookie ?? 1n) < (mine.cookie ?? 0n);
}

/** Whoever enters a user namespace becomes its root, so it needs to have one. */
const making = (type: NamespaceType): Pick<SpawnPlan, 'create' | 'users'> => ({
  create: [type],
  ...(type === 'user' ? { users: 'root' } : {}),
});

describe.each(namespaceTypes)('a %s namespace, with the right to', (type) => {
  let holder: Holder;
  let theirs: string;
  beforeAll(async () => {
    holder = await hold(making(type));
    while (type === 'mnt' && seemsOlder(holder.pid)) {
      await holder.end();
      holder = await hold(making(type));
    }
    theirs = holder.namespace(type);
  });
  afterAll(() => holder.end());

  it('is made: by a plan, by unshare, and without anybody in it', async () => {
    using alone = createNamespace(type);
    const byPlan = await said({ ...where(type), ...making(type) });
    const { stdout, ...end } = await netns(
      'unshare',
      `--${optionOf(type)}`,
      '--fork',
      'readlink',
      `/proc/self/ns/${type}`,
    );
    expect(end).toEqual(well);
    // Those that nobody is in any more may have had the same number, one after the other.
    for (const ended of [byPlan, stdout.trimEnd()]) {
      expect(ended).toMatch(new RegExp(`^${type}:\\[\\d+\\]$`));
      expect(new Set([own(type), theirs, String(alone), ended]).size).toBe(4);
    }
  });

  it('is bound to a file, and back', async () => {
    const file = join(directory, type);
    bindNamespace(file, { pid: holder.pid }, type);
    try {
      using opened = openNamespace({ path: file }, type);
      expect(String(opened)).toBe(theirs);
      expect(await said({ ...where(type), enter: [{ type, namespace: file }] })).toBe(theirs);
      const words = [...entering(type, `=${file}`), ...Object.values(where(type)).flat()];
      expect(await netns('nsenter', ...words)).toEqual({ ...well, stdout: `${theirs}\n` });
    } finally {
      unbindNamespace(file);
    }
    expect(existsSync(file)).toBe(false);
  });

  it('is opened: by process, by path, by descriptor', () => {
    using byProcess = openNamespace({ pid: holder.pid }, type);
    using byPath = openNamespace(`/proc/${holder.pid}/ns/${type}`, type);
    using byFd = openNamespace({ fd: byPath.fd }, type);
    for (const each of [byProcess, byPath, byFd]) expect(String(each)).toBe(theirs);
    expect(namespacesOfProcess(holder.pid).namespaces[type]?.ino).toBe(inodeOf(theirs));
  });

  it('is entered: by process, by namespace, by nsenter and by run', async () => {
    using opened = openNamespace({ pid: holder.pid }, type);
    expect(await said({ ...where(type), enter: [{ process: holder.pid, types: [type] }] })).toBe(theirs);
    expect(await said({ ...where(type), enter: [{ process: holder.pid }] })).toBe(theirs);
    expect(await said({ ...where(type), enter: [{ type, namespace: opened }] })).toBe(theirs);
    const target = String(holder.pid);
    for (const words of [
      ['nsenter', '-t', target, ...entering(type)],
      ['run', '--in', `${target}:${type}`, '--'],
    ])
      expect(await netns(...words, ...Object.values(where(type)).flat())).toEqual({ ...well, stdout: `${theirs}\n` });
    expect(own(type)).not.toBe(theirs);
  });

  it('gets a program that stays in it, and tells who that is', async () => {
    const guest = await hold({ enter: [{ process: holder.pid, types: [type] }] });
    try {
      expect(guest.namespace(type)).toBe(theirs);
      if (type === 'pid') expect([guest.pid === guest.outer, childrenOf(guest.outer)]).toEqual([false, [guest.pid]]);
      else expect(guest.pid).toBe(guest.outer);
      using census = new NamespaceCensus({ types: [type] });
      const pids = census.get(inodeOf(theirs))?.processes.map(({ pid }) => pid);
      expect(pids).toEqual([holder.pid, guest.pid].sort((a, b) => a - b));
    } finally {
      await guest.end();
    }
  });

  it('is listed: with its process, and with none', async () => {
    using alone = createNamespace(type);
    using census = new NamespaceCensus({ types: [type] });
    // A guest whose parent was killed is still there until this machine's init has noticed.
    const processes = expect.arrayContaining([expect.objectContaining({ pid: holder.pid })]);
    expect(census.get(inodeOf(theirs))).toMatchObject({ type, processes });
    expect(census.get(alone.id.ino)).toMatchObject({ type, processes: [] });
    const list = (...words: string[]) => netns('lsns', '-J', '-l', '-o', 'ns,type,pid', ...words);
    const row = { ns: inodeOf(theirs), type, pid: holder.pid };
    expect(JSON.parse((await list('-t', type, '-p', String(holder.pid))).stdout)).toEqual({ namespaces: [row] });
    const { namespaces } = JSON.parse((await list('-t', type)).stdout);
    expect(namespaces).toContainEqual(row);
    expect(namespaces).toContainEqual({ ns: alone.id.ino, type, pid: null });
  });

  it('is kept in a file by unshare', async () => {
    const file = join(directory, `${type}-kept`);
    await said({ command: 'touch', args: [file] });
    const words = [`--${optionOf(type)}=${file}`, '--fork', 'readlink', `/proc/self/ns/${type}`];
    let outcome = await netns('unshare', ...words);
    for (let i = 0; type === 'mnt' && i < 50 && outcome.stderr.endsWith(' failed: Invalid argument\n'); i++)
      outcome = await netns('unshare', ...words); // see `seemsOlder`
    const { stdout, ...end } = outcome;
    expect(end).toEqual(well);
    try {
      using kept = openNamespace({ path: file }, type);
      expect(`${kept}\n`).toBe(stdout);
    } finally {
      unbindNamespace(file);
    }
  });
});

const optionOf = (type: NamespaceType) => (type === 'mnt' ? 'mount' : type);
/** nsenter gives up the groups when it enters a user namespace, where that may be forbidden. */
const entering = (type: NamespaceType, value = '') => [
  `--${optionOf(type)}${value}`,
  ...(type === 'user' ? ['--preserve-credentials'] : []),
];

describe('what only children get', () => {
  it('of a pid namespace: pid_for_children of the process that waits', async () => {
    const holder = await hold({ create: ['pid'] });
    try {
      expect(readlinkSync(`/proc/${holder.outer}/ns/pid`)).toBe(own('pid'));
      expect(readlinkSync(`/proc/${holder.outer}/ns/pid_for_children`)).toBe(holder.namespace('pid'));
      const { namespaces } = namespacesOfProcess(holder.outer);
      expect(namespaces.pid_for_children?.ino).toBe(inodeOf(holder.namespace('pid')));
      using opened = openNamespace(`/proc/${holder.outer}/ns/pid_for_children`, 'pid');
      expect(await said({ ...where('pid'), enter: [{ type: 'pid', namespace: opened }] })).toBe(
        holder.namespace('pid'),
      );
    } finally {
      await holder.end();
    }
  });

  it('of a time namespace: the program is in it, and so are its children', async () => {
    const holder = await hold({ create: ['time'], clocks: { boottime: 1e6 } });
    try {
      expect(holder.namespace('time')).not.toBe(own('time'));
      expect(holder.namespace('time_for_children')).toBe(holder.namespace('time'));
      const enter = [{ process: holder.pid, types: ['time'] as const }];
      const uptime = Number(await said({ command: 'cut', args: ['-d.', '-f1', '/proc/uptime'], enter }));
      expect(uptime).toBeGreaterThan(1e6);
    } finally {
      await holder.end();
    }
  });

  it('of a user namespace: whoever enters it is its root', async () => {
    const holder = await hold({ create: ['user'], users: 'root' });
    try {
      const enter = [{ process: holder.pid }];
      expect(await said({ command: 'id', args: ['-u'], enter })).toBe('0');
      const full = /^CapEff:\t(?!0+$)[0-9a-f]+$/;
      expect(await said({ command: 'grep', args: ['CapEff', '/proc/self/status'], enter })).toMatch(full);
    } finally {
      await holder.end();
    }
  });

  it('of a pid namespace that has ended: nothing can be started in it', async () => {
    using dead = createNamespace('pid');
    const failed = exec({ command: 'true', enter: [{ type: 'pid', namespace: dead }] });
    await expect(failed).rejects.toMatchObject({ code: 'ENOMEM', syscall: 'fork' });
  });
});

describe.each(namespaceTypes)('a %s namespace, as an ordinary user', (type) => {
  let world: Holder;
  let privileged: Holder;
  let mine: Holder;
  let prefix: readonly string[];
  beforeAll(async () => {
    // Somebody with no capability, who owns nothing but what they make themselves.
    world = await hold({ create: ['user'], users: [{ inside: 1000, outside: process.geteuid?.() ?? 0, count: 1 }] });
    prefix = ['nsenter', '--target', String(world.pid), '--user', '--preserve-credentials', '--'];
    privileged = await hold({ create: [type] });
    const options = [...new Set(['user', optionOf(type)])].map((option) => `--${option}`);
    mine = await hold({}, [...prefix, 'unshare', '--map-root-user', '--kill-child', ...options]);
  });
  afterAll(async () => {
    for (const each of [mine, privileged, world]) await each?.end();
  });

  const asUser = (...calls: (readonly unknown[])[]) => callInProcess(prefix, calls);
  const create = [...new Set(['user', type])];

  it('is made in a user namespace of their own: always without anybody in it, and by a plan that says so', async () => {
    const [alone, plan, own] = await asUser(
      ['createNamespace', type],
      ['exec', { ...where(type), create: [type] }],
      ['exec', { ...where(type), create, users: 'root' }],
    );
    expect(alone?.value).toMatchObject({ ino: expect.any(Number) });
    if (type === 'user') {
      expect(printed(plan)).not.toBe(world.namespace('user'));
    } else {
      const flag = `CLONE_NEW${type === 'mnt' ? 'NS' : type.toUpperCase()}`;
      const message = `cannot create new namespaces (${flag}): Operation not permitted (EPERM, unshare)`;
      expect(plan?.error).toEqual({ name: 'KernelError', code: 'EPERM', message });
    }
    expect(printed(own)).toMatch(new RegExp(`^${type}:\\[\\d+\\]$`));
    expect([world.namespace(type), mine.namespace(type), privileged.namespace(type)]).not.toContain(printed(own));
  });

  it('is bound to a file where the mounts are their own, and nowhere else', async () => {
    const file = join(directory, `${type}-user`);
    const script = `touch ${file}-own && mount --bind "$1" ${file}-own && stat -Lc %i "$1" ${file}-own; rm -f ${file}-own`;
    const [bound, own] = await asUser(
      ['bindNamespace', file, `/proc/self/ns/${type}`, type],
      [
        'exec',
        {
          command: 'sh',
          args: ['-c', script, 'sh', `/proc/self/ns/${type}`],
          create: [...new Set([...create, 'mnt'])],
          users: 'root',
        },
      ],
    );
    expect(bound?.error).toEqual({
      name: 'KernelError',
      code: 'EPERM',
      message: `cannot bind /proc/self/ns/${type} to ${file}: Operation not permitted (EPERM, mount)`,
    });
    expect(existsSync(file)).toBe(false);
    const { stdout, stderr } = resultOf(own);
    // It would hold itself: EINVAL of mount(2), or ELOOP of move_mount(2), which newer ones use.
    const refused = expect.stringMatching(/wrong fs type|move_mount\(\) failed: Too many levels of symbolic links/);
    if (type === 'mnt') return expect([stdout, stderr]).toEqual(['', refused]);
    const [source, target] = stdout.split('\n');
    expect(stderr).toMatch(/^(rm: .*busy\n)?$/);
    expect(target).toBe(source);
    expect(Number(source)).toBeGreaterThan(4_026_531_840);
  });

  it('is opened if it is their own', async () => {
    const [ok, refused] = await asUser(
      ['openNamespace', { pid: mine.pid }, type],
      ['openNamespace', { pid: privileged.pid }, type],
    );
    expect(ok?.value).toMatchObject({ ino: inodeOf(mine.namespace(type)) });
    expect(refused?.error).toEqual({
      name: 'KernelError',
      code: 'EACCES',
      message: `cannot open the ${type} namespace of process ${privileged.pid}: Permission denied (EACCES, openat)`,
    });
  });

  it('is entered, and gets a program, if it is their own', async () => {
    const [inside, refused, ...others] = await asUser(
      ['exec', { ...where(type), enter: [{ process: mine.pid, types: create }] }],
      ['exec', { ...where(type), enter: [{ process: privileged.pid, types: [type] }] }],
      // The user namespace that it takes to get there comes by itself.
      ['exec', { ...where(type), enter: [{ process: mine.pid, types: [type] }] }],
      ['exec', { ...where(type), enter: [{ type, namespace: `/proc/${mine.pid}/ns/${type}` }] }],
    );
    for (const each of [inside, ...others]) expect(printed(each)).toBe(mine.namespace(type));
    expect(refused?.error).toMatchObject({ name: 'KernelError', code: type === 'user' ? 'EACCES' : 'EPERM' });
    expect(refused?.error?.message).toContain(`process ${privileged.pid}`);
  });

  it('is refused by the commands in one line', async () => {
    const asCommand = (...words: string[]) => run(prefix[0] ?? '', [...prefix.slice(1), command, ...words]);
    const target = String(privileged.pid);
    const flag = `CLONE_NEW${type === 'mnt' ? 'NS' : type.toUpperCase()}`;
    const refused = { stdout: '', signal: null };
    if (type !== 'user') {
      expect(await asCommand('unshare', `--${optionOf(type)}`, 'true')).toEqual({
        ...refused,
        stderr: 'unshare: unshare failed: Operation not permitted\n',
        exitCode: 1,
      });
      expect(await asCommand('run', '--new', type, '--', 'true')).toEqual({
        ...refused,
        stderr: `netns: cannot create new namespaces (${flag}) (without CAP_SYS_ADMIN it takes a new user namespace, too: --map-root): Operation not permitted\n`,
        exitCode: 125,
      });
    }
    expect(await asCommand('nsenter', '-t', target, ...entering(type), 'true')).toEqual({
      ...refused,
      stderr: 'nsenter: reassociate to namespaces failed: Operation not permitted\n',
      exitCode: 1,
    });
    const { stderr, ...end } = await asCommand('run', '--in', `${target}:${type}`, '--', 'true');
    expect(end).toEqual({ ...refused, exitCode: 125 });
    expect(stderr).toMatch(new RegExp(`^netns: cannot [^\\n]*process ${target}[^\\n]*\\n$`));
    expect(await asCommand('lsns', '-n', '-t', type, '-p', target)).toEqual({ ...refused, stderr: '', exitCode: 0 });
  });

  it('is listed if they may look at a process in it', async () => {
    const [seen, hidden] = await asUser(
      ['findNamespace', type, inodeOf(mine.namespace(type))],
      ['findNamespace', type, inodeOf(privileged.namespace(type))],
    );
    expect(seen?.value).toEqual({ type, pids: expect.arrayContaining([mine.pid]) });
    expect(hidden).toEqual({});
  });
});

function resultOf(outcome: CallOutcome | undefined): ExecResult {
  expect(outcome).toEqual({ value: expect.anything() });
  return outcome?.value as ExecResult;
}

function printed(outcome: CallOutcome | undefined): string {
  const { stdout, stderr } = resultOf(outcome);
  expect(stderr).toBe('');
  return stdout.trimEnd();
}
