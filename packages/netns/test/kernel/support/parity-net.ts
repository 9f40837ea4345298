import { once } from 'node:events';
import { chmodSync, existsSync, statSync } from 'node:fs';
import type net from 'node:net';
import type { Net } from './net-scenarios.ts';
import { outcome, plain, type Tape } from './tape.ts';

type Case = (net: Net, tape: Tape) => Promise<unknown>;
type Args = unknown[];

const port = 4100;
const at = (host: string, more: object = {}) => ({ port, host, ...more });

const turn = () => new Promise((resolve) => setImmediate(resolve));
const tick = () => new Promise<void>((resolve) => process.nextTick(resolve));

const told = [
  ...['connecting', 'pending', 'readyState', 'destroyed', 'timeout', 'allowHalfOpen', 'bytesRead', 'bytesWritten'],
  ...['localAddress', 'localFamily', 'remoteAddress', 'remoteFamily', 'readableHighWaterMark', 'writableHighWaterMark'],
  ...['readable', 'writable', 'writableLength', 'autoSelectFamilyAttemptedAddresses'],
] as const;

/** What can be read of a socket at any time. */
export function properties(socket: net.Socket): unknown {
  const own = (number: number | undefined) => (number === port || number === undefined ? number : 'other');
  return {
    ...Object.fromEntries(told.map((name) => [name, socket[name as keyof net.Socket]])),
    address: Object.keys(socket.address()),
    paused: socket.isPaused(),
    ports: [own(socket.remotePort), own(socket.localPort)],
  };
}

const connectTo = (net: Net, ...args: Args) => (net.connect as (...args: Args) => net.Socket)(...args);

const listenAt = async (server: net.Server, ...args: Args) => {
  (server.listen as (...args: Args) => void)(...args);
  await once(server, 'listening');
  return server;
};

const close = (emitter: net.Server | net.Socket) => {
  if (emitter && 'listening' in emitter) emitter.close();
  else (emitter as net.Socket).destroy();
  return new Promise((resolve) => emitter.once('close', resolve));
};

/** One client of a server that answers and ends; all that happens to the three. */
const story =
  (serverOptions: object, clientArgs: Args, listenArgs: Args = [at('127.0.0.1')], talk = 'question'): Case =>
  async (net, tape) => {
    const server = tape.of('server', net.createServer(serverOptions));
    server.on('connection', (peer) => {
      tape.of('peer', peer).on('error', () => {});
      tape.note('at first', properties(peer));
      peer.on('data', (data) => peer.end(`answer to ${data}`));
      peer.resume();
    });
    tape.note(
      'listen',
      outcome(() => (server.listen as (...args: Args) => unknown)(...listenArgs)),
      server.listening,
    );
    await once(server, 'listening');
    const client = tape.of('client', connectTo(net, ...clientArgs)).on('error', () => {});
    tape.note('at once', properties(client));
    await tick();
    // Whether a name has been looked up by then depends on the moment.
    const attempted = client.connecting ? { autoSelectFamilyAttemptedAddresses: undefined } : {};
    tape.note('a tick later', { ...(properties(client) as object), ...attempted });
    client.end(talk);
    await once(client, 'connect');
    tape.note('connected', properties(client));
    client.resume();
    await once(client, 'close');
    tape.note('closed', properties(client));
    await close(server);
    return sortedByEmitter(tape);
  };

/** Two ends of a connection are told in an order of the kernel's; what each saw is in order. */
export function sortedByEmitter(tape: Tape): unknown {
  const by: Record<string, unknown[]> = {};
  for (const [name, ...rest] of tape.lines as [string, ...unknown[]][]) {
    by[name] ??= [];
    by[name].push(rest);
  }
  return by;
}

