import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { readNameFiles } from '../../src/process/sockets/resolver/name-files.ts';
import { lively } from './support/lively.ts';
import { nameServer } from './support/name-server.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netns-worker-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function script(name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(file, code);
  return file;
}

it('runs code that opens its own sockets', async () => {
  using ns = await lively();
  const file = script(
    'server.mjs',
    `import http from 'node:http';
     import { readlinkSync } from 'node:fs';
     import { parentPort, workerData } from 'node:worker_threads';
     const server = http.createServer((_, response) => response.end(workerData)).listen(80, '127.0.0.1', () =>
       parentPort.postMessage(readlinkSync('/proc/thread-self/ns/net')));
     parentPort.once('message', () => { server.close(); });`,
  );
  const worker = ns.worker(pathToFileURL(file), { workerData: 'from the thread' });
  const [inside] = await once(worker, 'message');
  expect(inside).toBe(String(ns));
  const namespaces = readdirSync('/proc/self/task').map((tid) => readlinkSync(`/proc/self/task/${tid}/ns/net`));
  expect(namespaces.filter((namespace) => namespace === inside)).toHaveLength(1); // that thread, and no other
  const pool = await Promise.all(Array.from({ length: 8 }, () => readlink('/proc/thread-self/ns/net'))); // asked by the pool
  expect(new Set(pool)).toEqual(new Set([readlinkSync('/proc/self/ns/net')]));
  expect(await (await ns.fetch('http://127.0.0.1/')).text()).toBe('from the thread');
  worker.postMessage('end');
  await once(worker, 'exit');
});

it('looks up names by the servers of the namespace', async () => {
  using ns = await lively();
  const server = await nameServer(ns, '127.0.0.1', (name, type) =>
    name === 'known.test' && type === 'A'
      ? [{ type: 'A', name, data: '127.0.0.7' }]
      : name === 'both.test'
        ? [{ type: type as 'A', name, data: type === 'A' ? '127.0.0.8' : 'fd00::8' }]
        : 'NXDOMAIN',
  );
  const file = script(
    'names.cjs',
    `const dns = require('node:dns');
     const { parentPort } = require('node:worker_threads');
     const { promisify } = require('node:util');
     dns.setServers(['127.0.0.1']);
     (async () => {
       parentPort.postMessage([
         await new Promise((resolve) => dns.lookup('known.test', (error, address, family) => resolve([address, family]))),
         await promisify(dns.lookup)('known.test', { all: true }).catch((error) => error.code),
         await dns.promises.lookup('127.0.0.9'),
         await dns.promises.lookup('gone.test').catch((error) => [error.code, error.syscall]),
         await promisify(dns.lookup)('both.test', 4),
         await dns.promises.lookup('both.test', 6),
         await dns.promises.lookup('localhost', 4),
         (await dns.promises.lookup('both.test', { all: true })).map(({ family }) => family),
         (await dns.promises.lookup('both.test', { all: true, order: 'ipv4first' })).map(({ family }) => family),
         (() => { try { dns.lookup('known.test'); } catch (error) { return error.code; } })(),
         [new dns.Resolver(), new dns.promises.Resolver()].map((resolver) => resolver.getServers()),
       ]);
     })();`,
  );
  const worker = ns.worker(file);
  const exited = once(worker, 'exit'); // may come right behind the message
  const [[first, second, literal, gone, ...more]] = await once(worker, 'message');
  expect(first).toEqual(['127.0.0.7', 4]);
  expect(second).toEqual([{ address: '127.0.0.7', family: 4 }]);
  expect(literal).toMatchObject({ address: '127.0.0.9', family: 4 });
  expect(gone).toEqual(['ENOTFOUND', 'getaddrinfo']);
  const { servers } = readNameFiles(ns).resolvConf;
  expect(more).toEqual([
    { address: '127.0.0.8', family: 4 },
    { address: 'fd00::8', family: 6 },
    { address: '127.0.0.1', family: 4 },
    [6, 4],
    [4, 6],
    'ERR_INVALID_ARG_TYPE',
    [servers, servers],
  ]);
  await exited;
  server.close();
});

