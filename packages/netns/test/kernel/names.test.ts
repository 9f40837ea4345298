import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attachName, createNamed, createNames } from '../../src/namespaces/named.ts';
import { defaultRunDirectory, listNames, removeName, removeNames } from '../../src/namespaces/names.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { openNamespace } from '../../src/namespaces/reference.ts';
import { prepareRunDirectory } from '../../src/namespaces/run-directory.ts';
import { nsexecPath } from '../../src/native/addon.ts';
import { MS_BIND } from '../../src/native/constants.ts';
import { perform } from '../../src/native/syscall.ts';
import { callInProcess, withoutCapabilities } from './support/call-in-process.ts';
import { emptyRunDirectory, forgetRunDirectory, mountsOn, pathOf, refusal, states } from './support/run-directories.ts';

/** Other things than namespaces that may lie in the directory, and how to make them at a path. */
const stale: Readonly<Record<string, (path: string) => unknown>> = {
  plain: (path) => writeFileSync(path, ''),
  directory: (path) => mkdirSync(path),
  dangling: (path) => symlinkSync('nowhere', path),
  loop: (path) => symlinkSync(path, path),
  fifo: (path) => execFileSync('mkfifo', [path]),
  mnt: (path) => {
    // A mount namespace; it can only be bound by somebody who is in an older one.
    writeFileSync(path, '');
    execFileSync('unshare', [
      '--mount',
      '--propagation',
      'unchanged',
      'sh',
      '-c',
      `mount --bind /proc/$PPID/ns/uts ${path}`,
    ]);
  },
  uts: (path) => {
    writeFileSync(path, '');
    perform('bind', 'mount', '/proc/self/ns/uts', path, 'none', MS_BIND, null);
  },
  elsewhere: (path) => {
    // A network namespace, but mounted only in a mount namespace that is gone.
    writeFileSync(path, '');
    execFileSync('unshare', ['--mount', '--propagation', 'private', 'mount', '--bind', '/proc/self/ns/net', path]);
  },
};

beforeEach(() => void prepareRunDirectory());
afterEach(emptyRunDirectory);

describe('adding a name', () => {
  it('makes a new network namespace and keeps it', () => {
    const namespace = createNamed('a');
    const { id } = namespace;
    namespace.close();
    expect(listNames()).toEqual([{ name: 'a', path: pathOf('a'), state: 'ready', id }]);
    using again = openNamespace('a');
    using own = openNamespace({ pid: process.pid });
    expect([again.id, again.equals(own)]).toEqual([id, false]);
  });

  it('makes the directory, once, as a shared mount', () => {
    forgetRunDirectory();
    for (const name of ['a', 'b', 'c']) createNamed(name).close();
    expect(mountsOn(defaultRunDirectory)).toEqual(['shared']);
    expect(statSync(defaultRunDirectory).mode & 0o777).toBe(0o755);
  });

  it('leaves a directory that is a mount already as it is, but shared', () => {
    forgetRunDirectory();
    mkdirSync(defaultRunDirectory);
    execFileSync('mount', ['--bind', defaultRunDirectory, defaultRunDirectory]);
    expect(mountsOn(defaultRunDirectory)).toEqual(['private']);
    createNamed('a').close();
    expect(mountsOn(defaultRunDirectory)).toEqual(['shared']);
  });

  it.each([
    '-rf',
    ' ',
    'two words',
    '...',
    '~',
    'ü\u{1f600}',
    '\x1b[31m',
    'new\nline',
    'x'.repeat(255),
    'ü'.repeat(127),
  ])('takes the name %j', (name) => {
    createNamed(name).close();
    expect(states()).toEqual({ [name]: 'ready' });
    openNamespace(name).close();
    removeName(name);
    expect(states()).toEqual({});
  });

  it.each([
    ['', 'it is empty'],
    ['.', 'it is a directory'],
    ['..', 'it is a directory'],
    ['a/b', 'it contains a slash'],
    ['/', 'it contains a slash'],
    ['a\0b', 'it contains a NUL byte'],
    ['x'.repeat(256), 'it is longer than 255 bytes'],
    ['ü'.repeat(128), 'it is longer than 255 bytes'],
  ])('refuses the name %j', (name, reason) => {
    const shown = name.length > 100 ? `${JSON.stringify(name.slice(0, 100))}…` : JSON.stringify(name);
    const expected = `invalid netns name ${shown}: ${reason}`;
    expect(refusal(() => createNamed(name))).toBe(expected);
    expect(refusal(() => createNames(['ok', name]))).toBe(expected);
    expect(refusal(() => attachName(name, { pid: process.pid }))).toBe(expected);
    expect(refusal(() => removeName(name))).toBe(expected);
    expect(states()).toEqual({});
  });

  it('refuses a name that is taken, and leaves its owner alone', () => {
    using namespace = createNamed('a');
    const expected = `cannot create namespace file ${pathOf('a')}: File exists (EEXIST, mknodat)`;
    expect(refusal(() => createNamed('a'))).toBe(expected);
    expect(refusal(() => attachName('a', { pid: process.pid }))).toBe(expected);
    expect(listNames()[0]?.id).toEqual(namespace.id);
  });

  it.each(Object.keys(stale))('refuses a name that is taken by what is no namespace, and leaves it: %s', (kind) => {
    stale[kind]?.(pathOf('a'));
    const before = lstatSync(pathOf('a'));
    expect(refusal(() => createNamed('a'))).toBe(
      `cannot create namespace file ${pathOf('a')}: File exists (EEXIST, mknodat)`,
    );
    expect(lstatSync(pathOf('a')).ino).toBe(before.ino);
  });

  it('makes many at once, or none', () => {
    const names = Array.from({ length: 150 }, (_, index) => `many${index}`);
    createNames(names);
    expect(states()).toEqual(Object.fromEntries(names.map((name) => [name, 'ready'])));
    expect(new Set(listNames().map(({ id }) => id?.ino)).size).toBe(150);
    const more = Array.from({ length: 150 }, (_, index) => `more${index}`);
    for (const taken of [
      ['many7', ...more],
      [...more, 'many7', 'last'],
    ]) {
      expect(refusal(() => createNames(taken))).toBe(
        `cannot create the named network namespace ${pathOf('many7')}: File exists (EEXIST, mknodat)`,
      );
      expect(Object.keys(states()).sort()).toEqual([...names].sort());
    }
    createNames([]);
  });

  it('makes and removes many with long names in a long directory', () => {
    const parents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(250));
    const runDirectory = `/run/${parents.join('/')}/netns`;
    mkdirSync(dirname(runDirectory), { recursive: true });
    const names = Array.from({ length: 70 }, (_, index) => `${index}-`.padEnd(255, 'x'));
    createNames(names, { runDirectory });
    expect(listNames({ runDirectory }).filter(({ state }) => state === 'ready').length).toBe(70);
    removeNames(names, { runDirectory });
    expect(listNames({ runDirectory })).toEqual([]);
    forgetRunDirectory(runDirectory);
    rmSync(`/run/${parents[0]}`, { recursive: true });
  });
});

