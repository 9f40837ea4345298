import { execFile } from 'node:child_process';
import type dgram from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import { fetchIn } from '../../src/process/sockets/fetch.ts';
import { lively, livelyHost, livelyPair } from './support/lively.ts';
import { shape } from './support/net-scenarios.ts';
import { networkCookie } from './support/network-cookie.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/tls', name));
const [key, cert] = [fixture('key.pem'), fixture('cert.pem')];

interface Web {
  readonly http: Pick<typeof http, 'createServer' | 'request' | 'get' | 'Agent' | 'globalAgent'>;
  readonly https: Pick<typeof https, 'createServer' | 'request' | 'get' | 'Agent'>;
  readonly tls: Pick<typeof tls, 'createServer' | 'connect'>;
}

async function body(request: http.ClientRequest): Promise<{ status: number | undefined; text: string }> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text };
}

async function serving<S extends Server>(server: S, ...args: unknown[]): Promise<S> {
  (server.listen as (...args: unknown[]) => void)(...args);
  await once(server, 'listening');
  return server;
}

async function closed(server: http.Server | tls.Server): Promise<void> {
  server.close();
  if ('closeAllConnections' in server) (server as http.Server).closeAllConnections();
  await once(server, 'close');
}

const answer: http.RequestListener = async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  response.setHeader('x-seen', String(request.headers.host));
  response.end(`${request.method} ${request.url} ${text} ${request.headers.connection}`);
};

