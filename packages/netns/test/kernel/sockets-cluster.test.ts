import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

const library = pathToFileURL(join(import.meta.dirname, '../../dist/index.js')).href;

const program = `
import cluster from 'node:cluster';
import { once } from 'node:events';
import { NetworkNamespace } from ${JSON.stringify(library)};

if (cluster.isPrimary) {
  const worker = cluster.fork();
  const [text] = await once(worker, 'message');
  console.log(text);
  worker.kill();
} else {
  await serve(NetworkNamespace.create());
}

async function serve(ns) {
  await ns.network.links.set('lo', { up: true });
  const server = ns.http.createServer((_, response) => response.end('from a worker')).listen(80);
  await once(server, 'listening');
  const socket = ns.dgram.createSocket('udp4').bind(80);
  await once(socket, 'listening');
  const abstract = ns.net.createServer((peer) => peer.end('!')).listen('\\0in-a-worker');
  await once(abstract, 'listening');
  await once(ns.net.connect('\\0in-a-worker'), 'data');
  process.send(await (await ns.fetch('http://127.0.0.1/')).text());
}
`;

it('listens inside in a worker of a cluster, without asking the primary', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netns-cluster-'));
  try {
    const file = join(folder, 'cluster.mjs');
    writeFileSync(file, program);
    expect(execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 30_000 })).toBe('from a worker\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