describe('attaching a name', () => {
  it('to a namespace that is told by a process, name, path, descriptor or object', () => {
    using namespace = createNamed('a');
    attachName('by-name', 'a');
    attachName('by-path', pathOf('a'));
    attachName('by-path-object', { path: pathOf('a') });
    attachName('by-descriptor', { fd: namespace.fd });
    attachName('by-object', namespace);
    expect(listNames().map(({ id }) => id)).toEqual(Array(6).fill(namespace.id));
    attachName('by-process', { pid: process.pid });
    using own = openNamespace('by-process');
    expect(own.id.ino).toBe(statSync('/proc/self/ns/net').ino);
  });

  it('makes a nameless namespace live on', () => {
    const namespace = createNamespace('net');
    attachName('a', namespace);
    const { cookie } = namespace;
    namespace.close();
    using again = openNamespace('a');
    expect(again.cookie).toBe(cookie);
  });

  it.each([
    [
      'a process that is gone',
      { pid: 4194304 },
      /^cannot open the net namespace of process 4194304: No such file or directory/,
    ],
    ['a name that does not exist', 'nobody', /^cannot open net namespace "nobody": No such file or directory/],
    ['another type of namespace', '/proc/self/ns/uts', /it is a uts namespace, not a net one$/],
    ['a file', '/etc/passwd', /it is not a namespace file$/],
  ])('refuses %s, and leaves no file', (_, ref, expected) => {
    expect(refusal(() => attachName('a', ref))).toMatch(expected);
    expect(states()).toEqual({});
  });
});

