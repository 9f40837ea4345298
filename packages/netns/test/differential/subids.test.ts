import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { command, readablePath } from '../kernel/support/cli.ts';
import {
  pathWithoutMappers,
  plenty,
  runWithSubids,
  type Subids,
  subidsImpossible,
  user,
} from '../kernel/support/subids.ts';
import { installedVersion } from './util-linux/compare.ts';

/** Our `unshare` beside the installed one, for an ordinary user whom /etc/subuid and /etc/subgid give further ids. */
const impossible = subidsImpossible();
const version = installedVersion();
const installed = execFileSync('sh', ['-c', 'command -v unshare'], { encoding: 'utf8' }).trim();
const see = ['cat', '/proc/self/uid_map', '/proc/self/gid_map', '/proc/self/setgroups'];

interface Case {
  readonly words: readonly string[];
  readonly subids?: Subids;
  /** newuidmap and newgidmap are not there. */
  readonly noMappers?: true;
}

const same: readonly Case[] = [
  { words: ['--map-auto', ...see] },
  { words: ['--map-users=auto', ...see] },
  { words: ['--map-groups=auto', ...see] },
  { words: ['--map-users=100000,0,10', '--map-groups=200000,5,10', ...see] },
  { words: ['--map-auto', '-r', 'sh', '-c', 'touch f && chown 5:6 f && stat -c %u:%g f; id -u'] },
  { words: ['--map-auto', '-r', '-S', '3', '-G', '4', 'id'] },
  { words: ['--map-auto', '-rmpf', '--mount-proc', 'sh', '-c', 'id -u; echo $$; exit 3'] },
  { words: ['--map-users=100000,0,65537', 'true'] },
  { words: ['--map-users=300000,0,1', 'true'] },
  { words: ['--map-users=100000,0,5', '--map-groups=300000,0,5', 'true'] },
  { words: ['--map-auto', 'nope'] },
  { words: ['--map-auto', '/tmp'] },
  { words: ['--map-auto', 'true'], subids: { ...plenty, known: false } },
  { words: ['--map-auto', ...see], subids: { uids: `${user.uid}:7000000:9`, gids: `${user.uid}:8000000:9` } },
  { words: ['--map-auto', '/bin/true'], noMappers: true },
  { words: ['--map-groups=auto', '/bin/true'], noMappers: true },
];

/** The lines of a map: inside, outside, count. */
const map = (...lines: readonly (readonly number[])[]) =>
  lines.map((line) => `${line.map((each) => String(each).padStart(10)).join(' ')}\n`).join('');

/** What only newer versions have, or ours alone does right, with the files as they are: `plenty`, unless said otherwise. */
const newer: readonly (Case & { readonly stdout?: string; readonly stderr?: string; readonly exitCode?: number })[] = [
  {
    words: ['--map-auto', 'true'],
    subids: {},
    stderr: `unshare: no line matching user "${user.name}" in /etc/subuid\n`,
    exitCode: 1,
  },
  {
    words: ['--map-groups=auto', 'true'],
    subids: { uids: plenty.uids ?? '' },
    stderr: `unshare: no line matching user "${user.name}" in /etc/subgid\n`,
    exitCode: 1,
  },
  // util-linux 2.38 leaves the last id out.
  ...[
    ['--map-auto', '-r'],
    ['--map-users=auto', '--map-groups=auto', '-r'],
  ].map((options) => ({
    words: [...options, ...see],
    stdout: `${map([0, user.uid, 1], [1, 100000, 65536], [0, user.uid, 1], [1, 200000, 65536])}allow\n`,
  })),
  {
    words: ['--map-auto', '-c', ...see],
    stdout: `${map(
      [user.uid, user.uid, 1],
      [0, 100000, user.uid],
      [user.uid + 1, 100000 + user.uid, 65536 - user.uid],
      [user.uid, user.uid, 1],
      [0, 200000, user.uid],
      [user.uid + 1, 200000 + user.uid, 65536 - user.uid],
    )}allow\n`,
  },
  {
    words: ['--map-auto', '--map-user=5', '--map-group=6', ...see],
    stdout: `${map(
      [5, user.uid, 1],
      [0, 100000, 5],
      [6, 100005, 65531],
      [6, user.uid, 1],
      [0, 200000, 6],
      [7, 200006, 65530],
    )}allow\n`,
  },
  { words: ['--map-users=subids', 'cat', '/proc/self/uid_map'], stdout: '    100000     100000      65536\n' },
  { words: ['--map-groups=subids', 'cat', '/proc/self/gid_map'], stdout: '    200000     200000      65536\n' },
  {
    words: ['--map-subids', 'cat', '/proc/self/uid_map', '/proc/self/gid_map'],
    stdout: '    100000     100000      65536\n    200000     200000      65536\n',
  },
  {
    words: ['--map-subids', '-r', 'cat', '/proc/self/uid_map'],
    stdout: '         0      54321          1\n    100000     100000      65536\n',
  },
  {
    words: ['--map-users=0:100000:5', '--map-users=5:100005:5', 'cat', '/proc/self/uid_map'],
    stdout: '         0     100000          5\n         5     100005          5\n',
  },
  {
    // Others give setgroups(2) up too late: the kernel then refuses.
    words: ['--map-auto', '--setgroups', 'deny', 'cat', '/proc/self/gid_map', '/proc/self/setgroups'],
    stdout: '         0     200000      65536\ndeny\n',
  },
  {
    words: ['--map-users=all', 'true'],
    stderr: 'newuidmap: uid range [0-4294967295) -> [0-4294967295) not allowed\n',
    exitCode: 1,
  },
];

function run(program: readonly string[], { words, subids = plenty, noMappers }: Case) {
  const path = noMappers ? pathWithoutMappers() : readablePath;
  return runWithSubids(subids, ['env', `PATH=${path}`, ...program, ...words]);
}

const ours = [command, 'unshare'];
const theirs = [installed];

describe.skipIf(impossible !== undefined || version === undefined)(
  'unshare beside the installed one, as a user with subordinate ids',
  () => {
    it.each(same.map((each) => [each.words.join(' '), each] as const))('%s', async (_, each) => {
      expect(await run(ours, each)).toEqual(await run(theirs, each));
    });
  },
);

describe.skipIf(impossible !== undefined)(
  'unshare as newer versions have it, or better, as a user with subordinate ids',
  () => {
    it.each(newer.map((each) => [each.words.join(' '), each] as const))(
      '%s',
      async (_, { stdout = '', stderr = '', exitCode = 0, ...each }) => {
        expect(await run(ours, each)).toEqual({ stdout, stderr, exitCode, signal: null });
      },
    );
  },
);