/** Something to do with HTTP and TLS; what it returns must be the same wherever it is done. */
const scenarios: Readonly<Record<string, (web: Web) => Promise<unknown>>> = {
  'every way to ask': async ({ http }) => {
    const server = await serving(http.createServer(answer), 8001, '127.0.0.1');
    const url = 'http://127.0.0.1:8001/a?b=c';
    const results = [
      await body(http.get(url)),
      await body(http.get(new URL(url), { headers: { connection: 'close' } })),
      await body(http.get({ host: 'localhost', port: 8001, family: 4, path: '/named' })),
      await body(http.request(url, { method: 'POST' }, () => {}).end('posted')),
      await body(http.request({ host: '127.0.0.1', port: 8001, agent: false }).end()),
    ];
    await closed(server);
    return results;
  },
  'connections that are kept': async ({ http }) => {
    const server = await serving(http.createServer(answer), 8002, '127.0.0.1');
    let connections = 0;
    server.on('connection', () => connections++);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
    for (let round = 0; round < 5; round++) {
      await Promise.all([1, 2, 3].map(() => body(http.get({ host: '127.0.0.1', port: 8002, agent }))));
    }
    const free = Object.values(agent.freeSockets).map((sockets) => sockets?.length);
    agent.destroy();
    await closed(server);
    return [connections, free];
  },
  'an upgrade': async ({ http }) => {
    const server = http.createServer();
    server.on('upgrade', (_request, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
    await serving(server, 8003, '127.0.0.1');
    const request = http.get({ host: '127.0.0.1', port: 8003, headers: { connection: 'upgrade', upgrade: 'echo' } });
    const [, socket] = (await once(request, 'upgrade')) as [unknown, Socket];
    socket.write('again');
    const [data] = await once(socket, 'data');
    socket.end();
    await once(socket, 'close');
    await closed(server);
    return String(data);
  },
  'a unix socket': async ({ http }) => {
    const server = await serving(http.createServer(answer), '/run/http-scenario');
    const result = await body(http.get({ socketPath: '/run/http-scenario', path: '/x' }));
    await closed(server);
    return result;
  },
  'nobody there': async ({ http }) => shape((await once(http.get('http://127.0.0.1:8004/'), 'error'))[0]),
  'a request that is called off': async ({ http }) => {
    const server = await serving(
      http.createServer(() => {}),
      8005,
      '127.0.0.1',
    );
    const request = http.get('http://127.0.0.1:8005/', { signal: AbortSignal.timeout(30) });
    const [{ name }] = await once(request, 'error');
    await closed(server);
    return name;
  },
  'https, with sessions resumed': async ({ https }) => {
    const server = await serving(https.createServer({ key, cert, maxVersion: 'TLSv1.2' }, answer), 8006, '127.0.0.1');
    const reused: boolean[] = [];
    server.on('secureConnection', (socket) => reused.push(socket.isSessionReused()));
    const agent = new https.Agent({ ca: cert });
    const texts = [];
    for (let i = 0; i < 3; i++) texts.push(await body(https.get({ host: 'localhost', port: 8006, family: 4, agent })));
    agent.destroy();
    await closed(server);
    return [texts, reused];
  },
  'https with a certificate that nobody signed': async ({ https }) => {
    const server = await serving(https.createServer({ key, cert }, answer), 8007, '127.0.0.1');
    server.on('tlsClientError', () => {});
    const error = shape((await once(https.get('https://127.0.0.1:8007/'), 'error'))[0]);
    const trusting = await body(https.get('https://127.0.0.1:8007/', { rejectUnauthorized: false, agent: false }));
    await closed(server);
    return [error, trusting];
  },
  'https, nobody there': async ({ https }) => shape((await once(https.get('https://127.0.0.1:8008/'), 'error'))[0]),
  tls: async ({ tls }) => {
    const server = await serving(
      tls.createServer({ key, cert, ALPNProtocols: ['echo'] }, (socket) => socket.pipe(socket)),
      8009,
    );
    const results = [];
    for (const target of [{ host: '127.0.0.1' }, { host: 'localhost', family: 4 }]) {
      const options = { ...target, port: 8009, ca: cert, ALPNProtocols: ['echo'], servername: 'inside.test' };
      const client = tls.connect(options as tls.ConnectionOptions);
      const events: string[] = [];
      for (const event of ['connect', 'secureConnect', 'end', 'close']) client.on(event, () => events.push(event));
      client.write('early');
      const [data] = await once(client, 'data');
      results.push(String(data), client.alpnProtocol, client.authorized, client.remoteAddress, client.getProtocol());
      client.end();
      await once(client, 'close');
      results.push(events);
    }
    await closed(server);
    return results;
  },
  'tls, nobody there': async ({ tls }) => {
    const client = tls.connect(8010, '127.0.0.1');
    return shape((await once(client, 'error'))[0]);
  },
  'tls, destroyed while connecting': async ({ tls }) => {
    const client = tls.connect({ port: 8010, host: '127.0.0.1' }).on('error', () => {});
    client.destroy();
    await new Promise((resolve) => client.once('close', resolve));
    return client.destroyed;
  },
};

describe('as node:http, node:https and node:tls', () => {
  beforeAll(livelyHost);

  it.each(Object.keys(scenarios))('%s', async (name) => {
    using ns = await lively();
    const scenario = scenarios[name] as (typeof scenarios)[string];
    const expected = await scenario({ http, https, tls });
    expect(expected).toBeDefined();
    expect(await scenario(ns)).toEqual(expected);
  });
});

describe('inside', () => {
  it('refuses an agent that would connect outside', async () => {
    using ns = await lively();
    expect(() => ns.http.get('http://127.0.0.1/', { agent: new http.Agent() })).toThrow(
      "use the namespace's own Agent",
    );
    expect(() => ns.https.get('https://127.0.0.1/', { agent: https.globalAgent })).toThrow('own Agent');
    expect(() => ns.http.get({ protocol: 'https:', agent: https.globalAgent })).toThrow('own Agent');
    expect(() => new ns.https.Agent({ proxyEnv: { HTTPS_PROXY: 'http://x' } } as object)).toThrow('no proxy');
  });

  it('fetches from another namespace, with every kind of body, and follows redirects', async () => {
    const [a, b] = await livelyPair();
    using _a = a;
    using _b = b;
    const server = b.http.createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/here' }).end();
      else void answer(request, response);
    });
    await serving(server, 80);
    const ask = async (...args: Parameters<typeof fetch>) => (await a.fetch(...args)).text();
    expect(await ask('http://10.0.0.2/x')).toBe('GET /x  keep-alive');
    expect(await ask('http://10.0.0.2/moved')).toContain('GET /here');
    expect(await ask(new URL('http://10.0.0.2/u'), { method: 'PUT', body: 'put' })).toContain('PUT /u put');
    const request = new Request('http://10.0.0.2/r', { method: 'POST', body: 'req' });
    expect(await ask(request)).toContain('POST /r req');
    await expect(ask(request)).rejects.toThrow('has already been used');
    const form = new FormData();
    form.set('field', 'value');
    expect(await ask('http://10.0.0.2/f', { method: 'POST', body: form })).toContain('name="field"');
    expect(await ask('http://10.0.0.2/s', { method: 'POST', body: new URLSearchParams('a=b') })).toContain('a=b');
    await expect(ask('http://10.0.0.9:81/', { signal: AbortSignal.timeout(50) })).rejects.toThrow(/aborted/);
    await expect(ask('http://10.0.0.2:81/')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await closed(server);
  });

  it('keeps no connection when it is closed', async () => {
    const ns = await lively();
    const { http, fetch } = ns;
    const server = await serving(http.createServer(answer), 80, '127.0.0.1');
    await body(http.get('http://127.0.0.1/'));
    expect(await (await fetch('http://127.0.0.1/')).text()).toContain('GET /');
    ns.close();
    const [error] = await once(http.get('http://127.0.0.1/'), 'error');
    expect(error).toMatchObject({ code: 'ERR_NETNS_CLOSED' });
    await expect(fetch('http://127.0.0.1/')).rejects.toThrow();
    await closed(server);
  });

  it('fetches by https with a certificate authority of one’s own', async () => {
    using ns = await lively();
    const server = await serving(ns.https.createServer({ key, cert }, answer), 443);
    const own = fetchIn(ns, { ca: cert });
    expect(await (await own.fetch('https://localhost/secret')).text()).toContain('GET /secret');
    await expect(ns.fetch('https://localhost/')).rejects.toThrow('fetch failed');
    own.close();
    await closed(server);
  });

  it('serves HTTP on port 80 in 200 namespaces of one process, of which nothing else is ever inside', async () => {
    const outside = readlinkSync('/proc/self/ns/net');
    using watcher = await watchThreads();
    const before = readdirSync('/proc/self/fd').length;
    const spaces = await Promise.all(Array.from({ length: 200 }, lively));
    const servers = spaces.map((ns, index) => ns.http.createServer((_, response) => response.end(`number ${index}`)));
    await Promise.all(servers.map((server) => serving(server, 80, '127.0.0.1')));
    const asked = Promise.all(spaces.map((ns) => body(ns.http.get('http://127.0.0.1/'))));
    const pool = Promise.all(Array.from({ length: 50 }, () => readlink('/proc/thread-self/ns/net')));
    const child = promisify(execFile)('readlink', ['/proc/self/ns/net']);
    const answers = await asked;
    expect(answers.map(({ text }) => text)).toEqual(spaces.map((_, index) => `number ${index}`));
    expect(new Set(servers.map((server) => (server.address() as AddressInfo).port))).toEqual(new Set([80]));
    expect(servers.map((server) => networkCookie(descriptorOf(server)))).toEqual(spaces.map(({ cookie }) => cookie));
    expect(new Set(await pool)).toEqual(new Set([outside]));
    expect((await child).stdout.trim()).toBe(outside);
    expect(await watcher.seen()).toEqual([outside]);
    await Promise.all(servers.map(closed));
    for (const ns of spaces) ns.close();
    await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });

  it('leaves no descriptor behind, however hundreds of sockets end', async () => {
    using ns = await lively();
    const server = await serving(
      ns.net.createServer((peer) => peer.on('error', () => {}).resume()),
      80,
      '127.0.0.1',
    );
    const names = { host: 'x', port: 80, lookup: twoAddresses };
    const before = readdirSync('/proc/self/fd').length;
    const ended: Promise<unknown>[] = [];
    const ends = (emitter: NodeJS.EventEmitter) => {
      emitter.on('error', () => {});
      ended.push(new Promise((resolve) => emitter.once('close', resolve)));
    };
    for (let round = 0; round < 40; round++) {
      const [now, later, named, path, secure] = [
        ns.net.connect(80, '127.0.0.1'),
        ns.net.connect(80, '127.0.0.1'),
        ns.net.connect(names as never),
        ns.net.connect('/run/no-such-path'),
        ns.tls.connect({ ...names, rejectUnauthorized: false } as never),
      ] as const;
      for (const socket of [now, later, named, path, secure, ns.net.connect(81, '127.0.0.1')]) ends(socket);
      now.destroy();
      later.once('connect', () => later.destroy());
      named.once('connect', () => named.destroy());
      secure.once('connect', () => secure.destroy());
      const [busy, closing] = [ns.net.createServer(), ns.net.createServer()];
      busy.listen(80, '127.0.0.1').on('error', () => {});
      ends(closing.listen(0, '127.0.0.1'));
      closing.close();
      const [bound, refused, member] = [1, 2, 3].map(() => ns.dgram.createSocket('udp4')) as [
        dgram.Socket,
        dgram.Socket,
        dgram.Socket,
      ];
      for (const socket of [bound, refused, member]) ends(socket);
      bound.bind(0, () => bound.close());
      refused.once('error', () => refused.close()).bind(9, '192.0.2.1');
      member.addMembership('224.0.0.7', '127.0.0.1');
      member.close();
    }
    await Promise.all(ended);
    server.close();
    await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThan(before);
  });

  it('connects inside also where a lookup answers at once', async () => {
    using ns = await lively();
    const server = await serving(
      ns.tls.createServer({ key, cert }, (peer) => peer.on('error', () => {}).end('in')),
      443,
    );
    const lookup = (_name: string, _options: object, callback: (...args: unknown[]) => void) =>
      callback(null, '127.0.0.1', 4);
    const options = { host: 'x', port: 443, lookup, autoSelectFamily: false, rejectUnauthorized: false };
    const [data] = await once(ns.tls.connect(options as never), 'data');
    expect(String(data)).toBe('in');
    await closed(server);
  });
});

const twoAddresses = (_name: string, _options: object, callback: (...args: unknown[]) => void) =>
  callback(null, [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ]);

const descriptorOf = (server: object) => (server as { _handle: { fd: number } })._handle.fd;

/** A thread that looks all the time where all threads of this process are. */
async function watchThreads(): Promise<Disposable & { seen(): Promise<string[]> }> {
  const watcher = new Worker(
    `const { readdirSync, readlinkSync } = require('node:fs');
     const { parentPort } = require('node:worker_threads');
     const seen = new Set();
     parentPort.on('message', () => parentPort.postMessage([...seen]));
     const look = () => {
       for (const tid of readdirSync('/proc/self/task'))
         try { seen.add(readlinkSync('/proc/self/task/' + tid + '/ns/net')); } catch {}
       setImmediate(look);
     };
     look();
     parentPort.postMessage('looking');`,
    { eval: true },
  );
  await once(watcher, 'message');
  return {
    async seen() {
      watcher.postMessage('what?');
      return (await once(watcher, 'message'))[0];
    },
    [Symbol.dispose]: () => void watcher.terminate(),
  };
}
