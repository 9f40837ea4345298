import dgram from 'node:dgram';
import { on, once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { handleOf } from '../../src/process/sockets/dgram-handle.ts';
import { lively, livelyHost, livelyPair } from './support/lively.ts';
import { shape } from './support/net-scenarios.ts';
import { networkCookie } from './support/network-cookie.ts';

type Dgram = Pick<typeof dgram, 'createSocket'>;

const bound = async (socket: dgram.Socket, ...args: unknown[]): Promise<dgram.Socket> => {
  (socket.bind as (...args: unknown[]) => void)(...args);
  await once(socket, 'listening');
  return socket;
};

const failure = async (socket: dgram.Socket) => shape((await once(socket, 'error'))[0]);

const thrown = (work: () => unknown) => {
  try {
    work();
    return 'nothing';
  } catch (error) {
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    return { code, message, syscall };
  }
};

/** Something to do with datagrams; what it returns must be the same wherever it is done. */
const scenarios: Readonly<Record<string, (dgram: Dgram) => Promise<unknown>>> = {
  'question and answer over IPv4': async (dgram) => {
    const server = await bound(dgram.createSocket('udp4'), 6001, '127.0.0.1');
    server.on('message', (message, { address, family, port }) =>
      server.send(`${message} from ${address} ${family}`, port, address),
    );
    const client = dgram.createSocket('udp4');
    client.send('first', 6001, '127.0.0.1');
    client.send('second', 6001, 'localhost');
    client.send('third', 6001);
    const answers: string[] = [];
    while (answers.length < 3) answers.push(String((await once(client, 'message'))[0]));
    const address = server.address();
    client.close();
    server.close();
    return [answers.sort(), address];
  },
  'question and answer over IPv6': async (dgram) => {
    const server = await bound(dgram.createSocket({ type: 'udp6' }), { port: 6002, address: '::1' });
    const client = dgram.createSocket('udp6', () => {});
    client.send(Buffer.from('hello'), 6002, '::1');
    const [message, { address, family, size }] = await once(server, 'message');
    const own = server.address();
    client.close();
    server.close();
    return [String(message), address, family, size, own];
  },
  connected: async (dgram) => {
    const server = await bound(dgram.createSocket('udp4'), 6003);
    const client = dgram.createSocket('udp4');
    const before = thrown(() => client.remoteAddress());
    await new Promise<void>((resolve) => client.connect(6003, '127.0.0.1', resolve));
    const remote = client.remoteAddress();
    const twice = thrown(() => client.connect(6003));
    client.send('connected');
    const [message] = await once(server, 'message');
    client.disconnect();
    const after = thrown(() => client.remoteAddress());
    client.close();
    server.close();
    return [before, remote, twice, String(message), after];
  },
  'nobody there': async (dgram) => {
    const client = dgram.createSocket('udp4');
    await new Promise<void>((resolve) => client.connect(6004, '127.0.0.1', resolve));
    client.send('anybody?');
    const error = await failure(client);
    client.close();
    return error;
  },
  'no route': async (dgram) => {
    const client = dgram.createSocket('udp4');
    const error = await new Promise((resolve) => client.send('x', 6004, '192.0.2.1', (error) => resolve(shape(error))));
    client.close();
    return error;
  },
  'too long': async (dgram) => {
    const client = dgram.createSocket('udp4');
    const error = await new Promise((resolve) =>
      client.send(Buffer.alloc(70_000), 6004, '127.0.0.1', (error) => resolve(shape(error))),
    );
    client.close();
    return error;
  },
  'an address in use': async (dgram) => {
    const first = await bound(dgram.createSocket('udp4'), 6005, '127.0.0.1');
    const second = dgram.createSocket('udp4').bind(6005, '127.0.0.1');
    const error = await failure(second);
    const third = await bound(second, 6006, '127.0.0.1');
    const address = third.address();
    third.close();
    first.close();
    return [error, address];
  },
  'an address that is not here': async (dgram) => {
    const socket = dgram.createSocket('udp6').bind(6007, '2001:db8::1');
    const error = await failure(socket);
    socket.close();
    return error;
  },
  'a shared address': async (dgram) => {
    const sockets = [1, 2].map(() => dgram.createSocket({ type: 'udp4', reuseAddr: true }));
    for (const socket of sockets) await bound(socket, { port: 6008, exclusive: true });
    const addresses = sockets.map((socket) => socket.address());
    for (const socket of sockets) socket.close();
    return addresses;
  },
  'IPv6 only': async (dgram) => {
    const six = await bound(dgram.createSocket({ type: 'udp6', ipv6Only: true }), 6009);
    const four = await bound(dgram.createSocket('udp4'), 6009);
    six.close();
    four.close();
    return 'both';
  },
  mistakes: async (dgram) => {
    const socket = dgram.createSocket('udp4');
    const unbound = [
      thrown(() => socket.address()),
      thrown(() => socket.setBroadcast(true)),
      thrown(() => socket.setTTL(3)),
    ];
    socket.bind(0);
    const twice = thrown(() => socket.bind(0));
    await once(socket, 'listening');
    const again = thrown(() => socket.bind(0));
    const ttl = thrown(() => socket.setTTL(300));
    socket.close();
    return [
      ...unbound,
      twice,
      again,
      ttl,
      thrown(() => socket.bind(0)),
      thrown(() => socket.send('x', 1)),
      thrown(() => dgram.createSocket('udp5' as 'udp4')),
    ];
  },
  'closed before it is bound': async (dgram) => {
    const socket = dgram.createSocket('udp4').bind(6010, '127.0.0.1');
    const events: string[] = [];
    socket.on('listening', () => events.push('listening')).on('error', () => events.push('error'));
    socket.close();
    await once(socket, 'close');
    await new Promise((resolve) => setTimeout(resolve, 20));
    return events;
  },
  'many sent before it is bound': async (dgram) => {
    const server = await bound(dgram.createSocket('udp4'), 6011, '127.0.0.1');
    const client = dgram.createSocket('udp4');
    for (let i = 0; i < 20; i++) client.send(String(i), 6011, '127.0.0.1');
    const seen: number[] = [];
    while (seen.length < 20) seen.push(Number((await once(server, 'message'))[0]));
    client.close();
    server.close();
    return seen;
  },
  'buffers, times to live and callbacks': async (dgram) => {
    const events: string[] = [];
    const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 20_000, sendBufferSize: 30_000 });
    await bound(socket, 0, '127.0.0.1', () => events.push('bound'));
    socket.setBroadcast(true);
    const sizes = [socket.getRecvBufferSize(), socket.getSendBufferSize(), socket.setTTL(7), socket.setMulticastTTL(3)];
    socket.close(() => events.push('closed'));
    await once(socket, 'close');
    return [sizes, events];
  },
  aborted: async (dgram) => {
    const abort = new AbortController();
    const socket = await bound(dgram.createSocket({ type: 'udp4', signal: abort.signal }), 0);
    abort.abort();
    await once(socket, 'close');
    return 'closed';
  },
  'a multicast group on loopback': async (dgram) => {
    const receiver = await bound(dgram.createSocket({ type: 'udp4', reuseAddr: true }), 6012);
    receiver.addMembership('224.0.0.251', '127.0.0.1');
    const wrong = thrown(() => receiver.addMembership('10.0.0.1', '127.0.0.1'));
    const sender = await bound(dgram.createSocket('udp4'), 0);
    sender.setMulticastInterface('127.0.0.1');
    sender.setMulticastLoopback(true);
    sender.send('to the group', 6012, '224.0.0.251');
    const [message] = await once(receiver, 'message');
    receiver.dropMembership('224.0.0.251', '127.0.0.1');
    sender.close();
    receiver.close();
    return [String(message), wrong];
  },
};