it('does what a plain worker does: arguments, main module, what is thrown, limits, exits', async () => {
  using ns = NetworkNamespace.create();
  const say = `const { parentPort } = process.getBuiltinModule('node:worker_threads');`;
  const seen = `[process.argv.slice(1), process.env.MARK, typeof require, typeof globalThis.module]`;
  const cases: [string, WorkerOptions?][] = [
    [script('seen.mjs', `${say} parentPort.postMessage(${seen});`), { argv: ['x'], env: { MARK: 'm' } }],
    [script('main.cjs', `${say} parentPort.postMessage([require.main === module, ${seen}]);`), { argv: ['y'] }],
    [script('text.mjs', `throw 'a text';`)],
    [script('null.cjs', `throw null;`)],
    [script('later.mjs', `setTimeout(() => { throw new RangeError('later'); }); setInterval(() => {}, 1000);`)],
    [
      script(
        'handled.mjs',
        `${say} process.on('uncaughtException', (e, o) => parentPort.postMessage([e, o])); throw 1;`,
      ),
    ],
    [script('never.mjs', `await new Promise(() => {});`)],
    [script('seven.mjs', `process.exit(7);`)],
    [script('data.json', `{}`)],
    [script('a b#?%25\'".cjs', `process.exit(8);`)],
    [join(folder, 'missing.mjs')],
    [
      script('hungry.mjs', `const all = []; for (;;) all.push(Array(1e5).fill(Math.random()));`),
      { resourceLimits: { maxOldGenerationSizeMb: 12 } },
    ],
  ];
  const inside = await Promise.all(cases.map(([file, options]) => story(ns.worker(file, options))));
  const plain = await Promise.all(cases.map(([file, options]) => story(new Worker(file, options))));
  expect(inside).toEqual(plain);
  expect(plain.map((events) => events.at(-1))).toContainEqual(['exit', 7]);
});

/** All that a worker tells, in order. */
async function story(worker: Worker): Promise<unknown[]> {
  const events: unknown[] = [];
  worker.on('message', (message) => events.push(['message', message]));
  worker.on('error', (error) => events.push(['error', error instanceof Error ? [error.name, error.message] : error]));
  return new Promise((resolve) => worker.once('exit', (code) => resolve([...events, ['exit', code]])));
}

it('enters a mount namespace as well when asked', async () => {
  using ns = NetworkNamespace.create();
  const child = ns.spawn('sh', ['-c', 'mount -t tmpfs t /mnt; echo here > /mnt/only; echo; cat']);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  const file = script(
    'mount.mjs',
    `import { readFileSync, existsSync } from 'node:fs';
     import { parentPort } from 'node:worker_threads';
     parentPort.postMessage(readFileSync('/mnt/only', 'utf8'));`,
  );
  const worker = ns.worker(file, { mount: { pid: child.pid as number } });
  const exited = once(worker, 'exit'); // may come right behind the message
  expect((await once(worker, 'message'))[0]).toBe('here\n');
  await exited;
  child.stdin?.end();
  await once(child, 'close');
});

it('reports what goes wrong, and ends cleanly', async () => {
  using ns = await lively();
  const thrower = ns.worker(script('throws.mjs', `throw new Error('on purpose');`));
  // From the beginning: it may be gone before we have looked at the error.
  const gone = new Promise((resolve) => thrower.once('exit', resolve));
  expect(String((await once(thrower, 'error'))[0])).toContain('on purpose');
  await gone;
  const missing = ns.worker(join(folder, 'missing.mjs'));
  expect((await once(missing, 'error'))[0]).toMatchObject({ code: expect.stringMatching(/MODULE_NOT_FOUND$/) });
  expect(() => ns.worker('x.mjs', { mount: '/proc/self/ns/net' })).toThrow('it is a net namespace');
  const endless = ns.worker(script('endless.mjs', `setInterval(() => {}, 1000);`));
  await once(endless, 'online');
  await endless.terminate();
});
