// hosts DIR COUNT: a bridge br0 here, and named network namespaces b0, b1, … with a veth to it each, as whoever reads the manual writes it.
import { NetworkNamespace, openNetwork } from '../../packages/netns/src/index.ts';
import { report } from './stamps.ts';

const [runDirectory = '', count] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, i) => `b${i}`);
using network = openNetwork();

await report(async () => {
  const hosts = NetworkNamespace.createAll(names, { runDirectory });
  await network.links.add({ kind: 'bridge', name: 'br0' });
  await Promise.all(
    hosts.map((netns, i) =>
      network.links.add({ kind: 'veth', name: `v${i}`, master: 'br0', up: true, peer: { name: 'eth0', netns } }),
    ),
  );
  const settings = hosts.map(({ network: { links, addresses, routes } }, i) => [
    links.set('lo', { up: true }),
    addresses.add({ link: 'eth0', address: `10.0.${1 + (i >> 8)}.${i & 255}/16` }),
    links.set('eth0', { up: true }),
    routes.add({ destination: 'default', gateway: '10.0.0.1' }),
  ]);
  await Promise.all(settings.flat());
  await network.links.set('br0', { up: true });
});
process.exit();
