import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClosedError, InvalidArgumentError, KernelError } from '../../src/errors.ts';
import { createNamed } from '../../src/namespaces/named.ts';
import { removeName } from '../../src/namespaces/names.ts';
import { createNamespace, Namespace } from '../../src/namespaces/namespace.ts';
import { type NamespaceRef, openNamespace } from '../../src/namespaces/reference.ts';
import { type NamespaceType, namespaceFlags, namespaceTypes } from '../../src/namespaces/type.ts';
import { nsexecPath } from '../../src/native/addon.ts';
import { inChild } from '../../src/native/child.ts';
import { AF_UNIX, SO_NETNS_COOKIE, SOCK_DGRAM, SOL_SOCKET } from '../../src/native/constants.ts';
import { Fd } from '../../src/native/fd.ts';
import type { CallOutcome } from './support/call.ts';
import { callInProcess, callWords, withoutCapabilities } from './support/call-in-process.ts';
import { temporaryDirectory } from './support/run.ts';
import { straceMissing, trace } from './support/strace.ts';

const missing = straceMissing();

const own = (type: NamespaceType) => openNamespace({ pid: process.pid }, type);

/** Every namespace of every thread. */
function everyThread(): string[] {
  return readdirSync('/proc/self/task').flatMap((tid) =>
    namespaceTypes.map((type) => readlinkSync(`/proc/self/task/${tid}/ns/${type}`)),
  );
}

