import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNames } from '../../src/namespaces/named.ts';
import { listNames, removeNames } from '../../src/namespaces/names.ts';
import { prepareRunDirectory } from '../../src/namespaces/run-directory.ts';
import { command, inodeOf } from './support/cli.ts';
import { hasEnded, mayBeOthers, UserSession } from './support/ordinary-user.ts';
import { endOf, run } from './support/run.ts';

let user: UserSession;
beforeEach(async () => {
  prepareRunDirectory(); // or an ordinary user would make it: here all may write to /run
  user = await UserSession.open();
});
afterEach(() => user.end());

const lines = (text: string) => text.trimEnd().split('\n');

/** `netns monitor --json`, from when it is sure to hear. */
async function listening() {
  const child = user.start([command, 'monitor', '--json']);
  let heard = '';
  child.stdout?.on('data', (chunk) => {
    heard += chunk;
  });
  const end = endOf(child);
  const told = () => heard;
  const asked = async () => {
    await user.answer('add', 'probe');
    await user.answer('del', 'probe');
    return told();
  };
  await expect.poll(asked).toContain('probe');
  return { child, end, told };
}

/** What it said but of the name by which we see that it hears. */
function eventsIn(stdout: string): readonly string[] {
  const events = lines(stdout).map((line) => Object.values(JSON.parse(line)).join(' '));
  return events.filter((event) => !event.endsWith(' probe'));
}

