// dump-npm links|addresses|routes COUNT RUNS MODULE: the same through the npm package netlink, installed at MODULE.
import { createRequire } from 'node:module';
import { reportEach } from './stamps.ts';

const [table = '', count, runs, module = ''] = process.argv.slice(2);
const socket = createRequire(import.meta.url)(module).createRtNetlink();
const lists: Record<string, () => Promise<unknown[]>> = {
  links: () => socket.getLinks(),
  addresses: () => socket.getAddresses(),
  routes: () => socket.getRoutes(),
};
const ask = async () => {
  const entries = await lists[table]?.();
  if (entries === undefined || entries.length < Number(count)) throw new Error(`${entries?.length} are too few`);
};
for (let i = 0; i < Number(runs); i++) await ask();
await reportEach(Number(runs), ask);
process.exit();
