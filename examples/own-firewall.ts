/**
 * A firewall that is there as long as this program runs: nobody can send to the namespace, and nothing is left behind. `nft`, in there.
 *
 * To try it without root: tools/private-node.sh tools/run.mjs examples/own-firewall.ts
 */
import { NetworkNamespace, ping } from 'netns';

using ns = NetworkNamespace.create();
await ns.network.links.set('lo', { up: true });
const heard = (timeout: number) =>
  ping(ns, '127.0.0.1', { timeout }).then(
    () => 'an answer',
    (error) => error.code,
  );

console.log('before:', await heard(10_000));
{
  using table = ns.network.firewall.ownTable({ family: 'inet', name: 'quarantine' });
  await table.chains.add({ family: 'inet', table: 'quarantine', name: 'all', hook: 'input', policy: 'drop' });
  console.log('with the table:', await heard(50));
}
console.log('after:', await heard(10_000));
