// event COUNT: how long from a change (a route is made, or deleted) until this process hears of it. One duration for each change.
import { setTimeout as sleep } from 'node:timers/promises';
import { openNetwork } from '../../packages/netns/src/index.ts';
import { reportEach } from './stamps.ts';

const [count] = process.argv.slice(2);
using network = openNetwork();
const events = network.monitor({ objects: ['route'] });
while ((await events.next()).value?.event !== 'synchronized');

const route = { destination: '10.0.0.1/32', type: 'blackhole' } as const;
let there = false;
await reportEach(
  Number(count),
  async () => {
    await (there ? network.routes.delete(route) : network.routes.add(route));
    const { value } = await events.next();
    if (value?.event !== (there ? 'delete' : 'set')) throw new Error(`not expected: ${value?.event}`);
    there = !there;
  },
  () => sleep(1),
);
process.exit();
