/**
 * A slow line and a lossy one, and what they have counted. `tc qdisc`, in there.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/shape-a-link.ts
 */
import { NetworkNamespace, UnsupportedError } from 'netns';

using ns = NetworkNamespace.create();
const { links, qdiscs } = ns.network;
await links.add({ kind: 'veth', name: 'up', peer: { name: 'down' } });

// 10 Mbit/s with bursts of 15,000 bytes; what would wait longer than 50 ms is dropped.
await qdiscs.replace({ link: 'up', kind: 'tbf', options: { rate: 10e6, burst: 15_000, latency: 50 } });

// 40 ms of delay, give or take 5, and one packet in a hundred lost: where the kernel has netem.
try {
  await qdiscs.replace({ link: 'down', kind: 'netem', options: { delay: 40, jitter: 5, loss: 0.01 } });
} catch (error) {
  if (!(error instanceof UnsupportedError)) throw error;
  console.log(error.message);
}

for (const { kind, parent, statistics } of await qdiscs.list({ link: 'up' }))
  console.log(`${kind} at ${parent}: ${statistics?.packets} packets, ${statistics?.drops} dropped`);
