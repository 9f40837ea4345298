// settings PATH RUNS WHAT: the sysctls (`sysctls`), or what is counted (`counters`), in the network namespace at PATH. Prints the stamps of the
// whole, then the duration of the first time, and of RUNS times more.
import { NetworkNamespace } from '../../packages/netns/src/index.ts';
import { reportEach } from './stamps.ts';

const [path = '', runs, what] = process.argv.slice(2);
using namespace = NetworkNamespace.open(path);
const { sysctl, counters } = namespace.network;
await reportEach(1 + Number(runs), async () => {
  const found =
    what === 'sysctls' ? (await sysctl.list()).length : Object.keys((await counters.read()).protocols).length;
  if (found < 100) throw new Error(`${found} are too few`);
});
