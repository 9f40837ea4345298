import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syscall } from '../../src/native/syscall.ts';
import { isRealRoot } from '../kernel/support/privilege.ts';
import { folderOfOurs, installedSince, installedVersion, run } from './util-linux/compare.ts';

/** Our `nsenter` beside the installed one, into a process in namespaces of its own. */
const folder = folderOfOurs();
const version = installedVersion();
let keeper: ChildProcess | undefined;
let target = '';

beforeAll(async () => {
  keeper = spawn('unshare', ['-rnmuipfC', '--kill-child', '--mount-proc', 'sleep', '1000'], { stdio: 'ignore' });
  const children = `/proc/${keeper.pid}/task/${keeper.pid}/children`;
  for (let i = 0; i < 200 && !/sleep/.test(commandOf(target)); i++) {
    await setTimeout(10);
    target = readFileSync(children, 'utf8').trim();
  }
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

afterAll(async () => {
  const ended = new Promise((resolve) => keeper?.once('exit', resolve));
  keeper?.kill('SIGKILL');
  await ended;
  folder.remove();
});

/** `T` stands for the target's process id. */
const same: readonly string[] = [
  '-t T -U -n readlink /proc/self/ns/net',
  '-t T -U -n id',
  '-t T -U -u hostname',
  '-t T -a id -u',
  '-t T -a -r pwd',
  '-t T -a -w pwd',
  '-t T -a -r -w pwd',
  '-t T -a -w/ pwd',
  '-t T -a -r/ pwd',
  '-t T -aF true',
  '-t T -U --preserve-credentials id -u',
  '-t T -U -S 0 id -u',
  '-t T -U --preserve-credentials -G 0 id -g',
  '-t T -U -G 0 id -g',
  '-t T -U -m -p sh -c exit\\ 4',
  '-t T -U -p sh -c kill\\ -9\\ $$',
  '-t T -U -p -F sh -c exit\\ 5',
  '-t T -a nope',
  '-t T -a /tmp',
  '-t T -a -- sh -c exit\\ 3',
  '--target T --user --net true',
  '--target=T --user --cg --net true',
  '-t T -U -n/proc/T/ns/net readlink /proc/self/ns/net',
  '-t T -U --net=/proc/T/ns/net true',
  '-U/proc/T/ns/user -n/proc/T/ns/net id -u',
  '--user=/proc/T/ns/user id -u',
  '--net=/nope true',
  '-n/nope true',
  '-t T -n/nope true',
  '-w/nope true',
  '-r true',
  '-U/proc/T/ns/user -w true',
  '-U/proc/T/ns/user --user=/proc/T/ns/user -r/ -r/ -w/ -w/tmp ls /proc/self/fd',
  '-r/nope true',
  '-t 99999999 -n true',
  '-t 99999999 -a true',
  '--bogus',
  '-x',
  '-t',
  '--target',
  '--t',
  '--s',
  '--no-fork=1',
  '-S x true',
  '-S 99999999999999999999 true',
  '-G x true',
];

const asRoot: readonly string[] = [
  '-t T -n readlink /proc/self/ns/net',
  '-t T -n -u -i sh -c exit\\ 9',
  '-t T -m true',
  '--net=/proc/T/ns/net true',
  '--net=/proc/T/ns/net nope',
  '--net=/etc/passwd true',
  '--net=/proc/T/ns/uts true',
  '-n/proc/T/ns/net true',
  '-t T -p sh -c kill\\ -15\\ $$',
  '-t T -n -S 5 id -u',
  '-t T -n -G 5 id -G',
  '-t T -n -r pwd',
  '-t T -n -w pwd',
];

const newer: readonly {
  readonly line: string;
  readonly since: string;
  readonly status: number;
  readonly stderr: string;
}[] = [
  { line: 'true', since: '2.41', status: 1, stderr: 'no namespace specified' },
  { line: '-n true', since: '2.41', status: 1, stderr: 'no target PID specified' },
  { line: '-a true', since: '2.41', status: 1, stderr: 'stat of /proc/PID/ns/user failed: No such file or directory' },
  { line: '-t x -n true', since: '2.43', status: 1, stderr: "failed to parse PID argument 'x': Invalid argument" },
  {
    line: '-t 0 -n true',
    since: '2.43',
    status: 1,
    stderr: "failed to parse PID argument '0': Numerical result out of range",
  },
  {
    line: '-t -5 -n true',
    since: '2.43',
    status: 1,
    stderr: "failed to parse PID argument '-5': Numerical result out of range",
  },
  { line: '-t T -t T -n true', since: '2.43', status: 1, stderr: 'option --target may be given only once' },
  {
    line: '-t T:1 -n true',
    since: '2.42',
    status: 1,
    stderr: 'failed to obtain a valid file descriptor for PID TARGET: No such process',
  },
  { line: '-t T -w -W/ -n true', since: '2.41', status: 1, stderr: 'options --wd and --wdns cannot be combined' },
  { line: '-W/ -w -n true', since: '2.42', status: 1, stderr: 'options --wdns and --wd cannot be combined' },
  { line: '-w -W/ -S x true', since: '2.41', status: 1, stderr: 'options --wd and --wdns cannot be combined' },
  {
    line: '-U/proc/T/ns/user -S follow true',
    since: '2.39',
    status: 1,
    stderr: 'neither filename nor target pid supplied for ',
  },
  {
    line: '-U/proc/T/ns/user -t 99999999 -e true',
    since: '2.39',
    status: 1,
    stderr: 'cannot open /proc/PID/environ: No such file or directory',
  },
  {
    line: '-t T -n -N 2147483648 true',
    since: '2.41',
    status: 1,
    stderr: "failed to parse file descriptor: '2147483648': Numerical result out of range",
  },
  { line: '-t T -N x true', since: '2.41', status: 1, stderr: "failed to parse file descriptor: 'x'" },
  { line: '-n:x true', since: '2.42', status: 1, stderr: 'failed to parse nsid: x' },
  { line: '-t T -U -S 5 true', since: '2.40', status: 1, stderr: 'setuid() failed: Invalid argument' },
];

function wordsOf(line: string): string[] {
  return line.split(/(?<!\\) /).map((word) => word.replaceAll('\\ ', ' ').replace(/\bT\b/g, target));
}

const root = isRealRoot;

/**
 * Without root the target's namespaces are below a user namespace that may not set groups, and its clock namespace is the machine's:
 * the kernel refuses both programs, in words that differ between versions.
 */
const forRootOnly = (line: string) => / -a/.test(line) || /-U -S 5/.test(line);
const possible = (line: string) => root || !forRootOnly(line);

describe.skipIf(version === undefined)('nsenter beside the installed one', () => {
  it.each([...same.filter(possible), ...(root ? asRoot : [])])('%s', (line) => {
    const words = ['nsenter', ...wordsOf(line)];
    expect(run(folder.path, words)).toEqual(run(undefined, words));
  });
});

describe('nsenter as newer versions have it', () => {
  it.each(newer.filter(({ line }) => possible(line)).map((each) => [each.line, each] as const))(
    '%s',
    (line, { since, status, stderr }) => {
      const text = `nsenter: ${stderr.replace('TARGET', target)}\n`;
      const expected = { stdout: '', stderr: text, status, signal: null };
      const words = ['nsenter', ...wordsOf(line)];
      expect(run(folder.path, words)).toEqual(expected);
      if (installedSince(since)) expect(run(undefined, words), 'the installed one').toEqual(expected);
    },
  );

  it.skipIf(!root)('takes the environment of the target', () => {
    const { stdout } = run(folder.path, ['nsenter', '-t', target, '-U', '-e', 'env'], { ONLY_HERE: '1' });
    expect(stdout).not.toContain('ONLY_HERE');
    expect(stdout).toContain('PATH=');
  });

  it('knows a process by its number and inode (since 2.42)', () => {
    const pidfd = syscall('pidfd_open', Number(target), 0);
    const { ino } = fstatSync(pidfd);
    closeSync(pidfd);
    const status = (inode: string | number) =>
      both('2.42', ['-t', `${target}:${inode}`, '-U', '--preserve-credentials', 'true']).status;
    for (const inode of [ino, ` ${ino}`, `+${ino}`]) expect(status(inode)).toBe(0);
    for (const inode of [1, '', 0, -ino, ino + 1, `${ino}:1`, `${ino}x`]) expect(status(inode)).toBe(1);
  });

  it("follows the target's ids, as they are inside, and its SELinux context where there are any (since 2.39)", async () => {
    const other = spawn('unshare', ['-U', '--map-user=7', '--map-group=8', 'sh', '-c', 'echo; exec sleep 1000']);
    try {
      await new Promise((resolve) => other.stdout.once('data', resolve));
      const id = (...words: readonly string[]) =>
        both('2.42', ['-t', `${other.pid}`, '-U', '--preserve-credentials', '-Z', ...words, 'id']).stdout;
      expect(id('-S', 'follow')).toMatch(/^uid=7\b/);
      expect(id('-G', 'follow')).toMatch(/^uid=\d+.* gid=8\b/);
      expect(id('-S', 'follow', '-G', 'follow')).toMatch(/^uid=7\b.* gid=8\b/);
    } finally {
      const ended = new Promise((resolve) => other.once('exit', resolve));
      other.kill('SIGKILL');
      await ended;
    }
  });

  /** What ours does; if the installed one is as new, it does the same. */
  function both(since: string, words: readonly string[]) {
    const ours = run(folder.path, ['nsenter', ...words]);
    if (!installedSince(since)) return ours;
    const { stdout, status } = run(undefined, ['nsenter', ...words]);
    expect({ stdout, status }, 'the installed one').toEqual({ stdout: ours.stdout, status: ours.status });
    return ours;
  }

  it.skipIf(!root)('keeps capabilities of a user namespace that is entered alone', () => {
    const ambient = (words: readonly string[]) =>
      run(folder.path, ['nsenter', '-t', target, ...words, 'grep', 'CapAmb', '/proc/self/status']).stdout.trim();
    expect(ambient(['-U', '--keep-caps'])).not.toMatch(/\t0+$/);
    expect(ambient(['-U'])).toMatch(/\t0+$/);
  });
});
