import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoNumber } from '../../src/errno.ts';
import type { Addon } from '../../src/native/addon.ts';
import {
  AF_NETLINK,
  AF_UNIX,
  AT_FDCWD,
  MSG_DONTWAIT,
  MSG_TRUNC,
  O_CLOEXEC,
  O_RDONLY,
  SOCK_RAW,
} from '../../src/native/constants.ts';
import { type SyscallName, syscallNumber } from '../../src/native/syscall.ts';

/**
 * What the C functions do with right and with hostile arguments. One list, run twice: by `native.test.ts` with the addon that is
 * shipped, and by `native-sanitized.test.ts` with one that the compiler made watch its own memory.
 */
export interface NativeCase {
  readonly name: string;
  readonly run: (addon: HostileAddon) => unknown;
  /** What `run` returns, or the Error that it throws. */
  readonly expected: unknown;
}

type Anything = (...args: readonly unknown[]) => unknown;

/** The same functions, called with anything. */
export type HostileAddon = { readonly [name in keyof Addon]: Anything };

const EINVAL = -errnoNumber('EINVAL');
const EFAULT = -errnoNumber('EFAULT');
const EBADF = -errnoNumber('EBADF');
const ENOENT = -errnoNumber('ENOENT');
const ENOSYS = -errnoNumber('ENOSYS');
const ENAMETOOLONG = -errnoNumber('ENAMETOOLONG');
const EAGAIN = -errnoNumber('EAGAIN');
const ENOTSOCK = -errnoNumber('ENOTSOCK');
const EEXIST = -errnoNumber('EEXIST');
const EPERM = -errnoNumber('EPERM');
const EACCES = -errnoNumber('EACCES');
const EISDIR = -errnoNumber('EISDIR');
const ENOTDIR = -errnoNumber('ENOTDIR');
const ECANCELED = -errnoNumber('ECANCELED');

const readable = 1;
const notRun = -99;
const CLONE_THREAD = 0x10000;
const nr = syscallNumber;
const boom = new Error('boom');
const ignore = () => {};

function throwing(property: PropertyKey): object {
  return Object.defineProperty([], property, { get: () => raise(boom) });
}

function raise(error: Error): never {
  throw error;
}

