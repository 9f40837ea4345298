/**
 * What a device does by itself, switched off: then a capture shows packets as they are on the wire. `ethtool -K v0 tso off`, in there.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/switch-offloads.ts
 */
import { NetworkNamespace } from 'netns';

using ns = NetworkNamespace.create();
await ns.network.links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });

const offloads = ['tx-checksum-ip-generic', 'tx-tcp-segmentation', 'tx-generic-segmentation'];
await ns.network.ethtool.setFeatures('v0', Object.fromEntries(offloads.map((name) => [name, false])));

for (const { name, active } of await ns.network.ethtool.features('v0'))
  if (offloads.includes(name)) console.log(`${name}: ${active ? 'on' : 'off'}`);
