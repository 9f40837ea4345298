import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type http from 'node:http';
import type https from 'node:https';
import type net from 'node:net';
import { join } from 'node:path';
import type tls from 'node:tls';
import { shape } from './net-scenarios.ts';
import { outcome, plain, type Tape } from './tape.ts';

export interface Web {
  readonly net: Pick<typeof net, 'createServer' | 'connect'>;
  readonly http: Pick<typeof http, 'createServer' | 'request' | 'get' | 'Agent' | 'globalAgent'>;
  readonly https: Pick<typeof https, 'createServer' | 'request' | 'get' | 'Agent' | 'globalAgent'>;
  readonly tls: Pick<typeof tls, 'createServer' | 'connect'>;
  readonly fetch: typeof globalThis.fetch;
}
type Case = (web: Web, tape: Tape) => Promise<unknown>;

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/tls', name));
const [key, cert] = [fixture('key.pem'), fixture('cert.pem')];

const port = 6300;
const here = { host: '127.0.0.1', port };
const url = `http://127.0.0.1:${port}`;
const turn = () => new Promise((resolve) => setImmediate(resolve));
const closing = (emitter: NodeJS.EventEmitter) => new Promise((resolve) => emitter.once('close', resolve));

async function serving<S extends net.Server>(server: S, ...args: unknown[]): Promise<S> {
  (server.listen as (...args: unknown[]) => void)(...(args.length > 0 ? args : [here]));
  await once(server, 'listening');
  return server;
}

async function stop(server: net.Server): Promise<void> {
  const closed = closing(server);
  server.close();
  (server as http.Server).closeAllConnections?.();
  await closed;
}

async function text(stream: AsyncIterable<unknown>): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
}

/** All of an answer that does not depend on the time. */
async function answer(request: http.ClientRequest): Promise<unknown> {
  const response = await new Promise<http.IncomingMessage | Error>((resolve) =>
    request.once('response', resolve).once('error', resolve),
  );
  if (response instanceof Error) return shape(response);
  const { date, ...headers } = response.headers;
  return [response.statusCode, headers, await text(response), request.reusedSocket, response.complete];
}

const echo: http.RequestListener = async (request, response) => {
  const { method, url, headers, httpVersion } = request;
  const { host, connection } = headers;
  const { localAddress, localPort, remoteFamily } = request.socket;
  const body = await text(request);
  response.setHeader('x-seen', `${host} ${connection} ${httpVersion}`);
  response.end(JSON.stringify({ method, url, body, localAddress, localPort, remoteFamily }));
};

/** Something with a server, of HTTP if no other was made. */
const served =
  (
    work: (web: Web, tape: Tape, server: http.Server) => Promise<unknown>,
    listener = echo,
    options: http.ServerOptions = {},
  ): Case =>
  async (web, tape) => {
    const server = await serving(web.http.createServer(options, listener));
    try {
      return [await work(web, tape, server), tape.lines];
    } finally {
      await stop(server);
    }
  };

const secured =
  (work: (web: Web, tape: Tape, server: https.Server) => Promise<unknown>, options: https.ServerOptions = {}): Case =>
  async (web, tape) => {
    const server = await serving(web.https.createServer({ key, cert, ...options }, echo));
    server.on('tlsClientError', () => {});
    try {
      return [await work(web, tape, server), tape.lines];
    } finally {
      await stop(server);
    }
  };

/** A TLS server that echoes, a client, and all that happens to the client. */
const tlsStory =
  (
    options: object,
    clientOptions: object,
    work?: (client: tls.TLSSocket, tape: Tape, server: tls.Server) => Promise<unknown>,
  ): Case =>
  async ({ tls }, tape) => {
    const server = tls.createServer({ key, cert, ...options }, (peer) => {
      peer.on('error', () => {});
      tape.note('peer', peer.alpnProtocol, peer.servername, peer.authorized, peer.isSessionReused());
      peer.pipe(peer);
    });
    server.on('tlsClientError', () => {});
    await serving(server);
    const events: unknown[] = [];
    const client = tls.connect({ ...here, ca: cert, ...clientOptions } as tls.ConnectionOptions);
    const { emit } = client as { emit: (event: string | symbol, ...args: unknown[]) => boolean };
    client.emit = (event: string | symbol, ...args: unknown[]) => {
      if (told.has(String(event))) events.push([event, ...args.map(plain)]);
      return emit.call(client, event, ...args);
    };
    client.on('error', () => {});
    events.push(['made', state(client)]);
    const closed = closing(client);
    await new Promise((resolve) => client.once('secureConnect', resolve).once('close', resolve));
    events.push(['then', state(client)]);
    if (!client.destroyed) {
      if (work) await work(client, tape, server);
      else {
        client.write('hello');
        await once(client, 'data');
      }
      client.end();
    }
    await closed;
    await stop(server);
    return [events, tape.lines];
  };
