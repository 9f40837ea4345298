import { expect, it } from 'vitest';
import { NetlinkConnection } from '../connection/connection.ts';
import type { Declaration } from '../connection/declaration.ts';
import { address } from '../netlink/families/route/address.ts';
import { AF_BRIDGE, AF_INET, AF_INET6 } from '../netlink/families/route/address-families.ts';
import { link } from '../netlink/families/route/link.ts';
import { neighbour } from '../netlink/families/route/neighbour.ts';
import { netconf } from '../netlink/families/route/netconf.ts';
import { nexthop } from '../netlink/families/route/nexthop.ts';
import { route } from '../netlink/families/route/route.ts';
import { rule } from '../netlink/families/route/rule.ts';
import { type NetlinkMessage, NLM_F_DUMP, splitDatagram } from '../netlink/header.ts';
import { done, ScriptedKernel } from '../testing/scripted-kernel.ts';
import { Network } from './network.ts';

type List = (network: Network) => Promise<readonly unknown[]>;

it.each<[string, List, Declaration, object]>([
  [
    'links',
    (n) => n.links.list({ kind: 'veth', master: 7 }),
    link,
    { attributes: { master: 7, linkinfo: { kind: 'veth' } } },
  ],
  ['links elsewhere', (n) => n.links.list({ targetNsid: 3 }), link, { attributes: { targetNetnsid: 3 } }],
  [
    'addresses',
    (n) => n.addresses.list({ link: 7, family: 'inet6' }),
    address,
    { header: { family: AF_INET6, index: 7 } },
  ],
  [
    'routes',
    (n) => n.routes.list({ table: 1000, link: 7, protocol: 'static', type: 'blackhole', family: 'inet' }),
    route,
    { header: { family: AF_INET, protocol: 4, type: 6 }, attributes: { table: 1000, oif: 7 } },
  ],
  ['rules', (n) => n.rules.list({ family: 'inet6' }), rule, { header: { family: AF_INET6 } }],
  [
    'neighbours',
    (n) => n.neighbours.list({ link: 7, master: 8, family: 'inet' }),
    neighbour,
    { header: { family: AF_INET }, attributes: { ifindex: 7, master: 8 } },
  ],
  [
    'forwarding entries',
    (n) => n.fdb.list({ link: 7, bridge: 8 }),
    neighbour,
    { header: { family: AF_BRIDGE, ifindex: 7 }, attributes: { master: 8 } },
  ],
  ['nexthops', (n) => n.nexthops.list({ link: 7, groups: true }), nexthop, { attributes: { oif: 7, groups: true } }],
  ['netconf', (n) => n.netconf.list({ family: 'inet' }), netconf, { header: { family: AF_INET } }],
])('the kernel is asked only for the %s that are meant', async (_, list, declaration, expected) => {
  const kernel = new ScriptedKernel((request) => [done(request)]);
  const network = new Network(new NetlinkConnection({ transport: kernel }));
  await list(network);
  expect(kernel.sent).toHaveLength(1);
  const [request] = splitDatagram(kernel.sent[0] ?? new Uint8Array()) as [NetlinkMessage];
  expect(request.flags & NLM_F_DUMP).toBe(NLM_F_DUMP);
  expect((declaration as typeof link).decode(request)).toMatchObject(expected);
});
