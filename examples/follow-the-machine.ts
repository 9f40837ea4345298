/**
 * What happens in any namespace, also in one that is made meanwhile, as one timeline: `netns watch`.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/follow-the-machine.ts
 */
import { NetworkNamespace, watch } from 'netns';

// Without `namespaces` it is everything on the machine.
for await (const told of watch({ namespaces: ['demo'], objects: ['namespace', 'link'] })) {
  if (told.event === 'synchronized') NetworkNamespace.createNamed('demo').close();
  if (!('object' in told)) continue;
  if (told.object === 'namespace') console.log(told.event, 'namespace', ...told.namespace.names);
  if (told.object !== 'link') continue;
  console.log(told.event, told.device, told.value.up ? 'up' : 'down');

  if (told.value.up) break; // which ends the watch
  using demo = NetworkNamespace.open('demo');
  await demo.network.links.set('lo', { up: true });
}
NetworkNamespace.removeName('demo');
