/**
 * Three namespaces in a row: a client, a router, a server. Routes lead through the router, and the kernel says which way a packet takes.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/through-a-router.ts
 */
import { NetworkNamespace, ping } from 'netns';

using client = NetworkNamespace.create();
using router = NetworkNamespace.create();
using server = NetworkNamespace.create();

for (const [host, net] of [
  [client, '10.0.1'],
  [server, '10.0.2'],
] as const) {
  const cable = net.replaceAll('.', '-');
  await router.network.links.add({ kind: 'veth', name: cable, up: true, peer: { name: 'eth0', netns: host } });
  await host.network.links.set('eth0', { up: true });
  await router.network.addresses.add({ link: cable, address: `${net}.1/24` });
  await host.network.addresses.add({ link: 'eth0', address: `${net}.2/24` });
  await host.network.routes.add({ destination: 'default', gateway: `${net}.1` });
}
await router.exec('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);

const { gateway, source } = await client.network.routes.get('10.0.2.2');
console.log(`from ${source} to 10.0.2.2 by way of ${gateway}`);
const { milliseconds } = await ping(client, '10.0.2.2', { timeout: 10_000 });
console.log(`10.0.2.2 answers after ${milliseconds.toFixed(2)} ms`);