describe('an ordinary user', () => {
  it('has names of their own in a sandbox from which those of outside cannot be reached', async () => {
    await user.answer('add', 'outside');
    const script = `names() { "$0" ls 2> /dev/null | grep -o "^[a-z][a-z]*side"; }
      "$0" add inside && names && "$0" exec inside id -u && "$0" del inside && ! names && ls "$XDG_RUNTIME_DIR"; "$0" del outside`;
    const sandbox = ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--', 'sh', '-c', script, command];
    const { stdout, stderr } = await user.run(sandbox);
    expect(stdout).toBe('inside\n0\nnetns\n');
    expect(stderr).toMatch(/^netns: [^\n]*outside[^\n]*ENOENT[^\n]*\n$/);
    expect(await user.answer('ls')).toMatch(/^outside /m);
    await user.answer('del', 'outside');
  });

  it('makes nothing, and is told why, where /proc is of another pid namespace', async () => {
    const sandbox = ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--pid', '--fork', '--'];
    const { stdout, stderr, exitCode } = await user.run([...sandbox, command, 'add', 'inside']);
    expect([stdout, exitCode]).toEqual(['', 1]);
    expect(stderr).toMatch(/^netns: [^\n]* \(ESRCH, readlink\); \/proc shows another pid namespace [^\n]*\n$/);
    expect(readdirSync(user.runtime)).toEqual([]);
  });

  it('is told by netns why how to release what they have, and can do it', async () => {
    await user.answer('add', 'web');
    const { keepers } = await user.answerJson<{ keepers: { keeper: { kind: string }; release: string }[] }>(
      'why',
      'web',
    );
    expect(keepers.map(({ keeper, release }) => [keeper.kind, release])).toEqual([['mount', 'netns del web']]);
    await user.answer('del', 'web');
    expect(await user.answer('ls', '--names')).not.toContain('web');
  });

  it('is told by netns leaks how to release what a mount elsewhere holds, and can do it', async () => {
    const script =
      'mount -t tmpfs none /mnt && touch /mnt/held && unshare -n mount --bind /proc/self/ns/net /mnt/held && echo held && exec sleep 60';
    const child = user.start(['unshare', '-rmn', 'sh', '-c', script]);
    const end = endOf(child);
    try {
      await once(child.stdout as Readable, 'data');
      const advice = async () =>
        /nsenter[^"]* umount \/mnt\/held/.exec((await user.netns('leaks', '--json')).stdout)?.[0];
      expect(await user.run(['sh', '-c', (await advice()) ?? 'exit 9'])).toMatchObject({ stderr: '', exitCode: 0 });
      expect(await advice()).toBeUndefined();
    } finally {
      child.kill('SIGKILL');
      await end;
    }
  });

  it('has the library', async () => {
    expect(await user.library('user-names', user.runtime)).toEqual({
      stdout: 'all is well\n',
      stderr: '',
      exitCode: 0,
      signal: null,
    });
    expect(readdirSync(user.runtime)).toEqual([]);
  });

  it('makes, lists and removes names, which leave nothing', async () => {
    expect(await user.answer('add', 'web', 'db')).toBe('');
    expect(user.names).toEqual(['db', 'web']);
    const holder = user.holder ?? 0;
    expect(lines(await user.answer('ls', '--names'))).toEqual(['db', 'web']);
    const { namespaces: rows } = await user.answerJson<{
      namespaces: { name?: string; devices: string[]; current: boolean }[];
    }>('ls');
    expect(rows.filter(({ name }) => name !== undefined)).toMatchObject([
      { name: 'db', devices: ['lo'], current: false },
      { name: 'web', devices: ['lo'], current: false },
    ]);
    expect(await user.netns('add', 'new', 'web')).toMatchObject({
      exitCode: 1,
      stderr: `netns: cannot create namespace file ${user.home}/names/web: File exists (EEXIST, mknodat)\n`,
    });
    expect(user.names).toEqual(['db', 'web']);
    expect(await user.netns('del', 'other')).toMatchObject({
      exitCode: 1,
      stderr: `netns: cannot remove namespace file ${user.home}/names/other: No such file or directory (ENOENT, unlinkat)\n`,
    });
    expect(await user.answer('del', '--wait', 'web')).toBe('');
    expect(await user.answerJson('del', '--wait', '--all')).toMatchObject([{ name: 'db', ended: true, processes: [] }]);
    await hasEnded(holder);
    expect(readdirSync(user.runtime)).toEqual([]);
  });

  it('applies documents, with firewall and sysctls, and exports what is there', async () => {
    const nftables = [{ add: { table: { family: 'inet', name: 't' } } }];
    const links = { lo: {}, eth0: { kind: 'veth', peer: { namespace: 'red', link: 'eth0' } } };
    const blue = { links, sysctls: { 'net.ipv4.ip_forward': 1 }, firewall: { nftables } };
    const file = `${user.runtime}/lab.json`;
    writeFileSync(file, JSON.stringify({ version: 1, namespaces: { blue } }));
    chmodSync(file, 0o644);
    try {
      expect(lines(await user.answer('apply', file)).length).toBeGreaterThan(4);
      expect(await user.answer('apply', file)).toBe('');
      const { namespaces } = await user.answerJson<{ namespaces: { blue: object } }>('export', 'blue', 'red');
      expect(namespaces).toMatchObject({
        blue: {
          links: { eth0: { kind: 'veth' } },
          sysctls: { 'net.ipv4.ip_forward': 1 },
          firewall: { nftables: [{}] },
        },
        red: { links: { eth0: { peer: { namespace: 'blue' } } }, firewall: { nftables: [] } },
      });
      writeFileSync(file, await user.answer('export', 'blue', 'red'));
      expect(await user.answer('apply', file)).toBe('');
    } finally {
      await user.netns('del', '--wait', '--all');
      rmSync(file);
    }
  });

  it('are found by the grammar of ip: -n NAME, netns NAME, link-netns NAME', async () => {
    await user.answer('add', 'blue', 'red');
    try {
      await user.answer('ip', '-n', 'blue', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1', 'netns', 'red');
      await user.answer('-n', 'red', 'address', 'add', '10.0.0.2/24', 'dev', 'v1');
      const [address] = JSON.parse(await user.answer('-n', 'red', '-j', 'address', 'show', 'dev', 'v1'));
      expect(address).toMatchObject({ ifname: 'v1', addr_info: [{ local: '10.0.0.2', prefixlen: 24 }] });
      await user.answer('ip', '-n', 'blue', 'link', 'add', 'v2', 'link-netns', 'red', 'type', 'veth');
      expect(await user.answer('show', 'red')).toContain('v1@if');
      expect(await user.netns('ip', '-n', 'none', 'link')).toMatchObject({
        stdout: '',
        stderr: 'Cannot open network namespace "none": No such file or directory\n',
        exitCode: 255,
      });
    } finally {
      await user.answer('del', 'blue', 'red');
    }
  });

  it('runs commands in there, as the root of their own', async () => {
    await user.answer('add', 'web');
    const script = 'readlink /proc/self/ns/net; id -u; ip link set lo up; ls /sys/class/net; ls /proc/self/fd | wc -l';
    const { stdout: descriptors } = await user.run(['sh', '-c', 'ls /proc/self/fd | wc -l']);
    const ways = [['exec'], ['exec', '--no-mounts'], ['exec', '--'], ['run', '--in']];
    const inode = statSync(user.pathOf('web')).ino;
    expect(inode).toBeGreaterThan(0);
    for (const way of ways) {
      const { stdout, stderr, exitCode } = await user.netns(...way, 'web', '--', 'sh', '-c', `${script}; exit 42`);
      expect({ way, stderr, exitCode }).toEqual({ way, stderr: '', exitCode: 42 });
      expect(lines(stdout).slice(0, 2)).toEqual([`net:[${inode}]`, '0']);
      expect([way, lines(stdout).at(-1)]).toEqual([way, descriptors.trim()]);
      if (way.length === 1) expect(lines(stdout).slice(2, -1)).toEqual(['lo']);
    }
    expect(await user.answerJson('exec', 'web', 'id', '-u')).toMatchObject({ status: 0, stdout: '0\n' });
    expect(await user.netns('exec', 'none', 'true')).toEqual({
      stdout: '',
      stderr: 'netns: cannot open network namespace "none": No such file or directory\n',
      exitCode: 125,
      signal: null,
    });
    await user.answer('add', 'db');
    expect(await user.netns('exec', '--all', 'sh', '-c', 'ls /sys/class/net; ls /proc/self/fd | wc -l')).toMatchObject({
      stdout: `lo\n${descriptors}lo\n${descriptors}`,
      exitCode: 0,
    });
  });

  it('sees who is where, and gives further names', async () => {
    await user.answer('add', 'web');
    const child = user.start([command, 'exec', 'web', 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin?.write('here\n');
    if (child.stdout) await once(child.stdout, 'data');
    const pid = String(child.pid);
    expect(await user.answerJson('pids', 'web')).toEqual([{ pid: child.pid, command: 'cat' }]);
    expect(await user.answerJson('identify', pid)).toMatchObject({ names: ['web'], processes: 1 });
    await user.answer('attach', 'cat', pid);
    await user.answer('attach', 'again', 'cat');
    expect(await user.answerJson('identify', pid)).toMatchObject({ names: ['again', 'cat', 'web'] });
    expect(await user.answer('run', '--in', `${pid}:net`, '--', 'readlink', '/proc/self/ns/net')).toBe(
      `net:[${inodeOf(`/proc/${pid}/ns/net`)}]\n`,
    );
    expect(await user.netns('del', 'web')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining(`process ${pid} (cat) is in it, and it has the names "again", "cat"`),
    });
    const gone = endOf(child);
    child.stdin?.end();
    await gone;
  });

  it('gets into what they have made by other means, a container say', async () => {
    const words = ['unshare', '--user', '--map-root-user', '--net', 'sh', '-c', 'echo here; exec cat'];
    const child = user.start(words, { stdio: ['pipe', 'pipe', 'inherit'] });
    if (child.stdout) await once(child.stdout, 'data');
    const link = readlinkSync(`/proc/${child.pid}/ns/net`);
    const print = ['readlink', '/proc/self/ns/net'];
    for (const where of [`${child.pid}:net`, `${child.pid}`, `/proc/${child.pid}/ns/net:net`])
      expect([where, await user.answer('run', '--in', where, '--', ...print)]).toEqual([where, `${link}\n`]);
    await user.answer('attach', 'box', `${child.pid}`);
    expect(await user.answer('exec', 'box', ...print)).toBe(`${link}\n`);
    expect((await user.answerJson<{ namespaces: unknown[] }>('ls')).namespaces).toContainEqual(
      expect.objectContaining({ name: 'box', devices: ['lo'] }),
    );
    const gone = endOf(child);
    child.stdin?.end();
    await gone;
    expect(await user.answer('exec', 'box', ...print)).toBe(`${link}\n`); // the name holds it
    expect(await user.answer('del', '--wait', 'box')).toBe('');
  });

  it('learns from `doctor` where the names are', async () => {
    const finding = async () => {
      const findings = await user.answerJson<{ what: string }[]>('doctor');
      return findings.find(({ what }) => what === `names in ${user.home}/names`);
    };
    expect(await finding()).toMatchObject({ state: 'yes', note: 'tried' });
    await user.answer('add', 'web');
    expect(await finding()).toMatchObject({ state: 'yes', note: 'there are 1' });
  });

  // Where there is no other user, /run/netns is ours.
  it.runIf(mayBeOthers)('is offered the names by the completion of bash', async () => {
    await user.answer('add', 'blue', 'bluebell', 'a b');
    const script = `PATH=\${0%/*}:$PATH; source <(netns completion bash); COMP_WORDS=(netns del "$1") COMP_CWORD=2
      _netns; printf '%s\\n' "\${COMPREPLY[@]}"`;
    for (const [begun, offered] of [
      ['bl', 'blue\nbluebell\n'],
      ['', 'a\\ b\nblue\nbluebell\n'],
    ] as const)
      expect(await user.run(['bash', '-c', script, command, begun])).toMatchObject({ stdout: offered, stderr: '' });
  });

  it('works with names from inside as well', async () => {
    await user.answer('add', 'web');
    const inside = (...argv: string[]) => user.answer('exec', 'web', command, ...argv);
    await inside('add', 'db');
    expect(user.names).toEqual(['db', 'web']);
    expect(lines(await inside('ls', '--names'))).toEqual(['db', 'web']);
    expect(await inside('set', 'db', '7')).toBe('');
    expect(JSON.parse(await inside('ids', '--json'))).toMatchObject([{ nsid: 7, names: ['db'] }]);
    expect(JSON.parse(await inside('identify', '--json'))).toMatchObject({ names: ['web'] });
    expect(await inside('exec', 'db', 'ls', '/sys/class/net')).toBe('lo\n');
    await inside('del', '--wait', 'db');
    expect(user.names).toEqual(['web']);
  });

  it('cannot give ids where they have no rights, and is told so', async () => {
    expect(await user.netns('add', 'web', '--id', '7')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^netns: cannot give "web" the id 7: Operation not permitted/),
    });
    expect(readdirSync(user.runtime)).toEqual([]);
  });

  it('gets the words of `ip` from the grammar of `ip`', async () => {
    await user.answer('add', 'web');
    for (const words of [
      ['netns', 'add', 'x'],
      ['netns', 'list'],
      ['netns', 'exec', 'web', 'true'],
      ['netns', 'del', 'web'],
    ])
      expect([words, await user.netns('ip', ...words)]).toEqual([words, await user.run(['ip', ...words])]);
  });

  it('is told of names that come and go', async () => {
    const { end, told } = await listening();
    await user.answer('add', 'a');
    await user.answer('del', 'a');
    await user.answer('add', 'b');
    await expect.poll(told).toMatch(/"ready".*"b"/);
    const [holder] = [user.holder ?? 0];
    process.kill(holder, 'SIGKILL');
    const { stdout, stderr, exitCode } = await end;
    const events = eventsIn(stdout);
    expect({ stderr, exitCode, events }).toEqual({
      stderr: '',
      exitCode: 0,
      events: ['add a', 'ready a', 'delete a', 'add b', 'ready b', 'delete b'],
    });
    await hasEnded(holder);
  });

  it('is told of names that have gone before anybody looked', async () => {
    const { child, end } = await listening();
    const holder = user.holder ?? 0;
    child.kill('SIGSTOP');
    await user.answer('add', 'b');
    process.kill(holder, 'SIGKILL');
    await hasEnded(holder);
    child.kill('SIGCONT');
    const { stdout, stderr, exitCode } = await end;
    const events = eventsIn(stdout);
    expect({ stderr, exitCode, events }).toEqual({ stderr: '', exitCode: 0, events: ['add b', 'delete b'] });
  });
});

describe('the process that holds the names', () => {
  it('is one, however many begin', async () => {
    const names = Array.from({ length: 16 }, (_, index) => `n${index}`);
    const ends = await Promise.all(names.map((name) => user.netns('add', name)));
    expect(ends.map(({ stderr, exitCode }) => ({ stderr, exitCode }))).toEqual(
      names.map(() => ({ stderr: '', exitCode: 0 })),
    );
    expect(user.names).toEqual([...names].sort());
    expect(readdirSync(user.home).sort()).toEqual(['lock', 'names']);
  });

  it('keeps nothing else alive', async () => {
    await user.answer('add', 'web');
    const at = `/proc/${user.holder}`;
    expect(readlinkSync(`${at}/cwd`)).toBe('/');
    expect(readFileSync(`${at}/cmdline`, 'latin1').replace(/\0+$/, '')).toBe('netns-names');
    expect(readFileSync(`${at}/environ`, 'latin1')).toBe('');
    const links = readdirSync(`${at}/fd`).map((fd) => readlinkSync(`${at}/fd/${fd}`));
    expect(links).toEqual([`${user.home}/lock`, 'anon_inode:inotify']);
    const [, , , , , session, terminal] = readFileSync(`${at}/stat`, 'latin1').split(' ');
    expect([session, terminal]).toEqual([String(user.holder), '0']);
    // Counted page by page: what `status` has of it may be wrong by dozens of pages for each processor.
    const resident = Number(/^Rss:\s+(\d+)/m.exec(readFileSync(`${at}/smaps_rollup`, 'latin1'))?.[1]);
    expect(resident).toBeLessThan(200);
  });

  it('takes the names with it when it is killed, and everything says so', async () => {
    await user.answer('add', 'web');
    const holder = user.holder ?? 0;
    process.kill(holder, 'SIGKILL');
    await hasEnded(holder);
    expect(await user.answer('ls', '--names')).toBe('');
    expect(await user.netns('exec', 'web', 'true')).toMatchObject({
      exitCode: 125,
      stderr: 'netns: cannot open network namespace "web": No such file or directory\n',
    });
    expect(await user.netns('pids', 'web')).toMatchObject({
      exitCode: 1,
      stderr: 'netns: cannot open net namespace "web": No such file or directory (ENOENT, openat)\n',
    });
    expect(await user.netns('del', 'web')).toMatchObject({ exitCode: 1 });
    await user.answer('add', 'web');
    expect(user.names).toEqual(['web']);
  });

  it('ends when its file is taken away', async () => {
    await user.answer('add', 'web');
    const holder = user.holder ?? 0;
    expect(await user.run(['rm', `${user.home}/lock`])).toMatchObject({ exitCode: 0 });
    await hasEnded(holder);
    expect(await user.answer('ls', '--names')).toBe('');
  });

  it('does not hear the keys that end the command which started it', async () => {
    const child = user.start([command, 'exec', 'none', 'true'], { detached: true });
    await endOf(child);
    // The same process group as a shell's job: a negative number is all of it.
    const script = `"$0" add web && "$0" exec web sleep 60`;
    const job = user.start(['sh', '-c', script, command], { detached: true });
    const end = endOf(job);
    // Not the words of the shell's script: a shell that is about to start a program can lose an interrupt.
    while (user.names.length === 0 || !/sleep\0/.test(commandsOf(job.pid)))
      await new Promise((resolve) => setTimeout(resolve, 10));
    process.kill(-(job.pid ?? 0), 'SIGINT');
    await end;
    expect(user.names).toEqual(['web']);
  });

  it.runIf(mayBeOthers)('is said to be impossible where the machine forbids it', async () => {
    // The limits of a user namespace in which the same users are: those of the machine stay.
    const everybody = ['run', '--new', 'user', '--map', 'all', '--'];
    const script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"';
    const { environment: env, words } = user;
    const netns = (...argv: string[]) =>
      run(command, [...everybody, 'sh', '-c', script, 'sh', ...words, command, ...argv], { env });
    expect(await netns('add', 'web')).toEqual({
      stdout: '',
      stderr: 'netns: cannot make a user and a mount namespace for names: No space left on device (ENOSPC, unshare)\n',
      exitCode: 1,
      signal: null,
    });
    expect(readdirSync(user.runtime)).toEqual([]);
    const findings = JSON.parse((await netns('doctor', '--json')).stdout) as { what: string }[];
    expect(findings).toContainEqual(
      expect.objectContaining({
        what: `names in ${user.home}/names`,
        state: 'no',
        note: 'No space left on device; the limit user.max_user_namespaces is 0',
      }),
    );
  });
});

function commandsOf(pid = 0): string {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
    return [pid, ...children].map((each) => readFileSync(`/proc/${each}/cmdline`, 'latin1')).join(' ');
  } catch {
    return '';
  }
}

