// firewall RULES ELEMENTS TIMES: loads a table with so many rules and a set of so many elements, and lists it, again and again, deleted in
// between. Prints the stamps of all, then the durations of loading, then those of listing.
import { openNetwork } from '../../packages/netns/src/index.ts';
import type { NftExpressionInput } from '../../packages/netns/src/netlink/families/netfilter/expressions.ts';

const [rules, elements, times] = process.argv.slice(2).map(Number) as [number, number, number];
using network = openNetwork();
const { firewall } = network;

const table = { family: 'inet', name: 't' } as const;
const chain = { family: 'inet', table: 't', name: 'c' } as const;
const set = { family: 'inet', table: 't', name: 's' } as const;

/** `ip saddr 10.A.B.1 tcp dport PORT counter accept`, as nft writes it. */
function expressionsOf(index: number): NftExpressionInput[] {
  const port = 1 + (index % 65_535);
  return [
    { kind: 'meta', data: { key: 15, dreg: 1 } },
    { kind: 'cmp', data: { sreg: 1, op: 0, data: { value: Uint8Array.of(2) } } },
    { kind: 'payload', data: { dreg: 1, base: 1, offset: 12, len: 4 } },
    { kind: 'cmp', data: { sreg: 1, op: 0, data: { value: Uint8Array.of(10, index >> 8, index, 1) } } },
    { kind: 'meta', data: { key: 16, dreg: 1 } },
    { kind: 'cmp', data: { sreg: 1, op: 0, data: { value: Uint8Array.of(6) } } },
    { kind: 'payload', data: { dreg: 1, base: 2, offset: 2, len: 2 } },
    { kind: 'cmp', data: { sreg: 1, op: 0, data: { value: Uint8Array.of(port >> 8, port) } } },
    { kind: 'counter', data: {} },
    { kind: 'immediate', data: { dreg: 0, data: { verdict: { code: 1 } } } },
  ];
}

const addresses = new Uint8Array(4 * elements);
for (let index = 0; index < elements; index++) addresses.set([10, index >> 16, index >> 8, index], 4 * index);

const load = () =>
  firewall.transaction((t) => {
    t.tables.add(table);
    t.sets.add({ ...set, keyType: 7, keyLength: 4 });
    t.elements.add(
      set,
      Array.from({ length: elements }, (_, index) => ({ key: addresses.subarray(4 * index, 4 * index + 4) })),
    );
    t.chains.add(chain);
    for (let index = 0; index < rules; index++)
      t.rules.add({ ...table, table: 't', chain: 'c', expressions: expressionsOf(index) });
  });

const durations: { readonly loading: bigint[]; readonly listing: bigint[] } = { loading: [], listing: [] };
const begin = process.hrtime.bigint();
for (let run = 0; run < times; run++) {
  if (run > 0) await firewall.flush();
  const start = process.hrtime.bigint();
  await load();
  const loaded = process.hrtime.bigint();
  const ruleset = await firewall.list();
  durations.loading.push(loaded - start);
  durations.listing.push(process.hrtime.bigint() - loaded);
  if (ruleset.rules.length !== rules || ruleset.sets[0]?.elements.length !== elements)
    throw new Error('some are missing');
}
const end = process.hrtime.bigint();
process.stdout.write(`${begin} ${end}\n${[...durations.loading, ...durations.listing].join('\n')}\n`);
