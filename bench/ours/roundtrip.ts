// roundtrip sync|await raw|decoded COUNT: ask for the loopback link COUNT times, one request at a time.
import { NetlinkConnection } from '../../packages/netns/src/index.ts';
import { link } from '../../packages/netns/src/netlink/families/route/link.ts';
import type { Slice } from '../../packages/netns/src/wire/slice.ts';
import { report } from './stamps.ts';

const [how, what, words] = process.argv.slice(2);
const count = Number(words);
const options = { operation: 'find the loopback link' };
const lo = { header: { index: 1 } };

using connection = new NetlinkConnection();
const [answer] = connection.requestSync(link, 'get', lo, options);
if (answer?.attributes.ifname !== 'lo') throw new Error('that was not the loopback link');

const declaration = what === 'raw' ? { ...link, decode: (payload: Slice) => payload } : link;
await report(async () => {
  if (how === 'sync') for (let i = 0; i < count; i++) connection.requestSync(declaration, 'get', lo, options);
  else for (let i = 0; i < count; i++) await connection.request(declaration, 'get', lo, options);
});
