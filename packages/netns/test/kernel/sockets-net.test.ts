import { once } from 'node:events';
import net from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { netIn } from '../../src/process/sockets/net.ts';
import { lively, livelyHost, livelyPair } from './support/lively.ts';
import { netScenarios } from './support/net-scenarios.ts';

describe('as node:net', () => {
  beforeAll(livelyHost);

  it.each(Object.keys(netScenarios))('%s', async (name) => {
    using ns = await lively();
    const scenario = netScenarios[name] as (typeof netScenarios)[string];
    const expected = await scenario(net);
    expect(expected).toBeDefined();
    expect(await scenario(ns.net)).toEqual(expected);
  });
});

describe('inside', () => {
  it('listens where nobody outside can connect, and connects where nobody outside listens', async () => {
    using ns = await lively();
    const inside = ns.net.createServer((socket) => socket.end('inside')).listen(5000);
    const outside = net.createServer((socket) => socket.end('outside')).listen(5000);
    await Promise.all([once(inside, 'listening'), once(outside, 'listening')]);
    const [[fromInside], [fromOutside]] = await Promise.all([
      once(ns.net.connect(5000, '127.0.0.1'), 'data'),
      once(net.connect(5000, '127.0.0.1'), 'data'),
    ]);
    expect([String(fromInside), String(fromOutside)]).toEqual(['inside', 'outside']);
    for (const server of [inside, outside]) server.close();
  });

  it('gives plain objects of Node’s', async () => {
    using ns = await lively();
    const server = ns.net.createServer();
    const socket = ns.net.connect(5001, '127.0.0.1').on('error', () => {});
    expect(server).toBeInstanceOf(net.Server);
    expect(socket).toBeInstanceOf(net.Socket);
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('refuses a path that is too long or has a NUL byte, on every Node', async () => {
    using ns = await lively();
    for (const path of [`/run/${'x'.repeat(120)}`, '/run/a\0b']) {
      const [error] = await once(ns.net.createServer().listen(path), 'error');
      expect(error).toMatchObject({ code: 'EINVAL', syscall: 'listen' });
    }
  });

  it('keeps abstract names apart', async () => {
    using ns = await lively();
    const inside = ns.net.createServer().listen('\0sockets-net');
    const outside = net.createServer().listen('\0sockets-net');
    await Promise.all([once(inside, 'listening'), once(outside, 'listening')]);
    for (const server of [inside, outside]) server.close();
  });

  it('lets several servers share a port', async () => {
    using ns = await lively();
    const servers = [1, 2].map(() => ns.net.createServer().listen({ port: 5002, reusePort: true } as object));
    await Promise.all(servers.map((server) => once(server, 'listening')));
    for (const server of servers) server.close();
  });

  it('connects two namespaces over a cable, by link-local address too', async () => {
    const [a, b] = await livelyPair();
    using _a = a;
    using _b = b;
    const server = b.net.createServer((socket) => socket.end(String(socket.remoteAddress))).listen(80, '10.0.0.2');
    const [data] = await once(a.net.connect(80, '10.0.0.2'), 'data');
    expect(String(data)).toBe('10.0.0.1');
    server.close();

    const linkLocal = async () =>
      (await b.network.addresses.list({ link: 'e0' })).find(({ address }) => address?.startsWith('fe80:'))?.address;
    await expect.poll(linkLocal).toBeDefined(); // the kernel makes it when the cable is up
    const local = await linkLocal();
    for (const host of [`${local}%e0`, '::']) {
      const zoned = b.net.createServer((socket) => socket.end(`${socket.remoteAddress}`)).listen(80, host);
      await once(zoned, 'listening');
      if (host !== '::') expect(zoned.address()).toMatchObject({ address: host });
      const socket = a.net.connect(80, `${local}%e0`);
      const [words] = await once(socket, 'data');
      expect([String(words), socket.remoteAddress]).toEqual([socket.localAddress, `${local}%e0`]);
      expect(String(words)).toMatch(/^fe80:.*%e0$/);
      zoned.close();
    }
    const [error] = await once(a.net.connect(80, `${local}%e9`), 'error');
    expect(error).toMatchObject({ code: 'ENODEV', syscall: 'connect' });
  });

  it('waits for a slow address while it tries the next', async () => {
    using ns = await lively();
    const server = ns.net.createServer((socket) => socket.end('found')).listen(5003, '127.0.0.1');
    await once(server, 'listening');
    // Whoever is behind the end of this cable never answers.
    await ns.network.links.add({ name: 'e0', kind: 'veth', up: true, peer: { name: 'e1' } });
    await ns.network.links.set('e1', { up: true });
    await ns.network.addresses.add({ link: 'e0', address: '192.0.2.9/24' });
    const client = ns.net.connect({
      port: 5003,
      host: 'two',
      autoSelectFamilyAttemptTimeout: 20,
      lookup: ((_name: string, _options: object, callback: (...args: unknown[]) => void) =>
        callback(null, [
          { address: '192.0.2.1', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ])) as never,
    });
    const [data] = await once(client, 'data');
    expect(String(data)).toBe('found');
    server.close();
  });

  it('says so when the namespace is closed, or cannot be entered', async () => {
    const ns = await lively();
    const { net: inside } = ns;
    ns.close();
    const [closed] = await once(inside.connect(80, '127.0.0.1'), 'error').catch((error) => [error]);
    expect(closed).toMatchObject({ code: 'ERR_NETNS_CLOSED' });
    const [listen] = await once(inside.createServer().listen(80), 'error').catch((error) => [error]);
    expect(listen).toMatchObject({ code: 'ERR_NETNS_CLOSED' });
    for (const begin of [() => inside.connect(80, 'a.test'), () => inside.createServer().listen(80, 'a.test')])
      expect((await once(begin(), 'error'))[0]).toMatchObject({ code: 'ERR_NETNS_CLOSED' });
  });

  it('forgets what kept it from one address when another one answers', async () => {
    using ns = await lively();
    const gone = await lively();
    gone.close();
    const server = ns.net.createServer((peer) => peer.end()).listen(5004, '127.0.0.1');
    await once(server, 'listening');
    const homes = [gone, ns];
    const changing = {
      get fd() {
        return (homes.shift() ?? ns).fd;
      },
    };
    const addresses = ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, family: 4 }));
    const lookup = (_name: string, _options: object, found: (...args: unknown[]) => void) => found(null, addresses);
    const client = netIn(changing as never).connect({ port: 5004, host: 'two', lookup: lookup as never });
    await once(client, 'connect');
    client.destroy();
    await once(client, 'close'); // and no error
    server.close();
  });
});