/** The error that `work` throws, as `CODE message`. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof KernelError || error instanceof InvalidArgumentError || error instanceof ClosedError)
      return `${error.code} ${error.message}`;
    throw error;
  }
  return 'nothing was thrown';
}

describe.each(namespaceTypes)('a new %s namespace', (type) => {
  it('is another one than ours, and than the next', () => {
    const threads = everyThread();
    using a = createNamespace(type);
    using b = createNamespace(type);
    using ours = own(type);
    expect([a.type, a.equals(ours), a.equals(b), a.equals(a)]).toEqual([type, false, false, true]);
    expect(everyThread()).toEqual(threads);
  });

  it('knows who is in it', () => {
    using namespace = createNamespace(type);
    using ours = own(type);
    expect([namespace.sameAs(process.pid), ours.sameAs(process.pid)]).toEqual([false, true]);
    expect(() => ours.sameAs(2 ** 22)).toThrow(expect.objectContaining({ code: 'ENOENT' })); // above the highest there is
    expect(() => ours.sameAs(0)).toThrow('process id');
  });

  it('is what its descriptor leads to', () => {
    using namespace = createNamespace(type);
    const { dev, ino } = statSync(`/proc/self/fd/${namespace.fd.raw}`);
    expect(namespace.id).toEqual({ dev, ino });
    expect(String(namespace)).toBe(readlinkSync(`/proc/self/fd/${namespace.fd.raw}`));
  });

  it('can be opened again by its descriptor and by itself, and outlives the first owner', () => {
    const first = createNamespace(type);
    using byFd = openNamespace({ fd: first.fd }, type);
    using byItself = openNamespace(first);
    first.close();
    expect([byFd.equals(first), byItself.equals(first), byFd.type, byItself.type]).toEqual([true, true, type, type]);
  });

  it('has a cookie of its own', () => {
    using a = createNamespace(type);
    using b = createNamespace(type);
    using again = openNamespace(a);
    expect([typeof a.cookie, again.cookie]).toEqual(['bigint', a.cookie]);
    expect(a.cookie).not.toBe(b.cookie);
  });

  it('belongs to our user namespace', () => {
    using namespace = createNamespace(type);
    using owner = namespace.owner();
    using ours = own('user');
    expect([owner.type, owner.equals(ours)]).toEqual(['user', true]);
  });

  it('tells of its parent if it has one', () => {
    using namespace = createNamespace(type);
    if (type === 'user' || type === 'pid') {
      using parent = namespace.parent();
      using ours = own(type);
      expect([parent.type, parent.equals(ours)]).toEqual([type, true]);
    } else {
      expect(refusal(() => namespace.parent())).toBe(
        `EINVAL cannot find the parent of ${namespace}: Invalid argument (EINVAL, ioctl)`,
      );
    }
  });

  it('tells who made it if it is a user namespace', () => {
    using namespace = createNamespace(type);
    if (type === 'user') expect(namespace.ownerUid()).toBe(process.geteuid?.());
    else expect(refusal(() => namespace.ownerUid())).toMatch(/^EINVAL cannot find the owner of/);
  });
});

describe('opening a namespace', () => {
  const directory = temporaryDirectory('files');
  const file = (name: string) => join(directory, name);
  const socket = createServer();
  beforeAll(async () => {
    writeFileSync(file('plain'), '');
    symlinkSync('nowhere', file('dangling'));
    symlinkSync('loop', file('loop'));
    symlinkSync('/proc/self/ns/net', file('link'));
    await once(spawn('mkfifo', [file('fifo')]), 'close');
    await new Promise<void>((resolve) => socket.listen(file('socket'), resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => socket.close(resolve));
  });

  it.each(namespaceTypes)('of type %s by path, process and thread', (type) => {
    using byPath = openNamespace(`/proc/self/ns/${type}`, type);
    using byPathObject = openNamespace({ path: `/proc/self/ns/${type}` }, type);
    using byPid = openNamespace({ pid: process.pid }, type);
    const tid = Number(readdirSync('/proc/self/task').at(-1));
    using byTid = openNamespace({ pid: process.pid, tid }, type);
    const { dev, ino } = statSync(`/proc/self/ns/${type}`);
    for (const namespace of [byPath, byPathObject, byPid, byTid]) expect(namespace.id).toEqual({ dev, ino });
  });

  it('by a link to it', () => {
    using namespace = openNamespace(file('link'));
    using ours = own('net');
    expect(namespace.equals(ours)).toBe(true);
  });

  it('of a process that is elsewhere', async () => {
    const child = spawn(nsexecPath, ['unshare', String(namespaceFlags.net), '--', 'cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.write('x');
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    using theirs = openNamespace({ pid });
    using ours = own('net');
    expect(theirs.equals(ours)).toBe(false);
    child.stdin.end();
    await once(child, 'close');
    expect(refusal(() => openNamespace({ pid }))).toBe(
      `ENOENT cannot open the net namespace of process ${pid}: No such file or directory (ENOENT, openat)`,
    );
    expect(refusal(() => openNamespace({ pid: process.pid, tid: pid }))).toMatch(
      /^ENOENT cannot open the net namespace of thread/,
    );
  });

  const notOne = 'Invalid argument (EINVAL, ioctl(NS_GET_NSTYPE)); it is not a namespace file';
  it.each([
    ['plain', `EINVAL cannot use PATH as a namespace: ${notOne}`],
    ['', `EINVAL cannot use PATH as a namespace: ${notOne}`],
    ['fifo', `EINVAL cannot use PATH as a namespace: ${notOne}`],
    ['socket', 'ENXIO cannot open PATH: No such device or address (ENXIO, openat)'],
    ['dangling', 'ENOENT cannot open PATH: No such file or directory (ENOENT, openat)'],
    ['loop', 'ELOOP cannot open PATH: Too many levels of symbolic links (ELOOP, openat)'],
    ['missing', 'ENOENT cannot open PATH: No such file or directory (ENOENT, openat)'],
    ['plain/below', 'ENOTDIR cannot open PATH: Not a directory (ENOTDIR, openat)'],
    ['nul\0byte', 'EINVAL cannot open PATH: Invalid argument (EINVAL, openat)'],
    ['/dev/tty', 'ENXIO cannot open PATH: No such device or address (ENXIO, openat)'],
    ['/dev/zero', `EINVAL cannot use PATH as a namespace: ${notOne}`],
    ['/proc/self/uid_map', `EINVAL cannot use PATH as a namespace: ${notOne}`],
  ])('refuses a file that is none: %j', (name, expected) => {
    const path = name.startsWith('/') ? name : file(name);
    expect(refusal(() => openNamespace({ path })).replace(path, 'PATH')).toBe(expected);
  });

  it('refuses a namespace of another type', () => {
    expect(refusal(() => openNamespace('/proc/self/ns/uts'))).toBe(
      'ERR_NETNS_INVALID invalid namespace "/proc/self/ns/uts": it is a uts namespace, not a net one',
    );
    using uts = createNamespace('uts');
    expect(refusal(() => openNamespace({ fd: uts.fd }, 'ipc'))).toMatch(/it is a uts namespace, not a ipc one$/);
  });

  it('refuses what refers to no namespace, or in two ways', () => {
    const refs: readonly unknown[] = [
      null,
      undefined,
      5,
      {},
      [],
      { name: 'blue' },
      { nsid: 7 },
      { tid: process.pid },
      { path: 5 },
      { fd: 3 },
      { fd: undefined },
      { path: '/proc/self/ns/net', pid: process.pid },
      { pid: process.pid, name: 'blue' },
    ];
    expect(refs.map((ref) => refusal(() => openNamespace(ref as NamespaceRef).close()))).toEqual([
      ...['null', 'undefined', '5', '{}', '', '{"name"}', '{"nsid"}', '{"tid"}'].map(
        (ref) =>
          `ERR_NETNS_INVALID invalid namespace ${ref}: it must say which namespace is meant, by one of path, pid, fd`,
      ),
      'ERR_NETNS_INVALID invalid namespace {"path"}: its path must be a text',
      'ERR_NETNS_INVALID invalid namespace {"fd"}: its fd must be an Fd; a bare number has no owner',
      'ERR_NETNS_INVALID invalid namespace {"fd"}: its fd must be an Fd; a bare number has no owner',
      'ERR_NETNS_INVALID invalid namespace {"path", "pid"}: it must say which namespace is meant, by one of path, pid, fd',
      'ERR_NETNS_INVALID invalid namespace {"pid", "name"}: "pid" and "name" do not go together',
    ]);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('refuses %d for a process id', (pid) => {
    expect(refusal(() => openNamespace({ pid }))).toMatch(/^ERR_NETNS_INVALID invalid process id/);
    expect(refusal(() => openNamespace({ pid: 1, tid: pid }))).toMatch(/^ERR_NETNS_INVALID invalid process id/);
  });

  it.each(['toString', 'NET', '', '__proto__'])('has no type %j', (type) => {
    expect(refusal(() => createNamespace(type as NamespaceType))).toMatch(/^ERR_NETNS_INVALID invalid namespace type/);
    expect(refusal(() => openNamespace({ pid: process.pid }, type as NamespaceType))).toMatch(
      /^ERR_NETNS_INVALID invalid namespace type/,
    );
  });
});

describe('a network namespace', () => {
  it('has the cookie that its sockets tell', () => {
    using namespace = createNamespace('net');
    const cookie = new BigUint64Array(1);
    const { results, failed } = inChild('ask', [
      ['setns', namespace.fd.raw, namespaceFlags.net],
      ['socket', AF_UNIX, SOCK_DGRAM, 0],
      ['getsockopt', { result: 1 }, SOL_SOCKET, SO_NETNS_COOKIE, new Uint8Array(cookie.buffer), new Int32Array([8])],
      ['close', { result: 1 }],
    ]);
    expect([failed, [...results.slice(2)], namespace.cookie]).toEqual([undefined, [0, 0], cookie[0]]);
  });

  describe.skipIf(missing)(`on an older kernel${missing ? ` (not tested: ${missing})` : ''}`, () => {
    const directory = temporaryDirectory('cookie');
    const [log, output] = [join(directory, 'log'), join(directory, 'output')];
    // Standard streams are files, so that Node itself asks no socket for anything.
    const words = [
      'sh',
      '-c',
      `exec "$@" < /dev/null > ${output} 2>&1`,
      'sh',
      ...callWords(['openNamespace', 'old'], ['openSockets']),
    ];
    const calls = ['ioctl', 'setns', 'getsockopt'];

    /** Has the kernel not know NS_GET_ID: strace counts the calls before it, and then lets this one fail. */
    async function withoutIds(inject: readonly string[] = []) {
      const first = await trace(words, log, { calls });
      const ioctls = first.calls.filter(({ name }) => name === 'ioctl');
      const index = ioctls.findIndex(({ args }) => /NS_GET_ID|_IOC\(_IOC_READ, 0xb7, 0xd, 0x8\)/.test(args));
      expect(index).toBeGreaterThanOrEqual(0);
      const second = await trace(words, log, { calls, inject: [`ioctl:error=ENOTTY:when=${index + 1}`, ...inject] });
      expect(second.calls.map(({ name }) => name)).toEqual(expect.arrayContaining(['setns', 'getsockopt']));
      return JSON.parse(readFileSync(output, 'utf8')) as CallOutcome[];
    }

    it('tells its cookie by a socket', async () => {
      using namespace = createNamed('old');
      const [seen, sockets] = await withoutIds().finally(() => removeName('old'));
      expect([seen?.value, sockets?.value]).toEqual([{ ino: namespace.id.ino, cookie: String(namespace.cookie) }, []]);
    });

    it('has no cookie before Linux 5.14, and leaves no socket open', async () => {
      using namespace = createNamed('old');
      const [seen, sockets] = await withoutIds(['getsockopt:error=ENOPROTOOPT']).finally(() => removeName('old'));
      expect([seen?.value, sockets?.value]).toEqual([{ ino: namespace.id.ino, cookie: 'undefined' }, []]);
    });
  });

  it('has no cookie when it cannot be asked', () => {
    using nothing = Fd.adopt(openSync('/dev/null', 'r'), 'no namespace');
    const pretender = new Namespace(nothing, 'net');
    expect(pretender.cookie).toBe(undefined);
  });
});