const told = new Set([
  'lookup',
  'connectionAttempt',
  'connect',
  'ready',
  'secureConnect',
  'data',
  'end',
  'error',
  'timeout',
  'close',
]);

const state = (client: tls.TLSSocket) => [
  ...[client.connecting, client.pending, client.readyState, client.encrypted, client.authorized, client.timeout],
  ...[
    client.remoteAddress,
    client.remotePort,
    client.remoteFamily,
    client.localAddress,
    client.alpnProtocol,
    client.allowHalfOpen,
  ],
  ...[
    client.destroyed,
    client.getProtocol(),
    client.isSessionReused(),
    plain(client.authorizationError),
    client.readableHighWaterMark,
  ],
  client.autoSelectFamilyAttemptedAddresses,
];

type Names = { lookup: (name: string, options: { all?: boolean }, callback: (...args: unknown[]) => void) => void };
const names = (...addresses: string[]): Names => ({
  lookup: (_name, { all }, callback) => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    process.nextTick(callback, null, all ? found : found[0]?.address, all ? undefined : found[0]?.family);
  },
});

/** What `fetch` gives, or why it fails: by names and codes, since the words change with each release of undici. */
async function fetched(work: Promise<Response>): Promise<unknown> {
  try {
    const response = await work;
    const { status, redirected, type, url, ok } = response;
    return [status, redirected, type, url, ok, response.headers.get('content-type'), await response.text()];
  } catch (error) {
    return reason(error);
  }
}

function reason(error: unknown): unknown {
  const { name, code, syscall, address, port, cause } = error as NodeJS.ErrnoException & Record<string, unknown>;
  return { name, code, syscall, address, port, ...(cause instanceof Error ? { cause: reason(cause) } : {}) };
}

