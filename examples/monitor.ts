/**
 * Follow the names of network namespaces as they come and go. `ip netns monitor`, and when a name can be used.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/monitor.ts
 */
import { NetworkNamespace } from 'netns';

const events = NetworkNamespace.monitor(); // it listens from here on
NetworkNamespace.createNamed('demo').close();

for await (const { event, name } of events) {
  console.log(event, name);
  if (name !== 'demo') continue; // somebody else's
  if (event === 'ready') NetworkNamespace.removeName('demo');
  if (event === 'delete') break; // which ends the listening
}
