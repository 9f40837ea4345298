/**
 * What a namespace counts, and how fast it grows. `nstat`, in there.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/watch-counters.ts
 */
import { NetworkNamespace, ping } from 'netns';

using ns = NetworkNamespace.create();
await ns.network.links.set('lo', { up: true });

for await (const { protocols, rates } of ns.network.counters.watch({ interval: 50 })) {
  const growth = rates?.protocols.IcmpInEchos;
  console.log(`${protocols.IcmpInEchos} echo requests, ${growth === undefined ? 'until now' : 'and more each second'}`);
  if (protocols.IcmpInEchos === 2n) break;
  await ping(ns, '127.0.0.1');
}