describe('a directory that may not be trusted', () => {
  const cases: Readonly<Record<string, readonly [(path: string) => void, string]>> = {
    'a symbolic link': [
      (path) => symlinkSync('/run', path),
      'Not a directory (ENOTDIR, openat); it is a symbolic link or a file',
    ],
    'a file': [(path) => writeFileSync(path, ''), 'Not a directory (ENOTDIR, openat); it is a symbolic link or a file'],
    'one that all may write to': [
      (path) => {
        mkdirSync(path);
        chmodSync(path, 0o777);
      },
      mayBeOthers
        ? 'Operation not permitted (EPERM, openat); it belongs to user 0'
        : 'Operation not permitted (EPERM, openat); others may write to it',
    ],
  };
  for (const [name, [make, reason]] of Object.entries(cases)) {
    it(`is refused: ${name}`, async () => {
      make(user.home);
      const stderr = `netns: cannot keep names of namespaces in ${user.home}: ${reason}\n`;
      for (const words of [
        ['add', 'web'],
        ['ls', '--names'],
        ['del', 'web'],
      ])
        expect([words, await user.netns(...words)]).toEqual([words, { stdout: '', stderr, exitCode: 1, signal: null }]);
    });
  }

  it('is passed by if it is the session directory of somebody else', async () => {
    const stranger = mkdtempSync('/run/stranger-');
    if (!mayBeOthers) chmodSync(stranger, 0o777);
    user.environment.XDG_RUNTIME_DIR = stranger;
    const { stderr } = await user.netns('del', 'web');
    expect(stderr.includes(stranger)).toBe(!mayBeOthers); // in a namespace with one user there is nobody else
    expect(readdirSync(stranger)).toEqual([]);
    rmdirSync(stranger);
  });
});

