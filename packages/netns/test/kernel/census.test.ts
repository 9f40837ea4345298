import { once } from 'node:events';
import { readlinkSync, statSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { census } from '../../src/inspect/census.ts';
import { keepers } from '../../src/inspect/keepers.ts';
import { KernelWalk } from '../../src/inspect/kernel-list/walk.ts';
import { openMachineNamespace } from '../../src/inspect/open.ts';
import { createNames } from '../../src/namespaces/named.ts';
import { removeName } from '../../src/namespaces/names.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { namespaceTypes } from '../../src/namespaces/type.ts';
import { syscall } from '../../src/native/syscall.ts';
import { socketIn } from '../../src/process/sockets/raw-socket.ts';
import { expectedKinds, hasList, onlyListed } from './support/census.ts';
import { answer, answerJson, netns } from './support/cli.ts';
import { startExample } from './support/examples.ts';
import { registered } from './support/io-uring.ts';
import { type Kept, withKept } from './support/kept.ts';
import { isRealRoot } from './support/privilege.ts';
import { endOf } from './support/run.ts';

/** Those that this machine lets us make: a reason is there for each that is missing. */
function made(kept: Kept): [name: string, inode: number][] {
  for (const [name, { refused }] of Object.entries(kept))
    if (refused !== undefined) expect(`${name}: ${refused}`).toMatch(/^(?:tun|file in an io_uring): /); // this machine has none
  const isToBeSeen = (name: string) => hasList || !onlyListed.includes(name);
  return Object.entries(kept).flatMap(([name, { inode }]) =>
    inode !== undefined && isToBeSeen(name) ? [[name, inode]] : [],
  );
}

/** Other tests look at this machine, too, and then hold each namespace for a moment. */
const beside = { retry: 3 };

describe('census', beside, () => {
  it('finds whatever keeps a namespace, and keeps none itself', async () => {
    await withKept(async (kept) => {
      const { namespaces, completeness } = await census({ types: ['net', 'mnt'] });
      const found = new Map(namespaces.map((each) => [each.inode, each]));
      for (const [name, inode] of made(kept)) {
        const kind = expectedKinds[name];
        const kinds = new Set(found.get(inode)?.keepers.map((keeper) => keeper.kind));
        if (kind !== undefined) expect([name, [...kinds]]).toEqual([name, [kind]]);
        if (hasList) expect([name, found.get(inode)?.references]).toEqual([name, 1]);
      }
      expect(completeness.kernel !== undefined).toBe(hasList);
      if (!hasList) expect(completeness.unseen.length).toBeGreaterThan(0);
      expect(
        (await answerJson<{ namespaces: { inode: number }[] }>('ls')).namespaces.map(({ inode }) => inode),
      ).toEqual(expect.arrayContaining(made(kept).map(([, inode]) => inode)));
    });
  });

  it('opens what it has found, whatever keeps it', async () => {
    await withKept(async (kept) => {
      const { namespaces } = await census({ types: ['net'] });
      const byInode = new Map(namespaces.map((each) => [each.inode, each]));
      for (const [name, inode] of made(kept)) {
        const namespace = byInode.get(inode);
        using open = namespace && openMachineNamespace(namespace);
        if (hasList) expect([name, open?.id.ino]).toEqual([name, inode]);
        else if (open !== undefined) expect(open.id.ino).toBe(inode);
      }
    });
  });

  it('finds namespaces of all types, with those above them', async () => {
    using user = createNamespace('user');
    using uts = createNamespace('uts', user.fd);
    const { namespaces } = await census();
    const find = (inode: number) => namespaces.find((each) => each.inode === inode);
    const own = (type: string) => Number(/\[(\d+)\]/.exec(readlinkSync(`/proc/self/ns/${type}`))?.[1]);
    expect(find(uts.id.ino)).toMatchObject({ type: 'uts', owner: user.id.ino, current: false });
    expect(find(user.id.ino)).toMatchObject({ type: 'user', parent: own('user'), ownerUid: process.getuid?.() });
    expect(find(user.id.ino)?.keepers).toContainEqual({ kind: 'child', type: 'uts', inode: uts.id.ino });
    for (const type of namespaceTypes) expect(find(own(type))).toMatchObject({ type, current: true });
    expect(new Set(namespaces.map(({ inode }) => inode)).size).toBe(namespaces.length);
  });

  it('tells how far it has come, and can be stopped', async () => {
    await expect(census({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});

/** What `keepers` has to say of each: which process, thread or descriptor it is. */
function keeperOf(name: string, what: unknown, holder: number): Record<string, unknown> {
  const kind = expectedKinds[name];
  const own = { pid: holder, fd: what };
  switch (kind) {
    case 'process':
      return { kind, pid: what };
    case 'thread':
      return { kind, pid: holder, tid: (what as { tid: number }).tid };
    case 'socket':
      return { kind, holders: expect.arrayContaining([own]) };
    case 'mount':
      return { kind, ...(name === 'covered mount' ? { covered: true } : {}) };
    case 'in-flight':
      return { kind, what: name.startsWith('socket') ? 'socket' : 'descriptor', receiver: own };
    default:
      return { kind, pid: holder, ...(name === 'table of a thread' ? (what as object) : { fd: what }) };
  }
}

describe('keepers', beside, () => {
  it('names what keeps each, and explains every reference', async () => {
    await withKept(async (kept, holder) => {
      for (const [name, inode] of made(kept)) {
        const { keepers: found, references, queues } = await keepers({ inode });
        const wanted = expectedKinds[name] === undefined ? undefined : keeperOf(name, kept[name]?.what, holder);
        if (wanted !== undefined) {
          expect([name, found.map(({ keeper }) => keeper)]).toEqual([
            name,
            expect.arrayContaining([expect.objectContaining(wanted)]),
          ]);
          expect([name, found.every(({ release }) => release !== '')]).toEqual([name, true]);
        }
        if (!hasList) continue;
        expect([name, references]).toMatchObject([
          name,
          { counted: 1, unexplained: wanted === undefined ? 1 : 0, missing: 0 },
        ]);
        if (wanted === undefined)
          expect(queues).toContainEqual({ receiver: { pid: holder, fd: kept[name]?.what }, waiting: 2, seen: 1 });
      }
    });
  });

  it.runIf(hasList)(
    'finds sockets that only an io_uring has, and says where one without an address may be',
    async (context) => {
      const make = (listening: boolean): { ring: number; inode: number; socket: number } => {
        using namespace = createNamespace('net');
        using socket = socketIn(namespace, 'inet', 'stream');
        if (listening) syscall('listen', socket.raw, 1);
        return {
          ring: registered(socket.raw),
          inode: namespace.id.ino,
          socket: statSync(`/proc/self/fd/${socket.raw}`).ino,
        };
      };
      const made: ReturnType<typeof make>[] = [];
      try {
        made.push(make(true), make(false));
      } catch (error) {
        context.skip(`no io_uring here: ${error}`);
      }
      const [bound, unbound] = made as [ReturnType<typeof make>, ReturnType<typeof make>];
      try {
        const own = { pid: process.pid, fd: bound.ring };
        const report = await keepers({ inode: bound.inode });
        expect(report.keepers).toEqual([
          {
            keeper: { kind: 'registered', what: 'socket', socket: bound.socket, ...own },
            socket: {
              what: 'tcp',
              local: expect.stringMatching(/^0\.0\.0\.0:\d+$/),
              remote: undefined,
              listening: true,
            },
            release: `close descriptor ${bound.ring} of process ${process.pid}, or end the process`,
          },
        ]);
        expect(report).toMatchObject({ references: { counted: 1, sockets: 1, unexplained: 0 }, orphans: [] });
        const other = await keepers({ inode: unbound.inode });
        expect(other).toMatchObject({ keepers: [], references: { counted: 1, unexplained: 1 } });
        expect(other.rings).toContainEqual({
          holder: { pid: process.pid, fd: unbound.ring },
          sockets: [unbound.socket],
        });
        expect(await answer('why', String(unbound.inode))).toContain(
          `may be registered with io_uring: socket ${unbound.socket} of descriptor ${unbound.ring} of process ${process.pid}`,
        );
      } finally {
        for (const { ring } of made) syscall('close', ring);
      }
    },
  );

  it('tells of a connection that outlives its program, and so of what nothing else explains', async () => {
    using namespace = NetworkNamespace.create();
    await namespace.network.links.set('lo', { up: true });
    const accepted: Socket[] = [];
    const server = namespace.net.createServer((socket) => accepted.push(socket.pause())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const script = `require('node:net').connect(${port}, '127.0.0.1', function () {
      this.write(Buffer.alloc(32e6)); // more than both ends have room for
      setImmediate(process.exit);
    })`;
    await namespace.exec(process.execPath, ['-e', script]);
    try {
      const { orphans, references } = await keepers(namespace);
      const left = { what: 'tcp', state: 'fin-wait-1', remote: `127.0.0.1:${port}` };
      if (!hasList) expect(orphans).toEqual([]);
      else {
        expect(orphans).toEqual([expect.objectContaining(left)]);
        expect(references).toMatchObject({ unexplained: 1, missing: 0 });
        expect(await answer('why', String(namespace.id.ino))).toContain(`to 127.0.0.1:${port} fin-wait-1`);
      }
    } finally {
      for (const socket of accepted) socket.destroy();
      server.close();
      await once(server, 'close');
    }
  });

  it('tells what a socket is, and counts it', async () => {
    using namespace = createNamespace('net');
    const server = socketIn(namespace, 'inet', 'stream');
    try {
      const address = Uint8Array.of(2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
      syscall('bind', server.raw, address, address.length);
      syscall('listen', server.raw, 1);
      const { keepers: found, references, namespace: told } = await keepers(namespace);
      expect(found.find(({ keeper }) => keeper.kind === 'socket')?.socket).toEqual({
        what: 'tcp',
        local: '127.0.0.1:8080',
        remote: undefined,
        listening: true,
      });
      expect(told.inode).toBe(namespace.id.ino);
      if (hasList) expect(references).toMatchObject({ counted: 2, file: 1, sockets: 1, unexplained: 0, missing: 0 });
    } finally {
      server.close();
    }
  });

  it('answers on the command line by name, process, path and inode', async () => {
    createNames(['blue']);
    try {
      const { ino } = statSync('/run/netns/blue');
      for (const word of ['blue', '/run/netns/blue', String(ino), `net:[${ino}]`])
        expect(await answer('why', word)).toMatch(
          new RegExp(`^net:\\[${ino}\\]  blue\n  mounted on /run/netns/blue in mnt:\\[\\d+\\] +netns del blue\n`),
        );
      if (hasList) expect((await answer('why', 'blue')).split('\n').at(-2)).toBe('1 reference = the file');
      expect(await answer('why', String(process.pid))).toContain(`process ${process.pid} (`);
      expect(await answerJson('why', 'blue')).toMatchObject({ namespace: { inode: ino, names: ['blue'] } });
      expect(await netns('why', '4026000000')).toMatchObject({
        exitCode: 1,
        stderr: 'netns: cannot find a namespace with inode 4026000000: No such file or directory (ENOENT, census)\n',
      });
      expect(await netns('why', 'blue', '--type', 'x')).toMatchObject({ exitCode: 2 });
    } finally {
      removeName('blue');
    }
  });
});

it('is what the example why-is-it-there shows', async () => {
  const { stdout, stderr } = await endOf(startExample('examples/why-is-it-there.ts'));
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^found\nsocket: close descriptor N of process N, or end the process\n/);
  if (hasList) expect(stdout).toMatch(/\n1 reference = 1 socket\n$/);
});

describe('the list of the kernel', beside, () => {
  it.runIf(hasList)('has every namespace from its birth to its end, the first one first', () => {
    using walk = new KernelWalk();
    const [first] = walk.namespaces();
    expect(first?.initial).toBe(true);
    const many = Array.from({ length: 100 }, () => createNamespace('net')); // more than one page
    const inodes = many.map(({ id }) => id.ino);
    const listed = walk.namespaces();
    for (const namespace of many) {
      const entry = listed.find(({ inode }) => inode === namespace.id.ino);
      expect(entry).toMatchObject({ cookie: namespace.cookie, references: 1, initial: false });
      namespace.close();
    }
    const after = walk.namespaces().filter(({ references }) => references !== 0);
    expect(after.filter(({ inode }) => inodes.includes(inode))).toEqual([]);
  });

  it.runIf(isRealRoot && hasList)('agrees with what is shown', async () => {
    // Others make namespaces, too: between the two looks at the list none may come or go.
    await expect
      .poll(async () => (await answer('ls')).trimEnd().split('\n').at(-1), { timeout: 20_000 })
      .toMatch(/^kernel has (\d+) network namespaces?, \1 shown/);
  });
});