export const webCases: Readonly<Record<string, Case>> = {
  'http: arguments': served(async ({ http }) => {
    const asked: unknown[] = [];
    for (const args of [
      [url],
      [`${url}/a?b`],
      [new URL(`${url}/c`)],
      [`${url}/d`, { method: 'DELETE', headers: { host: 'other' } }],
      [{ ...here, path: '/e', headers: { connection: 'close' } }],
      [{ hostname: '127.0.0.1', host: 'ignored', port, family: 4 }],
      [{ host: 'localhost', port, family: 4 }],
      [{ host: 'x', port, ...names('127.0.0.1') }],
      [{ ...here, localAddress: '127.0.0.8' }],
      [{ ...here, agent: false }],
      [{ ...here, agent: null }],
      [{ ...here, setHost: false, headers: { host: 'h' } }],
      [{ ...here, auth: 'a:b' }],
      [{ ...here, timeout: 5000 }],
      [{ ...here, insecureHTTPParser: true, maxHeaderSize: 900 }],
      [{ ...here, joinDuplicateHeaders: true, uniqueHeaders: ['x'] }],
    ] as unknown[][])
      asked.push(await answer((http.get as (...args: unknown[]) => http.ClientRequest)(...args)));
    return asked;
  }),
  'http: mistakes': async ({ http }) =>
    (
      [
        [5],
        ['not a url'],
        ['https://127.0.0.1/'],
        [{ ...here, path: 'a b' }],
        [{ ...here, method: 'NO WAY' }],
        [{ ...here, agent: {} }],
        [{ ...here, agent: true }],
        [{ ...here, host: 5 }],
        [{ ...here, headers: { 'x y': 'z' } }],
        [{ ...here, protocol: 'ftp:' }],
        [{ ...here, localAddress: 'x' }],
      ] as unknown[][]
    ).map((args) =>
      outcome(() =>
        (http.get as (...args: unknown[]) => http.ClientRequest)(...args)
          .on('error', () => {})
          .destroy(),
      ),
    ),
  'http: what fails': async ({ http }) => [
    await answer(http.get(url)),
    await answer(http.get({ host: 'x', port, ...names('::1', '127.0.0.1') } as http.RequestOptions)),
    await answer(http.get({ host: '192.0.2.1', port })),
    await answer(http.get({ socketPath: '/run/no-such-path' })),
    await answer(http.get({ ...here, signal: AbortSignal.abort() })),
    await answer(http.get({ ...here, localAddress: '192.0.2.1' })),
  ],
  'http: events': served(async ({ http }, tape) => {
    const request = tape.of('request', http.request({ ...here, method: 'POST', agent: false, timeout: 9000 }));
    request.once('socket', (socket) => tape.of('socket', socket));
    tape.note(
      outcome(() => request.setNoDelay(true)),
      outcome(() => request.setSocketKeepAlive(true, 5)),
    );
    request.write('a');
    request.end('b');
    await Promise.all([answer(request), closing(request)]);
    return [request.host, request.path, request.protocol, request.destroyed];
  }),
  'http: agents': served(async ({ http }, tape) => {
    const agent = new http.Agent({
      keepAlive: true,
      maxSockets: 2,
      maxFreeSockets: 1,
      timeout: 4000,
      scheduling: 'fifo',
    });
    const keys = () =>
      [agent.sockets, agent.freeSockets, agent.requests].map((all) =>
        Object.entries(all).map(([name, list]) => [name, list?.length]),
      );
    tape.of('agent', agent);
    const requests = [1, 2, 3, 4].map((n) => http.get({ ...here, path: `/${n}`, agent }));
    tape.note(keys());
    const answers = await Promise.all(requests.map(answer));
    tape.note(answers.map((one) => (one as unknown[])[0]));
    await turn();
    tape.note(keys(), (agent as unknown as { totalSocketCount: number }).totalSocketCount, agent.getName(here));
    const again = http.get({ ...here, agent });
    await answer(again);
    tape.note(again.reusedSocket);
    agent.destroy();
    await turn();
    tape.note(keys());
    const { keepAlive, maxSockets, maxFreeSockets, maxTotalSockets, defaultPort, protocol } =
      agent as unknown as Record<string, unknown>;
    return [keepAlive, maxSockets, maxFreeSockets, maxTotalSockets, defaultPort, protocol];
  }),
  'http: the agent of all': async ({ http, https }) =>
    [http.globalAgent, https.globalAgent].map((agent) => {
      const { keepAlive, maxSockets, maxFreeSockets, defaultPort, protocol, options } = agent as unknown as Record<
        string,
        unknown
      >;
      return { keepAlive, maxSockets, maxFreeSockets, defaultPort, protocol, options: plain(options) };
    }),
  'http: expects 100': served(async ({ http }, tape, server) => {
    server.on('checkContinue', (request, response) => {
      tape.note('asked');
      response.writeContinue();
      void echo(request, response);
    });
    const request = http.request({ ...here, method: 'POST', headers: { expect: '100-continue' }, agent: false });
    request.flushHeaders();
    await once(request, 'continue');
    request.end('now');
    return answer(request);
  }),
  'http: early hints and trailers': served(
    async ({ http }, tape) => {
      const request = http.get({ ...here, agent: false });
      request.on('information', ({ statusCode, headers }) => tape.note(statusCode, headers));
      const [response] = await once(request, 'response');
      return [await text(response), response.trailers];
    },
    (_request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.writeHead(200, { trailer: 'x-end' });
      response.write('a');
      response.addTrailers({ 'x-end': 'yes' });
      response.end();
    },
  ),
  'http: CONNECT': served(async ({ http }, tape, server) => {
    server.on('connect', (request, socket, head) => {
      tape.note(request.url, head);
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(socket);
    });
    const request = http.request({ ...here, method: 'CONNECT', path: 'far.test:443' }).end();
    const [response, socket] = (await once(request, 'connect')) as [http.IncomingMessage, net.Socket];
    socket.write('through');
    const [data] = await once(socket, 'data');
    const closed = closing(socket);
    socket.end();
    await closed;
    return [response.statusCode, String(data)];
  }),
  'http: an upgrade that is refused': served(async ({ http }) =>
    answer(http.get({ ...here, headers: { connection: 'upgrade', upgrade: 'x' }, agent: false })),
  ),
  'http: times out': served(
    async ({ http }, tape) => {
      const request = tape.of('request', http.get({ ...here, agent: false }));
      await once(request, 'finish'); // on a busy machine the time would pass before or after it
      request.setTimeout(20);
      await once(request, 'timeout');
      request.destroy(new Error('enough'));
      return Promise.all([answer(request), closing(request)]);
    },
    () => {},
  ),
  'http: hangs up': served(
    async ({ http }) => answer(http.get({ ...here, agent: false })),
    (request) => request.socket.destroy(),
  ),
  'http: ends in the middle': served(
    async ({ http }) => {
      const request = http.get({ ...here, agent: false });
      const [response] = await once(request, 'response');
      return text(response).catch(shape);
    },
    (_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('abc', () => response.destroy());
    },
  ),
  'http: nonsense for an answer': async ({ http, net }) => {
    const server = await serving(
      net.createServer(
        (peer) =>
          void peer
            .on('error', () => {})
            .resume()
            .end('nonsense\r\n\r\n'),
      ),
    );
    const result = await answer(http.get({ ...here, agent: false }));
    await stop(server);
    return result;
  },
  'http: nonsense for a question': served(async ({ net }, tape, server) => {
    server.on('clientError', (error, socket) => {
      tape.note((error as NodeJS.ErrnoException).code);
      (socket as net.Socket).end('HTTP/1.1 400 No\r\n\r\n');
    });
    const socket = net.connect(here);
    socket.write('nonsense\r\n\r\n');
    return text(socket);
  }),
  'http: a server and its connections': served(async ({ http }, tape, server) => {
    const agent = new http.Agent({ keepAlive: true });
    await answer(http.get({ ...here, agent }));
    tape.note(await new Promise((resolve) => server.getConnections((...args) => resolve(args))));
    const { timeout, keepAliveTimeout, headersTimeout, requestTimeout, maxHeadersCount, maxRequestsPerSocket } = server;
    const idle = Object.values(agent.freeSockets)[0]?.[0] as net.Socket;
    const closed = closing(idle);
    server.closeIdleConnections();
    await closed;
    agent.destroy();
    return [
      timeout,
      keepAliveTimeout,
      headersTimeout,
      requestTimeout,
      maxHeadersCount,
      maxRequestsPerSocket,
      server.listening,
    ];
  }),
  'http: a path': async ({ http }) => {
    const server = await serving(http.createServer(echo), '/run/parity-web');
    const results = [
      await answer(http.get({ socketPath: '/run/parity-web', path: '/x' })),
      await answer(http.get({ socketPath: '/run/parity-web', agent: false })),
    ];
    await stop(server);
    return results;
  },

  'https: arguments': secured(async ({ https }) => {
    const asked: unknown[] = [];
    for (const options of [
      { ...here, ca: cert },
      { host: 'localhost', port, family: 4, ca: cert },
      { host: 'x', port, ...names('127.0.0.1'), ca: cert, servername: 'localhost' },
      { ...here, ca: cert, servername: 'nobody.test' },
      { ...here, ca: cert, servername: 'nobody.test', checkServerIdentity: () => undefined },
      { ...here, ca: cert, agent: false, headers: { connection: 'close' } },
      { ...here, rejectUnauthorized: false },
      { ...here },
      { ...here, ca: cert, minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' },
    ])
      asked.push(await answer(https.get(options as https.RequestOptions)).catch((error) => error));
    return asked;
  }),
  'https: sessions': secured(
    async ({ https }, tape, server) => {
      const agent = new https.Agent({ ca: cert, maxCachedSessions: 3 });
      server.on('secureConnection', (socket) => tape.note(socket.isSessionReused(), socket.servername));
      for (let i = 0; i < 3; i++)
        await answer(https.get({ host: 'localhost', port, family: 4, agent, headers: { connection: 'close' } }));
      agent.destroy();
      return agent.getName({ ...here, ca: 'x' });
    },
    { maxVersion: 'TLSv1.2' },
  ),
  'https: a path': async ({ https }) => {
    const server = await serving(https.createServer({ key, cert }, echo), '/run/parity-web');
    const result = await answer(
      https.get({ socketPath: '/run/parity-web', ca: cert, path: '/x', servername: 'localhost' }),
    );
    await stop(server);
    return result;
  },
  'https: what fails': async ({ https }) => [
    await answer(https.get(here)),
    await answer(https.get({ host: 'x', port, ...names('::1', '127.0.0.1') } as https.RequestOptions)),
    await answer(https.get({ socketPath: '/run/no-such-path' })),
    await answer(https.get({ ...here, signal: AbortSignal.abort() })),
  ],
  'https: an http server': served(async ({ https }) => {
    const error = await answer(https.get({ ...here, agent: false }));
    const { code, syscall } = error as Record<string, unknown>;
    return [code, syscall];
  }),

  'tls: IPv4': tlsStory({}, {}),
  'tls: a name': tlsStory({}, { host: 'x', ...names('127.0.0.1') }),
  'tls: a name of two addresses': tlsStory({}, { host: 'x', ...names('::1', '127.0.0.1') }),
  'tls: a server name': tlsStory({}, { servername: 'inside.test' }),
  'tls: protocols': tlsStory({ ALPNProtocols: ['b', 'a'] }, { ALPNProtocols: ['a', 'b'] }),
  'tls: no protocol in common': tlsStory({ ALPNProtocols: ['b'] }, { ALPNProtocols: ['a'] }),
  'tls: nobody signed it': tlsStory({}, { ca: undefined }),
  'tls: nobody signed it, and that is right': tlsStory({}, { ca: undefined, rejectUnauthorized: false }),
  'tls: another identity': tlsStory(
    {},
    { host: '127.0.0.1', servername: 'other.test', checkServerIdentity: () => new Error('not you') },
  ),
  'tls: a certificate of the client': tlsStory({ requestCert: true, ca: cert }, { key, cert }),
  'tls: no certificate of the client': tlsStory({ requestCert: true, ca: cert, maxVersion: 'TLSv1.2' }, {}),
  'tls: old versions': tlsStory({ minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }),
  'tls: no common ciphers': tlsStory(
    { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' },
    { ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' },
  ),
  'tls: half-open, with small buffers': tlsStory({ allowHalfOpen: true }, { allowHalfOpen: true, highWaterMark: 64 }),
  'tls: its own timeout': tlsStory({}, { timeout: 7000 }),
  'tls: several server names': tlsStory(
    {
      SNICallback: (name: string, done: (error: Error | null) => void) =>
        name === 'bad.test' ? done(new Error('no')) : done(null),
    },
    { servername: 'good.test' },
  ),
  'tls: renegotiated sizes and keys': tlsStory({}, {}, async (client, tape) => {
    tape.note(
      client.setMaxSendFragment(600),
      client.getCipher().version,
      typeof client.getFinished(),
      client.getPeerCertificate().subject,
    );
    client.write('x');
    await once(client, 'data');
  }),
  'tls: a buffer of one’s own': async ({ tls }) => {
    const server = await serving(
      tls.createServer({ key, cert }, (peer) => void peer.on('error', () => {}).end('0123456789')),
    );
    const pieces: string[] = [];
    const client = tls.connect({
      ...here,
      ca: cert,
      onread: {
        buffer: Buffer.alloc(4),
        callback: (length: number, buffer: Uint8Array) =>
          pieces.push(Buffer.from(buffer.subarray(0, length)).toString()) > 0,
      },
    } as tls.ConnectionOptions);
    await closing(client.on('error', () => {}));
    await stop(server);
    return pieces;
  },
  'tls: sessions': async ({ tls }, tape) => {
    const server = await serving(
      tls.createServer(
        { key, cert, maxVersion: 'TLSv1.2' },
        (peer) =>
          void peer
            .on('error', () => {})
            .resume()
            .end('x'),
      ),
    );
    let session: Buffer | undefined;
    for (let i = 0; i < 3; i++) {
      const client = tls.connect({ ...here, ca: cert, session } as tls.ConnectionOptions).resume();
      client.once('session', (one) => {
        session = one;
      });
      await closing(client);
      tape.note(client.isSessionReused());
    }
    await stop(server);
    return tape.lines;
  },
  'tls: over a socket that is there': async ({ tls, net }) => {
    const server = await serving(
      tls.createServer({ key, cert }, (peer) => void peer.on('error', () => {}).end('hello')),
    );
    const socket = net.connect(here);
    const client = tls.connect({ socket, ca: cert, servername: 'localhost' });
    const said = await text(client);
    await stop(server);
    return [said, client.authorized];
  },
  'tls: a path': async ({ tls }) => {
    const server = await serving(
      tls.createServer({ key, cert }, (peer) => void peer.on('error', () => {}).end('hello')),
      '/run/parity-web',
    );
    const client = tls.connect({ path: '/run/parity-web', ca: cert, servername: 'localhost' } as tls.ConnectionOptions);
    const said = await text(client);
    await stop(server);
    return [said, client.authorized];
  },
  'tls: what fails': async ({ tls }, tape) => {
    for (const target of [here, { host: 'x', port, ...names('::1', '127.0.0.1') }, { host: '192.0.2.1', port }]) {
      const client = tape.of('client', tls.connect(target as tls.ConnectionOptions)).on('error', () => {});
      await closing(client);
    }
    return tape.lines;
  },
  'tls: no such path': async ({ tls }) => {
    const client = tls.connect({ path: '/run/no-such-path' } as tls.ConnectionOptions);
    const error = new Promise((resolve) => client.once('error', resolve));
    await closing(client);
    return shape(await error);
  },
  'tls: arguments': async ({ tls }) =>
    (
      [
        [],
        [null],
        [true],
        [port, 5],
        [{}],
        [{ port: 70_000 }],
        [{ port, minVersion: 'x' }],
        [{ port, key: 'x' }],
        [{ port, ALPNProtocols: 5 }],
        [{ ...here, lookup: 5, host: 'x' }],
      ] as unknown[][]
    ).map((args) =>
      outcome(() =>
        (tls.connect as (...args: unknown[]) => tls.TLSSocket)(...args)
          .on('error', () => {})
          .destroy(),
      ),
    ),
  'tls: destroyed in each moment': async ({ tls }, tape) => {
    const server = await serving(tls.createServer({ key, cert }, (peer) => void peer.on('error', () => {})));
    server.on('tlsClientError', () => {});
    for (const moment of ['now', 'tick', 'connect', 'secureConnect']) {
      const client = tape.of(moment, tls.connect({ ...here, ca: cert })).on('error', () => {});
      const closed = closing(client);
      if (moment === 'now') client.destroy();
      else if (moment === 'tick') process.nextTick(() => client.destroy(new Error('by hand')));
      else client.once(moment, () => client.destroy());
      await closed;
    }
    await stop(server);
    return tape.lines.filter((line) => !['session', 'keylog'].includes(String((line as unknown[])[1])));
  },

  'fetch: bodies': served(async ({ fetch }) => {
    const form = new FormData();
    form.set('a', 'b');
    const stream = () => new Blob(['from a stream']).stream();
    const results: unknown[] = [];
    for (const init of [
      {},
      { method: 'POST', body: 'text' },
      { method: 'POST', body: Buffer.from('bytes') },
      { method: 'POST', body: new Uint8Array([65, 66]).buffer },
      { method: 'POST', body: new Blob(['blob'], { type: 'text/x' }) },
      { method: 'POST', body: new URLSearchParams('a=b') },
      { method: 'POST', body: stream(), duplex: 'half' },
      { method: 'PUT', body: '' },
      { method: 'HEAD' },
      { method: 'get' },
      { headers: { 'x-a': 'b' }, keepalive: true, cache: 'no-store', credentials: 'omit', mode: 'cors' },
    ])
      results.push(await fetched(fetch(`${url}/p?q#r`, init as RequestInit)));
    return results;
  }),
  'fetch: a request': served(async ({ fetch }) => {
    const request = () => new Request(`${url}/r`, { method: 'POST', body: 'body', headers: { 'x-a': 'b' } });
    const used = request();
    await used.text();
    return [
      await fetched(fetch(request())),
      await fetched(fetch(request(), { method: 'PUT', body: 'other' })),
      await fetched(fetch(new Request(url), { headers: { host: 'x' } })),
      await fetched(fetch(new Request(url, { signal: AbortSignal.abort() }))),
      ((await fetched(fetch(used))) as unknown[])[0],
    ];
  }),
  'fetch: redirects': served(
    async ({ fetch }) => {
      const results: unknown[] = [];
      for (const [path, init] of [
        ['/302', {}],
        ['/302', { method: 'POST', body: 'x' }],
        ['/307', { method: 'POST', body: 'x' }],
        ['/303', { method: 'PUT', body: 'x' }],
        ['/302', { redirect: 'manual' }],
        ['/302', { redirect: 'error' }],
        ['/loop', {}],
        ['/nowhere', {}],
      ] as [string, RequestInit][])
        results.push(await fetched(fetch(`${url}${path}`, init)));
      return results;
    },
    (request, response) => {
      const [, status] = /^\/(30\d)$/.exec(request.url ?? '') ?? [];
      if (status) response.writeHead(Number(status), { location: '/here' }).end('moved');
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (request.url === '/nowhere') response.writeHead(302, { location: 'ftp://x/' }).end();
      else void echo(request, response);
    },
  ),
  'fetch: what fails': async ({ fetch }) => [
    await fetched(fetch(url)),
    await fetched(fetch('http://192.0.2.1/')),
    await fetched(fetch('http://127.0.0.1:1/')),
    await fetched(fetch('not a url')),
    await fetched(fetch('ftp://x/')),
    await fetched(fetch('http://user:pass@127.0.0.1/')),
    await fetched(fetch(url, { method: 'CONNECT' })),
    await fetched(fetch(url, { method: 'GET', body: 'x' })),
    await fetched(fetch(url, { headers: { 'x y': 'z' } })),
    await fetched(fetch(url, { signal: AbortSignal.abort(new Error('my reason')) })),
    await fetched(fetch('data:text/plain,hello')),
    await fetched(fetch('about:blank')),
    await fetched(fetch('blob:nodedata:x')),
    await fetched((fetch as () => Promise<Response>)()),
  ],
  'fetch: called off': served(
    async ({ fetch }) => {
      const before = new AbortController();
      const waiting = fetched(fetch(url, { signal: before.signal }));
      before.abort();
      const during = new AbortController();
      const response = await fetch(`${url}/begin`, { signal: during.signal });
      during.abort();
      const timeout = fetched(fetch(url, { signal: AbortSignal.timeout(20) }));
      return [await waiting, await response.text().catch(reason), await timeout];
    },
    (request, response) => {
      if (request.url === '/begin') response.write('begun');
    },
  ),
  'fetch: answers that break': served(
    async ({ fetch }) => {
      const results: unknown[] = [];
      for (const path of ['/hang-up', '/short', '/gzip', '/bad-gzip', '/empty'])
        results.push(await fetched(fetch(`${url}${path}`)));
      return results;
    },
    (request, response) => {
      if (request.url === '/hang-up') request.socket.destroy();
      else if (request.url === '/short') {
        response.writeHead(200, { 'content-length': 10 });
        response.write('abc', () => response.destroy());
      } else if (request.url === '/gzip')
        response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .end(Buffer.from('H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==', 'base64'));
      else if (request.url === '/bad-gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip');
      else response.writeHead(204).end();
    },
  ),
  'fetch: connections are kept': served(async ({ fetch }, _tape, server) => {
    let connections = 0;
    server.on('connection', () => connections++);
    for (let i = 0; i < 4; i++) await fetched(fetch(url));
    return connections;
  }),
};
