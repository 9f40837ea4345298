import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { NamespaceCensus } from '../../src/namespaces/discover/census.ts';
import { createNamed } from '../../src/namespaces/named.ts';
import { removeName } from '../../src/namespaces/names.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { namespacesOfProcess, processNamespaces } from '../../src/namespaces/of-process.ts';
import { processesOf } from '../../src/namespaces/processes.ts';
import { relationsOf } from '../../src/namespaces/relations.ts';
import { type NamespaceType, namespaceTypes } from '../../src/namespaces/type.ts';
import { socketIn } from '../../src/process/sockets/raw-socket.ts';
import { withoutCapabilities } from './support/call-in-process.ts';
import { command, end, netns } from './support/cli.ts';
import { endOf, run } from './support/run.ts';

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) await end(child);
});

/** A process that lives in new namespaces until it is ended; unshare(1) by our own hands, so that its pid is the command's. */
async function liveInNew(...options: string[]): Promise<number> {
  const child = spawn(command, ['unshare', ...options, 'sh', '-c', 'echo here; read -r line'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child.pid ?? 0;
}

const inodeOf = (pid: number | 'self', name: string) =>
  Number(/\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/${name}`))?.[1]);

const optionOf: Partial<Record<NamespaceType, string>> = {
  net: '--net',
  uts: '--uts',
  ipc: '--ipc',
  mnt: '--mount',
  cgroup: '--cgroup',
  user: '--user',
};

describe('namespacesOfProcess', () => {
  it('tells all namespaces of a process and of each thread', () => {
    const { namespaces, threads } = namespacesOfProcess(process.pid);
    for (const name of processNamespaces) expect(namespaces[name]?.ino).toBe(inodeOf('self', name));
    expect(threads.length).toBeGreaterThan(1); // Node has several
    for (const thread of threads) expect(thread.namespaces).toEqual(namespaces);
  });

  it('tells what children get where that differs', async () => {
    const pid = await liveInNew('--pid');
    const { namespaces } = namespacesOfProcess(pid);
    expect(namespaces.pid?.ino).toBe(inodeOf('self', 'pid'));
    expect(namespaces.pid_for_children).toBeUndefined(); // it begins with the first child
    expect(namespaces.time_for_children).toEqual(namespaces.time);
  });

  it('fails for what is not there, and for what may not be looked at', async () => {
    expect(() => namespacesOfProcess(0x7fff_fff0)).toThrow(/cannot find the namespaces of process \d+: .*ESRCH/);
    const [setpriv = '', ...options] = withoutCapabilities;
    const { stdout } = await run(setpriv, [...options, command, 'lsns', '-o', 'ns', '-p', '1', '-J']);
    expect(stdout).toBe('{\n   "namespaces": [\n\n   ]\n}\n');
  });
});

describe.each(Object.entries(optionOf) as [NamespaceType, string][])('a %s namespace', (type, option) => {
  it('is found by its process, and tells its relations', async () => {
    const pid = await liveInNew(option);
    const inode = inodeOf(pid, type);
    expect(inode).not.toBe(inodeOf('self', type));
    expect(processesOf(namespacesOfProcess(pid).namespaces[type] ?? { dev: 0, ino: 0 }, type)).toEqual([pid]);
    using census = new NamespaceCensus({ relations: true });
    const entry = census.get(inode);
    expect(entry).toMatchObject({ type, inode, mounts: [] });
    expect(entry?.processes.map((process) => process.pid)).toEqual([pid]);
    if (type === 'user') expect(entry?.parent).toBe(inodeOf('self', 'user'));
    using namespace = census.open({ type, inode });
    expect(namespace?.id.ino).toBe(inode);
  });
});

describe('NamespaceCensus', () => {
  it('finds what only a descriptor, a mount, or a socket holds', () => {
    using held = createNamespace('net');
    using named = createNamed('a');
    const quiet = createNamespace('net');
    const { ino } = quiet.id;
    const socket = socketIn(quiet, 'inet', 'stream');
    quiet.close();
    try {
      using census = new NamespaceCensus({ types: ['net'] });
      expect(census.get(held.id.ino)).toMatchObject({ processes: [], mounts: [] });
      expect(census.get(named.id.ino)).toMatchObject({ processes: [], mounts: ['/run/netns/a'] });
      expect(census.get(ino)).toMatchObject({ type: 'net', processes: [] });
      using opened = census.open({ type: 'net', inode: ino });
      expect(opened?.id.ino).toBe(ino);
      const inodes = census.entries().map(({ inode }) => inode);
      expect(inodes).toEqual([...inodes].sort((a, b) => a - b));
    } finally {
      socket.close();
      removeName('a');
    }
  });

  it('adds the owners that no process is in', () => {
    using user = createNamespace('user');
    using census = new NamespaceCensus({ types: ['user'], ancestors: true });
    expect(census.get(user.id.ino)).toMatchObject({ processes: [], owner: inodeOf('self', 'user') });
    expect(census.get(user.id.ino)?.ownerUid).toBe(process.geteuid?.());
  });

  it('finds every type that this process is in, and leaves nothing open', () => {
    const open = () => readFileSync('/proc/self/status', 'utf8').match(/^FDSize:.*$/m)?.[0];
    const before = open();
    for (let turn = 0; turn < 20; turn++) {
      using census = new NamespaceCensus({ ancestors: true });
      for (const type of namespaceTypes) expect(census.get(inodeOf('self', type))?.type).toBe(type);
    }
    expect(open()).toBe(before);
  });
});

describe('relationsOf', () => {
  it('knows the owner, the parent, and where its sight ends', () => {
    using net = createNamespace('net');
    const { parent, owner } = relationsOf(net);
    expect(parent).toBeUndefined();
    expect(owner?.id.ino).toBe(inodeOf('self', 'user'));
    const { owner: above } = relationsOf(owner as NonNullable<typeof owner>);
    expect(above).toBeUndefined();
    owner?.close();
  });
});

describe('the command', () => {
  it('is lsns by word and by name', async () => {
    const byWord = await netns('lsns', '-t', 'user', '-o', 'ns', '-l');
    expect(byWord).toMatchObject({ exitCode: 0, stderr: '' });
    expect(byWord.stdout).toMatch(/^ +NS\n\d+\n/);
    expect((await netns('lsns', '--version')).stdout).toBe('lsns from util-linux 2.43-devel\n');
    expect((await netns('lsns', '--help')).stdout).toMatch(/^\nUsage:\n lsns \[options\] \[<namespace>\]\n/);
  });

  it('tells the ids of namespaces, those without processes too', async () => {
    using named = createNamed('numbered');
    try {
      expect(await netns('set', 'numbered', '77')).toMatchObject({ exitCode: 0 });
      const { stdout } = await netns('lsns', '-t', 'net', '-J', '-l', '-Q', `NS == ${named.id.ino}`);
      expect(JSON.parse(stdout)).toMatchObject({
        namespaces: [
          { ns: named.id.ino, nprocs: 0, pid: null, netnsid: '77', nsfs: '/run/netns/numbered', command: null },
        ],
      });
    } finally {
      removeName('numbered');
    }
  });

  it('ends quietly when nobody reads', async () => {
    const child = spawn('sh', ['-c', 'exec 3>&1; (sleep 0.2; "$0" lsns; echo "status $?" >&3) | true', command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(await endOf(child)).toMatchObject({ stdout: 'status 0\n', stderr: '' });
  });

  it('cuts commands to the terminal, unless told otherwise', async () => {
    await liveInNew('--uts');
    const directory = mkdtempSync(join(tmpdir(), 'netns-lsns-'));
    try {
      const show = async (options: string) =>
        (
          await run(
            'script',
            ['-qec', `stty cols 40; ${command} lsns -t uts -l -o ns,pid,ppid,command ${options}`, '/dev/null'],
            {
              stdio: ['ignore', 'pipe', 'inherit'],
              cwd: directory,
            },
          )
        ).stdout.split('\r\n');
      expect((await show('')).every((line) => line.length <= 40)).toBe(true);
      expect((await show('-u')).some((line) => line.length > 40)).toBe(true);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
