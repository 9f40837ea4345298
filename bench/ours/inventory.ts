// inventory DIR COUNT RUNS: links, addresses, routes and neighbours of the named network namespaces b0, b1, … Prints the stamps of the whole,
// then the durations of RUNS times with opening them, and of RUNS times more without.
import { NetworkNamespace } from '../../packages/netns/src/index.ts';
import { reportEach } from './stamps.ts';

const [runDirectory = '', count, runs] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, i) => `b${i}`);
let opened: NetworkNamespace[] = [];
let run = 0;
await reportEach(
  2 * Number(runs),
  async () => {
    if (run < Number(runs)) opened = NetworkNamespace.openAll(names, { runDirectory });
    for (const { network } of opened) {
      const links = await network.links.list();
      const addresses = await network.addresses.list();
      const routes = await network.routes.list();
      await network.neighbours.list();
      if (links.length < 2 || addresses.length < 2 || routes.length < 2) throw new Error('something is missing');
    }
  },
  () => {
    run++;
    if (run < Number(runs)) for (const namespace of opened) namespace.close();
  },
);
process.exit();
