import { afterAll, describe, expect, it } from 'vitest';
import { isRealRoot } from '../kernel/support/privilege.ts';
import { folderOfOurs, installedSince, installedVersion, run } from './util-linux/compare.ts';

/** Our `unshare` beside the installed one: the same words, the same output, messages and exit status. */
const folder = folderOfOurs();
afterAll(() => folder.remove());

const version = installedVersion();
const root = isRealRoot;

/** Command lines that mean the same in every version since 2.38. */
const same: readonly (readonly string[])[] = [
  ['-n', 'sh', '-c', 'exit 3'],
  ['-m', 'sh', '-c', 'exit 3'],
  ['-n', '-u', '-i', '-C', 'true'],
  ['-nuiCm', 'sh', '-c', 'echo $0', 'x'],
  ['--net', '--uts', 'sh', '-c', 'hostname a; hostname'],
  ['--net', 'cat', '/proc/net/dev'],
  ['--ne', 'true'],
  ['-T', 'true'],
  ['-n', 'nope'],
  ['-n', '/tmp'],
  ['-n', '/etc/passwd'],
  ['nope'],
  ['x'.repeat(256)],
  [`/${'x/'.repeat(10_000)}`],
  ['/tmp'],
  ['true'],
  ['--', 'sh', '-c', 'exit 2'],
  ['-'],
  ['--bogus'],
  ['--bogus=3'],
  ['-x'],
  ['-nx', 'true'],
  ['-n=/x', 'true'],
  ['-S'],
  ['--root'],
  ['--wd'],
  ['--fork=3'],
  ['--map-root-user=1'],
  ['--s'],
  ['--p'],
  ['--u'],
  ['-f', 'sh', '-c', 'exit 7'],
  ['-f', 'nope'],
  ['-f', 'sh', '-c', 'kill -TERM $$'],
  ['-fp', 'sh', '-c', 'echo $$'],
  ['-fp', '--mount-proc', 'sh', '-c', 'echo $$; readlink /proc/self'],
  ['--kill-child', 'sh', '-c', 'exit 7'],
  ['--kill-child=TERM', 'sh', '-c', 'exit 7'],
  ['--kill-child=sigusr1', 'sh', '-c', 'exit 7'],
  ['--kill-child=RTMIN+0x3', 'true'],
  ['--kill-child=cld', 'true'],
  ['--kill-child=FOO'],
  ['--kill-child=RTMIN'],
  ['--propagation=foo', 'true'],
  ['--propagation', 'slave', 'true'],
  ['-m', '--propagation', 'unchanged', 'true'],
  ['--setgroups=foo', 'true'],
  ['--setgroups', 'deny', 'true'],
  ['-U', 'id', '-u'],
  ['-r', 'sh', '-c', 'cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups'],
  ['-c', 'id', '-u'],
  ['-r', '-n', '-m', 'id', '-u'],
  ['-Ur', '--keep-caps', 'grep', 'CapAmb', '/proc/self/status'],
  ['--map-user', 'daemon', 'cat', '/proc/self/uid_map'],
  ['--map-user=7', 'cat', '/proc/self/uid_map'],
  ['--map-group=daemon', 'cat', '/proc/self/gid_map'],
  ['-r', '--setgroups', 'allow', 'true'],
  ['-rfp', '--mount-proc', 'sh', '-c', 'id -u; echo $$'],
  ['-r', '-S', '0', 'id', '-u'],
  ['-S', 'x', 'true'],
  ['-G', 'x', 'true'],
  ['-S', '99999999999999999999', 'true'],
  ['-T', '--boottime', '18446744073709551616', 'true'],
  ['--monotonic=x', '-T', 'true'],
  ['--boottime', '1.5', '-T', 'true'],
  ['-rT', '--boottime', '1000', '--monotonic=5', 'cat', '/proc/self/timens_offsets'],
  ['-rT', '--boottime=99999999999999', 'true'],
  ['-w', '/', 'pwd'],
  ['-rR', '/', 'pwd'],
  ['-rR', '/nope', 'true'],
  ['-r', '--net=/nope', 'true'],
  ['-rm', '--mount-proc=/nope', 'true'],
  ['-rpf', '--propagation=slave', '--mount-proc=/mnt', 'cat', '/mnt/self/comm'],
];

