/**
 * The connections that a firewall keeps track of: list them, and let some begin anew. `conntrack -L`, `conntrack -D`.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/forget-connections.ts
 */
import { NetworkNamespace } from 'netns';

using ns = NetworkNamespace.create();
const { connections } = ns.network;

// Made by hand here; most are made by traffic, once a rule of the firewall asks for it.
for (const sourcePort of [5000, 5001])
  await connections.add({
    protocol: 'udp',
    source: '10.0.0.1',
    destination: '192.0.2.53',
    sourcePort,
    destinationPort: 53,
    destinationNat: '10.0.0.53',
    timeout: 60,
  });

for (const { source, sourcePort, destination, reply } of await connections.list({ protocol: 'udp' }))
  console.log(`${source}:${sourcePort} asks ${destination}, and ${reply.source} answers`);
console.log(`${await connections.flush({ destination: '192.0.2.53' })} forgotten`);
