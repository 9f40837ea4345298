// add-routes LINK COUNT TIMES each|all: routes to 10.0.0.0/24 and those behind it, all asked for at once, by a call for each or one for all;
// again and again, deleted in between. Prints the stamps of all, and one duration for each time.
import { setTimeout } from 'node:timers/promises';
import { openNetwork } from '../../packages/netns/src/index.ts';
import { reportEach } from './stamps.ts';

const [link = '', count, times, how] = process.argv.slice(2);
using network = openNetwork();
const { routes } = network;
const destinations = Array.from({ length: Number(count) }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
const specs = () => destinations.map((destination) => ({ link, destination }));
await reportEach(
  Number(times),
  how === 'all' ? () => routes.addAll(specs()) : () => Promise.all(specs().map((spec) => routes.add(spec))),
  async () => {
    await routes.flush({ table: 'main' });
    await setTimeout(50); // the kernel frees what was deleted a little later, and in nobody's name
  },
);
