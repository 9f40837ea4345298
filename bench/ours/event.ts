// event COUNT REST: how long from a change (a route is made, or deleted) until this process hears of it, behind as many as 20,000 that are not
// timed. It rests for REST milliseconds between two of them. One duration for each change.
import { setTimeout as sleep } from 'node:timers/promises';
import { openNetwork } from '../../packages/netns/src/index.ts';
import { reportEach } from './stamps.ts';

const [count, rest] = process.argv.slice(2);
using network = openNetwork();
const events = network.monitor({ objects: ['route'] });
while ((await events.next()).value?.event !== 'synchronized');

const route = { destination: '10.0.0.1/32', type: 'blackhole' } as const;
let there = false;
const change = async () => {
  await (there ? network.routes.delete(route) : network.routes.add(route));
  const { value } = await events.next();
  if (value?.event !== (there ? 'delete' : 'set')) throw new Error(`not expected: ${value?.event}`);
  there = !there;
};
for (let i = 0; i < 20_000; i++) await change();
await reportEach(Number(count), change, rest === '0' ? undefined : () => sleep(Number(rest)));
process.exit();
