import { once } from 'node:events';
import { closeSync, openSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace, type Socket, UnsupportedError } from '../../src/index.ts';
import { type BusySockets, busySockets } from './support/busy-sockets.ts';

let busy: BusySockets;
let ns: NetworkNamespace;
beforeAll(async () => {
  busy = await busySockets();
  ({ ns } = busy);
});
afterAll(() => busy[Symbol.asyncDispose]());

const states = (sockets: readonly Socket[]) => new Set(sockets.map(({ state }) => state));
const ports = (sockets: readonly Socket[]) =>
  sockets.map((socket) => ('family' in socket ? socket.local.port : -1)).sort((a, b) => a - b);

describe('the sockets of a namespace', () => {
  it('are there in every state, and of every kind that this kernel can list', async () => {
    const { sockets } = ns.network;
    const all = await sockets.list();
    expect(all.interrupted).toBe(false);
    expect(all.owners).toBe('unasked');
    for (const state of ['established', 'syn-sent', 'fin-wait-2', 'time-wait', 'close-wait', 'listening', 'close'])
      expect(states(all)).toContain(state);
    if (busy.stuck) for (const state of ['syn-recv', 'fin-wait-1', 'last-ack']) expect(states(all)).toContain(state);
    const kinds = new Set(all.map(({ kind }) => kind));
    for (const kind of ['tcp', 'udp', 'raw', 'unix', 'packet', 'netlink'] as const) expect(kinds).toContain(kind);
    expect(all.unlisted.some((kind) => kinds.has(kind))).toBe(false);
    expect(new Set(all.map(({ kind, cookie, inode }) => `${kind} ${cookie} ${inode}`)).size).toBe(all.length);
  });

  it('are found by the kernel by state, port, address, family and device', async () => {
    const { sockets } = ns.network;
    const listening = await sockets.list({ kinds: ['tcp'], states: ['listening'] });
    expect(states(listening)).toEqual(new Set(['listening']));
    expect(ports(listening)).toEqual(expect.arrayContaining([8080, 8081, 8082, 8083]));
    const some = { kinds: ['tcp'], states: ['listening'] } as const;
    expect(ports(await sockets.list({ ...some, localPorts: [8080, [8082, 8083]] }))).toEqual([8080, 8082, 8083]);
    expect(ports(await sockets.list({ ...some, family: 'inet6' }))).toEqual([8081, 8083]);
    expect(ports(await sockets.list({ ...some, local: ['::1'] }))).toEqual([8081]);
    expect(ports(await sockets.list({ ...some, local: ['127.0.0.0/8', '::1'], localPorts: [[8080, 8082]] }))).toEqual([
      8080, 8081,
    ]);
    const far = await sockets.list({ kinds: ['tcp'], remotePorts: [8083], remote: ['10.0.0.0/24'] });
    expect(far.map((socket) => ('remote' in socket ? socket.remote : undefined))).toEqual([
      { address: '10.0.0.1', port: 8083 },
    ]);
    expect(await sockets.list({ remotePorts: [1] })).toHaveLength(0);
    expect(await sockets.list({ link: 'v0' })).toHaveLength(0);
    expect(await sockets.list({ mark: 0, localPorts: [8080], states: ['listening'] })).toHaveLength(1);
    expect(await sockets.list({ mark: 7 })).toHaveLength(0);
  });

  it('have queues: what was not read, and who waits', async () => {
    const [unread] = (await ns.network.sockets.list({ localPorts: [8080], states: ['established'] })).filter(
      ({ receiveQueue }) => receiveQueue > 0,
    );
    expect(unread?.receiveQueue).toBe(12);
  });

  it('tell with details what TCP knows, memory, control group and timers', async () => {
    const listed = await ns.network.sockets.list({ kinds: ['tcp'] }, { details: true });
    const [synSent] = listed.filter(({ state }) => state === 'syn-sent');
    expect(synSent).toMatchObject({ kind: 'tcp', timer: { name: 'on' } });
    for (const socket of listed) {
      if (socket.state === 'time-wait' || socket.state === 'syn-recv') continue;
      expect(socket.memory?.rcvbuf).toBeGreaterThan(0);
      expect(socket.kind === 'tcp' && socket.message?.attributes.info).toMatchObject({ sndCwnd: expect.any(Number) });
    }
    const waiting = listed.find(({ state }) => state === 'time-wait');
    expect(waiting).toMatchObject({ inode: 0, timer: { name: 'timewait' } });
  });

  it('have owners: this process, with the right descriptors', async () => {
    const listed = await ns.network.sockets.list({ kinds: ['tcp', 'unix', 'packet'] }, { processes: true });
    expect(['all', 'partial']).toContain(listed.owners);
    const open = listed.filter(({ inode, state }) => inode !== 0 && state !== 'syn-recv' && state !== 'last-ack');
    const own = open.filter(({ processes }) => processes?.some(({ pid }) => pid === process.pid));
    // Those that no process has accepted, or has closed, have none.
    expect(own.length).toBeGreaterThan(12);
    for (const { processes, inode } of own)
      for (const { pid, fd } of processes ?? [])
        if (pid === process.pid) expect(readlinkSync(`/proc/self/fd/${fd}`)).toBe(`socket:[${inode}]`);
  });

  it('have owners also where descriptors are very many, without a thought for each', async () => {
    const open: number[] = [];
    try {
      while (open.length < 30_000) open.push(openSync('/dev/null', 'r'));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('EMFILE');
      for (const fd of open.splice(-100)) closeSync(fd); // some are needed to look
    }
    try {
      await ns.network.sockets.list({ kinds: ['tcp'] }, { processes: true });
      const before = process.memoryUsage();
      const listed = await ns.network.sockets.list({ kinds: ['tcp'] }, { processes: true });
      const after = process.memoryUsage();
      expect(listed.some(({ processes = [] }) => processes.some(({ pid }) => pid === process.pid))).toBe(true);
      // Less than a link of /proc takes, for each of them.
      expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(16e6);
    } finally {
      for (const fd of open) closeSync(fd);
    }
  });

  it('may not be asked for in wrong words', async () => {
    const { sockets } = ns.network;
    for (const wrong of [
      { kinds: ['tpc'] },
      { states: ['open'] },
      { localPorts: [65536] },
      { remotePorts: [[2, 1]] },
      { local: ['10.0.0.0/33'] },
      { remote: ['example.org'] },
      { mark: -1 },
      { link: 'a-name-that-is-too-long' },
      { localPorts: Array.from({ length: 9000 }, (_, port) => port) },
    ])
      await expect(sockets.list(wrong as never), JSON.stringify(wrong).slice(0, 60)).rejects.toMatchObject({
        code: 'ERR_NETNS_INVALID',
      });
    await expect(sockets.list({ link: 'none0' })).rejects.toMatchObject({ code: 'ENODEV' });
  });
});

