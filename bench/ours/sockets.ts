// sockets PATH COUNT RUNS: the TCP sockets in the network namespace at PATH, at least COUNT, with their processes. Prints the stamps of the
// whole, then the duration of the first time, and of RUNS times more.
import { NetworkNamespace } from '../../packages/netns/src/index.ts';
import { reportEach } from './stamps.ts';

const [path = '', count, runs] = process.argv.slice(2);
using namespace = NetworkNamespace.open(path);
const { sockets } = namespace.network;
await reportEach(1 + Number(runs), async () => {
  const list = await sockets.list({ kinds: ['tcp'] }, { processes: true });
  const owned = list.filter(({ processes = [] }) => processes.length > 0);
  if (owned.length < Number(count)) throw new Error(`${owned.length} sockets with processes are too few`);
});
