// add-routes LINK COUNT TIMES: routes to 10.0.0.0/24 and those behind it, all asked for at once; again and again, deleted in between. Prints the
// stamps of all, and one duration for each time.
import { openNetwork } from '../../packages/netns/src/index.ts';
import { reportEach } from './stamps.ts';

const [link = '', count, times] = process.argv.slice(2);
using network = openNetwork();
const destinations = Array.from({ length: Number(count) }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
await reportEach(
  Number(times),
  () => Promise.all(destinations.map((destination) => network.routes.add({ link, destination }))),
  () => network.routes.flush({ table: 'main' }),
);
