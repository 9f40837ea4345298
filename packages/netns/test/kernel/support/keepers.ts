import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { createNamespace, type Namespace } from '../../../src/namespaces/namespace.ts';
import { Arena } from '../../../src/native/arena.ts';
import { inChild } from '../../../src/native/child.ts';
import {
  AF_INET,
  AF_NETLINK,
  AF_UNIX,
  AT_FDCWD,
  CLONE_NEWNET,
  CLONE_NEWNS,
  MNT_DETACH,
  MS_BIND,
  O_CLOEXEC,
  O_RDONLY,
  O_RDWR,
  SCM_RIGHTS,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../../src/native/constants.ts';
import { perform, type SyscallStep, syscall } from '../../../src/native/syscall.ts';

/**
 * Makes network namespaces that are kept alive by one thing each, and tells which on standard output; all end with its standard
 * input. `node keepers.mjs DIRECTORY`: files for mounts are made in there.
 */

const CLONE_FILES = 0x400;
const OPEN_TREE_CLONE = 1;
const [directory = '/tmp'] = process.argv.slice(2);

/** Each makes the one thing that keeps a namespace, which is closed afterwards; throws if that cannot be had here. */
const makers: Readonly<Record<string, (namespace: Namespace) => unknown>> = {
  // The table first: it begins as a copy of what is open.
  'table of a thread': (namespace) => work('table', namespace),
  thread: (namespace) => work('thread', namespace),
  process: async (namespace) => (await childIn(namespace)).pid,
  'nsfs descriptor': (namespace) => namespace.fd.dup().release(),
  'opened mount': (namespace) => opened(namespace, 'opened', () => openSync(`${directory}/opened`, 'r')),
  'detached mount': (namespace) =>
    opened(namespace, 'detached', () =>
      perform('clone a mount', 'open_tree', AT_FDCWD, `${directory}/detached`, OPEN_TREE_CLONE | O_CLOEXEC),
    ),
  'unbound TCP socket': (namespace) => inside(namespace, ['socket', AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0]),
  'netlink socket': (namespace) => inside(namespace, ['socket', AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0]),
  tun: (namespace) => inside(namespace, ['openat', AT_FDCWD, '/dev/net/tun', O_RDWR | O_CLOEXEC]),
  'file of /proc/net': (namespace) =>
    inside(namespace, ['openat', AT_FDCWD, '/proc/thread-self/net/tcp', O_RDONLY | O_CLOEXEC]),
  'own mount': (namespace) => mountOn(namespace, 'own'),
  'mount elsewhere': async (namespace) => {
    writeFileSync(`${directory}/elsewhere`, '');
    const child = spawn(
      'unshare',
      ['--mount', 'sh', '-c', `mount --bind "$0" ${directory}/elsewhere; echo; exec cat`, pathOf(namespace)],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    await firstOutput(child);
    return child.pid;
  },
  'mount where no process is': (namespace) => {
    writeFileSync(`${directory}/nowhere`, '');
    const mounts = createNamespace('mnt');
    const steps: SyscallStep[] = [
      ['setns', mounts.fd.raw, CLONE_NEWNS],
      ['mount', `/proc/${process.pid}/fd/${namespace.fd.raw}`, `${directory}/nowhere`, null, MS_BIND, null],
    ];
    check(inChild('mount', steps).failed);
    return mounts.fd.release();
  },
  'descriptor in flight': (namespace) => send(namespace.fd.raw),
  'socket in flight': (namespace) => {
    const socket = inside(namespace, ['socket', AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0]);
    const queue = send(socket);
    closeSync(socket);
    return queue;
  },
  'second in a queue': (namespace) => {
    const [receiver, sender] = pair();
    const other = openSync('/dev/null', 'r');
    transmit(sender, other);
    transmit(sender, namespace.fd.raw);
    for (const fd of [other, sender]) closeSync(fd);
    return receiver;
  },
};

function pathOf({ fd }: Namespace): string {
  return `/proc/${process.pid}/fd/${fd.raw}`;
}

function check(failed: { readonly step: number; readonly errno: number } | undefined): void {
  if (failed !== undefined) throw new Error(`step ${failed.step} failed with ${failed.errno}`);
}

/** What a system call inside a namespace has opened. */
function inside(namespace: Namespace, step: SyscallStep): number {
  const { results, failed } = inChild('try', [['setns', namespace.fd.raw, CLONE_NEWNET], step]);
  check(failed);
  return results[1] ?? -1;
}

function mountOn(namespace: Namespace, name: string): void {
  writeFileSync(`${directory}/${name}`, '');
  perform('mount', 'mount', pathOf(namespace), `${directory}/${name}`, null, MS_BIND, null);
}

/** What was opened where a namespace was mounted for a while. */
function opened(namespace: Namespace, name: string, open: () => number): number {
  mountOn(namespace, name);
  const fd = open();
  perform('unmount', 'umount2', `${directory}/${name}`, MNT_DETACH);
  return fd;
}

async function childIn(namespace: Namespace): Promise<ChildProcess> {
  const child = spawn('nsenter', [`--net=${pathOf(namespace)}`, 'sh', '-c', 'echo; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await firstOutput(child);
  return child;
}

async function firstOutput(child: ChildProcess): Promise<void> {
  await new Promise((resolve) => child.stdout?.once('data', resolve));
}

function pair(): [receiver: number, sender: number] {
  const both = new Int32Array(2);
  perform('make a pair of sockets', 'socketpair', AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, both);
  return [both[0] ?? -1, both[1] ?? -1];
}

/** A socket in whose queue a descriptor waits. */
function send(fd: number): number {
  const [receiver, sender] = pair();
  transmit(sender, fd);
  closeSync(sender);
  return receiver;
}

function transmit(sender: number, fd: number): void {
  using arena = new Arena(4096);
  const { address } = arena;
  const header = new BigUint64Array([0n, 0n, BigInt(address + 64), 1n, BigInt(address + 128), 24n, 0n]);
  arena.put(0, new Uint8Array(header.buffer));
  arena.put(64, new Uint8Array(new BigUint64Array([BigInt(address + 96), 1n]).buffer));
  arena.put(128, new Uint8Array(new BigUint64Array([20n]).buffer));
  arena.put(136, new Uint8Array(new Int32Array([SOL_SOCKET, SCM_RIGHTS, fd]).buffer));
  perform('send a descriptor', 'sendmsg', sender, address, 0);
}

/** A thread that goes into a namespace, or has it in a table of descriptors of its own. */
async function work(what: 'thread' | 'table', namespace: Namespace): Promise<unknown> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { what, path: pathOf(namespace) } });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

if (isMainThread) {
  const made: Record<string, { inode?: number; what?: unknown; refused?: string }> = {};
  for (const [name, make] of Object.entries(makers)) {
    const namespace = createNamespace('net');
    try {
      made[name] = { inode: namespace.id.ino, what: await make(namespace) };
    } catch (error) {
      made[name] = { refused: String(error) };
    }
    namespace.close();
  }
  console.log(JSON.stringify(made));
  const end = () => {
    syscall('umount2', `${directory}/own`, MNT_DETACH);
    process.exit();
  };
  process.stdin.on('end', end).resume();
} else {
  const { what, path } = workerData as { what: string; path: string };
  if (what === 'table') check(failureOf(syscall('unshare', CLONE_FILES)));
  const fd = perform('open a namespace', 'openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (what === 'thread') {
    perform('enter a namespace', 'setns', fd, CLONE_NEWNET);
    closeSync(fd);
  }
  const { parentPort } = await import('node:worker_threads');
  parentPort?.postMessage({ tid: syscall('gettid'), fd });
  parentPort?.on('message', () => {}); // stays
}

function failureOf(result: number) {
  return result < 0 ? { step: 0, errno: -result } : undefined;
}
