// servers COUNT: that many HTTP servers in as many namespaces, each asked once; prints this process's resident bytes.
import { once } from 'node:events';
import { NetworkNamespace } from '../../packages/netns/src/api/network-namespace.ts';
import { reportResident } from './resident.ts';

const [count] = process.argv.slice(2);
const held = await Promise.all(
  Array.from({ length: Number(count) }, async () => {
    const ns = NetworkNamespace.create();
    await ns.network.links.set('lo', { up: true });
    const server = ns.http.createServer((_request, response) => response.end('hello')).listen(80, '127.0.0.1');
    await once(server, 'listening');
    return { ns, server };
  }),
);
for (const { ns } of held) {
  const [response] = await once(ns.http.get('http://127.0.0.1/'), 'response');
  response.resume();
  await once(response, 'end');
}
reportResident();