/** The same for root only: as an ordinary user the two would be refused alike. */
const asRoot: readonly (readonly string[])[] = [
  ['-S', '5', 'id', '-u'],
  ['-G', '5', '-S', '5', 'id'],
  ['-m', 'sh', '-c', 'mount -t tmpfs t /mnt && ls /mnt'],
  ['-rm', '--propagation=slave', 'sh', '-c', 'grep -c master /proc/self/mountinfo'],
  ['-u', '--setgroups', 'allow', 'true'],
];

/** What newer versions do, since when: if the installed one is as new, it is held to the same. */
const newer: readonly {
  readonly words: readonly string[];
  readonly since: string;
  readonly status: number;
  readonly stderr?: string;
  readonly stdout?: string;
}[] = [
  {
    words: ['-w', '/nope', 'true'],
    since: '2.39',
    status: 1,
    stderr: 'unshare: cannot change directory to /nope: No such file or directory\n',
  },
  {
    words: ['--monotonic=1', 'true'],
    since: '2.39',
    status: 1,
    stderr: 'unshare: options --monotonic and --boottime require unsharing of a time namespace (-T)\n',
  },
  { words: ['--map-users=1', 'true'], since: '2.39', status: 1, stderr: "unshare: invalid mapping '1'\n" },
  { words: ['--map-users=1:2', 'true'], since: '2.39', status: 1, stderr: "unshare: invalid mapping '1:2'\n" },
  {
    words: ['--map-user', 'nobody-at-all', 'true'],
    since: '2.43',
    status: 1,
    stderr: "unshare: failed to parse uid 'nobody-at-all': Invalid argument\n",
  },
  {
    words: ['--map-user', '99999999999', 'true'],
    since: '2.43',
    status: 1,
    stderr: "unshare: failed to parse uid '99999999999': Numerical result out of range\n",
  },
  {
    words: ['-S', '4294967296', 'true'],
    since: '2.43',
    status: 1,
    stderr: "unshare: failed to parse uid: '4294967296': Numerical result out of range\n",
  },
  {
    words: ['--map-group=4294967295', 'true'],
    since: '2.43',
    status: 1,
    stderr: "unshare: failed to parse gid '4294967295': Numerical result out of range\n",
  },
  {
    // All that there is where we are.
    words: ['-r', 'unshare', '--map-users=all', '--map-groups=all', 'cat', '/proc/self/uid_map', '/proc/self/gid_map'],
    since: '2.40',
    status: 0,
    stdout: '         0          0          1\n'.repeat(2),
  },
  {
    words: ['--map-users=0:0:0', 'sh', '-c', 'cat /proc/self/uid_map; id -u'],
    since: '2.42',
    status: 0,
    stdout: '65534\n',
  },
  { words: ['--owner', 'x', 'true'], since: '2.42', status: 1, stderr: 'unshare: failed to parse owner\n' },
  { words: ['--forward-signals', 'sh', '-c', 'exit 4'], since: '2.42', status: 4 },
  { words: ['--clear-env', 'sh', '-c', 'echo $HOME$LC_ALL'], since: '2.43', status: 0, stdout: '\n' },
  { words: ['--whitelist-env', 'HOME,SHELL,NOPE', 'env'], since: '2.43', status: 0, stdout: 'SHELL=/bin/sh\nHOME=/\n' },
  {
    words: ['--whitelist-env', 'HOME', '--whitelist-env=SHELL', 'env'],
    since: '2.43',
    status: 0,
    stdout: 'SHELL=/bin/sh\nHOME=/\n',
  },
  {
    words: ['-rT', '--monotonic=-5', 'grep', 'monotonic', '/proc/self/timens_offsets'],
    since: '2.40',
    status: 0,
    stdout: 'monotonic          -5         0\n',
  },
];

