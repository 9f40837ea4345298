import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
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
import { perform, type SyscallStep } from '../../../src/native/syscall.ts';

/** The one thing that keeps a namespace when it is closed. */
export interface Hold {
  /** The number of the process or descriptor. */
  readonly what?: number | undefined;
  drop(): void | Promise<void>;
}

/** Makes what keeps a namespace; throws if that cannot be had here. Files for mounts are made at `file`. */
type Sort = (namespace: Namespace, file: string) => Hold | Promise<Hold>;

const OPEN_TREE_CLONE = 1;

/** Whatever can keep a network namespace and needs no thread of its own. */
export const sorts: Readonly<Record<string, Sort>> = {
  process: async (namespace) =>
    running(await started('nsenter', `--net=${pathOf(namespace)}`, 'sh', '-c', 'echo; exec cat')),
  'nsfs descriptor': (namespace) => open(namespace.fd.dup().release()),
  'opened mount': (namespace, file) => whileMounted(namespace, file, () => openSync(file, 'r')),
  'detached mount': (namespace, file) =>
    whileMounted(namespace, file, () =>
      perform('clone a mount', 'open_tree', AT_FDCWD, file, OPEN_TREE_CLONE | O_CLOEXEC),
    ),
  'unbound TCP socket': (namespace) => open(inside(namespace, ['socket', AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0])),
  'netlink socket': (namespace) => open(inside(namespace, ['socket', AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0])),
  tun: (namespace) => open(inside(namespace, ['openat', AT_FDCWD, '/dev/net/tun', O_RDWR | O_CLOEXEC])),
  'file of /proc/net': (namespace) =>
    open(inside(namespace, ['openat', AT_FDCWD, '/proc/thread-self/net/tcp', O_RDONLY | O_CLOEXEC])),
  'own mount': (namespace, file) => {
    mountOn(namespace, file);
    return { drop: () => unmount(file) };
  },
  'covered mount': (namespace, file) => {
    mountOn(namespace, file);
    perform('mount', 'mount', '/dev/null', file, null, MS_BIND, null);
    return {
      drop: () => {
        perform('unmount', 'umount2', file, MNT_DETACH);
        unmount(file);
      },
    };
  },
  'mount elsewhere': async (namespace, file) => {
    writeFileSync(file, '');
    const script = 'mount --bind "$0" "$1"; echo; exec cat';
    return running(await started('unshare', '--mount', 'sh', '-c', script, pathOf(namespace), file), file);
  },
  'mount where no process is': (namespace, file) => {
    writeFileSync(file, '');
    const mounts = createNamespace('mnt');
    const steps: SyscallStep[] = [
      ['setns', mounts.fd.raw, CLONE_NEWNS],
      ['mount', pathOf(namespace), file, null, MS_BIND, null],
    ];
    check(inChild('mount', steps).failed);
    return open(mounts.fd.release(), file);
  },
  'descriptor in flight': (namespace) => open(send(namespace.fd.raw)),
  'socket in flight': (namespace) => {
    const socket = inside(namespace, ['socket', AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0]);
    const queue = send(socket);
    closeSync(socket);
    return open(queue);
  },
  'socket in a circle': (namespace) => {
    const socket = inside(namespace, ['socket', AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0]);
    const [receiver, sender] = pair();
    transmit(sender, socket, receiver); // its queue has it itself, too
    for (const fd of [socket, sender]) closeSync(fd);
    const { what, drop } = open(receiver);
    const collect = () => {
      drop();
      // The kernel looks for circles that nobody has any more when another unix socket ends.
      for (const fd of pair()) closeSync(fd);
    };
    return { what, drop: collect };
  },
  'second in a queue': (namespace) => {
    const [receiver, sender] = pair();
    const other = openSync('/dev/null', 'r');
    transmit(sender, other);
    transmit(sender, namespace.fd.raw);
    for (const fd of [other, sender]) closeSync(fd);
    return open(receiver);
  },
};

/** A descriptor that is held until it is closed. */
function open(fd: number, file?: string): Hold {
  const drop = () => {
    closeSync(fd);
    if (file !== undefined) rmSync(file);
  };
  return { what: fd, drop };
}

/** A process that is there until it is ended. */
function running(child: ChildProcess, file?: string): Hold {
  const drop = async () => {
    const gone = once(child, 'close');
    child.stdin?.end();
    await gone;
    if (file !== undefined) rmSync(file);
  };
  return { what: child.pid, drop };
}

async function started(program: string, ...words: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.stdout.resume();
  return child;
}

export function pathOf({ fd }: Namespace): string {
  return `/proc/${process.pid}/fd/${fd.raw}`;
}

export function check(failed: { readonly step: number; readonly errno: number } | undefined): void {
  if (failed !== undefined) throw new Error(`step ${failed.step} failed with ${failed.errno}`);
}

/** What a system call inside a namespace has opened. */
function inside(namespace: Namespace, step: SyscallStep): number {
  const { results, failed } = inChild('try', [['setns', namespace.fd.raw, CLONE_NEWNET], step]);
  check(failed);
  return results[1] ?? -1;
}

function mountOn(namespace: Namespace, file: string): void {
  writeFileSync(file, '');
  perform('mount', 'mount', pathOf(namespace), file, null, MS_BIND, null);
}

function unmount(file: string): void {
  perform('unmount', 'umount2', file, MNT_DETACH);
  rmSync(file);
}

/** What was opened where a namespace was mounted for a while. */
function whileMounted(namespace: Namespace, file: string, use: () => number): Hold {
  mountOn(namespace, file);
  const fd = use();
  unmount(file);
  return open(fd);
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

function transmit(sender: number, ...fds: readonly number[]): void {
  using arena = new Arena(4096);
  const { address } = arena;
  const header = new BigUint64Array([0n, 0n, BigInt(address + 64), 1n, BigInt(address + 128), 24n, 0n]); // room for two
  arena.put(0, new Uint8Array(header.buffer));
  arena.put(64, new Uint8Array(new BigUint64Array([BigInt(address + 96), 1n]).buffer));
  arena.put(128, new Uint8Array(new BigUint64Array([BigInt(16 + 4 * fds.length)]).buffer));
  arena.put(136, new Uint8Array(new Int32Array([SOL_SOCKET, SCM_RIGHTS, ...fds]).buffer));
  perform('send a descriptor', 'sendmsg', sender, address, 0);
}
