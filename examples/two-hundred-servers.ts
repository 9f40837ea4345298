/**
 * Two hundred namespaces, and in each a web server on the same address and port, all in this one process.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/two-hundred-servers.ts
 */
import { once } from 'node:events';
import { NetworkNamespace } from 'netns';

const started = performance.now();
const sites = await Promise.all(
  Array.from({ length: 200 }, async (_, number) => {
    const ns = NetworkNamespace.create();
    await ns.network.links.set('lo', { up: true });
    const server = ns.http.createServer((_request, response) => response.end(`site ${number}`)).listen(80, '127.0.0.1');
    await once(server, 'listening');
    return { ns, server };
  }),
);
const texts = await Promise.all(sites.map(async ({ ns }) => (await ns.fetch('http://127.0.0.1/')).text()));

console.log(`${new Set(texts).size} different answers from http://127.0.0.1/, for example "${texts[42]}"`);
console.log(`made, asked and answered in ${(performance.now() - started).toFixed(0)} ms`);

for (const { ns, server } of sites) {
  server.close();
  ns.close();
}
