/**
 * Follows a packet from one namespace into another: both ends of a cable are captured at once, in the order of time.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/capture-a-path.ts
 */
import { capture, NetworkNamespace, summarizePacket } from 'netns';

using red = NetworkNamespace.create();
using blue = NetworkNamespace.create();
await red.network.links.add({ kind: 'veth', name: 'eth0', up: true, peer: { name: 'eth0', netns: blue } });
await blue.network.links.set('eth0', { up: true });
await red.network.addresses.add({ link: 'eth0', address: '10.0.0.1/24' });
await blue.network.addresses.add({ link: 'eth0', address: '10.0.0.2/24' });

using packets = await capture({
  from: [
    { namespace: red, interface: 'eth0', title: 'red' },
    { namespace: blue, interface: 'eth0', title: 'blue' },
  ],
  filter: 'udp port 9',
  count: 2,
});
const socket = red.dgram.createSocket('udp4');
socket.send('hello', 9, '10.0.0.2', () => socket.close());

let begin: bigint | undefined;
for await (const { namespace, direction, time, linkType, bytes } of packets) {
  begin ??= time;
  const { protocol, destination } = summarizePacket(linkType, bytes);
  const later = time >= begin ? 'in order' : 'out of order';
  console.log(`${direction} of ${namespace}: ${protocol} to ${destination}, ${later}`);
}
