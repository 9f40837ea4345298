/**
 * A web server in one namespace and a browser in another, both in this one process, over a cable and by name. No threads.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/http-in-namespaces.ts
 */
import { once } from 'node:events';
import { NetworkNamespace } from 'netns';

using shop = NetworkNamespace.create();
using home = NetworkNamespace.create();
await shop.network.links.add({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'eth0', netns: home } });
await home.network.links.set('eth0', { up: true });
await shop.network.addresses.add({ link: 'eth0', address: '10.0.0.1/24' });
await home.network.addresses.add({ link: 'eth0', address: '10.0.0.2/24' });

// Plain objects of Node's; only their sockets are born inside.
const server = shop.http.createServer((request, response) => {
  response.end(`hello ${request.socket.remoteAddress}, this is ${request.headers.host}`);
});
server.listen(80);
await once(server, 'listening');

const response = await home.fetch('http://10.0.0.1/');
console.log(await response.text());

// Nobody else is listening: the process's own port 80 is another one.
const elsewhere = NetworkNamespace.create();
await elsewhere.fetch('http://10.0.0.1/').catch((error) => console.log(`elsewhere: ${error.cause.code}`));
elsewhere.close();

server.close();