describe('as node:dgram', () => {
  beforeAll(livelyHost);

  it.each(Object.keys(scenarios))('%s', async (name) => {
    using ns = await lively();
    const scenario = scenarios[name] as (typeof scenarios)[string];
    const expected = await scenario(dgram);
    expect(expected).toBeDefined();
    expect(await scenario(ns.dgram)).toEqual(expected);
  });
});

describe('inside', () => {
  it('reaches everybody on the cable by broadcast, and a group by multicast', async () => {
    const [a, b] = await livelyPair();
    using _a = a;
    using _b = b;
    const receiver = await bound(b.dgram.createSocket('udp4'), 7000);
    receiver.addMembership('239.1.2.3', '10.0.0.2');
    const sender = await bound(a.dgram.createSocket('udp4'), 0, '10.0.0.1');
    sender.setBroadcast(true);
    sender.setMulticastInterface('10.0.0.1');
    for (const target of ['10.0.0.255', '239.1.2.3']) {
      // The kernel lets a device send some time after it came up, and until then drops what nobody asks for again.
      const again = setInterval(() => sender.send(target, 7000, target), 50);
      const seen = on(receiver, 'message');
      for await (const [message, { address }] of seen) {
        expect(address).toBe('10.0.0.1');
        if (String(message) === target) break; // the others are late copies for the target before
      }
      clearInterval(again);
    }
    sender.close();
    receiver.close();
  });

  it('lets several sockets share a port', async () => {
    using ns = await lively();
    const sockets = [1, 2].map(() => ns.dgram.createSocket({ type: 'udp4', ...{ reusePort: true } }));
    for (const socket of sockets) await bound(socket, 7001);
    for (const socket of sockets) socket.close();
  });

  it('makes the socket inside for a membership, too, as for all that comes before bind', async () => {
    using ns = await lively();
    const works: ((socket: dgram.Socket) => void)[] = [
      (socket) => socket.addMembership('224.0.0.7', '127.0.0.1'),
      (socket) => socket.addSourceSpecificMembership('127.0.0.1', '232.1.1.1', '127.0.0.1'),
      (socket) => socket.send('x', 9, '127.0.0.1'),
      (socket) => socket.connect(9, '127.0.0.1'),
      (socket) => socket.bind(0, '192.0.2.1'),
    ];
    for (const work of works) {
      const socket = ns.dgram.createSocket('udp4').on('error', () => {});
      work(socket);
      const raw = () => handleOf(socket)?.fd ?? -1;
      await expect.poll(raw).toBeGreaterThan(0);
      expect(networkCookie(raw())).toBe(ns.cookie);
      socket.close();
    }
    ns.close();
    const socket = ns.dgram.createSocket('udp4');
    expect(() => socket.addMembership('224.0.0.7', '127.0.0.1')).toThrow('closed');
    socket.close();
  });

  it('says so when the namespace is closed', async () => {
    const ns = await lively();
    const { dgram: inside } = ns;
    ns.close();
    const socket = inside.createSocket('udp4').bind(0);
    expect((await once(socket, 'error'))[0]).toMatchObject({ code: 'ERR_NETNS_CLOSED' });
    socket.close();
  });
});

