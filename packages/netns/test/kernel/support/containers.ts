import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { namespaceTypes } from '../../../src/namespaces/type.ts';
import { childrenOf, isAlive } from './holder.ts';
import { temporaryDirectory } from './run.ts';

/** A container of a program that others have written, as it runs. */
export interface RunningContainer {
  readonly runtime: 'runc' | 'bubblewrap' | 'lxc' | 'podman';
  /** What its runtime calls it; bubblewrap gives no names. */
  readonly id: string | undefined;
  /** What people call it, if that is something else. */
  readonly name?: string;
  /** The process that waits for it outside; undefined: none does. */
  readonly monitor: number | undefined;
  /** The first process in its network namespace. */
  readonly first: number;
  /** Ends it the way its runtime has. */
  end(): Promise<void>;
}

/** A directory with busybox in it, which is enough to be a container. */
export function busyboxRoot(): string {
  const root = temporaryDirectory('rootfs');
  chmodSync(root, 0o755);
  for (const name of ['bin', 'proc', 'dev', 'sys', 'tmp', 'etc', 'sbin', 'run']) mkdirSync(`${root}/${name}`);
  copyFileSync('/bin/busybox', `${root}/bin/busybox`);
  for (const name of ['sh', 'sleep']) symlinkSync('busybox', `${root}/bin/${name}`);
  // With a socket of its own, as what runs in containers has.
  // LXC has a console between us and what they say; so they leave a file where they may, too.
  const lines = ['#!/bin/sh', 'echo here', 'true 2> /dev/null > /tmp/here', 'exec /bin/busybox nc -l -p 8080', ''];
  writeFileSync(`${root}/bin/stay`, lines.join('\n'), { mode: 0o755 });
  return root;
}

/** A name that no other run has. */
export function containerName(): string {
  return `proof-${randomBytes(6).toString('hex')}`;
}

/** Why a runtime cannot start containers here; undefined: it can. */
export function refusalOf(runtime: RunningContainer['runtime']): string | undefined {
  if (runtime === 'podman') return refusalOfPodman();
  if (runtime !== 'lxc') return undefined;
  // It gives up the groups of whoever starts it, which the kernel refuses in a user namespace that was made without privilege.
  return readFileSync('/proc/self/setgroups', 'utf8').trim() === 'deny' ? 'setgroups is denied here' : undefined;
}

function refusalOfPodman(): string | undefined {
  if (spawnSync('podman', ['--version']).status !== 0) return 'podman is not installed';
  return readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)[2] === '4294967295'
    ? undefined
    : 'no root here';
}

