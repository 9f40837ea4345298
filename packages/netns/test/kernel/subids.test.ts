import { describe, expect, it } from 'vitest';
import { command } from './support/cli.ts';
import { pathWithoutMappers, plenty, runWithSubids, type Subids, subidsImpossible, user } from './support/subids.ts';

/** Id maps of an ordinary user, with ids that /etc/subuid and /etc/subgid give them and newuidmap(1) and newgidmap(1) write. */
const impossible = subidsImpossible();
const well = { stderr: '', exitCode: 0, signal: null };

const maps = ['cat', '/proc/self/uid_map', '/proc/self/gid_map'];
const table = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
const run = (subids: Subids, ...words: string[]) => runWithSubids(subids, [command, ...words]);

async function mapped(subids: Subids, ...words: string[]): Promise<number[][]> {
  const { stdout, ...end } = await run(subids, ...words, '--', ...maps);
  expect(end).toEqual(well);
  return table(stdout);
}

describe.skipIf(impossible !== undefined)('ids of /etc/subuid and /etc/subgid', () => {
  it('auto: we are root, they are the others', async () => {
    const [uids, gids] = [100000, 200000].map((first) => [
      [0, user.uid, 1],
      [1, first, 65536],
    ]) as [number[][], number[][]];
    expect(await mapped(plenty, 'run', '--map', 'auto')).toEqual([...uids, ...gids]);
  });

  it('subids: they are themselves', async () => {
    expect(await mapped(plenty, 'run', '--map', 'subids')).toEqual([
      [100000, 100000, 65536],
      [200000, 200000, 65536],
    ]);
  });

  it('ranges, in the order in which they are given', async () => {
    const ids = { ...plenty, gids: `${user.name}:100000:65536` };
    const lines = [
      [5, 100010, 10],
      [0, 100000, 5],
    ];
    expect(await mapped(ids, 'run', '--map', '5:100010:10,0:100000:5')).toEqual([...lines, ...lines]);
  });

  it('are found by number as well as by name, and the first line counts', async () => {
    const byNumber = {
      uids: `# x\nother:5:5\n${user.uid}:300000:10\n${user.name}:400000:10`,
      gids: `${user.uid}:500000:10`,
    };
    expect(await mapped(byNumber, 'run', '--map', 'subids')).toEqual([
      [300000, 300000, 10],
      [500000, 500000, 10],
    ]);
  });

  it('exist: files can belong to them, and a command can run as one of them', async () => {
    const script =
      'touch f && chown 5:6 f && setpriv --reuid 7 --regid 8 --groups 9,10 id && exec "$0" "$1" -c %u:%g f';
    const inside = await run(plenty, 'run', '--map', 'auto', '--', 'sh', '-c', script, 'stat', '-L');
    expect(inside).toEqual({
      ...well,
      stdout: expect.stringMatching(/^uid=7\S* gid=8\S* groups=8\S*,9\S*,10\S*\n5:6\n$/),
    });
    const outside = `"$1" run --map auto -- sh -c 'touch f && chown 5:6 f' && stat -c %u:%g f`;
    expect(await runWithSubids(plenty, ['sh', '-c', outside, 'sh', command])).toEqual({
      ...well,
      stdout: '100004:200005\n',
    });
    const as = await run(plenty, 'run', '--map', 'auto', '--as', '7:8', '--', 'sh', '-c', 'id -u; id -g; id -G');
    expect(as).toEqual({ ...well, stdout: '7\n8\n8\n' });
  });

  it('root needs nobody to write maps, and no line for any other ids', async () => {
    const ids = { uids: 'root:100000:10', gids: 'root:200000:10', asRoot: true };
    const lines = [
      [0, 0, 1],
      [1, 100000, 10],
    ];
    expect(await mapped(ids, 'run', '--map', 'auto')).toEqual([...lines, [0, 0, 1], [1, 200000, 10]]);
    expect(await mapped({ asRoot: true }, 'run', '--map', '0:300000:5')).toEqual([
      [0, 300000, 5],
      [0, 300000, 5],
    ]);
    expect(await mapped({ asRoot: true }, 'run', '--map', 'all')).toEqual([
      [0, 0, 4294967295],
      [0, 0, 4294967295],
    ]);
  });

  it('groups differ from users if they are told to', async () => {
    expect(await mapped(plenty, 'run', '--map', 'auto', '--map-groups', 'root')).toEqual([
      [0, user.uid, 1],
      [1, 100000, 65536],
      [0, user.gid, 1],
    ]);
  });

  it('together with all other new namespaces, mounts and an init', async () => {
    const script = 'id -u; echo $$; hostname; mount -t tmpfs none /mnt && chown 3 /mnt && stat -c %u /mnt';
    const words = ['--new', 'all', '--map', 'auto', '--hostname', 'deep', '--', 'sh', '-c', script];
    expect(await run(plenty, 'run', ...words)).toEqual({ ...well, stdout: '0\n2\ndeep\n3\n' });
  });
});

