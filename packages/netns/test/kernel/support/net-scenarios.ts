import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type net from 'node:net';
import { syscall } from '../../../src/native/syscall.ts';

/** `node:net`, or the one of a namespace. */
export type Net = Pick<typeof net, 'createServer' | 'connect' | 'Socket'>;

/** Something to do with sockets; what it returns must be the same wherever it is done. */
export type Scenario = (net: Net) => Promise<unknown>;

/** An error with everything that programs look at. */
export function shape(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, errors, code, errno, syscall, address, port, localAddress, localPort, hostname } =
    error as unknown as Record<string, unknown>;
  return {
    ...{ name, message, code, errno, syscall, address, port, localAddress, localPort, hostname },
    ...(Array.isArray(errors) ? { errors: errors.map(shape) } : {}),
  };
}

function thrown(work: () => unknown): unknown {
  try {
    work();
    return 'nothing';
  } catch (error) {
    return shape(error);
  }
}

const failure = async (emitter: NodeJS.EventEmitter) => shape((await once(emitter, 'error'))[0]);

async function listening(server: net.Server, ...args: unknown[]): Promise<net.Server> {
  (server.listen as (...args: unknown[]) => void)(...args);
  await once(server, 'listening');
  return server;
}

async function closed(server: net.Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}

function record(emitter: NodeJS.EventEmitter, events: readonly string[]): string[] {
  const seen: string[] = [];
  for (const event of events) emitter.on(event, (...args) => seen.push([event, ...args.map(String)].join(' ')));
  return seen;
}

async function text(socket: net.Socket): Promise<string> {
  let all = '';
  for await (const chunk of socket) all += chunk;
  return all;
}

const clientEvents = ['lookup', 'connect', 'ready', 'data', 'end', 'timeout', 'close', 'error'];

/** A server for one client, and what both saw. */
async function conversation(net: Net, serverArgs: unknown[], clientArgs: unknown[]): Promise<unknown> {
  const server = await listening(
    net.createServer((socket) => socket.end('hello')),
    ...serverArgs,
  );
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const client = (net.connect as (...args: unknown[]) => net.Socket)(...clientArgs);
  const states = [client.connecting, client.pending, client.readyState];
  const events = record(client, clientEvents);
  await once(client, 'connect');
  const [peer] = await accepted;
  const places = [client.remoteAddress, client.remoteFamily, client.remotePort, client.localAddress, peer.localPort];
  const after = [client.connecting, client.pending, client.readyState];
  const address = server.address();
  await once(client, 'close');
  await closed(server);
  return { states, events, places, after, address, counts: [client.bytesRead, client.bytesWritten] };
}

function option(socket: net.Socket, level: number, name: number): number | undefined {
  const value = new Int32Array(1);
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
  const result = syscall('getsockopt', fd, level, name, value, Int32Array.of(4));
  return result < 0 ? result : value[0];
}

const many = (...addresses: string[]) => {
  return (_name: string, options: { all?: boolean }, callback: (...args: unknown[]) => void) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) setImmediate(callback, null, found);
    else setImmediate(callback, null, found[0]?.address, found[0]?.family);
  };
};

