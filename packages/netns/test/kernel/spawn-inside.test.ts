import { execFileSync } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNamed } from '../../src/namespaces/named.ts';
import { removeName } from '../../src/namespaces/names.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { nsexecPath } from '../../src/native/addon.ts';
import { perform } from '../../src/native/syscall.ts';
import { namedCommandWords } from '../../src/process/exec.ts';
import { ipFailures } from '../../src/process/plan/failure-style.ts';
import { type ExecOptions, execIn } from '../../src/process/spawn.ts';
import { run } from './support/run.ts';

/** What a command in a namespace finds: /sys, control groups, /etc. All of it is mounted for the command alone. */
async function sh(script: string, options: ExecOptions = {}): Promise<string> {
  using namespace = createNamespace('net');
  const { stdout, stderr } = await execIn(namespace, 'sh', ['-c', script], options);
  return stdout + stderr;
}

describe('/sys', () => {
  it('shows the devices of the namespace', async () => {
    expect(await sh('ip link add in-there type bridge; ls /sys/class/net')).toBe('in-there\nlo\n');
    expect(readdirSync('/sys/class/net')).not.toContain('in-there');
  });

  it('shows ours if no mounts are wanted', async () => {
    const ours = readdirSync('/sys/class/net').join('\n');
    expect(await sh('ip link add in-there type bridge; ls /sys/class/net', { mounts: false })).toBe(`${ours}\n`);
  });

  it('still has the control groups and whatever else was mounted there', async () => {
    const listed = (text: string) =>
      [...text.matchAll(/^\S+ \S+ \S+ \S+ (\/sys\/\S+) .* - (\S+) /gm)]
        .map(([, path, type]) => `${path} ${type}`)
        .sort();
    // In a user namespace the old /sys stays below the new one, with all that is mounted on it.
    const mounts = (text: string) => [...new Set(listed(text))];
    const before = mounts(readFileSync('/proc/self/mountinfo', 'utf8'));
    expect(before.some((mount) => mount.startsWith('/sys/fs/cgroup'))).toBe(true);
    expect(mounts(await sh('cat /proc/self/mountinfo'))).toEqual(before);
  });

  it('leaves no trace in our mounts', async () => {
    const before = readFileSync('/proc/self/mountinfo', 'utf8');
    await sh('mount -t tmpfs none /mnt; mkdir /mnt/x');
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(before);
  });
});