describe.runIf(mayBeOthers)('users', () => {
  it('do not see the names of each other', async () => {
    const other = await UserSession.open(54322);
    try {
      await user.answer('add', 'web', 'mine');
      await other.answer('add', 'web');
      expect(lines(await other.answer('ls', '--names'))).toEqual(['web']);
      expect(lines(await user.answer('ls', '--names'))).toEqual(['mine', 'web']);
      expect(statSync(user.pathOf('web')).ino).not.toBe(statSync(other.pathOf('web')).ino);
      for (const words of [
        ['readlink', user.pathOf('web')],
        ['ls', user.home],
        ['cat', `${user.home}/lock`],
      ])
        expect([words, await other.run(words)]).toEqual([
          words,
          expect.objectContaining({ stdout: '', exitCode: expect.toSatisfy((code) => code > 0) }),
        ]);
      const borrowed = { ...other.environment, XDG_RUNTIME_DIR: user.runtime };
      expect(await other.run([command, 'ls', '--names'], { env: borrowed })).toMatchObject({ stdout: '', exitCode: 0 });
    } finally {
      await other.end();
    }
  });

  it('see the names of root, behind their own', async () => {
    createNames(['web', 'host']);
    try {
      await user.answer('add', 'web');
      expect(lines(await user.answer('ls', '--names'))).toEqual(['host', 'web']);
      expect(await user.answer('exec', 'web', 'readlink', '/proc/self/ns/net')).not.toContain(
        `${statSync('/run/netns/web').ino}`,
      );
      expect(await user.netns('exec', 'host', 'true')).toMatchObject({
        stderr: 'netns: cannot enter network namespace "host": Operation not permitted\n',
        exitCode: 125,
      });
      expect(await user.netns('del', 'host')).toMatchObject({ exitCode: 1 });
      await user.answer('del', 'web');
      expect(await user.netns('del', 'web')).toMatchObject({ exitCode: 1 });
      expect(listNames().map(({ state }) => state)).toEqual(['ready', 'ready']);
    } finally {
      removeNames(['web', 'host']);
    }
  });

  it('have their names in /run/user/UID, or else in /tmp, whatever the environment says', async () => {
    const { XDG_RUNTIME_DIR, ...env } = user.environment;
    // Mounts of their own: what others have in /tmp is none of our business. Where the program or Node is below it, they stay.
    const fresh = `mount -t tmpfs tmpfs /run && mkdir /run/before && mount --bind /tmp /run/before &&
      mount -t tmpfs tmpfs /tmp && chmod 1777 /tmp || exit
      for each in /run/before/*/; do
        each=$(basename "$each")
        case "$0${process.execPath}" in
          */tmp/"$each"/*) mkdir "/tmp/$each" && mount --bind "/run/before/$each" "/tmp/$each" || exit ;;
        esac
      done`;
    const own = '/tmp/netns-54321';
    const inPrivate = (script: string) =>
      run('unshare', ['--mount', 'sh', '-c', `${fresh}\n${script}`, command, ...user.words], { env });
    const add = '"$@" "$0" add web && "$@" "$0" ls --names';
    const remove = '"$@" "$0" del web';
    const login = 'mkdir -p /run/user/54321 && chown 54321 /run/user/54321';
    expect(
      await inPrivate(`${login} && ${add} && ls /run/user/54321/netns && [ ! -e ${own} ] && ${remove}`),
    ).toMatchObject({
      stdout: 'web\nlock\nnames\n',
      exitCode: 0,
      stderr: '',
    });
    expect(await inPrivate(`${add} && ls -ld ${own} | cut -c-10 && ${remove} && [ ! -e ${own} ]`)).toMatchObject({
      stdout: 'web\ndrwx------\n',
      exitCode: 0,
      stderr: '',
    });
    for (const [hostile, reason] of [
      [`mkdir ${own}`, 'Operation not permitted (EPERM, openat); it belongs to user 0'],
      [
        `mkdir /tmp/x && chown 54321 /tmp/x && ln -s x ${own}`,
        'Not a directory (ENOTDIR, openat); it is a symbolic link or a file',
      ],
      [`mkdir -m 777 ${own} && chown 54321 ${own}`, 'Operation not permitted (EPERM, openat); others may write to it'],
    ])
      expect(await inPrivate(`${hostile} && "$@" "$0" add web`)).toMatchObject({
        stdout: '',
        stderr: `netns: cannot keep names of namespaces in ${own}: ${reason}\n`,
        exitCode: 1,
      });
  });
});