describe('a closed namespace', () => {
  it('may be closed again, and refuses everything but its identity', () => {
    const namespace = createNamespace('net');
    const { id } = namespace;
    namespace.close();
    namespace.close();
    expect(namespace.id).toEqual(id);
    for (const use of [
      () => namespace.owner(),
      () => namespace.parent(),
      () => namespace.ownerUid(),
      () => namespace.cookie,
      () => namespace.fd.raw,
      () => openNamespace(namespace),
    ])
      expect(refusal(use)).toBe('ERR_NETNS_CLOSED the new net namespace is closed');
  });

  it('says so in the name by which it was opened', () => {
    const namespace = openNamespace({ pid: process.pid });
    namespace.close();
    expect(refusal(() => namespace.fd.raw)).toBe(
      `ERR_NETNS_CLOSED the net namespace of process ${process.pid} is closed`,
    );
  });
});

describe('without the right', () => {
  it('an owner outside of our own user namespace is not shown', () => {
    using ours = own('user');
    expect(refusal(() => ours.parent())).toBe(
      `EPERM cannot find the parent of ${ours}: Operation not permitted (EPERM, ioctl)`,
    );
    // The pid namespace was there before this test's user namespace, if it has one.
    using pid = own('pid');
    const outside = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)[2] !== '4294967295';
    if (outside) expect(refusal(() => pid.owner())).toMatch(/^EPERM cannot find the owner of pid/);
    else pid.owner().close();
  });

  it('or with it: a namespace can be made for our own user namespace by name', () => {
    using user = own('user');
    using made = createNamespace('net', user.fd);
    using owner = made.owner();
    expect(owner.equals(user)).toBe(true);
  });

  it('only what needs no root inside can be made by root: the kernel lets nobody without CAP_SETFCAP map it', async () => {
    const outcomes = await callInProcess(
      withoutCapabilities,
      namespaceTypes.map((type) => ['createNamespace', type]),
    );
    for (const [index, type] of namespaceTypes.entries()) {
      const message = `cannot create a new ${type} namespace: Operation not permitted (EPERM, unshare)`;
      const refused = { error: { name: 'KernelError', code: 'EPERM', message } };
      expect(outcomes[index]).toEqual(type === 'user' || type === 'pid' ? { value: expect.anything() } : refused);
    }
  });

  it('or room, no more can be made', async () => {
    const limited = [nsexecPath, 'unshare', String(namespaceFlags.user)];
    const maps = [
      ['setgroups', 'deny'],
      ['uid_map', '0 0 1'],
      ['gid_map', '0 0 1'],
    ];
    const limits = ['net', 'uts'].map((type) => ['write', `/proc/sys/user/max_${type}_namespaces`, '0']);
    const prefix = [
      ...limited,
      ...maps.flatMap(([name = '', text = '']) => ['write', `/proc/self/${name}`, text]),
      ...limits.flat(),
      '--',
    ];
    const outcomes = await callInProcess(prefix, [
      ['createNamespace', 'net'],
      ['createNamespace', 'uts'],
      ['createNamespace', 'ipc'],
    ]);
    expect(outcomes.map(({ error }) => error?.message)).toEqual([
      'cannot create a new net namespace: No space left on device (ENOSPC, unshare)',
      'cannot create a new uts namespace: No space left on device (ENOSPC, unshare)',
      undefined,
    ]);
  });
});