function detached<T extends Uint8Array | Int32Array>(array: T): T {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

/** Runs `use` with a descriptor of `path`. */
function withFile<T>(path: string, use: (fd: number) => T): T {
  const fd = openSync(path, 'r');
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** A descriptor number that was just closed. */
function closedFd(): number {
  return withFile('/dev/null', (fd) => fd);
}

/** An abstract unix address, `struct sockaddr_un`: the kernel takes it away with the socket. */
function unixAddress(name: string): Uint8Array {
  return Buffer.concat([Buffer.from([AF_UNIX, 0, 0]), Buffer.from(`netns-native-${process.pid}-${name}`)]);
}

/** Runs `use` with a unix datagram socket that has the given messages waiting in it. */
function withDatagrams<T>(addon: HostileAddon, messages: readonly string[], use: (fd: number) => T): T {
  const call = (name: SyscallName, ...args: unknown[]) => addon.syscall(nr(name), ...args) as number;
  const fd = call('socket', AF_UNIX, 2, 0);
  try {
    const address = unixAddress(String(fd));
    call('bind', fd, address, address.length);
    for (const message of messages) {
      call('sendto', fd, Buffer.from(message), message.length, 0, address, address.length);
    }
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

function receiveCase(messages: readonly string[], slotSize: number) {
  return (addon: HostileAddon) =>
    withDatagrams(addon, messages, (fd) => {
      const buffer = new Uint8Array(4 * slotSize);
      const info = new Int32Array(12);
      const count = addon.receive(fd, buffer, slotSize, info, MSG_DONTWAIT) as number;
      const slots = Array.from({ length: count }, (_, slot) => {
        const [length = 0, flags = 0, nsid] = info.subarray(slot * 3, slot * 3 + 3);
        const text = Buffer.from(buffer.subarray(slot * slotSize, slot * slotSize + length)).toString();
        return [text, flags & MSG_TRUNC, nsid];
      });
      return slots;
    });
}

/** Which signals are ignored, caught and blocked. */
function signalState(): string[] {
  return readFileSync('/proc/self/status', 'utf8')
    .split('\n')
    .filter((line) => /^Sig(Ign|Cgt|Blk)/.test(line));
}

function inChildCase(steps: unknown, results: unknown = new Int32Array(4), flags: unknown = 0) {
  return (addon: HostileAddon) => addon.inChild(steps, results, flags);
}

const getpid = [nr('getpid')];
/** A step that returns 0. */
const nothing = [nr('prlimit64'), 0, 7, null, null];
const openNull = [nr('openat'), AT_FDCWD, '/dev/null', O_RDONLY | O_CLOEXEC];

const syscallCases: readonly NativeCase[] = [
  { name: 'makes a system call', run: (a) => a.syscall(nr('getpid')), expected: process.pid },
  { name: 'refuses no number', run: (a) => a.syscall(), expected: EINVAL },
  { name: 'refuses a seventh argument', run: (a) => a.syscall(nr('getpid'), 1, 2, 3, 4, 5, 6, 7), expected: EINVAL },
  { name: 'passes an unknown number on', run: (a) => a.syscall(9999), expected: ENOSYS },
  { name: 'refuses NaN, which is not descriptor 0', run: (a) => a.syscall(nr('close'), Number.NaN), expected: EINVAL },
  { name: 'refuses a fraction', run: (a) => a.syscall(nr('close'), 0.5), expected: EINVAL },
  { name: 'refuses infinity', run: (a) => a.syscall(nr('close'), Number.POSITIVE_INFINITY), expected: EINVAL },
  { name: 'refuses a number that is not exact', run: (a) => a.syscall(nr('close'), 2 ** 60), expected: EINVAL },
  { name: 'takes negative numbers', run: (a) => a.syscall(nr('close'), -1), expected: EBADF },
  { name: 'reports a closed descriptor', run: (a) => a.syscall(nr('close'), closedFd()), expected: EBADF },
  { name: 'takes a negative bigint', run: (a) => a.syscall(nr('close'), -1n), expected: EBADF },
  { name: 'takes an unsigned 64-bit bigint', run: (a) => a.syscall(nr('close'), 2n ** 64n - 1n), expected: EBADF },
  { name: 'refuses a longer bigint', run: (a) => a.syscall(nr('close'), 2n ** 64n), expected: EINVAL },
  { name: 'refuses a bigint below 64 bits', run: (a) => a.syscall(nr('close'), -(2n ** 63n) - 1n), expected: EINVAL },
  { name: 'refuses true', run: (a) => a.syscall(nr('close'), true), expected: EINVAL },
  { name: 'refuses a symbol', run: (a) => a.syscall(nr('close'), Symbol('fd')), expected: EINVAL },
  { name: 'refuses a function', run: (a) => a.syscall(nr('close'), ignore), expected: EINVAL },
  { name: 'refuses a plain object', run: (a) => a.syscall(nr('close'), {}), expected: EINVAL },
  { name: 'refuses an array', run: (a) => a.syscall(nr('close'), [1]), expected: EINVAL },
  { name: 'refuses an ArrayBuffer', run: (a) => a.syscall(nr('close'), new ArrayBuffer(8)), expected: EINVAL },
  {
    name: 'refuses a DataView',
    run: (a) => a.syscall(nr('close'), new DataView(new ArrayBuffer(8))),
    expected: EINVAL,
  },
  { name: 'refuses the result of another step', run: (a) => a.syscall(nr('close'), { result: 0 }), expected: EINVAL },
  {
    name: 'lets a getter throw',
    run: (a) => a.syscall(nr('close'), throwing('result')),
    expected: boom,
  },
  {
    name: 'copies text',
    run: (a) => {
      const fd = a.syscall(...openNull) as number;
      closeSync(fd);
      return fd > 2;
    },
    expected: true,
  },
  {
    name: 'refuses text with a NUL in it',
    run: (a) => a.syscall(nr('openat'), AT_FDCWD, '/dev/null\0/x', 0),
    expected: EINVAL,
  },
  {
    name: 'refuses text without end',
    run: (a) => a.syscall(nr('openat'), AT_FDCWD, '/'.repeat(1 << 20), 0),
    expected: ENAMETOOLONG,
  },
  {
    name: 'has room for 64 KiB of text, to the byte',
    run: (a) =>
      [['x'.repeat(65_535)], ['x'.repeat(65_536)], ['x'.repeat(65_534), ''], ['x'.repeat(65_535), '']].map((texts) =>
        a.syscall(nr('write'), -1, ...texts),
      ),
    expected: [EBADF, ENAMETOOLONG, EBADF, ENAMETOOLONG],
  },
  {
    name: 'leaves it to the kernel how long a path may be',
    run: (a) => a.syscall(nr('openat'), AT_FDCWD, `/dev${'/.'.repeat(4096)}`, 0),
    expected: ENAMETOOLONG,
  },
  {
    name: 'survives half a surrogate pair',
    run: (a) => a.syscall(nr('openat'), AT_FDCWD, '/\ud800', 0),
    expected: ENOENT,
  },
  { name: 'passes null as a null pointer', run: (a) => a.syscall(nr('openat'), AT_FDCWD, null, 0), expected: EFAULT },
  {
    name: 'writes into a typed array, at its own offset',
    run: (a) => {
      const bytes = new Uint8Array(8).fill(7);
      const got = withFile('/dev/zero', (fd) => a.syscall(nr('read'), fd, bytes.subarray(3), 2));
      return [got, [...bytes]];
    },
    expected: [2, [7, 7, 7, 0, 0, 7, 7, 7]],
  },
  {
    name: 'writes into shared memory',
    run: (a) => {
      const bytes = new Uint8Array(new SharedArrayBuffer(4)).fill(7);
      const got = withFile('/dev/zero', (fd) => a.syscall(nr('read'), fd, bytes, 2));
      return [got, [...bytes]];
    },
    expected: [2, [0, 0, 7, 7]],
  },
  {
    name: 'has no memory for a detached array',
    run: (a) => withFile('/dev/zero', (fd) => a.syscall(nr('read'), fd, detached(new Uint8Array(64)), 64)),
    expected: EFAULT,
  },
];

/** What two children do, and what they found. */
function inChildrenCase(first: unknown, second: unknown) {
  return (addon: HostileAddon) => {
    const [results, others] = [new Int32Array(4).fill(notRun), new Int32Array(4).fill(notRun)];
    return [addon.inChildren(first, results, second, others), [...results], [...others]];
  };
}

const inChildrenCases: readonly NativeCase[] = [
  {
    name: 'runs both, each until its own first failure',
    run: inChildrenCase([nothing, [nr('close'), -1], nothing], [nothing, nothing]),
    expected: [0, [0, EBADF, notRun, notRun], [0, 0, notRun, notRun]],
  },
  {
    name: 'runs both at the same time: one waits for the other',
    run: (a) => {
      const ends = new Int32Array(2);
      a.syscall(nr('pipe2'), ends, 0);
      const [from = -1, to = -1] = ends;
      const [results, others] = [new Int32Array(1), new Int32Array(1)];
      const read = [nr('read'), from, new Uint8Array(3), 3];
      const returned = a.inChildren([read], results, [[nr('write'), to, Buffer.from('abc'), 3]], others);
      closeSync(from);
      closeSync(to);
      return [returned, ...results, ...others];
    },
    expected: [0, 3, 3],
  },
  {
    name: 'runs neither if one is not in order',
    run: inChildrenCase([nothing], [[Number.NaN]]),
    expected: [EINVAL, Array(4).fill(notRun), Array(4).fill(notRun)],
  },
  { name: 'refuses no programs', run: (a) => a.inChildren(), expected: EINVAL },
  {
    name: 'refuses results that are too short',
    run: (a) => a.inChildren([], new Int32Array(0), [nothing], new Int32Array(0)),
    expected: EINVAL,
  },
  {
    name: 'lets a getter throw',
    run: (a) => a.inChildren([], new Int32Array(0), [[nr('close'), throwing('result')]], new Int32Array(1)),
    expected: boom,
  },
];

const inChildCases: readonly NativeCase[] = [
  { name: 'runs nothing', run: inChildCase([], new Int32Array(0)), expected: 0 },
  {
    name: 'runs steps that use the results of earlier ones, in our descriptor table',
    run: (a) => {
      const results = new Int32Array(3).fill(notRun);
      const returned = a.inChild([openNull, [nr('close'), { result: 0 }], [nr('close'), { result: 0 }]], results, 0);
      const [opened = 0, ...rest] = results;
      return [returned, opened > 2, rest];
    },
    expected: [0, true, [0, EBADF]],
  },
  {
    name: 'stops at the first failure',
    run: (a) => {
      const results = new Int32Array(3).fill(notRun);
      a.inChild([[nr('getpid')], [nr('close'), -1], [nr('getpid')]], results, 0);
      const [pid = 0, ...rest] = results;
      return [pid > 0 && pid !== process.pid, rest];
    },
    expected: [true, [EBADF, notRun]],
  },
  {
    name: 'reports a child that was killed by what it did not do',
    run: (a) => {
      const results = new Int32Array(3).fill(notRun);
      const prctl = process.arch === 'arm64' ? 167 : 157;
      const seccompStrict = [prctl, 22, 1]; // from now on any other call than read, write, exit kills
      const returned = a.inChild([seccompStrict, [nr('getpid')], [nr('getpid')]], results, 0);
      return [returned, [...results]];
    },
    expected: [0, [0, notRun, notRun]],
  },
  {
    name: 'runs as many as 256 steps',
    run: inChildCase(Array(256).fill([nr('getpid')]), new Int32Array(256)),
    expected: 0,
  },
  { name: 'refuses 257', run: inChildCase(Array(257).fill([nr('getpid')]), new Int32Array(257)), expected: EINVAL },
  { name: 'refuses steps that are no array', run: inChildCase({ length: 1, 0: [nr('getpid')] }), expected: EINVAL },
  { name: 'refuses no arguments', run: (a) => a.inChild(), expected: EINVAL },
  { name: 'refuses results that are too few', run: inChildCase([getpid, getpid], new Int32Array(1)), expected: EINVAL },
  { name: 'refuses results of another type', run: inChildCase([getpid], new Uint32Array(4)), expected: EINVAL },
  { name: 'refuses results that are an array', run: inChildCase([getpid], [0, 0]), expected: EINVAL },
  { name: 'refuses detached results', run: inChildCase([getpid], detached(new Int32Array(4))), expected: EINVAL },
  { name: 'refuses flags that are no number', run: inChildCase([getpid], new Int32Array(1), 'x'), expected: EINVAL },
  {
    name: 'refuses flags that are not for namespaces',
    run: inChildCase([[nr('getpid')]], new Int32Array(1), CLONE_THREAD),
    expected: EINVAL,
  },
  {
    name: 'refuses an exit signal among the flags',
    run: inChildCase([getpid], new Int32Array(1), 17),
    expected: EINVAL,
  },
  {
    name: 'repeats what stands behind numbers for each of them',
    run: (a) => {
      const results = new Int32Array(6).fill(notRun);
      const returned = a.inChild(
        [openNull, Int32Array.of(-1, -2), [nr('fcntl'), { result: 0 }, 1], [nr('close'), { item: true }]],
        results,
        0,
      );
      a.syscall(nr('close'), results[0]);
      return [returned, ...results.subarray(1)];
    },
    expected: [0, 1, EBADF, notRun, notRun, notRun],
  },
  {
    name: 'repeats what stands behind texts, with results of the same round',
    run: (a) => {
      const results = new Int32Array(4).fill(notRun);
      const steps = ['/dev/null\0/dev', [nr('openat'), AT_FDCWD, { item: true }, 0], [nr('close'), { result: 0 }]];
      const returned = a.inChild(steps, results, 0);
      return [returned, ...[...results].map((result, at) => (at % 2 === 0 ? result > 2 : result))];
    },
    expected: [0, true, 0, true, 0],
  },
  {
    name: 'repeats more often than there is room for steps, and with more text than for one call',
    run: (a) => {
      const results = new Int32Array(20_000).fill(notRun);
      const texts = Array(10_000).fill('/nowhere/'.padEnd(200, 'x')).join('\0');
      const returned = a.inChild([texts, [nr('getpid')], [nr('getpid')]], results, 0);
      return [returned, results.includes(notRun)];
    },
    expected: [0, false],
  },
  {
    name: 'repeats in both of two children, each until its own first failure',
    run: inChildrenCase([Int32Array.of(-1, -1), [nr('close'), { item: true }]], ['\0', nothing, nothing]),
    expected: [0, [EBADF, notRun, notRun, notRun], [0, 0, 0, 0]],
  },
  {
    name: 'refuses results that are too few for every round',
    run: inChildCase(['a\0b\0c\0d\0e', getpid]),
    expected: EINVAL,
  },
  { name: 'refuses no numbers', run: inChildCase([new Int32Array(0), getpid]), expected: EINVAL },
  { name: 'refuses numbers of another type', run: inChildCase([new Float64Array(1), getpid]), expected: EINVAL },
  { name: 'refuses detached numbers', run: inChildCase([detached(new Int32Array(1)), getpid]), expected: EINVAL },
  { name: 'refuses to repeat within what is repeated', run: inChildCase(['a', getpid, 'b', getpid]), expected: EINVAL },
  {
    name: 'refuses an item where there is none',
    run: inChildCase([[nr('close'), { item: true }], 'a']),
    expected: EINVAL,
  },
  { name: 'refuses an item in a single call', run: (a) => a.syscall(nr('close'), { item: true }), expected: EINVAL },
  { name: 'refuses an empty step', run: inChildCase([[]]), expected: EINVAL },
  { name: 'refuses a step that is no array', run: inChildCase([7]), expected: EINVAL },
  { name: 'refuses a seventh argument', run: inChildCase([[...getpid, 1, 2, 3, 4, 5, 6, 7]]), expected: EINVAL },
  { name: 'refuses a reference to itself', run: inChildCase([[nr('close'), { result: 0 }]]), expected: EINVAL },
  {
    name: 'refuses a reference forward',
    run: inChildCase([getpid, [nr('close'), { result: 2 }], getpid]),
    expected: EINVAL,
  },
  { name: 'refuses a negative reference', run: inChildCase([getpid, [nr('close'), { result: -1 }]]), expected: EINVAL },
  {
    name: 'refuses a reference to NaN',
    run: inChildCase([getpid, [nr('close'), { result: Number.NaN }]]),
    expected: EINVAL,
  },
  { name: 'refuses a reference to text', run: inChildCase([getpid, [nr('close'), { result: 'x' }]]), expected: EINVAL },
  {
    name: 'refuses text with a NUL in it',
    run: inChildCase([[nr('openat'), AT_FDCWD, '\0', 0]]),
    expected: EINVAL,
  },
  {
    name: 'refuses more text than it has room for',
    run: inChildCase(Array(40).fill([nr('openat'), AT_FDCWD, 'x'.repeat(4000), 0]), new Int32Array(40)),
    expected: ENAMETOOLONG,
  },
  { name: 'lets a getter among the steps throw', run: inChildCase([throwing(0)]), expected: boom },
  {
    name: 'lets the getter of a step throw',
    run: inChildCase(Object.defineProperty([0], 0, { get: () => raise(boom) })),
    expected: boom,
  },
];

function withMemory<T>(addon: HostileAddon, use: (fd: number) => T): T {
  const fd = addon.syscall(nr('memfd_create'), 'netns', 0) as number;
  try {
    addon.syscall(nr('ftruncate'), fd, 8192);
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

const mapCases: readonly NativeCase[] = [
  {
    name: 'shares memory until it is given back, once',
    run: (a) =>
      withMemory(a, (fd) => {
        const memory = a.map(fd, 8192) as ArrayBuffer;
        new Uint8Array(memory)[4097] = 7;
        const byte = new Uint8Array(1);
        a.syscall(nr('pread64'), fd, byte, 1, 4097);
        return [memory.byteLength, byte[0], a.unmap(memory), memory.byteLength, a.unmap(memory)];
      }),
    expected: [8192, 7, 0, 0, EINVAL],
  },
  {
    name: 'gives the memory back that nobody knows any more',
    run: (a) =>
      withMemory(a, (fd) =>
        Array.from({ length: 100 }, () => typeof a.map(fd, 4096)).every((type) => type === 'object'),
      ),
    expected: true,
  },
  {
    name: 'refuses what is no length, and what is no mapping',
    run: (a) => [
      ...[0, -1, 1.5, Number.NaN, 'x', undefined].map((length) => a.map(0, length)),
      ...[new ArrayBuffer(8), new Uint8Array(8), {}, null, undefined, 5, 'x'].map((value) => a.unmap(value)),
      a.map(closedFd(), 4096),
    ],
    expected: [...Array.from({ length: 13 }, () => EINVAL), EBADF],
  },
];

const holdCases: readonly NativeCase[] = (['hold', 'letGo'] as const).flatMap((name) => [
  ...[undefined, null, '3', Number.NaN, 0.5, -1, 2 ** 31, {}].map((fd) => ({
    name: `${name} refuses ${JSON.stringify(fd) ?? 'nothing'}`,
    run: (a: HostileAddon) => a[name](fd),
    expected: EINVAL,
  })),
  {
    name: `${name} takes any descriptor, as often as one likes`,
    run: (a) => [0, 63, 64, 1_000_000, 64, 0].map((fd) => [a[name](fd), a.letGo(fd), a.letGo(fd)]),
    expected: Array(6).fill([0, 0, 0]),
  },
]);

const receiveCases: readonly NativeCase[] = [
  { name: 'receives one datagram', run: receiveCase(['one'], 16), expected: [['one', 0, -1]] },
  {
    name: 'receives several at once',
    run: receiveCase(['one', 'three', 'two'], 16),
    expected: [
      ['one', 0, -1],
      ['three', 0, -1],
      ['two', 0, -1],
    ],
  },
  {
    name: 'marks one that was cut short',
    run: receiveCase(['much too long', 'short'], 8),
    expected: [
      ['much too', MSG_TRUNC, -1],
      ['short', 0, -1],
    ],
  },
  {
    name: 'takes no more than there is room for',
    run: receiveCase(['1', '2', '3', '4', '5', '6'], 16),
    expected: ['1', '2', '3', '4'].map((text) => [text, 0, -1]),
  },
  {
    name: 'says when nothing is there',
    run: (a) => withDatagrams(a, [], (fd) => a.receive(fd, new Uint8Array(64), 16, new Int32Array(12), MSG_DONTWAIT)),
    expected: EAGAIN,
  },
  {
    name: 'refuses a descriptor that is no socket',
    run: (a) => withFile('/dev/null', (fd) => a.receive(fd, new Uint8Array(64), 16, new Int32Array(12), MSG_DONTWAIT)),
    expected: ENOTSOCK,
  },
  {
    name: 'refuses a closed descriptor',
    run: (a) => a.receive(closedFd(), new Uint8Array(64), 16, new Int32Array(12), 0),
    expected: EBADF,
  },
  ...(
    [
      ['no arguments', []],
      ['a descriptor that is no number', ['0', new Uint8Array(64), 16, new Int32Array(12), 0]],
      ['a buffer that is no typed array', [0, {}, 16, new Int32Array(12), 0]],
      ['a buffer of another type, whose length is not in bytes', [0, new Int32Array(64), 16, new Int32Array(12), 0]],
      ['an info of another type, whose length is in bytes', [0, new Uint8Array(64), 16, new Uint8Array(12), 0]],
      ['an empty slot', [0, new Uint8Array(64), 0, new Int32Array(12), 0]],
      ['a negative slot', [0, new Uint8Array(64), -16, new Int32Array(12), 0]],
      ['a slot that is larger than the buffer', [0, new Uint8Array(64), 65, new Int32Array(12), 0]],
      ['an info without room for one slot', [0, new Uint8Array(64), 16, new Int32Array(2), 0]],
      ['a detached buffer', [0, detached(new Uint8Array(64)), 16, new Int32Array(12), 0]],
      ['a detached info', [0, new Uint8Array(64), 16, detached(new Int32Array(12)), 0]],
      ['flags that are no number', [0, new Uint8Array(64), 16, new Int32Array(12), null]],
    ] as const
  ).map(([what, args]) => ({
    name: `refuses ${what}`,
    run: (a: HostileAddon) => a.receive(...args),
    expected: EINVAL,
  })),
];

/** RTM_GETLINK for index 1 in a longer buffer: a header of 16 bytes, struct ifinfomsg of 16. */
function linkRequest(): Uint8Array {
  const request = new Uint8Array(64);
  new Uint32Array(request.buffer).set([32, 18 | (1 << 16), 7, 0, 0, 1]);
  return request;
}

type Ask = (...args: readonly unknown[]) => unknown;

const askCases: readonly NativeCase[] = [
  {
    name: 'sends, and receives the answer, as often as one likes',
    run: (a) => {
      const fd = a.syscall(nr('socket'), AF_NETLINK, SOCK_RAW, 0) as number;
      const answer = new Uint8Array(32768);
      const ask = a.asking(linkRequest(), answer, MSG_DONTWAIT) as Ask;
      const result = ask(fd, 32, 1);
      const short = (a.asking(linkRequest(), new Uint8Array(20), MSG_DONTWAIT) as Ask)(fd, 32, 1);
      const again = ask(fd, 32, 1);
      closeSync(fd);
      const [length, type, sequence] = new Uint32Array(answer.buffer, 0, 3);
      return [result === length, short === length, again === length, (type ?? 0) & 0xffff, sequence];
    },
    expected: [true, true, true, 16, 7],
  },
  {
    name: 'keeps its memory when nobody else does',
    run: (a) => {
      const fd = a.syscall(nr('socket'), AF_NETLINK, SOCK_RAW, 0) as number;
      const asks = Array.from(
        { length: 200 },
        () => a.asking(linkRequest(), new Uint8Array(8192), MSG_DONTWAIT) as Ask,
      );
      (globalThis as { gc?: () => void }).gc?.();
      const lengths = new Set(asks.map((ask) => ask(fd, 32, 1) as number));
      closeSync(fd);
      return lengths.size === 1 && (lengths.values().next().value ?? 0) > 100;
    },
    expected: true,
  },
  {
    name: 'receives several answers one behind the other, also those to what was sent before, as far as they go',
    run: (a) =>
      withDatagrams(a, ['one', 'two', 'three'], (fd) => {
        const answer = new Uint8Array(16);
        const receive = a.asking(new Uint8Array(), answer, MSG_DONTWAIT) as Ask;
        const texts = [2, 2, 2].map((most) => {
          const length = receive(fd, 0, most) as number;
          return length < 0 ? length : Buffer.from(answer.subarray(0, length)).toString();
        });
        return texts;
      }),
    expected: ['onetwo', 'three', EAGAIN],
  },
  {
    name: 'receives no more when there is no room, and says what was cut short',
    run: (a) =>
      withDatagrams(a, ['one', 'two', 'three'], (fd) => {
        const receive = a.asking(new Uint8Array(), new Uint8Array(5), MSG_DONTWAIT) as Ask;
        return [receive(fd, 0, 3), receive(fd, 0, 3)];
      }),
    expected: [6, 5],
  },
  {
    name: 'says when no answer is there yet',
    run: (a) => {
      const fd = a.syscall(nr('socket'), AF_NETLINK, SOCK_RAW, 0) as number;
      const request = new Uint8Array(16); // NLMSG_NOOP, which the kernel does not answer
      new Uint32Array(request.buffer).set([16, 1 | (1 << 16)]);
      const result = (a.asking(request, new Uint8Array(64), MSG_DONTWAIT) as Ask)(fd, 16, 1);
      closeSync(fd);
      return result;
    },
    expected: EAGAIN,
  },
  {
    name: 'says that it was the sending that failed',
    run: (a) => withFile('/dev/null', (fd) => (a.asking(new Uint8Array(16), new Uint8Array(64), 0) as Ask)(fd, 16, 1)),
    expected: ENOTSOCK - 4096,
  },
  ...(
    [
      ['no arguments', []],
      ['an argument too few', [new Uint8Array(16), new Uint8Array(64)]],
      ['a request that is no typed array', [{}, new Uint8Array(64), 0]],
      ['a request of another type', [new Uint32Array(16), new Uint8Array(64), 0]],
      ['an answer of another type', [new Uint8Array(16), new Int32Array(64), 0]],
      ['flags that are no number', [new Uint8Array(16), new Uint8Array(64), '0']],
    ] as const
  ).map(([what, args]) => ({
    name: `refuses ${what}`,
    run: (a: HostileAddon) => a.asking(...args),
    expected: EINVAL,
  })),
  ...(
    [
      ['no arguments', new Uint8Array(16), []],
      ['no length', new Uint8Array(16), [3]],
      ['no number of datagrams', new Uint8Array(16), [3, 16]],
      ['a socket that is no number', new Uint8Array(16), ['3', 16, 1]],
      ['a length that is no number', new Uint8Array(16), [3, '16', 1]],
      ['a negative length', new Uint8Array(16), [3, -1, 1]],
      ['a length that is greater than the request', new Uint8Array(16), [3, 17, 1]],
      ['a number of datagrams that is none', new Uint8Array(16), [3, 16, '1']],
      ['less than one datagram', new Uint8Array(16), [3, 16, 0]],
      ['a request that was detached before', detached(new Uint8Array(16)), [3, 16, 1]],
    ] as const
  ).map(([what, request, args]) => ({
    name: `refuses ${what} when asking`,
    run: (a: HostileAddon) => (a.asking(request, new Uint8Array(64), 0) as Ask)(...args),
    expected: EINVAL,
  })),
];

const watchCases: readonly NativeCase[] = [
  ...(
    [
      ['no arguments', []],
      ['a descriptor that is no number', ['0', readable, ignore]],
      ['no events', [0, 0, ignore]],
      ['events that libuv does not know (it would end the process)', [0, 0x100, ignore]],
      ['no callback', [0, readable]],
      ['a callback that is an object', [0, readable, {}]],
      ['a callback that is a number', [0, readable, 7]],
    ] as const
  ).map(([what, args]) => ({ name: `refuses ${what}`, run: (a: HostileAddon) => a.watch(...args), expected: EINVAL })),
  { name: 'refuses a closed descriptor', run: (a) => a.watch(closedFd(), readable, ignore), expected: EBADF },
  { name: 'refuses a negative descriptor', run: (a) => a.watch(-1, readable, ignore), expected: EBADF },
  {
    name: 'refuses a plain file',
    run: (a) => withFile('/proc/self/exe', (fd) => a.watch(fd, readable, ignore)),
    expected: EPERM,
  },
  {
    name: 'refuses to watch a descriptor twice',
    run: (a) =>
      withDatagrams(a, [], (fd) => {
        const first = a.watch(fd, readable, ignore);
        const second = a.watch(fd, readable, ignore);
        return [second, a.unwatch(first), a.unwatch(first), a.keepAlive(first, true)];
      }),
    expected: [EEXIST, 0, 0, EINVAL],
  },
  {
    name: 'watches a descriptor again once it was let go',
    run: (a) =>
      withDatagrams(a, [], (fd) => {
        const handles = [1, 2, 3].map(() => {
          const handle = a.watch(fd, readable, ignore);
          a.unwatch(handle);
          return typeof handle;
        });
        return handles;
      }),
    expected: ['object', 'object', 'object'],
  },
  {
    name: 'keeps alive or not as often as one likes',
    run: (a) =>
      withDatagrams(a, [], (fd) => {
        const handle = a.watch(fd, readable, ignore);
        const answers = [false, false, true, true].map((on) => a.keepAlive(handle, on));
        a.unwatch(handle);
        return answers;
      }),
    expected: [0, 0, 0, 0],
  },
  {
    name: 'refuses a keepAlive that is neither true nor false',
    run: (a) =>
      withDatagrams(a, [], (fd) => {
        const handle = a.watch(fd, readable, ignore);
        const answers = [a.keepAlive(handle), a.keepAlive(handle, 1)];
        a.unwatch(handle);
        return answers;
      }),
    expected: [EINVAL, EINVAL],
  },
  ...[undefined, 0, 7, 'handle', {}, ignore].flatMap((handle) =>
    (['unwatch', 'keepAlive'] as const).map((name) => ({
      name: `${name} refuses ${typeof handle === 'function' ? 'a function' : JSON.stringify(handle)} for a handle`,
      run: (a: HostileAddon) => a[name](handle, true),
      expected: EINVAL,
    })),
  ),
];

const links = () => new Uint8Array(3 * 32).fill(0x78);

const readCases: readonly NativeCase[] = [
  {
    name: 'reads links: what they say, nothing where there is none, and the beginning of what is long',
    run: (a) => {
      const directory = mkdtempSync(join(tmpdir(), 'netns-links-'));
      symlinkSync('net:[1]', join(directory, 'a'));
      symlinkSync('long'.repeat(10), join(directory, 'b'));
      try {
        return withFile(directory, (fd) => {
          const read = links();
          const count = a.readLinks(fd, 'a\0missing\0b\0', read);
          const texts = [0, 32, 64].map((at) =>
            Buffer.from(read)
              .toString('latin1', at, at + 32)
              .replace(/\0.*/, ''),
          );
          return [count, ...texts];
        });
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
    expected: [3, 'net:[1]', '', 'long'.repeat(8)],
  },
  {
    name: 'reads as many links as there is room for',
    run: (a) => a.readLinks(AT_FDCWD, 'a\0b\0c\0d\0', links()),
    expected: 3,
  },
  {
    name: 'reads the links of a directory that have numbers for names, and says how many there are',
    run: (a) => {
      const directory = mkdtempSync(join(tmpdir(), 'netns-numbered-'));
      const names = ['0', '7', '31', '31x', 'x', '400'];
      for (const name of names) symlinkSync(`net:[${name}]`, join(directory, name));
      try {
        const numbers = new Int32Array(3);
        const read = links();
        const count = withFile(directory, (fd) => a.readNumbered(fd, '.', numbers, read));
        const texts = [...numbers].map((number, at) => {
          const text = Buffer.from(read).toString('latin1', 32 * at, 32 * at + 32);
          return text.startsWith(`net:[${number}]\0`);
        });
        return [count, new Set(numbers).size, ...texts];
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
    expected: [4, 3, true, true, true],
  },
  {
    name: 'reports a directory that is not there, and what is none',
    run: (a) =>
      ['/nonexistent', '/proc/self/stat'].map((path) => a.readNumbered(AT_FDCWD, path, new Int32Array(3), links())),
    expected: [ENOENT, ENOTDIR],
  },
  {
    name: 'reads the beginning of a file',
    run: (a) => {
      const bytes = new Uint8Array(4);
      return [a.readFile(AT_FDCWD, '/proc/self/stat', O_RDONLY, bytes), Buffer.from(bytes).toString('latin1')];
    },
    expected: [4, `${process.pid} (node`.slice(0, 4)],
  },
  {
    name: 'reports a file that is not there, and one that cannot be read',
    run: (a) => ['/nonexistent', '/'].map((path) => a.readFile(AT_FDCWD, path, O_RDONLY, new Uint8Array(4))),
    expected: [ENOENT, EISDIR],
  },
  ...(
    [
      ['no arguments', 'readLinks', []],
      ['names that are no text', 'readLinks', [AT_FDCWD, ['a'], links()]],
      ['too many names', 'readLinks', [AT_FDCWD, 'a\0'.repeat(5000), links()]],
      ['no place for links', 'readLinks', [AT_FDCWD, 'a\0', null]],
      ['no place for links', 'readNumbered', [AT_FDCWD, '/', new Int32Array(3), null]],
      ['fewer places for numbers than for links', 'readNumbered', [AT_FDCWD, '/', new Int32Array(2), links()]],
      ['no place for a file', 'readFile', [AT_FDCWD, '/', O_RDONLY]],
      ['a path with a NUL in it', 'readFile', [AT_FDCWD, '/\0', O_RDONLY, links()]],
    ] as const
  ).map(([what, name, args]) => ({
    name: `${name} refuses ${what}`,
    run: (a: HostileAddon) => a[name](...args),
    expected: EINVAL,
  })),
];

const missing = '/nonexistent/program';

const execCases: readonly NativeCase[] = [
  { name: 'reports a program that is not there', run: (a) => a.exec(missing, ['x'], 'A=1\0'), expected: ENOENT },
  {
    name: 'leaves the signals as they were when it fails',
    run: (a) => {
      const before = signalState();
      a.exec(missing, ['x'], '');
      return JSON.stringify(signalState()) === JSON.stringify(before);
    },
    expected: true,
  },
  ...(
    [
      ['no arguments', []],
      ['a path with a NUL in it', ['/bin/true\0x', [], '']],
      ['a path that is a number', [4096, ['x'], '']],
      ['a path that is null', [null, ['x'], '']],
      ['words that are no array', [missing, 'x', '']],
      ['a word that is no text', [missing, ['x', 7], '']],
      ['a word with a NUL in it', [missing, ['x', 'a\0b'], '']],
      ['an environment that is no text', [missing, ['x'], { PATH: '/bin' }]],
    ] as const
  ).map(([what, args]) => ({ name: `refuses ${what}`, run: (a: HostileAddon) => a.exec(...args), expected: EINVAL })),
];

/** Starts a program and waits for its end; its exit status. */
function spawnCase(
  steps: readonly unknown[],
  paths: readonly string[],
  argv: readonly string[],
  environment: string | null = '',
) {
  return (addon: HostileAddon) => {
    const outcome = new Int32Array(3);
    const pid = addon.spawn(steps, outcome, paths, argv, environment, true, null) as number;
    if (pid < 0) return [pid, ...outcome.subarray(1)];
    const pidfd = outcome[0] ?? -1;
    const status = new Int32Array(1);
    addon.syscall(nr('wait4'), pid, new Uint8Array(status.buffer), 0, null);
    closeSync(pidfd);
    return (status[0] ?? 0) >> 8;
  };
}

const results = () => new Int32Array(8);

type Child = readonly [steps: readonly unknown[], path: string, argv: readonly string[]];

const shell = (script: string): Child => [[], '/bin/sh', ['sh', '-c', script]];

/**
 * Starts children, waiting for them to be their programs or not, then lets `reap` wait for their ends. Of each what `started` and `reap` tell:
 * failed step and error number, and the exit status.
 */
function reapCase(children: readonly Child[], wait: boolean) {
  return (addon: HostileAddon) => {
    const epoll = addon.syscall(nr('epoll_create1'), 0) as number;
    try {
      const pidfds = children.map(([steps, path, argv]) => {
        const outcome = new Int32Array(3);
        addon.spawn(steps, outcome, [path], argv, '', wait, epoll);
        return outcome[0];
      });
      const atStart = pidfds.map((pidfd) => {
        const outcome = new Int32Array(3);
        return addon.started(pidfd, outcome) === 0 ? undefined : [...outcome.subarray(1)];
      });
      const atEnd = new Map<number | undefined, readonly number[]>();
      const end = new Int32Array(4);
      const event = new Uint8Array(16);
      while (atEnd.size < children.length) {
        addon.syscall(nr('epoll_pwait'), epoll, event, 1, -1, null, 8);
        if (addon.reap(epoll, end) === 1) atEnd.set(end[0], [end[1] ?? 0, end[2] ?? 0, (end[3] ?? 0) >> 8]);
      }
      return [pidfds.map((pidfd, index) => [atStart[index], atEnd.get(pidfd)]), addon.reap(epoll, end)];
    } finally {
      closeSync(epoll);
    }
  };
}

const many = Array.from({ length: 40 }, (_, index) => shell(`exit ${index}`));

const reapCases: readonly NativeCase[] = [
  ...[true, false].map((wait) => ({
    name: `waits for all that ended, each once, ${wait ? 'started' : 'still under way'} when it hears of them`,
    run: reapCase(many, wait),
    expected: [many.map((_, index) => [undefined, [0, 0, index]]), 0],
  })),
  {
    name: 'tells of each that did not become its program, whatever was started in between',
    run: reapCase(
      [
        [[], missing, ['x']],
        ...many,
        [[nothing, [nr('close'), -1], nothing], '/bin/true', ['true']],
        ...many,
        [[nothing], '/etc/passwd', ['x']],
      ],
      false,
    ),
    expected: [
      [
        [
          [0, -ENOENT],
          [0, -ENOENT, 1],
        ],
        ...many.map((_, index) => [undefined, [0, 0, index]]),
        [
          [1, -EBADF],
          [1, -EBADF, 1],
        ],
        ...many.map((_, index) => [undefined, [0, 0, index]]),
        [
          [1, -EACCES],
          [1, -EACCES, 1],
        ],
      ],
      0,
    ],
  },
  {
    name: 'says which descriptor is none that tells of children',
    run: (a) => a.reap(-1, new Int32Array(4)),
    expected: EBADF,
  },
  ...(
    [
      ['no arguments', []],
      ['a descriptor that is none', [NaN, new Int32Array(4)]],
      ['an end without room', [0, new Int32Array(3)]],
      ['an end of another type', [0, new Float64Array(4)]],
    ] as const
  ).map(([what, args]) => ({ name: `refuses ${what}`, run: (a: HostileAddon) => a.reap(...args), expected: EINVAL })),
  {
    name: 'is given no child that could not be watched: it is ended',
    run: (a) => [true, false].map((wait) => a.spawn([], results(), ['/bin/true'], ['true'], '', wait, -1)),
    expected: [EBADF, EBADF],
  },
];

const startedCases: readonly NativeCase[] = [
  {
    name: 'knows nothing against a child that it does not know',
    run: (a) => a.started(1_000_000, new Int32Array(3)),
    expected: 0,
  },
  ...(
    [
      ['no arguments', []],
      ['a descriptor that is none', [-1, new Int32Array(3)]],
      ['an outcome without room', [1, new Int32Array(2)]],
      ['an outcome of another type', [1, new Uint32Array(3)]],
    ] as const
  ).map(([what, args]) => ({
    name: `refuses ${what}`,
    run: (a: HostileAddon) => a.started(...args),
    expected: EINVAL,
  })),
];

const spawnCases: readonly NativeCase[] = [
  { name: 'starts a program', run: spawnCase([], ['/bin/sh'], ['sh', '-c', 'exit 3']), expected: 3 },
  {
    name: 'gives the program its environment, the last variable with or without its end',
    run: (a) =>
      ['', 'A=2\0', 'A=2', 'B=1\0A=2\0'].map((environment) =>
        spawnCase([], ['/bin/sh'], ['sh', '-c', 'test "$A" && exit $A'], environment)(a),
      ),
    expected: [1, 2, 2, 2],
  },
  {
    name: 'gives the program the environment of this process if there is to be no other',
    run: (a) => {
      process.env.NETNS_NATIVE_CASE = '5';
      try {
        return spawnCase([], ['/bin/sh'], ['sh', '-c', 'exit "$NETNS_NATIVE_CASE"'], null)(a);
      } finally {
        delete process.env.NETNS_NATIVE_CASE;
      }
    },
    expected: 5,
  },
  { name: 'tries one path after the other', run: spawnCase([], [missing, '/etc', '/bin/false'], ['x']), expected: 1 },
  {
    name: 'reports that no path led to a program',
    run: spawnCase([], [missing, missing], ['x']),
    expected: [ECANCELED, 0, -ENOENT],
  },
  {
    name: 'reports what may not be run',
    run: spawnCase([], ['/etc/passwd', missing], ['x']),
    expected: [ECANCELED, 0, -EACCES],
  },
  {
    name: 'does its steps first, on its own copy of the descriptors',
    run: (a) =>
      withFile('/dev/null', (fd) => [
        spawnCase([[nr('close'), fd]], ['/bin/true'], ['true'])(a),
        fstatSync(fd).isFile(),
      ]),
    expected: [0, false],
  },
  {
    name: 'reports the step that failed, and starts nothing',
    run: spawnCase([nothing, [nr('close'), -1], nothing], ['/bin/true'], ['true']),
    expected: [ECANCELED, 1, -EBADF],
  },
  ...(
    [
      ['no arguments', []],
      ['steps that are no array', [7, results(), ['/bin/true'], ['true'], '', true, null]],
      ['an outcome without room', [[], new Int32Array(2), ['/bin/true'], ['true'], '', true, null]],
      ['an outcome of another type', [[], new Uint32Array(8), ['/bin/true'], ['true'], '', true, null]],
      ['a step that is none', [[[]], results(), ['/bin/true'], ['true'], '', true, null]],
      [
        'a step with memory that may be gone by then',
        [[[...getpid, new Uint8Array(8)]], results(), ['/bin/true'], ['true'], '', true, null],
      ],
      ['paths that are no array', [[], results(), '/bin/true', ['true'], '', true, null]],
      ['a path with a NUL in it', [[], results(), ['/bin/true\0'], ['true'], '', true, null]],
      ['words that are no array', [[], results(), ['/bin/true'], 'true', '', true, null]],
      ['a word that is no text', [[], results(), ['/bin/true'], [7], '', true, null]],
      ['an environment that is missing', [[], results(), ['/bin/true'], ['true'], undefined, true, null]],
      ['to wait or not to wait', [[], results(), ['/bin/true'], ['true'], '']],
      ['nobody who could hear of the end', [[], results(), ['/bin/true'], ['true'], '', false, null]],
    ] as const
  ).map(([what, args]) => ({ name: `refuses ${what}`, run: (a: HostileAddon) => a.spawn(...args), expected: EINVAL })),
];

export const nativeCases: Readonly<Record<string, readonly NativeCase[]>> = {
  syscall: syscallCases,
  inChild: inChildCases,
  inChildren: inChildrenCases,
  'hold and letGo': holdCases,
  'readLinks and readFile': readCases,
  receive: receiveCases,
  asking: askCases,
  reap: reapCases,
  started: startedCases,
  'map and unmap': mapCases,
  'watch, unwatch and keepAlive': watchCases,
  spawn: spawnCases,
  exec: execCases,
};
