/**
 * Take down what the machine is like, and tell later what has changed: `netns snapshot` and `netns diff`.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/what-has-changed.ts
 */
import { diff, NetworkNamespace, snapshot } from 'netns';

using ns = NetworkNamespace.create();
const before = await snapshot(); // writeSnapshot(file) keeps it, readSnapshot(file) brings it back

await ns.network.links.set('lo', { mtu: 1400 });
await ns.network.rules.add({ priority: 77, table: 77 });

// Others may have changed something meanwhile: only what is in our namespace matters here.
const own = `net:[${ns.id.ino}]`;
for (const { change, object, namespace, fields } of diff(before, await snapshot()).differences) {
  if (namespace.key === own) console.log(change, object, ...fields);
}