describe('ending a socket', () => {
  it('gives its program an error, and happens once', async () => {
    using place = NetworkNamespace.create();
    await place.network.links.set('lo', { up: true });
    const server = place.net.createServer((socket) => socket.on('error', () => {})).listen(80, '127.0.0.1');
    await once(server, 'listening');
    const client = place.net.connect(80, '127.0.0.1');
    await once(client, 'connect');
    const { sockets } = place.network;
    const [found] = await sockets.list({ remotePorts: [80] });
    if (found === undefined) throw new Error('there is no connection');
    const failed = once(client, 'error');
    try {
      await sockets.kill(found);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      client.destroy();
      server.close();
      return; // this kernel was built without
    }
    expect((await failed)[0]).toMatchObject({ code: 'ECONNABORTED' });
    await expect(sockets.kill(found)).rejects.toMatchObject({ code: 'ENOENT' });
    server.close();
  });

  it('happens to all that a filter means', async () => {
    using place = NetworkNamespace.create();
    await place.network.links.set('lo', { up: true });
    const server = place.net.createServer((socket) => socket.on('error', () => {})).listen(80, '127.0.0.1');
    await once(server, 'listening');
    const clients = await Promise.all(
      [1, 2, 3].map(async () => {
        const client = place.net.connect(80, '127.0.0.1');
        await once(client, 'connect');
        return client;
      }),
    );
    const failed = Promise.all(clients.map((client) => once(client, 'error')));
    const filter = { states: ['established'], remotePorts: [80] } as const;
    try {
      expect(await place.network.sockets.killAll(filter)).toBe(3);
      await failed;
      expect(await place.network.sockets.killAll(filter)).toBe(0);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error; // this kernel was built without
      for (const client of clients) client.destroy();
    }
    server.close();
  });

  it('is not possible for other kinds, which says so', async () => {
    const { sockets } = ns.network;
    for (const kind of ['unix', 'netlink', 'packet'] as const) {
      const [found] = await sockets.list({ kinds: [kind] });
      if (found === undefined) throw new Error(`there is no ${kind} socket`);
      await expect(sockets.kill(found)).rejects.toThrow(`ending a ${kind} socket is not available here`);
    }
  });
});

it('sockets that come and go while they are listed are no error', async () => {
  using place = NetworkNamespace.create();
  await place.network.links.set('lo', { up: true });
  const server = place.net.createServer((socket) => socket.on('error', () => {}).end()).listen(80, '127.0.0.1');
  await once(server, 'listening');
  let coming = true;
  const churn = (async () => {
    while (coming) {
      const client = place.net.connect(80, '127.0.0.1').on('error', () => {});
      await once(client.resume(), 'close');
    }
  })();
  for (let round = 0; round < 30; round++) {
    const listed = await place.network.sockets.list({}, { processes: true, details: true });
    expect(listed.some(({ state }) => state === 'listening')).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
  }
  coming = false;
  await churn;
  server.close();
});