type Found = { address: string; family: number };
const names =
  (...addresses: string[]) =>
  (name: string, options: unknown, callback: (...args: unknown[]) => void) => {
    lookups.push([name, plain(options)]);
    const found: Found[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if ((options as { all?: boolean }).all) process.nextTick(callback, null, found);
    else process.nextTick(callback, null, found[0]?.address, found[0]?.family);
  };
let lookups: unknown[] = [];

/** What becomes of one attempt to connect, whatever it may be. */
const attempt =
  (...args: Args): Case =>
  async (net, tape) => {
    lookups = [];
    let closing: Promise<unknown> | undefined;
    const made = outcome(() => {
      const client = tape.of('client', connectTo(net, ...args));
      client.on('error', () => {});
      client.once('connect', () => client.destroy());
      tape.note('made', properties(client));
      client.once('close', () => tape.note('end', properties(client)));
      closing = new Promise((resolve) => client.once('close', resolve));
      return client;
    });
    if (made === 'a Socket') await closing;
    return [made, tape.lines, lookups];
  };

/** The same with a server that accepts. */
const served =
  (host: string, one: Case): Case =>
  async (net, tape) => {
    const server = await listenAt(
      net.createServer((peer) => peer.on('error', () => {}).resume()),
      port,
      host,
    );
    try {
      return await one(net, tape);
    } finally {
      await close(server);
    }
  };

/** One attempt to listen: what is thrown, told and left. */
const listening =
  (...args: Args): Case =>
  async (net, tape) => {
    const server = tape.of('server', net.createServer());
    const ended = new Promise((resolve) =>
      server.once('listening', resolve).once('error', resolve).once('close', resolve),
    );
    const made = outcome(() => (server.listen as (...args: Args) => unknown)(...args));
    tape.note('made', server.listening, server.address() === null);
    if (typeof made === 'object') return [made, tape.lines];
    await ended;
    const address = server.address() as net.AddressInfo | string | null;
    tape.note(
      'then',
      server.listening,
      typeof address === 'object' && address ? { ...address, port: address.port > 0 } : address,
    );
    await turn();
    if (server.listening) await close(server);
    return [made, tape.lines];
  };

const modes =
  (options: object, umask = 0o022): Case =>
  async (net) => {
    const before = process.umask(umask);
    try {
      const server = await listenAt(net.createServer(), { path: '/run/parity', ...options });
      const { mode } = statSync('/run/parity');
      chmodSync('/run/parity', 0o600);
      const gone = () => existsSync('/run/parity');
      await close(server);
      return [mode.toString(8), gone()];
    } finally {
      process.umask(before);
    }
  };

const aborted = (reason?: unknown) => AbortSignal.abort(reason);

export const netCases: Readonly<Record<string, Case>> = {
  IPv4: story({}, [at('127.0.0.1')]),
  IPv6: story({}, [at('::1')], [at('::1')]),
  'a mapped address': story({}, [at('127.0.0.1')], [port]),
  'by default localhost': story({}, [port], [port]),
  'a name': story({}, [at('localhost')], [at('localhost')]),
  'a name of one family': story({}, [at('localhost', { family: 4 })], [at('127.0.0.1')]),
  'a family that is none': story({}, [at('127.0.0.1', { family: 6 })]),
  hints: story({}, [at('localhost', { family: 4, hints: 0 })]),
  'no automatic family': story({}, [at('localhost', { family: 4, autoSelectFamily: false })]),
  'its own timeout': story({}, [at('127.0.0.1', { timeout: 5000 })]),
  'half-open': story({ allowHalfOpen: true }, [at('127.0.0.1', { allowHalfOpen: true })]),
  'small buffers': story({ highWaterMark: 100 }, [at('127.0.0.1', { highWaterMark: 50 })]),
  'paused connections': story({ pauseOnConnect: true }, [at('127.0.0.1')]),
  'no delay, kept alive': story({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 3000 }, [
    at('127.0.0.1', { noDelay: true, keepAlive: true, keepAliveInitialDelay: 5000 }),
  ]),
  'a local address': story({}, [at('127.0.0.1', { localAddress: '127.0.0.3' })]),
  'a local port': story({}, [at('127.0.0.1', { localPort: 4777 })]),
  'a local address of a name': story({}, [at('localhost', { localAddress: '127.0.0.3', family: 4 })]),
  'a path': story({}, ['/run/parity'], ['/run/parity']),
  'a path by options': story(
    { highWaterMark: 10 },
    [{ path: '/run/parity', timeout: 900, highWaterMark: 20 }],
    [{ path: '/run/parity' }],
  ),
  'a path, half-open': story(
    { allowHalfOpen: true },
    [{ path: '/run/parity', allowHalfOpen: true }],
    [{ path: '/run/parity' }],
  ),
  'an abstract name': story({}, ['\0parity'], ['\0parity']),
  'an abstract name of other letters': story({}, ['\0pärity'], ['\0pärity']),
  'a blocked list': story({ blockList: undefined }, [at('127.0.0.1', { blockList: undefined })]),

  refused: attempt(at('127.0.0.1')),
  'refused by IPv6': attempt(at('::1')),
  'refused by name': attempt(at('localhost')),
  'refused, one family': attempt(at('localhost', { family: 4 })),
  'refused with a local address': attempt(at('127.0.0.1', { localAddress: '127.0.0.4', localPort: 4778 })),
  'a local address of the other family': attempt(at('127.0.0.1', { localAddress: '::1' })),
  'a local address that is not here': attempt(at('127.0.0.1', { localAddress: '192.0.2.7' })),
  'a local address that is not here, by name': attempt(
    at('x', { localAddress: '192.0.2.7', lookup: names('127.0.0.1') }),
  ),
  'a local port in use': served('127.0.0.1', attempt(at('127.0.0.1', { localAddress: '127.0.0.1', localPort: port }))),
  unreachable: attempt(at('192.0.2.1')),
  'unreachable by name': attempt(at('x', { lookup: names('192.0.2.1') })),
  'unreachable, all of them': attempt(at('x', { lookup: names('192.0.2.1', '2001:db8::1') })),
  'all refuse': attempt(at('x', { lookup: names('::1', '127.0.0.1', '127.0.0.2') })),
  'all refuse, no automatic family': attempt(at('x', { lookup: names('::1', '127.0.0.1'), autoSelectFamily: false })),
  'a lookup without addresses, one wanted': attempt(at('x', { lookup: names(), autoSelectFamily: false })),
  'a lookup that gives nonsense': attempt(at('x', { lookup: names('nonsense') })),
  'a lookup that gives nonsense, one wanted': attempt(at('x', { lookup: names('nonsense'), autoSelectFamily: false })),
  'a lookup that gives one of two right': attempt(at('x', { lookup: names('nonsense', '127.0.0.1') })),
  'a lookup of a family': attempt(at('x', { family: 6, hints: 0, lookup: names('::1') })),
  'a lookup with hints': attempt(at('x', { hints: 32, lookup: names('127.0.0.1') })),
  'a lookup of a wrong family': attempt(
    at('x', {
      lookup: (_n: string, _o: object, cb: (...a: unknown[]) => void) => cb(null, '127.0.0.1', 9),
      autoSelectFamily: false,
    }),
  ),
  'a lookup that throws': attempt(
    at('x', {
      lookup: () => {
        throw new RangeError('within lookup');
      },
    }),
  ),
  'a lookup that answers at once': served(
    '127.0.0.1',
    attempt(
      at('x', {
        lookup: (_n: string, o: { all: boolean }, cb: (...a: unknown[]) => void) =>
          o.all ? cb(null, [{ address: '127.0.0.1', family: 4 }]) : cb(null, '127.0.0.1', 4),
      }),
    ),
  ),
  'a lookup that fails': attempt(
    at('x', {
      lookup: (_n: string, _o: object, cb: (...a: unknown[]) => void) =>
        cb(Object.assign(new Error('no'), { code: 'EWHY' })),
    }),
  ),
  'the second answers': served('127.0.0.1', attempt(at('x', { lookup: names('::1', '127.0.0.1') }))),
  'the first answers': served('127.0.0.1', attempt(at('x', { lookup: names('127.0.0.1', '::1') }))),
  'the third answers': served('127.0.0.1', attempt(at('x', { lookup: names('::1', '127.0.0.2', '127.0.0.1') }))),
  'one address only': served('127.0.0.1', attempt(at('x', { lookup: names('127.0.0.1') }))),
  'a time limit': served(
    '127.0.0.1',
    attempt(at('x', { lookup: names('::1', '127.0.0.1'), autoSelectFamilyAttemptTimeout: 500 })),
  ),
  'a time limit that is none': attempt(at('x', { lookup: names('::1'), autoSelectFamilyAttemptTimeout: -1 })),
  'a time limit of words': attempt(at('x', { lookup: names('::1'), autoSelectFamilyAttemptTimeout: 'x' })),
  'automatic family of words': attempt(at('x', { lookup: names('::1'), autoSelectFamily: 'x' })),
  'no such path': attempt({ path: '/run/no-such-path' }),
  'a path that is none': attempt({ path: '/run' }),
  'a path that is too long': attempt({ path: `/run/${'x'.repeat(200)}` }),
  'a path with a zero byte': attempt({ path: '/run/a\0b' }),
  'a path that is a number': attempt({ path: 5 }),
  'no such abstract name': attempt({ path: '\0nobody' }),
  'aborted before': attempt(at('127.0.0.1', { signal: aborted() })),
  'aborted before, with a reason': attempt(at('x', { lookup: names('::1'), signal: aborted(new Error('why')) })),
  'an aborted path': attempt({ path: '/run/no-such-path', signal: aborted() }),
  'no signal': attempt(at('127.0.0.1', { signal: 5 })),
  'no objectMode': attempt(at('127.0.0.1', { objectMode: true })),
  'port 0': attempt(at('127.0.0.1', { port: 0 })),
  'a port in words': attempt(at('127.0.0.1', { port: '4100' })),
  'no port': attempt({ host: '127.0.0.1' }),
  'a host that is a number': attempt(at('127.0.0.1', { host: 7 })),
  'an empty host': attempt(at('')),
  'a host of null': attempt(at('127.0.0.1', { host: null })),
  'arguments: none': attempt(),
  'arguments: null': attempt(null),
  'arguments: a number': attempt(port),
  'arguments: text of a number': attempt('4100'),
  'arguments: text of a number and a host': attempt('4100', '127.0.0.1'),
  'arguments: a boolean': attempt(true),
  'arguments: NaN': attempt(Number.NaN),
  'local port of words': attempt(at('127.0.0.1', { localPort: 'x' })),
  'local address of words': attempt(at('127.0.0.1', { localAddress: 'x' })),
  'a broadcast address': attempt(at('255.255.255.255')),
  'the unspecified address': served('127.0.0.1', attempt(at('0.0.0.0'))),
  'the unspecified address of IPv6': served('::1', attempt(at('::'))),
  'a mapped address as target': served('127.0.0.1', attempt(at('::ffff:127.0.0.1'))),

  'listen: everywhere': listening(),
  'listen: a port': listening(port),
  'listen: a port and a host': listening(port, '127.0.0.1'),
  'listen: a name': listening(port, 'localhost'),
  'listen: exclusive': listening({ port, exclusive: true }),
  'listen: exclusive with a host': listening({ port, host: '127.0.0.1', exclusive: true }),
  'listen: IPv4 everywhere': listening({ port, host: '0.0.0.0' }),
  'listen: IPv6 everywhere': listening({ port, host: '::' }),
  'listen: ipv6Only without a host': listening({ port, ipv6Only: true }),
  'listen: ipv6Only with IPv4': listening({ port, host: '127.0.0.1', ipv6Only: true }),
  'listen: a backlog of words': listening({ port, backlog: 'x' }),
  'listen: a negative backlog': listening({ port, backlog: -4 }),
  'listen: not here': listening(port, '192.0.2.8'),
  'listen: not here, IPv6': listening(port, '2001:db8::8'),
  'listen: no such name': listening({ port, host: 'no such name' }),
  'listen: a path': listening('/run/parity'),
  'listen: a path by options': listening({ path: '/run/parity' }),
  'listen: an abstract name': listening({ path: '\0parity' }),
  'listen: a path that exists': listening('/run'),
  'listen: a path in a file': listening('/etc/passwd/x'),
  'listen: a path with a slash': listening('/run/parity/'),
  'listen: an empty path': listening({ path: '' }),
  'listen: aborted': listening({ port, host: '127.0.0.1', signal: aborted() }),
  'listen: aborted everywhere': listening({ port, signal: aborted() }),
  'listen: no signal': listening({ port, signal: 5 }),
  'listen: a fraction': listening(1.5),
  'listen: a host that is a number': listening({ port, host: 5 }),
  'listen: a boolean': listening(true),
  'listen: options without anything': listening({}),
  'listen: a callback only': listening(() => {}),
  'listen: a descriptor that is closed': listening({ fd: 999 }),
  'listen: a descriptor that is none': listening({ fd: -1 }),
  'listen: a port of null': listening(null),
  'listen: a port in text': listening('4100'),
  'listen: a hexadecimal port': listening('0x1004'),

  'path: mode': modes({}),
  'path: mode readableAll': modes({ readableAll: true }),
  'path: mode writableAll': modes({ writableAll: true }),
  'path: mode both': modes({ readableAll: true, writableAll: true }),
  'path: mode readableAll, strict umask': modes({ readableAll: true }, 0o077),
  'path: mode writableAll, strict umask': modes({ writableAll: true }, 0o077),
  'path: mode both, no umask': modes({ readableAll: true, writableAll: true }, 0),

  'listening twice': async (net, tape) => {
    const server = tape.of('server', net.createServer());
    server.listen(port, '127.0.0.1');
    tape.note(outcome(() => server.listen(port + 1, '127.0.0.1')));
    await once(server, 'listening');
    tape.note(
      outcome(() => server.listen(port + 1, '127.0.0.1')),
      server.listenerCount('listening'),
    );
    await turn();
    tape.note((server.address() as net.AddressInfo).port);
    await close(server);
    return tape.lines;
  },
  'listening twice, everywhere': async (net, tape) => {
    const server = tape.of('server', net.createServer());
    server.listen(port);
    tape.note(outcome(() => server.listen(port + 1)));
    await once(server, 'listening');
    await close(server);
    tape.note(outcome(() => server.listen(port)));
    await once(server, 'listening');
    await close(server);
    return tape.lines;
  },
  'closed while it begins': async (net, tape) => {
    for (const args of [[port], [port, '127.0.0.1'], [port, 'localhost'], ['/run/parity'], ['\0parity']] as Args[]) {
      const server = tape.of('server', net.createServer());
      (server.listen as (...args: Args) => void)(...args, () => tape.note('called back'));
      server.close((error) => tape.note('closed', error));
      await turn();
      await new Promise((resolve) => setTimeout(resolve, 15));
      tape.note(server.listening, existsSync('/run/parity'));
      if (server.listening) await close(server);
    }
    return tape.lines;
  },
  'using and disposing': async (net, tape) => {
    const server = tape.of('server', await listenAt(net.createServer(), port, '127.0.0.1'));
    await server[Symbol.asyncDispose]();
    tape.note(server.listening);
    return tape.lines;
  },
  'connections counted and refused': async (net, tape) => {
    const server = tape.of(
      'server',
      net.createServer((peer) => peer.on('error', () => {}).resume()),
    );
    server.maxConnections = 1;
    await listenAt(server, port, '127.0.0.1');
    const first = connectTo(net, port, '127.0.0.1');
    await once(first, 'connect');
    const second = connectTo(net, port, '127.0.0.1').on('error', () => {});
    second.resume();
    await once(second, 'close');
    tape.note(await new Promise((resolve) => server.getConnections((...args) => resolve(args))));
    first.destroy();
    await close(server);
    return tape.lines.map((line) => JSON.stringify(line).replace(/"remotePort":\d+/, ''));
  },
  'end of a paused stream': served('127.0.0.1', async (net, tape) => {
    const client = tape.of('client', connectTo(net, port, '127.0.0.1'));
    client.pause();
    client.end('x', () => tape.note('ended'));
    await once(client, 'finish');
    tape.note(properties(client));
    client.resume();
    await once(client, 'close');
    return tape.lines;
  }),
  'written to when it is closed': served('127.0.0.1', async (net, tape) => {
    const client = tape.of('client', connectTo(net, port, '127.0.0.1')).on('error', () => {});
    client.end();
    client.write('late', (error) => tape.note(error));
    await new Promise((resolve) => client.once('close', resolve));
    await turn();
    return tape.lines;
  }),
  'destroyed in each moment': served('127.0.0.1', async (net, tape) => {
    for (const target of [
      at('127.0.0.1'),
      at('x', { lookup: names('127.0.0.1'), family: 4 }),
      at('x', { lookup: names('::1', '127.0.0.1') }),
      { path: '/run/no' },
    ]) {
      for (const moment of ['now', 'tick', 'immediate', 'lookup', 'connect', 'ready'] as const) {
        const client = tape.of(`destroyed ${moment}`, connectTo(net, target)).on('error', () => {});
        const closing = new Promise((resolve) => client.once('close', resolve));
        const error = moment === 'connect' ? new Error('by hand') : undefined;
        if (moment === 'now') client.destroy();
        else if (moment === 'tick') process.nextTick(() => client.destroy());
        else if (moment === 'immediate') setImmediate(() => client.destroy());
        else client.once(moment, () => client.destroy(error));
        client.once('ready', () => client.destroy());
        await closing;
        if (moment !== 'immediate') tape.note(properties(client));
      }
    }
    return tape.lines.filter((line) => !String((line as unknown[])[0]).includes('immediate'));
  }),
  'a socket that is kept for later': served('127.0.0.1', async (net, tape) => {
    const client = tape.of('client', new net.Socket({ allowHalfOpen: true, highWaterMark: 99 } as object));
    tape.note(properties(client));
    client.setTimeout(7000).setNoDelay(true).setKeepAlive(true, 1000).setEncoding('utf8');
    client.connect(port, '127.0.0.1', () => tape.note('called'));
    await once(client, 'connect');
    tape.note(properties(client));
    await close(client);
    for (const args of [
      [at('127.0.0.1'), () => tape.note('again')],
      [port, '127.0.0.1'],
      [at('x', { lookup: names('127.0.0.1') })],
    ] as Args[]) {
      (client.connect as (...args: Args) => void)(...args);
      await once(client, 'connect');
      await close(client);
    }
    return tape.lines;
  }),
  'connected while it is connected': served('127.0.0.1', async (net, tape) => {
    const client = tape.of('client', connectTo(net, port, '127.0.0.1')).on('error', () => {});
    await once(client, 'connect');
    tape.note(outcome(() => client.connect(port, '127.0.0.1')));
    await turn();
    await turn();
    tape.note(properties(client));
    if (!client.destroyed) await close(client);
    return tape.lines;
  }),
  idle: served('127.0.0.1', async (net, tape) => {
    const client = tape.of('client', connectTo(net, port, '127.0.0.1'));
    await once(client, 'connect');
    client.setTimeout(15);
    await once(client, 'timeout');
    tape.note(properties(client));
    client.setTimeout(0);
    await close(client);
    return tape.lines;
  }),
  'a type of service': served('127.0.0.1', async (net, tape) => {
    const client = connectTo(net, port, '127.0.0.1') as net.Socket & { setTypeOfService?: (tos: number) => unknown };
    await once(client, 'connect');
    tape.note(
      typeof client.setTypeOfService,
      client.setTypeOfService ? outcome(() => client.setTypeOfService?.(16)) : '',
    );
    await close(client);
    return tape.lines;
  }),
};
