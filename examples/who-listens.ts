/**
 * Who listens in a namespace, and how its connections do: `ss -tlnp` and `ss -ti`, for a namespace that this process is not in.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/who-listens.ts
 */
import { once } from 'node:events';
import { NetworkNamespace } from 'netns';

using ns = NetworkNamespace.create();
await ns.network.links.set('lo', { up: true });
const server = ns.net.createServer((socket) => socket.end('hello')).listen(8080, '127.0.0.1');
await once(server, 'listening');

const { sockets } = ns.network;
for (const socket of await sockets.list({ kinds: ['tcp'], states: ['listening'] }, { processes: true })) {
  if (socket.kind !== 'tcp') continue;
  const owners = socket.processes?.map(({ pid }) => (pid === process.pid ? 'this process' : `process ${pid}`));
  console.log(`${socket.local.address}:${socket.local.port} belongs to ${owners?.join(', ')}`);
}

const client = ns.net.connect({ port: 8080, host: '127.0.0.1', allowHalfOpen: true });
await once(client.resume(), 'end');
const [connection] = await sockets.list({ kinds: ['tcp'], remotePorts: [8080] }, { details: true });
if (connection?.kind === 'tcp') {
  const info = connection.message?.attributes.info;
  const received = info !== undefined && 'bytesReceived' in info ? info.bytesReceived : 0n;
  console.log(`to port ${connection.remote.port}: ${connection.state}, ${received} bytes received`);
}
client.destroy();
server.close();