/** Everything of Podman in one directory; without what takes a daemon, systemd or rights that a test may lack. */
async function podman(): Promise<RunningContainer> {
  const place = temporaryDirectory('podman');
  const root = busyboxRoot();
  const settings = `--root ${place}/storage --runroot ${place}/run --tmpdir ${place}/tmp --runtime runc --cgroup-manager cgroupfs`;
  const engine = [
    ...settings.split(' '),
    '--network-backend',
    'netavark',
    '--storage-driver',
    'vfs',
    '--events-backend',
    'none',
  ];
  const call = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync('podman', [...engine, ...words], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const name = containerName();
  const limits = ['nofile', 'nproc'].flatMap((limit) => ['--ulimit', `${limit}=256:256`]);
  call('run', '--detach', '--name', name, '--network', 'none', ...limits, '--rootfs', root, '/bin/stay');
  await until(() => existsSync(`${root}/tmp/here`));
  const [id = '', first, monitor] = call(
    'inspect',
    '--format',
    '{{.Id}} {{.State.Pid}} {{.State.ConmonPid}}',
    name,
  ).split(' ');
  const end = async () => {
    call('rm', '--force', '--time', '0', name);
    await until(() => !isAlive(Number(monitor)));
    removeGroups(id);
    spawnSync('umount', [`${place}/storage/vfs`, `${place}/storage`]);
  };
  return { runtime: 'podman', id, name, monitor: Number(monitor), first: Number(first), end };
}

/** What runc reads: a bundle. `network`: a file of the namespace that the container is to be in, as engines do it; else a new one. */
export function runcBundle(id: string, network?: string): string {
  const bundle = temporaryDirectory('bundle');
  const rootless = readFileSync('/proc/self/setgroups', 'utf8').trim() === 'deny';
  const { status, stderr } = spawnSync('runc', ['spec', ...(rootless ? ['--rootless'] : [])], {
    cwd: bundle,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const file = `${bundle}/config.json`;
  const config = JSON.parse(readFileSync(file, 'utf8'));
  config.root.path = busyboxRoot();
  Object.assign(config.process, { terminal: false, args: ['/bin/stay'], rlimits: [] });
  const others = config.linux.namespaces.filter(({ type }: { type: string }) => type !== 'network');
  config.linux.namespaces = [...others, { type: 'network', ...(network === undefined ? {} : { path: network }) }];
  if (!rootless) config.linux.cgroupsPath = `/${id}`;
  writeFileSync(file, JSON.stringify(config));
  return bundle;
}

/** Starts runc; what it starts goes on without it. */
export function startRunc(id: string, bundle: string): ChildProcess {
  return spawn('runc', ['run', '--detach', '--bundle', bundle, id], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Takes away whatever is left of a container. */
export async function deleteRunc(id: string): Promise<void> {
  spawnSync('runc', ['delete', '--force', id]);
  await until(() => !JSON.stringify(spawnSync('runc', ['list', '--quiet'], { encoding: 'utf8' }).stdout).includes(id));
}

const starters: Readonly<Record<RunningContainer['runtime'], () => Promise<RunningContainer>>> = {
  runc: () => runc(),
  podman,
  bubblewrap: async () => {
    const words = [
      '--unshare-all',
      '--info-fd',
      '3',
      '--ro-bind',
      busyboxRoot(),
      '/',
      '--proc',
      '/proc',
      '--dev',
      '/dev',
    ];
    const child = spawn('bwrap', [...words, '/bin/stay'], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
    const info = wholeObject(child.stdio[3] as NodeJS.ReadableStream);
    await saidHere(child);
    child.stdout?.destroy();
    const { 'child-pid': first } = JSON.parse(await info) as { 'child-pid': number };
    return { runtime: 'bubblewrap', id: undefined, monitor: child.pid, first, end: () => kill(child.pid, first) };
  },
  lxc: async () => {
    const id = containerName();
    const places = temporaryDirectory('lxc');
    const root = busyboxRoot();
    const settings = [
      `uts.name = ${id}`,
      `rootfs.path = dir:${root}`,
      'net.0.type = empty',
      'mount.auto = proc:mixed',
      'tty.max = 0',
      'pty.max = 0',
      'autodev = 0',
      'apparmor.profile = unconfined',
      'init.cmd = /bin/stay',
    ];
    writeFileSync(`${places}/config`, settings.map((line) => `lxc.${line}\n`).join(''));
    const words = ['--name', id, '--lxcpath', places, '--rcfile', `${places}/config`, '--foreground'];
    const child = spawn('lxc-start', words, { stdio: ['ignore', 'ignore', 'pipe'] });
    await Promise.race([until(() => existsSync(`${root}/tmp/here`)), failureOf(child)]);
    const [first = 0] = childrenOf(child.pid ?? 0);
    const end = async () => {
      await kill(first, child.pid);
      removeGroups(id);
    };
    return { runtime: 'lxc', id, monitor: child.pid, first, end };
  },
};

/** Starts a container that stays until it is ended. */
export function startContainer(runtime: RunningContainer['runtime']): Promise<RunningContainer> {
  return starters[runtime]();
}

/** The same by runc, in a network namespace that has a file. */
export async function runc(network?: string): Promise<RunningContainer> {
  const id = containerName();
  const child = startRunc(id, runcBundle(id, network));
  const ended = once(child, 'exit');
  await saidHere(child);
  await ended;
  for (const pipe of [child.stdout, child.stderr]) pipe?.destroy(); // the container has them still
  const { pid: first } = JSON.parse(spawnSync('runc', ['state', id], { encoding: 'utf8' }).stdout) as { pid: number };
  return { runtime: 'runc', id, monitor: undefined, first, end: () => deleteRunc(id) };
}

/** Waits until the program in a container speaks; fails if it ends before. */
async function saidHere(child: ChildProcess): Promise<void> {
  await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), failureOf(child)]);
}

/** An object of JSON, in however many pieces it comes. */
async function wholeObject(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const piece of stream) {
    text += piece;
    if (text.trimEnd().endsWith('}')) break;
  }
  return text;
}

/** Fails when a program has failed. */
function failureOf(child: ChildProcess): Promise<never> {
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once(
      'exit',
      (status) => status !== 0 && reject(new Error(`${child.spawnfile} ended with ${status}: ${errors}`)),
    );
  });
  failed.catch(() => {}); // nobody may be waiting any more
  return failed;
}

/** Kills processes, and waits until they are gone. */
export async function kill(...pids: readonly (number | undefined)[]): Promise<void> {
  for (const pid of pids) {
    if (pid === undefined || !isAlive(pid)) continue;
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
  }
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await setTimeout(5);
}

/** The control groups that LXC makes, and leaves when it is killed. */
function removeGroups(id: string): void {
  const root = '/sys/fs/cgroup';
  for (const at of ['', ...readdirSync(root).map((name) => `${name}/`)])
    for (const group of [
      `lxc.payload.${id}`,
      `lxc.monitor.${id}`,
      'lxc.pivot',
      'libpod_parent/conmon',
      'libpod_parent',
    ])
      try {
        rmdirSync(`${root}/${at}${group}`);
      } catch {} // there is none there, or somebody else uses it
}

/** Every namespace that a process and those below it are in and we are not: `type:[inode]`, with the processes. */
export function namespacesBelow(pid: number): Map<string, number[]> {
  const own = new Set(namespaceTypes.map((type) => readlinkSync(`/proc/self/ns/${type}`)));
  const found = new Map<string, number[]>();
  const look = (at: number) => {
    try {
      for (const type of namespaceTypes) {
        const namespace = readlinkSync(`/proc/${at}/ns/${type}`);
        if (!own.has(namespace)) found.set(namespace, [...(found.get(namespace) ?? []), at]);
      }
      for (const child of childrenOf(at)) look(child);
    } catch {} // it has ended
  };
  look(pid);
  return found;
}
