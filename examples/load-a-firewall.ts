/**
 * A firewall from a document in the JSON of libnftables, as `nft -j` reads and writes it.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/load-a-firewall.ts
 */
import { NetworkNamespace } from 'netns';

using ns = NetworkNamespace.create();
const { firewall } = ns.network;
const place = { family: 'inet', table: 'filter' };
const web = { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: { set: [80, 443] } } };

await firewall.load({
  nftables: [
    { add: { table: { family: 'inet', name: 'filter' } } },
    { add: { chain: { ...place, name: 'input', type: 'filter', hook: 'input', prio: 0, policy: 'drop' } } },
    {
      add: { rule: { ...place, chain: 'input', expr: [web, { counter: null }, { accept: null }], comment: 'the web' } },
    },
  ],
});

// What is there can be loaded again, here or elsewhere.
const document = await firewall.document();
using other = NetworkNamespace.create();
await other.network.firewall.load(document);
for (const object of (await other.network.firewall.document()).nftables)
  if ('rule' in object) console.log(object.rule.comment, JSON.stringify(object.rule.expr));
