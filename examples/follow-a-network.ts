/**
 * Follow a network: first what is there, then what changes, without a gap. `ip monitor`, with what `ip address` shows before it.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/follow-a-network.ts
 */
import { NetworkNamespace } from 'netns';

using ns = NetworkNamespace.create();
await ns.network.links.set('lo', { up: true });

for await (const change of ns.monitor({ objects: ['address'] })) {
  if (change.event === 'synchronized') {
    console.log('from now on there are changes');
    await ns.network.addresses.add({ link: 'lo', address: '192.0.2.1' });
  } else if ('object' in change && change.object === 'address' && change.value.family === 'inet') {
    const { address, prefixLength } = change.value;
    console.log(`${change.event} ${address}/${prefixLength}`);
    if (change.event === 'set') await ns.network.addresses.delete(change.value);
    if (change.event === 'delete') break; // which ends the listening
  }
}
