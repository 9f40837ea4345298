/** What the compiler must refuse, and what it must know, of the tables of a network. Checked by `tsc` alone. */
import type { Address } from '../../src/network/addresses.ts';
import type { FdbEntry } from '../../src/network/fdb.ts';
import type { Neighbour } from '../../src/network/neighbours.ts';
import type { Network } from '../../src/network/network.ts';
import type { Nexthop } from '../../src/network/nexthops.ts';
import type { Route } from '../../src/network/routes.ts';
import type { Rule } from '../../src/network/rules.ts';

declare const network: Network;
declare const address: Address;
declare const route: Route;
declare const rule: Rule;
declare const neighbour: Neighbour;
declare const nexthop: Nexthop;
declare const entry: FdbEntry;

// What was listed can be given back.
network.addresses.delete(address);
network.routes.add(route);
network.rules.delete(rule);
network.neighbours.replace(neighbour);
network.nexthops.add(nexthop);
network.fdb.append(entry);

// @ts-expect-error the kernel cannot replace a rule
network.rules.replace(rule);
// @ts-expect-error there is one neighbour for an address
network.neighbours.append(neighbour);
// @ts-expect-error a route without a destination
network.routes.add({ gateway: '10.0.0.1' });
// @ts-expect-error a misspelt setting
network.routes.add({ destination: 'default', gatway: '10.0.0.1' });
// @ts-expect-error no such kind of route
network.routes.add({ destination: 'default', type: 'unreachabel' });
// @ts-expect-error labels are numbers
network.routes.add({ destination: 'default', encap: { kind: 'mpls', data: { dst: ['100'] } } });
// @ts-expect-error another kind's setting
network.links.set('br0', { kind: 'bridge', data: { ageing: 1 } });
// @ts-expect-error settings without their kind
network.links.set('br0', { data: { ageingTime: 1 } });
network.links.set('v0', { port: { kind: 'bridge', data: { isolated: true } } });
// @ts-expect-error a bare number says nothing
network.links.set('v0', { netns: 7 });
network.links.set('v0', { netns: { nsid: 7 } });

// Counters are bigints, indexes numbers, absence undefined.
route.link satisfies number | undefined;
(await network.links.get('v0')).counters?.rxBytes satisfies bigint | undefined;
// @ts-expect-error values are read only
route.link = 1;
