// burst COUNT BYTES: make COUNT routes while nobody reads what is told of them, then follow it. Prints how many of them were not told of as
// changes, and how many were still unknown when all was told, after a resync if there was one.
import { openNetwork } from '../../packages/netns/src/index.ts';

const [count, bytes] = process.argv.slice(2);
const destinations = Array.from({ length: Number(count) }, (_, i) => `10.0.${i >> 8}.${i & 255}/32`);
using network = openNetwork();
const events = network.monitor({ objects: ['route'], receiveBuffer: Number(bytes) || undefined });
while ((await events.next()).value?.event !== 'synchronized');

await Promise.all(destinations.map((destination) => network.routes.add({ destination, type: 'blackhole' })));
const told = new Set<string>();
const known = new Set<string>();
let resync = false;
const timer = setTimeout(() => events.return?.(), 20_000);
for await (const change of events) {
  if (change.event === 'resync') resync = true;
  else if (change.event === 'synchronized') resync = false;
  else if ('object' in change && change.object === 'route') {
    if (change.event === 'set') told.add(change.value.destination);
    known.add(change.value.destination);
  }
  if (!resync && known.size === destinations.length) break;
}
clearTimeout(timer);
process.stdout.write(`${destinations.length - told.size} ${destinations.length - known.size}\n`);
process.exit();