export const netScenarios: Readonly<Record<string, Scenario>> = {
  'a conversation over IPv4': (net) => conversation(net, [4001, '127.0.0.1'], [4001, '127.0.0.1']),
  'a conversation over IPv6': (net) => conversation(net, [4002, '::1'], [{ port: 4002, host: '::1' }]),
  'a server for everybody': (net) => conversation(net, [4003], [{ port: '4003', host: '127.0.0.1' }]),
  'a server for everybody, over IPv6': (net) => conversation(net, [{ port: 4004 }], [4004, '::1']),
  'a path': (net) => conversation(net, ['/run/net-scenario'], ['/run/net-scenario']),
  'a path as option': (net) => conversation(net, [{ path: '/run/net-scenario' }], [{ path: '/run/net-scenario' }]),
  'an abstract name': (net) => conversation(net, ['\0net-scenario'], [{ path: '\0net-scenario' }]),
  'a name of one family': (net) =>
    conversation(net, [4005, '127.0.0.1'], [{ port: 4005, host: 'localhost', family: 4 }]),
  'a lookup of one’s own': (net) =>
    conversation(net, [4006, '127.0.0.1'], [{ port: 4006, host: 'somewhere', lookup: many('127.0.0.1') }]),
  'no happy eyeballs': (net) =>
    conversation(
      net,
      [4007, '127.0.0.1'],
      [{ port: 4007, host: 'somewhere', lookup: many('127.0.0.1', '::1'), autoSelectFamily: false }],
    ),
  'a local address and port': (net) =>
    conversation(net, [4008], [{ port: 4008, host: '127.0.0.1', localAddress: '127.0.0.9', localPort: 4009 }]),

  'every way to listen': async (net) => {
    const results: unknown[] = [];
    const ways: unknown[][] = [
      [],
      [0],
      ['0'],
      [null],
      [undefined],
      [{ port: 0 }],
      [{ port: undefined }],
      [{ port: null }],
    ];
    ways.push(
      [0, '127.0.0.1'],
      [0, '127.0.0.1', 5],
      [0, 5],
      [{ port: 0, host: '::1', backlog: 1 }],
      [{ port: '0', host: '' }],
    );
    for (const way of ways) {
      for (const callback of [[], [() => results.push('called')]]) {
        const server = net.createServer();
        const events = record(server, ['listening', 'close', 'error']);
        await listening(server, ...way, ...callback);
        const { address, family, port } = server.address() as net.AddressInfo;
        await closed(server);
        results.push({ address, family, port: port > 0, events });
      }
    }
    return results;
  },
  'IPv6 only': async (net) => {
    const server = await listening(net.createServer(), { port: 4010, host: '::', ipv6Only: true });
    const refused = await failure(net.connect(4010, '127.0.0.1'));
    const client = net.connect(4010, '::1');
    await once(client, 'connect');
    client.destroy();
    await closed(server);
    return refused;
  },
  'mistakes in arguments': async (net) => {
    const listen = (...args: unknown[]) =>
      thrown(() => (net.createServer().listen as (...args: unknown[]) => void)(...args));
    const connect = (...args: unknown[]) => thrown(() => (net.connect as (...args: unknown[]) => void)(...args));
    const server = await listening(net.createServer(), 0);
    const again = thrown(() => server.listen(0));
    await closed(server);
    return [
      again,
      ...[[-1], [65536], ['x y', 3].slice(1, 1), [{}], [{ port: 1.5 }], [{ port: true }], [{ fd: -1 }]].map((args) =>
        args.length === 0 ? 'none' : listen(...args),
      ),
      listen({ path: '\0a', readableAll: true }),
      connect({}),
      connect({ port: 65536 }),
      connect({ port: 80, host: 5 }),
      connect({ port: 80, host: '127.0.0.1', localAddress: 'x' }),
      connect({ port: 80, host: '127.0.0.1', localPort: 'x' }),
      connect({ port: 80, lookup: 5 }),
      connect(undefined),
    ];
  },
  'an address in use': async (net) => {
    const first = await listening(net.createServer(), 4011, '127.0.0.1');
    const second = net.createServer();
    const called: string[] = [];
    second.listen(4011, '127.0.0.1', () => called.push('listening'));
    const error = await failure(second);
    const everybody = await failure(net.createServer().listen(4011));
    second.listen(4012, '127.0.0.1');
    await once(second, 'listening');
    await closed(second);
    await closed(first);
    return [error, everybody, called];
  },
  'an address that is not here': (net) => failure(net.createServer().listen(4013, '192.0.2.1')),
  'an IPv6 address that is not here': (net) => failure(net.createServer().listen(4013, '2001:db8::1')),
  'a path in use': async (net) => {
    const first = await listening(net.createServer(), '/run/net-scenario');
    const error = await failure(net.createServer().listen('/run/net-scenario'));
    await closed(first);
    return [error, existsSync('/run/net-scenario')];
  },
  'a path in no folder': (net) => failure(net.createServer().listen('/run/no/such/folder')),
  'no path': (net) => failure(net.connect('/run/no-such-path')),
  'no abstract name': (net) => failure(net.connect({ path: '\0no-such-name' })),
  'a path that all may use': async (net) => {
    const { statSync } = await import('node:fs');
    const server = await listening(net.createServer(), {
      path: '/run/net-scenario',
      readableAll: true,
      writableAll: true,
    });
    const { mode } = statSync('/run/net-scenario');
    await closed(server);
    return mode & 0o666;
  },
  'a refusal': (net) => failure(net.connect(4014, '127.0.0.1')),
  'a refusal over IPv6': (net) => failure(net.connect(4014, '::1')),
  'a refusal with a local address': (net) =>
    failure(net.connect({ port: 4014, host: '127.0.0.1', localAddress: '127.0.0.7', localPort: 4015 })),
  'a local address that is not here': (net) =>
    failure(net.connect({ port: 4014, host: '127.0.0.1', localAddress: '192.0.2.1' })),
  'no route': (net) => failure(net.connect(4014, '192.0.2.1')),
  'no route over IPv6': (net) => failure(net.connect(4014, '2001:db8::1')),
  'a lookup that fails': (net) =>
    failure(
      net.connect({
        port: 4014,
        host: 'somewhere',
        lookup: (_name, _options, callback) => callback(Object.assign(new Error('no'), { code: 'ENOWAY' }), ''),
      }),
    ),
  'a lookup that gives nonsense': (net) =>
    failure(
      net.connect({
        port: 4014,
        host: 'somewhere',
        autoSelectFamily: false,
        lookup: (_name, _options, callback) => callback(null, 'nonsense', 4),
      }),
    ),
  'a name all of whose addresses refuse': (net) =>
    failure(net.connect({ port: 4014, host: 'somewhere', lookup: many('::1', '127.0.0.1', '127.0.0.2') as never })),
  'a name whose first address refuses': async (net) => {
    const server = await listening(
      net.createServer((socket) => socket.end()),
      4016,
      '127.0.0.1',
    );
    const client = net.connect({ port: 4016, host: 'somewhere', lookup: many('::1', '127.0.0.1') as never });
    const events = record(client, ['connectionAttempt', 'connectionAttemptFailed', 'connect', 'ready']);
    await once(client, 'connect');
    const result = [client.remoteAddress, client.remoteFamily];
    client.resume();
    await once(client, 'close');
    await closed(server);
    return [result, events];
  },
  'destroyed while connecting': async (net) => {
    const client = net.connect(4017, '127.0.0.1');
    const events = record(client, clientEvents);
    client.destroy();
    await once(client, 'close');
    return [events, client.destroyed];
  },
  'destroyed while looking up': async (net) => {
    const client = net.connect(4017, 'localhost');
    const events = record(client, ['connect', 'close', 'error']);
    client.destroy(new Error('enough'));
    await once(client, 'close').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 30));
    return events;
  },
  'an aborted client': async (net) => {
    const abort = new AbortController();
    const client = net.connect({ port: 4018, host: '127.0.0.1', signal: abort.signal } as net.NetConnectOpts);
    abort.abort();
    return failure(client);
  },
  'an aborted server': async (net) => {
    const abort = new AbortController();
    const server = await listening(net.createServer(), { port: 4019, host: '127.0.0.1', signal: abort.signal });
    const events = record(server, ['close']);
    abort.abort();
    await once(server, 'close');
    return [events, server.listening];
  },
  'an idle client': async (net) => {
    const server = await listening(net.createServer(), 4020, '127.0.0.1');
    const client = net.connect({ port: 4020, host: '127.0.0.1', timeout: 20 });
    const events = record(client, ['timeout', 'close']);
    await once(client, 'timeout');
    client.destroy();
    await once(client, 'close');
    await closed(server);
    return [events, client.timeout];
  },
  'half-open at the server': async (net) => {
    const server = await listening(
      net.createServer({ allowHalfOpen: true }, (socket) => {
        socket.resume();
        socket.once('end', () => setTimeout(() => socket.end('late words'), 20));
      }),
      4021,
      '127.0.0.1',
    );
    const client = net.connect({ port: 4021, host: '127.0.0.1', allowHalfOpen: true });
    client.end('question');
    const answer = await text(client);
    await closed(server);
    return [answer, client.readyState];
  },
  'not half-open': async (net) => {
    const server = net.createServer((socket) => socket.resume());
    await listening(server, 4022, '127.0.0.1');
    const client = net.connect(4022, '127.0.0.1');
    const events = record(client, ['finish', 'end', 'close']);
    client.resume();
    client.end();
    await once(client, 'close');
    await closed(server);
    return events;
  },
  'back-pressure': async (net) => {
    let received = 0;
    const server = net.createServer((socket) => {
      socket.pause();
      setTimeout(() => socket.resume(), 50);
      socket.on('data', (data) => {
        received += data.length;
      });
    });
    await listening(server, 4023, '127.0.0.1');
    const client = net.connect(4023, '127.0.0.1');
    const chunk = Buffer.alloc(1 << 20);
    const accepted: boolean[] = [];
    for (let i = 0; i < 16; i++) accepted.push(client.write(chunk));
    await once(client, 'drain');
    const writable = client.writableLength;
    client.end();
    await once(client, 'close');
    await closed(server);
    return { received, accepted, writable, written: client.bytesWritten };
  },
  'written before connected': async (net) => {
    const server = await listening(
      net.createServer((socket) => socket.pipe(socket)),
      4024,
      '127.0.0.1',
    );
    const results = [];
    for (const host of ['127.0.0.1', 'localhost']) {
      const client = net.connect({ port: 4024, host, family: 4 });
      client.write('a');
      client.end('b');
      results.push(await text(client));
    }
    await closed(server);
    return results;
  },
  'a reset': async (net) => {
    const server = await listening(
      net.createServer((socket) => socket.resetAndDestroy()),
      4025,
      '127.0.0.1',
    );
    const client = net.connect(4025, '127.0.0.1');
    client.resume();
    const error = await failure(client);
    await closed(server);
    return error;
  },
  'a buffer of one’s own': async (net) => {
    const server = await listening(
      net.createServer((socket) => socket.end('0123456789')),
      4026,
      '127.0.0.1',
    );
    const pieces: string[] = [];
    const client = net.connect({
      port: 4026,
      host: '127.0.0.1',
      onread: {
        buffer: Buffer.alloc(4),
        callback: (length, buffer) => pieces.push(Buffer.from(buffer.subarray(0, length)).toString()) > 0,
      },
    });
    await once(client, 'close');
    await closed(server);
    return pieces.join('|');
  },
  'options of the socket': async (net) => {
    const server = await listening(net.createServer({ noDelay: true, keepAlive: true }), 4027, '127.0.0.1');
    const results = [];
    for (const host of ['127.0.0.1', 'localhost']) {
      const accepted = once(server, 'connection') as Promise<[net.Socket]>;
      const client = net.connect({ port: 4027, host, noDelay: true, keepAlive: true });
      await once(client, 'connect');
      const [peer] = await accepted;
      for (const socket of [client, peer]) results.push(option(socket, 6, 1), option(socket, 1, 9));
      client.setNoDelay(false);
      results.push(option(client, 6, 1));
      client.destroy();
      await once(peer.resume(), 'close');
    }
    await closed(server);
    return results;
  },
  'set before connected': async (net) => {
    const server = await listening(net.createServer(), 4028, '127.0.0.1');
    const results = [];
    for (const host of ['127.0.0.1', 'localhost']) {
      const client = net.connect({ port: 4028, host });
      client.setNoDelay(true).setKeepAlive(true).unref().ref();
      await once(client, 'connect');
      results.push(option(client, 6, 1), option(client, 1, 9));
      client.destroy();
      await once(client, 'close');
    }
    await closed(server);
    return results;
  },
  'connected again': async (net) => {
    const server = await listening(
      net.createServer((socket) => socket.end('once more')),
      4029,
      '127.0.0.1',
    );
    const client = net.connect(4029, '127.0.0.1');
    const events = record(client, ['connect', 'data', 'close']);
    await once(client, 'close');
    client.connect(4029, '127.0.0.1');
    await once(client, 'close');
    await closed(server);
    return events;
  },
  'a socket made first, connected later': async (net) => {
    const server = await listening(
      net.createServer((socket) => socket.end('later')),
      4030,
      '127.0.0.1',
    );
    const client = new net.Socket();
    const before = [client.connecting, client.pending, client.readyState];
    client.connect({ port: 4030, host: '127.0.0.1' });
    const answer = await text(client);
    await closed(server);
    return [before, answer];
  },
  'too many connections': async (net) => {
    const server = net.createServer((socket) => socket.resume());
    server.maxConnections = 1;
    await listening(server, 4032, '127.0.0.1');
    const first = net.connect(4032, '127.0.0.1');
    await once(first, 'connect');
    const second = net.connect(4032, '127.0.0.1').resume();
    const [drop] = await once(server, 'drop');
    await once(second, 'close');
    const count = await new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
    first.end();
    await closed(server);
    return [drop.localPort, drop.remoteFamily, count];
  },
  'closed before it listens': async (net) => {
    const server = net.createServer();
    const error = new Promise((resolve) => server.close((error) => resolve(shape(error))));
    return error;
  },
  'closed with connections': async (net) => {
    const server = net.createServer((socket) => socket.resume());
    await listening(server, 4033, '127.0.0.1');
    const client = net.connect(4033, '127.0.0.1');
    await once(client, 'connect');
    const events = record(server, ['close']);
    server.close();
    const refused = await failure(net.connect(4033, '127.0.0.1'));
    const before = [...events];
    client.end();
    await once(server, 'close');
    return [refused, before, server.listening, server.address()];
  },
  'references to the event loop': async (net) => {
    const held = (object: unknown) => (object as { _handle: { hasRef(): boolean } })._handle.hasRef();
    const server = net.createServer().unref();
    await Promise.all([once(server, 'listening'), server.listen(4034, '127.0.0.1')]);
    const results = [held(server), held(server.ref())];
    const client = net.connect(4034, '127.0.0.1').unref();
    results.push(held(client));
    client.ref();
    await once(client, 'connect');
    results.push(held(client));
    client.destroy();
    await closed(server);
    return results;
  },
};
