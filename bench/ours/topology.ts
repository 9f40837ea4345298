// topology COUNT RUNS: links and addresses of all network namespaces, at least COUNT with names, and the other end of each veth. Prints the stamps
// of the whole, then the duration of the first time, and of RUNS times more.
import { topology } from '../../packages/netns/src/index.ts';
import { reportEach } from './stamps.ts';

const [count, runs] = process.argv.slice(2);
await reportEach(1 + Number(runs), async () => {
  const { namespaces } = await topology();
  const named = namespaces.filter(({ names }) => names.length > 0);
  const resolved = named.filter(({ links }) =>
    links.some(({ peer, addresses }) => peer !== undefined && addresses.length > 0),
  );
  if (resolved.length < Number(count)) throw new Error(`${resolved.length} namespaces with ends are too few`);
});
process.exit();