const newerAsRoot: typeof newer = [
  {
    // The file is bound from outside of the new user namespace: only the file itself can be wrong.
    words: ['--user=/etc', 'true'],
    since: '2.42',
    status: 1,
    stderr: 'unshare: mount /proc/PID/ns/user on /etc failed: Not a directory\n',
  },
  {
    words: ['--map-users=all', 'cat', '/proc/self/uid_map'],
    since: '2.40',
    status: 0,
    stdout: '         0          0 4294967295\n',
  },
  {
    words: ['--map-users=all', '-r', 'cat', '/proc/self/uid_map'],
    since: '2.40',
    status: 0,
    stdout: '         0          0          1\n         1          1 4294967294\n',
  },
  {
    words: ['--map-users', '1000:1000:10', '--map-user', '1003', 'cat', '/proc/self/uid_map'],
    since: '2.40',
    status: 0,
    stdout: '      1003          0          1\n      1000       1000          3\n      1004       1003          6\n',
  },
  {
    words: ['--map-users', '0:100000:65536', 'cat', '/proc/self/uid_map'],
    since: '2.40',
    status: 0,
    stdout: '         0     100000      65536\n',
  },
  {
    words: ['--map-users', ' 0: 100000:+10', 'cat', '/proc/self/uid_map'],
    since: '2.39',
    status: 0,
    stdout: '         0     100000         10\n',
  },
  {
    words: ['--map-users', '100000,0,65536', 'cat', '/proc/self/uid_map'],
    since: '2.40',
    status: 0,
    stdout: '         0     100000      65536\n',
  },
  {
    words: ['--map-users', '0:0:10', '--map-users', '5:20:10', 'true'],
    since: '2.40',
    status: 1,
    stderr: 'unshare: failed to write /proc/PID/uid_map: Invalid argument\n',
  },
  {
    words: ['--owner', '1000:1000', '-r', 'cat', '/proc/self/uid_map'],
    since: '2.42',
    status: 0,
    stdout: '         0          0          1\n',
  },
];

describe.skipIf(version === undefined)('unshare beside the installed one', () => {
  it.each([...same, ...(root ? asRoot : [])].map((words) => [words.join(' '), words] as const))('%s', (_, words) => {
    expect(run(folder.path, ['unshare', ...words])).toEqual(run(undefined, ['unshare', ...words]));
  });

  it('becomes the login shell without a command', () => {
    for (const SHELL of ['/bin/sh', '/nope', '/bin/echo'])
      expect(run(folder.path, ['unshare', '-r'], { SHELL })).toEqual(run(undefined, ['unshare', '-r'], { SHELL }));
  });
});

describe('unshare as newer versions have it', () => {
  it.each([...newer, ...(root ? newerAsRoot : [])].map((each) => [each.words.join(' '), each] as const))(
    '%s',
    (_, { words, since, status, stdout = '', stderr = '' }) => {
      const expected = { stdout, stderr, status, signal: null };
      expect(run(folder.path, ['unshare', ...words])).toEqual(expected);
      if (installedSince(since)) expect(run(undefined, ['unshare', ...words]), 'the installed one').toEqual(expected);
    },
  );

  it('ends by the signal that ended the child, SIGKILL too (since 2.40)', () => {
    expect(run(folder.path, ['unshare', '-f', 'sh', '-c', 'kill -KILL $$'])).toEqual({
      stdout: '',
      stderr: '',
      status: null,
      signal: 'SIGKILL',
    });
  });

  it('tells its version and its options', () => {
    expect(run(folder.path, ['unshare', '-V']).stdout).toMatch(/^unshare from util-linux 2\.43/);
    const { stdout, status } = run(folder.path, ['unshare', '--help']);
    expect(status).toBe(0);
    expect(stdout.startsWith('\nUsage:\n unshare [options] [<program> [<argument>...]]\n\n')).toBe(true);
    expect(stdout.endsWith('\n\nFor more details see unshare(1).\n')).toBe(true);
  });
});