describe('/etc', () => {
  const etc = '/run/etc';
  beforeAll(() => {
    // An /etc of our own, so that it can have what it likes in it.
    perform('mount /etc', 'mount', 'tmpfs', '/etc', 'tmpfs', 0, null);
    mkdirSync('/run/resolver');
    writeFileSync('/run/resolver/resolv.conf', 'of the machine\n');
    return () => {
      perform('unmount /etc', 'umount2', '/etc', 2);
      rmSync('/run/resolver', { recursive: true });
    };
  });
  beforeEach(() => mkdirSync(etc));
  afterEach(() => {
    for (const directory of ['/etc', etc])
      for (const name of readdirSync(directory)) rmSync(`${directory}/${name}`, { recursive: true });
    rmdirSync(etc);
  });

  it('has the files of the namespace over its own, for the command alone', async () => {
    writeFileSync('/etc/hosts', 'outside\n');
    writeFileSync(`${etc}/hosts`, 'inside\n');
    expect(await sh('cat /etc/hosts', { etc })).toBe('inside\n');
    expect(readFileSync('/etc/hosts', 'utf8')).toBe('outside\n');
  });

  it('has directories, too, and covers all of them', async () => {
    mkdirSync('/etc/iproute2');
    writeFileSync('/etc/iproute2/outside', '');
    mkdirSync(`${etc}/iproute2`);
    writeFileSync(`${etc}/iproute2/inside`, '');
    expect(await sh('ls /etc/iproute2', { etc })).toBe('inside\n');
  });

  it('has a resolv.conf although the one of the machine is a link', async () => {
    symlinkSync('../run/resolver/resolv.conf', '/etc/resolv.conf');
    writeFileSync(`${etc}/resolv.conf`, 'of the namespace\n');
    expect(await sh('cat /etc/resolv.conf; cat /run/resolver/resolv.conf', { etc })).toBe(
      'of the namespace\nof the machine\n',
    );
    // A resolver that replaces its file does not take ours away.
    const script = 'echo new > /run/resolver/new; mv /run/resolver/new /run/resolver/resolv.conf; cat /etc/resolv.conf';
    expect(await sh(script, { etc })).toBe('of the namespace\n');
  });

  it('has a resolv.conf although the one of the machine is a link that leads nowhere', async () => {
    symlinkSync('/nonexistent/resolv.conf', '/etc/resolv.conf');
    writeFileSync(`${etc}/resolv.conf`, 'of the namespace\n');
    expect(await sh('cat /etc/resolv.conf', { etc })).toBe('of the namespace\n');
  });

  it('takes what a link of the namespace leads to', async () => {
    writeFileSync('/etc/hosts', 'outside\n');
    writeFileSync('/run/resolver/hosts', 'shared by several\n');
    symlinkSync('/run/resolver/hosts', `${etc}/hosts`);
    expect(await sh('cat /etc/hosts', { etc })).toBe('shared by several\n');
  });

  it('names what cannot be bound, and runs the command all the same', async () => {
    for (const name of ['hosts', 'is-a-directory']) writeFileSync(`/etc/${name}`, 'outside\n');
    writeFileSync(`${etc}/hosts`, 'inside\n');
    writeFileSync(`${etc}/not-in-etc`, '');
    symlinkSync('nowhere', `${etc}/dangling`);
    mkdirSync(`${etc}/is-a-directory`);
    mkdirSync('/run/resolver/directory');
    writeFileSync('/run/resolver/directory/outside', '');
    symlinkSync('/run/resolver/directory', '/etc/linked-directory');
    mkdirSync(`${etc}/linked-directory`);
    const lines = (await sh('cat /etc/hosts; ls /etc/linked-directory', { etc })).split('\n').filter(Boolean).sort();
    expect(lines).toEqual([
      'Bind /run/etc/dangling -> /etc/dangling failed: No such file or directory',
      'Bind /run/etc/is-a-directory -> /etc/is-a-directory failed: Not a directory',
      'Bind /run/etc/not-in-etc -> /etc/not-in-etc failed: No such file or directory',
      'inside',
    ]);
  });

  it('need not have anything for a namespace', async () => {
    expect(await sh('echo fine', { etc: '/run/nothing-here' })).toBe('fine\n');
    expect(await sh('echo fine', { etc })).toBe('fine\n');
  });

  it('has the files of /etc/netns/NAME for a named one', async () => {
    createNamed('a').close();
    mkdirSync('/etc/netns/a', { recursive: true });
    writeFileSync('/etc/netns/a/hosts', 'of a\n');
    writeFileSync('/etc/hosts', 'outside\n');
    const words = namedCommandWords({ name: 'a', command: 'cat', args: ['/etc/hosts'] }, ipFailures);
    expect(await run(nsexecPath, words)).toEqual({ stdout: 'of a\n', stderr: '', exitCode: 0, signal: null });
    removeName('a');
  });
});

describe('a VRF', () => {
  const mount = [...readFileSync('/proc/self/mountinfo', 'utf8').matchAll(/^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 /gm)].at(
    -1,
  )?.[1];
  const why =
    mount === undefined
      ? 'no unified control group hierarchy is mounted'
      : writable(mount)
        ? undefined
        : `${mount} may not be written to`;
  const group = `netns-test-${process.pid}`;

  describe.skipIf(why)(`is left${why ? ` (not tested: ${why})` : ''}`, () => {
    beforeAll(() => mkdirSync(`${mount}/${group}/vrf/blue`, { recursive: true }));
    afterAll(() => {
      for (const path of ['vrf/blue', 'vrf', '']) rmdirSync(`${mount}/${group}/${path}`);
    });

    it('when a command goes into a namespace from inside of it', async () => {
      createNamed('a').close();
      const words = namedCommandWords({ name: 'a', command: 'grep', args: ['^0::', '/proc/self/cgroup'] }, ipFailures);
      const enter = `echo $$ > ${mount}/${group}/vrf/blue/cgroup.procs && exec "$0" "$@"`;
      expect(await run('sh', ['-c', `${enter}`, 'grep', '^0::', '/proc/self/cgroup'])).toMatchObject({
        stdout: `0::/${group}/vrf/blue\n`,
      });
      expect(await run('sh', ['-c', enter, nsexecPath, ...words])).toEqual({
        stdout: `0::/${group}\n`,
        stderr: '',
        exitCode: 0,
        signal: null,
      });
      removeName('a');
    });
  });
});

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    execFileSync('sh', ['-c', `mkdir ${path}/netns-probe-${process.pid} && rmdir ${path}/netns-probe-${process.pid}`], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