describe.skipIf(impossible !== undefined)('what is refused, and says why', () => {
  const failed = { stdout: '', exitCode: 125, signal: null };

  it.each([
    ['no line for users', { gids: plenty.gids }, `a line for ${user.name} in /etc/subuid`],
    ['no line for groups', { uids: plenty.uids }, `a line for ${user.name} in /etc/subgid`],
    ['nobody by that name', { known: false }, `a line for ${user.uid} in /etc/subuid`],
    [
      'a line without numbers',
      { uids: `${user.name}:x:y`, gids: plenty.gids },
      `a line for ${user.name} in /etc/subuid`,
    ],
  ] as const)('%s', async (_, subids, needs) => {
    const stderr = `netns: a range of further ids is not available here: it needs ${needs}\n`;
    expect(await run(subids as Subids, 'run', '--map', 'auto', '--', 'true')).toEqual({ ...failed, stderr });
  });

  it.each([
    ['longer than the line allows', '0:100000:65537'],
    ['somebody else’s', '0:300000:1'],
    ['all ids', 'all'],
  ])('a range that is %s', async (_, map) => {
    const { stderr, ...end } = await run(plenty, 'run', '--map', map, '--', 'true');
    expect(end).toEqual(failed);
    expect(stderr).toMatch(/^newuidmap: uid range \[\d+-\d+\) -> \[\d+-\d+\) not allowed\n$/);
    const { stdout, ...json } = await run(plenty, 'run', '--map', map, '--json', '--', 'true');
    expect(json).toEqual({ stderr: '', exitCode: 125, signal: null });
    expect(JSON.parse(stdout).error).toEqual({
      code: 'EPERM',
      message: expect.stringMatching(
        /^cannot map uids \([\d ]+\) with newuidmap: Operation not permitted \(EPERM, newuidmap\); newuidmap: uid range .* not allowed$/,
      ),
    });
  });

  it('a user without a name, whom newuidmap does not know', async () => {
    const ids = { uids: `${user.uid}:100000:10`, gids: `${user.uid}:200000:10`, known: false };
    const stderr = 'newuidmap: Cannot determine your user name.\n';
    expect(await run(ids, 'run', '--map', 'auto', '--', 'true')).toEqual({ ...failed, stderr });
  });

  it('a range of groups only', async () => {
    const { stderr, ...end } = await run(
      { ...plenty, gids: `${user.name}:100000:5` },
      'run',
      '--map',
      '0:100000:6',
      '--',
      'true',
    );
    expect(end).toEqual(failed);
    expect(stderr).toMatch(/^newgidmap: gid range .* not allowed\n$/);
  });

  it('newuidmap is not installed', async () => {
    const PATH = `PATH=${pathWithoutMappers()}`;
    const words = (...more: string[]) => ['env', PATH, command, 'run', '--map', 'auto', ...more, '--', '/bin/true'];
    expect(await runWithSubids(plenty, words())).toEqual({
      ...failed,
      stderr: 'netns: cannot run newuidmap (Debian package uidmap): No such file or directory\n',
    });
    const { stdout } = await runWithSubids(plenty, words('--json'));
    expect(JSON.parse(stdout)).toEqual({
      status: 125,
      error: {
        code: 'ENOENT',
        message: expect.stringMatching(/\(ENOENT, newuidmap\); newuidmap comes with Debian's package uidmap$/),
      },
    });
  });
});
