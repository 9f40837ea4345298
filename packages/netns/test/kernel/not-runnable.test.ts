import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNamed } from '../../src/namespaces/named.ts';
import { removeName } from '../../src/namespaces/names.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import type { SpawnPlan } from '../../src/process/plan/spawn-plan.ts';
import { exec, spawn } from '../../src/process/run-plan.ts';
import { type ExecOptions, execIn, spawnIn } from '../../src/process/spawn.ts';
import { netns, readablePath } from './support/cli.ts';
import { temporaryDirectory } from './support/run.ts';

/** A command that does not exist, or exists and cannot be run: every way says the same, in the words and with the statuses that it has. */
const directory = temporaryDirectory('not-runnable');
const env = { PATH: readablePath };
const file = (name: string) => join(directory, name);
beforeAll(() => {
  writeFileSync(file('plain'), '#!/bin/sh\n');
  writeFileSync(file('no-interpreter'), '#!/nope/interpreter\n', { mode: 0o755 });
  writeFileSync(file('noise'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 2, 3]), { mode: 0o755 });
  mkdirSync(file('folder'));
  createNamed('here').close();
});
afterAll(() => removeName('here'));

/** What is wrong with it, and how a shell would tell. */
const commands: readonly (readonly [command: string, status: 126 | 127, code: string, reason: string])[] = [
  ['no-such-command', 127, 'ENOENT', 'No such file or directory'],
  [file('missing'), 127, 'ENOENT', 'No such file or directory'],
  [file('no-interpreter'), 127, 'ENOENT', 'No such file or directory'],
  [file('plain/below'), 126, 'ENOTDIR', 'Not a directory'],
  [file('plain'), 126, 'EACCES', 'Permission denied'],
  [file('folder'), 126, 'EACCES', 'Permission denied'],
  ['/', 126, 'EACCES', 'Permission denied'],
];

describe.each(commands)('%s', (command, status, code, reason) => {
  const error = { code, syscall: 'execve', message: `cannot run ${command}: ${reason} (${code}, execve)` };

  const plans: Readonly<Record<string, Partial<SpawnPlan>>> = {
    'as it is': {},
    'by system calls alone': { create: ['user'] },
    'by the helper': { create: ['user', 'uts'], users: 'root', hostname: 'x' },
    'in a pid namespace': { create: ['user', 'pid'], users: 'root' },
    'under an init': { create: ['user', 'pid', 'mnt'], users: 'root', proc: true, init: true },
  };
  it.each(Object.entries(plans))('by a plan, %s', async (_, plan) => {
    await expect(exec({ command, env, ...plan })).rejects.toMatchObject(error);
    const child = spawn({ command, env, ...plan });
    const ended = new Promise<unknown>((resolve) => child.once('exit', resolve));
    await expect(child.ready).rejects.toMatchObject(error);
    expect(await ended).not.toBe(0);
  });

  it.each([
    ['by system calls alone', { mounts: false }],
    ['by the helper', {}],
    ["by Node's own spawn", { uid: 0 }],
  ] as const)('inside a namespace, %s', async (_, options: ExecOptions) => {
    using namespace = createNamespace('net');
    await expect(execIn(namespace, command, [], { env, ...options })).rejects.toMatchObject(error);
    await expect(spawnIn(namespace, command, [], { env, ...options }).ready).rejects.toMatchObject(error);
  });

  const lines: readonly (readonly [words: readonly string[], says: string])[] = [
    [['exec', 'here'], `netns: cannot run ${command}`],
    [['exec', '--no-mounts', 'here'], `netns: cannot run ${command}`],
    [['run', '--map-root', '--'], `netns: cannot run ${command}`],
    [['run', '--map-root', '--new', 'pid,mnt', '--'], `netns: cannot run ${command}`],
    [['run', '--in', 'here', '--'], `netns: cannot run ${command}`],
    [['unshare', '-n'], `unshare: failed to execute ${command}`],
    [['unshare', '-rfp'], `unshare: failed to execute ${command}`],
    [['nsenter', '--net=/run/netns/here'], `nsenter: failed to execute ${command}`],
    [['nsenter', '-n/run/netns/here'], `nsenter: failed to execute ${command}`],
  ];
  it.each(lines)('netns %j', async (words, says) => {
    expect(await netns(...words, command)).toEqual({
      stdout: '',
      stderr: `${says}: ${reason}\n`,
      exitCode: status,
      signal: null,
    });
  });

  it.each([[['exec', '--json', 'here']], [['run', '--json', '--map-root', '--']]])('netns %j', async (words) => {
    const { stdout, ...end } = await netns(...words, command);
    expect(end).toEqual({ stderr: '', exitCode: status, signal: null });
    expect(JSON.parse(stdout)).toMatchObject({ status, error: { code, message: error.message } });
  });
});

it('a file that is no program of this machine is taken for a script, as a shell would', async () => {
  const { stderr } = await exec({ command: file('noise'), create: ['user'], users: 'root' });
  expect(stderr).toContain('noise');
});
