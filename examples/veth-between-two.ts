/**
 * Two namespaces, a cable between them, and a ping through it. They have no names, so they end with this program.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/veth-between-two.ts
 */
import { NetworkNamespace, ping } from 'netns';

using blue = NetworkNamespace.create();
using red = NetworkNamespace.create();

// Both ends in one message to the kernel, each where it belongs: cheaper than moving one later.
await blue.network.links.add({ kind: 'veth', name: 'to-red', up: true, peer: { name: 'to-blue', netns: red } });
await red.network.links.set('to-blue', { up: true });
await blue.network.addresses.add({ link: 'to-red', address: '10.0.0.1/24' });
await red.network.addresses.add({ link: 'to-blue', address: '10.0.0.2/24' });

const { milliseconds } = await ping(blue, '10.0.0.2', { timeout: 10_000 });
console.log(`10.0.0.2 answers after ${milliseconds.toFixed(2)} ms`);