describe('removing a name', () => {
  it('takes name and mount away', () => {
    createNamed('a').close();
    removeName('a');
    expect([existsSync(pathOf('a')), mountsOn(pathOf('a'))]).toEqual([false, []]);
    expect(refusal(() => removeName('a'))).toBe(
      `cannot remove namespace file ${pathOf('a')}: No such file or directory (ENOENT, unlinkat)`,
    );
  });

  it('leaves a namespace alive that somebody holds', async () => {
    using namespace = createNamed('a');
    const { cookie } = namespace;
    removeName('a');
    expect(namespace.cookie).toBe(cookie);
    attachName('a', namespace);
    expect(listNames()[0]?.id).toEqual(namespace.id);
  });

  it('leaves another name of the same namespace', () => {
    using namespace = createNamed('a');
    attachName('b', 'a');
    removeName('a');
    expect(listNames()).toEqual([{ name: 'b', path: pathOf('b'), state: 'ready', id: namespace.id }]);
  });

  it('takes away all mounts that lie on it', () => {
    createNamed('a').close();
    for (const _ of [1, 2, 3]) perform('bind', 'mount', '/proc/self/ns/net', pathOf('a'), 'none', MS_BIND, null);
    removeName('a');
    expect([existsSync(pathOf('a')), mountsOn(pathOf('a'))]).toEqual([false, []]);
  });

  it('removes a link, never what it points to', () => {
    using namespace = createNamed('a');
    symlinkSync(pathOf('a'), pathOf('link'));
    expect(states()).toEqual({ a: 'ready', link: 'ready' });
    removeName('link');
    expect(listNames()).toEqual([{ name: 'a', path: pathOf('a'), state: 'ready', id: namespace.id }]);
  });

  it.each(Object.keys(stale).filter((kind) => kind !== 'directory'))('removes what is no namespace: %s', (kind) => {
    stale[kind]?.(pathOf('a'));
    removeName('a');
    expect(readdirSync(defaultRunDirectory)).toEqual([]);
  });

  it('removes many at once, whatever they are, up to the first that it cannot', () => {
    const names = Array.from({ length: 200 }, (_, index) => `n${index}`);
    createNames(names);
    perform('bind', 'mount', '/proc/self/ns/net', pathOf('n7'), 'none', MS_BIND, null);
    for (const kind of ['plain', 'dangling', 'fifo']) stale[kind]?.(pathOf(kind));
    removeNames(['n0', 'plain', ...names.slice(1, 150), 'dangling', 'fifo']);
    expect(Object.keys(states()).sort()).toEqual(names.slice(150).sort());
    expect(refusal(() => removeNames(['n150', 'n151', 'missing', 'n152']))).toBe(
      `cannot remove namespace file ${pathOf('missing')}: No such file or directory (ENOENT, unlinkat)`,
    );
    expect(Object.keys(states()).sort()).toEqual(names.slice(152).sort());
    removeNames([]);
  });

  it('refuses a directory', () => {
    mkdirSync(pathOf('a'));
    expect(refusal(() => removeName('a'))).toBe(
      `cannot remove namespace file ${pathOf('a')}: Is a directory (EISDIR, unlinkat)`,
    );
    expect(states()).toEqual({ a: 'stale' });
  });

  it('refuses what a more powerful user has mounted', async () => {
    createNamed('a').close();
    const lowly = ['unshare', '--user', '--map-root-user', '--mount', '--'];
    const [outcome] = await callInProcess(lowly, [['removeName', 'a']]);
    expect(outcome?.error?.message).toBe(
      `cannot remove namespace file ${pathOf('a')}: Device or resource busy (EBUSY, unlinkat)`,
    );
    expect(states()).toEqual({ a: 'ready' });
  });
});

describe('listing names', () => {
  it('shows whatever there is, and opens nothing but namespaces', async () => {
    const socket = createServer().listen(pathOf('socket'));
    await once(socket, 'listening');
    for (const [kind, make] of Object.entries(stale)) make(pathOf(kind));
    using namespace = createNamed('good');
    const fifo = statSync(pathOf('fifo'));
    const entries = listNames();
    expect(entries.map(({ name }) => name).sort()).toEqual([...Object.keys(stale), 'good', 'socket'].sort());
    expect(entries.filter(({ state }) => state === 'ready')).toEqual([
      { name: 'good', path: pathOf('good'), state: 'ready', id: namespace.id },
    ]);
    expect(entries.filter(({ state }) => state === 'stale').map(({ id }) => id)).toEqual(
      Array(entries.length - 1).fill(undefined),
    );
    expect(statSync(pathOf('fifo')).atimeMs).toBe(fifo.atimeMs);
    socket.close();
    await once(socket, 'close');
  });

  it('has the order of the directory', () => {
    createNames(['b', 'a', 'c']);
    const order = execFileSync('ls', ['-U', defaultRunDirectory], { encoding: 'utf8' }).split('\n').filter(Boolean);
    expect(listNames().map(({ name }) => name)).toEqual(order);
  });

  it('is empty without a directory', () => {
    forgetRunDirectory();
    expect(listNames()).toEqual([]);
    prepareRunDirectory();
    expect(listNames()).toEqual([]);
  });

  it('says why a directory cannot be read', async () => {
    expect(refusal(() => listNames({ runDirectory: '/etc/passwd' }))).toBe(
      'cannot list the names in /etc/passwd: Not a directory (ENOTDIR, open)',
    );
    mkdirSync('/run/secret', { mode: 0 });
    const [outcome] = await callInProcess(withoutCapabilities, [['listNames', { runDirectory: '/run/secret' }]]);
    rmdirSync('/run/secret');
    expect(outcome?.error?.message).toBe('cannot list the names in /run/secret: Permission denied (EACCES, open)');
  });
});

describe('a process in a named namespace', () => {
  it('keeps it alive when the name goes, and shows it to nobody but processes', async () => {
    createNamed('a').close();
    const child = spawn(nsexecPath, ['open', pathOf('a'), 'setns', '0', '--', 'cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.write('x');
    await once(child.stdout, 'data');
    removeName('a');
    using namespace = openNamespace({ pid: child.pid ?? 0 });
    attachName('b', namespace);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toContain(`${namespace} ${pathOf('b')} `);
    child.stdin.end();
    await once(child, 'close');
  });
});