describe('link-local addresses', () => {
  const linkLocal = async (ns: NetworkNamespace, address: string) => {
    await ns.network.addresses.add({ link: 'e0', address: `${address}/64`, noDad: true });
    // Until the kernel has noticed that there is a cable, it drops what is sent.
    await expect.poll(async () => (await ns.network.links.get('e0'))?.operstate).toBe('UP');
  };

  it('are sent to, connected to, answered and told by the devices inside', async () => {
    const [a, b] = await livelyPair();
    using _a = a;
    using _b = b;
    await linkLocal(a, 'fe80::a');
    await linkLocal(b, 'fe80::b');
    const server = await bound(b.dgram.createSocket('udp6'), 547);
    server.on('message', (message, { port, address }) => server.send(`${message} of ${address}`, port, address));
    const client = await bound(a.dgram.createSocket('udp6'), { port: 546, address: 'fe80::a%e0' });
    expect(client.address()).toEqual({ address: 'fe80::a%e0', family: 'IPv6', port: 546 });
    const index = (await a.network.links.get('e0'))?.index;
    for (const zone of ['e0', index]) {
      client.send(['by', ' ', 'zone'], 547, `fe80::b%${zone}`);
      const [message, from] = await once(client, 'message');
      expect(String(message)).toBe('by zone of fe80::a%e0');
      expect(from).toEqual({ address: 'fe80::b%e0', family: 'IPv6', port: 547, size: message.length });
    }
    const error = await new Promise((told) => client.send('nowhere', 547, 'fe80::b%e9', told));
    expect(error).toMatchObject({ code: 'ENODEV', syscall: 'send' });
    client.close();

    // Bound: the kernel has made a link-local address of its own meanwhile, perhaps.
    const connected = await bound(a.dgram.createSocket('udp6'), { port: 0, address: 'fe80::a%e0' });
    await new Promise<void>((done) => connected.connect(547, 'fe80::b%e0', done));
    expect(connected.remoteAddress()).toEqual({ address: 'fe80::b%e0', family: 'IPv6', port: 547 });
    connected.send('connected');
    expect(String((await once(connected, 'message'))[0])).toBe('connected of fe80::a%e0');
    connected.close();
    server.close();
  });

  it('are of multicast groups at a device, too', async () => {
    const [a, b] = await livelyPair();
    using _a = a;
    using _b = b;
    await linkLocal(a, 'fe80::a');
    await linkLocal(b, 'fe80::b');
    const member = await bound(b.dgram.createSocket('udp6'), 5353);
    member.addMembership('ff02::fb', '::%e0');
    const sender = await bound(a.dgram.createSocket('udp6'), { port: 5353, address: 'fe80::a%e0' });
    sender.setMulticastInterface('::%e0');
    sender.send('to all', 5353, 'ff02::fb');
    const [message, from] = await once(member, 'message');
    expect([String(message), from.address]).toEqual(['to all', 'fe80::a%e0']);
    member.dropMembership('ff02::fb', '::%e0');
    expect(thrown(() => member.dropMembership('ff02::fb', '::%e0'))).toMatchObject({ code: 'EADDRNOTAVAIL' });
    expect(thrown(() => sender.setMulticastInterface('::%e9'))).toMatchObject({ code: 'ENODEV' });
    member.addSourceSpecificMembership('fe80::a', 'ff32::1', '::%e0');
    sender.send('of one source', 5353, 'ff32::1');
    expect(String((await once(member, 'message'))[0])).toBe('of one source');
    member.dropSourceSpecificMembership('fe80::a', 'ff32::1', '::%e0');
    for (const device of ['e0', 'e9'])
      expect(thrown(() => member.dropSourceSpecificMembership('fe80::a', 'ff32::1', `::%${device}`))).toMatchObject({
        code: device === 'e0' ? 'EINVAL' : 'ENODEV',
      });
    sender.close();
    member.close();
  });

  it('do not change what else a socket for everybody receives', async () => {
    using ns = await lively();
    const socket = await bound(ns.dgram.createSocket('udp6').unref(), 6100);
    const other = ns.dgram.createSocket('udp4');
    const long = Buffer.alloc(65_507, 'x');
    other.send(long, 6100, '127.0.0.1');
    const [message, from] = await once(socket.ref(), 'message');
    expect([message.equals(long), from.address, from.family]).toEqual([true, '::ffff:127.0.0.1', 'IPv6']);
    socket.close();
    other.close();
  });
});
