// http node|loopback|across COUNT: microseconds per GET request, over connections that are kept and over a new one each.
import { once } from 'node:events';
import nodeHttp from 'node:http';
import { NetworkNamespace } from '../../packages/netns/src/api/network-namespace.ts';
import { openNetwork } from '../../packages/netns/src/network/network.ts';

const [how, words] = process.argv.slice(2);
const count = Number(words);
const atOnce = 16;

type Http = Pick<typeof nodeHttp, 'createServer' | 'get' | 'Agent'>;

async function contest(): Promise<{ readonly server: Http; readonly client: Http; readonly host: string }> {
  if (how === 'node') {
    using own = openNetwork();
    await own.links.set('lo', { up: true });
    return { server: nodeHttp, client: nodeHttp, host: '127.0.0.1' };
  }
  const a = NetworkNamespace.create();
  if (how === 'loopback') {
    await a.network.links.set('lo', { up: true });
    return { server: a.http, client: a.http, host: '127.0.0.1' };
  }
  const b = NetworkNamespace.create();
  await a.network.links.add({ kind: 'veth', name: 'e0', up: true, peer: { name: 'e0', netns: b } });
  await b.network.links.set('e0', { up: true });
  await a.network.addresses.add({ link: 'e0', address: '10.0.0.1/24' });
  await b.network.addresses.add({ link: 'e0', address: '10.0.0.2/24' });
  return { server: b.http, client: a.http, host: '10.0.0.2' };
}

const { server, client, host } = await contest();
const listener = server.createServer((_request, response) => response.end('hello')).listen(8000, host);
await once(listener, 'listening');

async function get(agent: nodeHttp.Agent): Promise<void> {
  const request = client.get({ host, port: 8000, agent });
  const [response] = (await once(request, 'response')) as [nodeHttp.IncomingMessage];
  response.resume();
  await once(response, 'end');
}

async function time(agent: nodeHttp.Agent, total: number): Promise<number> {
  let left = total;
  const worker = async () => {
    while (left-- > 0) await get(agent);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  return ((performance.now() - start) * 1000) / total;
}

const kept = new client.Agent({ keepAlive: true, maxSockets: atOnce });
const fresh = new client.Agent({ keepAlive: false, maxSockets: atOnce });
await time(kept, count / 3); // warm
const results = [await time(kept, count), await time(fresh, Math.ceil(count / 3))];
process.stdout.write(`${results.join(' ')}\n`);
process.exit();
