// roundtrip sync|await raw|decoded COUNT WARMUP: ask for the loopback link COUNT times, one request at a time, after as many as WARMUP
// that are not timed: V8 interprets a function until it has seen enough of it.
import { NetlinkConnection } from '../../packages/netns/src/index.ts';
import { link } from '../../packages/netns/src/netlink/families/route/link.ts';
import type { Slice } from '../../packages/netns/src/wire/slice.ts';
import { report } from './stamps.ts';

const [how, what, count, warmUp] = process.argv.slice(2);
const options = { operation: 'find the loopback link' };
const lo = { header: { index: 1 } };

using connection = new NetlinkConnection();
const [answer] = connection.requestSync(link, 'get', lo, options);
if (answer?.attributes.ifname !== 'lo') throw new Error('that was not the loopback link');

const declaration = what === 'raw' ? { ...link, decode: (payload: Slice) => payload } : link;
const ask = async (times: number) => {
  if (how === 'sync') for (let i = 0; i < times; i++) connection.requestSync(declaration, 'get', lo, options);
  else for (let i = 0; i < times; i++) await connection.request(declaration, 'get', lo, options);
};
await ask(Number(warmUp));
await report(() => ask(Number(count)));
