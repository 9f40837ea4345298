import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { withoutCapabilities } from './support/call-in-process.ts';
import { answerJson, command, netns } from './support/cli.ts';
import { groupsDirectory } from './support/control-groups.ts';
import { run, temporaryDirectory } from './support/run.ts';
import { straceMissing, trace } from './support/strace.ts';

const missing = straceMissing();

const bwrapMissing =
  spawnSync('bwrap', ['--dev-bind', '/', '/', '--', 'true']).status === 0 ? undefined : 'bwrap does not work here';

const find = (findings: readonly Finding[], what: string) => findings.find((finding) => finding.what === what);

describe('netns doctor', () => {
  it('tells each thing in one line, and that all is well', async () => {
    const { stdout, stderr, exitCode } = await netns('doctor');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const findings = await answerJson<Finding[]>('doctor');
    expect(stdout.trimEnd().split('\n')).toHaveLength(findings.length);
    for (const { group, what, state, neededFor, note } of findings) {
      expect(['kernel', 'privileges', 'features', 'tools']).toContain(group);
      expect(['yes', 'no', 'unknown']).toContain(state);
      for (const text of [what, neededFor, note]) expect(text).toMatch(/^[^\n]+$/);
    }
    for (const what of ['/proc', 'make net namespaces', 'rights in a user namespace', 'enter network namespaces'])
      expect(find(findings, what)).toMatchObject({ state: 'yes' });
    expect(find(findings, 'veth devices')).toMatchObject({ state: 'yes' });
    expect(find(findings, 'nsexec')).toMatchObject({ state: 'yes', essential: true });
  });

  it('knows whether limits can be set: what it says is what happens', async () => {
    const { stdout } = await netns('doctor', '--json');
    const { state, note } = find(JSON.parse(stdout), 'control groups') as Finding;
    expect(state === 'yes').toBe(groupsDirectory({ pids: 1, memory: 1, cpu: 1 }) !== undefined);
    const { exitCode } = await netns('run', '--limit', 'pids=20,memory=64M,cpu=1', '--', 'true');
    expect([state, exitCode === 0], note).toEqual([state, state === 'yes']);
  });

  it('names what is missing without privilege', async () => {
    const [setpriv = '', ...options] = withoutCapabilities;
    const { stdout, exitCode } = await run(setpriv, [...options, command, 'doctor', '--json']);
    const findings = JSON.parse(stdout) as Finding[];
    expect(exitCode).toBe(0); // there are still user namespaces
    const reason = 'Operation not permitted; this process lacks CAP_SYS_ADMIN';
    for (const what of ['make net namespaces', 'make uts namespaces', 'make pid namespaces'])
      expect(find(findings, what)).toMatchObject({ state: 'no', note: reason });
    expect(find(findings, 'CAP_SYS_ADMIN')).toMatchObject({ state: 'no' });
    expect(find(findings, 'make user namespaces')).toMatchObject({ state: 'yes' });
    expect(find(findings, 'veth devices')).toMatchObject({ state: 'unknown' });
    // Those of its own: `netns exec` works for it.
    expect(find(findings, 'enter network namespaces')).toMatchObject({
      state: 'yes',
      note: 'tried, in a user namespace: those of root are closed',
    });
    expect(find(findings, 'network namespaces, one way or the other')).toMatchObject({
      state: 'yes',
      note: expect.stringContaining('in a user namespace'),
    });
  });

  it('names the limit that forbids, and fails where nothing is left', async () => {
    // Limits of a user namespace of its own: those of the machine stay.
    const script = `for type in user net; do echo 0 > /proc/sys/user/max_\${type}_namespaces; done; exec "$0" doctor --json`;
    const { stdout, exitCode } = await netns('unshare', '--user', '--map-root-user', 'sh', '-c', script, command);
    const findings = JSON.parse(stdout) as Finding[];
    for (const type of ['user', 'net'])
      expect(find(findings, `make ${type} namespaces`)).toMatchObject({
        state: 'no',
        note: `No space left on device; the limit user.max_${type}_namespaces is 0`,
      });
    expect(find(findings, 'make uts namespaces')).toMatchObject({ state: 'yes' });
    expect(find(findings, 'network namespaces, one way or the other')).toMatchObject({ state: 'no', essential: true });
    expect(exitCode).toBe(1);
  });

  it('says no of names that could not be made, and of a limit that another user namespace has', async () => {
    const outer = ['--user', '--map-root-user', '--mount', '--', 'sh', '-c'];
    const script = `echo 1 > /proc/sys/user/max_user_namespaces; mount --rbind /tmp /tmp && mount -o remount,bind,ro /tmp && mount -t tmpfs -o ro r /run &&
      exec unshare --user --map-user=1000 --map-group=1000 -- env -u XDG_RUNTIME_DIR "$0" doctor --json`;
    const { stdout, stderr } = await netns('unshare', ...outer, script, command);
    expect(stderr).toBe('');
    const findings = JSON.parse(stdout) as Finding[];
    expect(findings.find(({ what }) => what.startsWith('names in /tmp'))).toMatchObject({
      state: 'no',
      note: 'writing to /tmp: EROFS',
    });
    expect(find(findings, 'make user namespaces')).toMatchObject({
      state: 'no',
      note: expect.stringMatching(/max_user_namespaces is \d+ here, and may be lower in a user namespace around/),
    });
  });

  it.skipIf(missing)('tells why there are no pidfds, where there are none', async () => {
    const log = join(temporaryDirectory('pidfds'), 'log');
    for (const [error, note] of [
      ['ENOSYS', 'Linux 5.3 has them'],
      ['EPERM', expect.stringMatching(/^Operation not permitted/)],
    ] as const) {
      const inject = [`pidfd_open:error=${error}`];
      const { stdout } = await trace([command, 'doctor', '--json'], log, { calls: ['pidfd_open'], inject });
      expect(find(JSON.parse(stdout), 'pidfds')).toMatchObject({ state: 'no', note });
    }
    expect(find(await answerJson<Finding[]>('doctor'), 'pidfds')).toMatchObject({ state: 'yes', note: 'tried' });
  });

  it.skipIf(bwrapMissing !== undefined)('names a filter for system calls, as containers have', async () => {
    // A program for seccomp(2), of four steps: the number of the call; is it unshare(2)? then EPERM; else it is allowed.
    const unshare = process.arch === 'x64' ? 272 : 97;
    const steps = [
      [0x20, 0, 0],
      [0x15, 1, unshare],
      [0x06, 0, 0x5_0001],
      [0x06, 0, 0x7fff_0000],
    ] as const;
    const filter = join(temporaryDirectory('doctor'), 'filter');
    writeFileSync(
      filter,
      Uint32Array.from(steps.flatMap(([code, otherwise, value]) => [code | (otherwise << 24), value])),
    );
    const script = 'exec bwrap --dev-bind / / --seccomp 5 -- "$0" doctor --json 5< "$1"';
    const { stdout } = await run('sh', ['-c', script, command, filter]);
    expect(find(JSON.parse(stdout), 'make user namespaces')).toMatchObject({
      state: 'no',
      note: 'Operation not permitted; a seccomp filter is on this process, as containers have',
    });
  });

  it('knows where a helper program is missing', async () => {
    const { stdout } = await run('/bin/sh', [
      '-c',
      'PATH=$1; exec "$0" doctor --json',
      command,
      process.execPath.replace(/\/[^/]*$/, ':/nowhere'),
    ]);
    const newuidmap = find(JSON.parse(stdout), 'newuidmap');
    if (newuidmap?.state === 'no') expect(newuidmap.note).toBe('not in PATH (package uidmap)');
    else expect(newuidmap?.note).toMatch(/\/newuidmap$/);
  });
});
