// dump links|addresses|routes objects|messages|column|bytes|constants COUNT RUNS: list a table, at least COUNT entries; hot: after as many times.
// Prints the stamps of the whole and one duration for each run. "constants" asks nobody: it makes COUNT objects like the last message of the table.
import { openNetwork } from '../../packages/netns/src/index.ts';
import { address } from '../../packages/netns/src/netlink/families/route/address.ts';
import { extMaskFlag, link } from '../../packages/netns/src/netlink/families/route/link.ts';
import { route } from '../../packages/netns/src/netlink/families/route/route.ts';
import { reportEach } from './stamps.ts';

const [table = '', what, count, runs] = process.argv.slice(2);
using network = openNetwork();
const { connection } = network;
const operation = `list ${table}`;

const skipStatistics = { attributes: { extMask: extMaskFlag('skip_stats') } };

const objects: Record<string, () => Promise<unknown[]>> = {
  links: () => network.links.list(),
  addresses: () => network.addresses.list(),
  routes: () => network.routes.list(),
};
const messages: Record<string, () => Promise<{ messages: unknown[] }>> = {
  links: () => connection.dump(link, skipStatistics, { operation }),
  addresses: () => connection.dump(address, {}, { operation }),
  routes: () => connection.dump(route, {}, { operation }),
};

/** One number of each message, or none: the length alone. */
const views: Record<string, () => Promise<{ readonly length: number }>> = {
  links: async () => looked((await connection.dumpView(link, skipStatistics, { operation })).messages, 'mtu'),
  addresses: async () => looked((await connection.dumpView(address, {}, { operation })).messages, 'flags'),
  routes: async () => looked((await connection.dumpView(route, {}, { operation })).messages, 'oif'),
};

function looked<Name>(list: Disposable & { readonly length: number; column(name: Name): unknown[] }, name: Name) {
  using messages = list;
  return what === 'column' ? messages.column(name) : { length: messages.length };
}

/** JavaScript that makes a plain value. */
function literal(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(JSON.stringify(value));
  if (Array.isArray(value)) return `[${value.map(literal)}]`;
  return `{ ${Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${literal(member)}`)} }`;
}

/** What V8 alone needs for so many objects: it copies one that it has, without a look at any byte. */
async function constants(): Promise<() => Promise<unknown[]>> {
  const last = (await messages[table]?.())?.messages.at(-1);
  const make = new Function(`return ${literal(last)}`) as () => unknown;
  return async () => {
    const made = [];
    for (let i = 0; i < Number(count); i++) made.push(make());
    return made;
  };
}

const ways: Record<string, (() => Promise<{ readonly length: number } | undefined>) | undefined> = {
  objects: objects[table],
  messages: async () => (await messages[table]?.())?.messages,
  column: views[table],
  bytes: views[table],
  constants: what === 'constants' ? await constants() : undefined,
};
const list = ways[what ?? ''];
const ask = async () => {
  const entries = await list?.();
  if (entries === undefined || entries.length < Number(count)) throw new Error(`${entries?.length} are too few`);
};
for (let i = 0; i < Number(runs); i++) await ask();
await reportEach(Number(runs), ask);
