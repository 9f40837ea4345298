import { describe, expect, it } from 'vitest';
import type { NetworkNamespace } from '../../src/api/network-namespace.ts';
import type { Network } from '../../src/network/network.ts';
import { runIn, shown, wiredNamespace } from './support/twin-networks.ts';

/**
 * The same thing said to `ip` in one namespace and to the library in its twin. Then `ip` must show both alike, and the library must read
 * both alike.
 */
interface Case {
  readonly setup?: readonly string[];
  readonly ip: string;
  readonly ours: (network: Network) => Promise<unknown>;
}

type TableName = 'addresses' | 'routes' | 'rules' | 'neighbours' | 'nexthops' | 'fdb';

/** How `ip` shows each table, and what of it depends on the moment. */
const views: Readonly<Record<TableName, readonly string[]>> = {
  addresses: ['ip -j -d address show'],
  routes: ['ip -j -d route show table all', 'ip -6 -j -d route show table all'],
  rules: ['ip -j -d rule show', 'ip -6 -j -d rule show'],
  neighbours: ['ip -j -d neigh show', 'ip -j -d neigh show proxy dev v0'],
  nexthops: ['ip -j -d nexthop show'],
  fdb: ['bridge -j -d fdb show'],
};
const fleeting = new Set([
  'used',
  'updated',
  'confirmed',
  'expires',
  'message',
  'valid_life_time',
  'preferred_life_time',
  'validLifetime',
  'preferredLifetime',
]);

const bridge = ['ip link add br0 index 20 address 02:00:00:00:00:20 type bridge', 'ip link set v0 master br0'];
const vxlan = ['ip link add vx0 index 21 address 02:00:00:00:00:21 type vxlan id 7 dstport 4789 local 10.0.0.1'];
const hops = ['ip nexthop add id 1 via 10.0.0.2 dev v0', 'ip nexthop add id 2 via 10.0.0.3 dev v0'];

const cases: Readonly<Record<TableName, readonly Case[]>> = {
  addresses: [
    {
      ip: 'ip address add 10.1.0.1/24 broadcast 10.1.0.255 label v0:x dev v0',
      ours: (n) => n.addresses.add({ link: 'v0', address: '10.1.0.1/24', broadcast: '10.1.0.255', label: 'v0:x' }),
    },
    {
      ip: 'ip address add 10.1.0.1 peer 10.1.0.2/30 scope link dev v0',
      ours: (n) => n.addresses.add({ link: 'v0', address: '10.1.0.1', peer: '10.1.0.2/30', scope: 'link' }),
    },
    {
      ip: 'ip address add 10.1.0.1/24 dev v0 valid_lft 1000 preferred_lft 500 metric 77 noprefixroute',
      ours: (n) =>
        n.addresses.add({
          link: 'v0',
          address: '10.1.0.1/24',
          validLifetime: 1000,
          preferredLifetime: 500,
          metric: 77,
          noPrefixRoute: true,
        }),
    },
    {
      ip: 'ip address add 2001:db8:3::1/64 dev v1 nodad preferred_lft 0 metric 9',
      ours: (n) =>
        n.addresses.add({ link: 'v1', address: '2001:db8:3::1/64', noDad: true, preferredLifetime: 0, metric: 9 }),
    },
    {
      ip: 'ip address replace 2001:db8:1::1/64 dev v1 nodad',
      ours: (n) => n.addresses.replace({ link: 'v1', address: '2001:db8:1::1/64', noDad: true }),
    },
    {
      ip: 'ip address delete 10.0.0.1/24 dev v0',
      ours: (n) => n.addresses.delete({ link: 'v0', address: '10.0.0.1/24' }),
    },
    { ip: 'ip address flush dev v0', ours: (n) => n.addresses.flush({ link: 'v0' }) },
  ],
  routes: [
    {
      ip: 'ip route add 192.0.2.0/24 via 10.0.0.2',
      ours: (n) => n.routes.add({ destination: '192.0.2.0/24', gateway: '10.0.0.2' }),
    },
    { ip: 'ip route add default dev v0', ours: (n) => n.routes.add({ destination: 'default', link: 'v0' }) },
    {
      ip: 'ip route add 192.0.2.0/24 via 10.0.0.2 dev v0 metric 50 src 10.0.0.1 proto static table 1000 tos 0x10 mtu 1400 hoplimit 9',
      ours: (n) =>
        n.routes.add({
          destination: '192.0.2.0/24',
          gateway: '10.0.0.2',
          link: 10,
          metric: 50,
          source: '10.0.0.1',
          protocol: 'static',
          table: 1000,
          tos: 0x10,
          metrics: { mtu: 1400, hoplimit: 9 },
        }),
    },
    {
      ip: 'ip route add 192.0.2.0/24 nexthop via 10.0.0.2 dev v0 weight 3 nexthop via 10.9.9.9 dev v1 onlink',
      ours: (n) =>
        n.routes.add({
          destination: '192.0.2.0/24',
          nexthops: [
            { gateway: '10.0.0.2', link: 'v0', weight: 3 },
            { gateway: '10.9.9.9', link: 'v1', onlink: true },
          ],
        }),
    },
    {
      ip: 'ip route add 192.0.2.0/24 via inet6 2001:db8::2 dev v0',
      ours: (n) => n.routes.add({ destination: '192.0.2.0/24', gateway: '2001:db8::2', link: 'v0' }),
    },
    {
      ip: 'ip route add unreachable 198.51.100.0/24',
      ours: (n) => n.routes.add({ type: 'unreachable', destination: '198.51.100.0/24' }),
    },
    {
      ip: 'ip route add local 198.51.100.1 dev lo',
      ours: (n) => n.routes.add({ type: 'local', destination: '198.51.100.1', link: 'lo' }),
    },
    {
      setup: ['ip route add 192.0.2.0/24 via 10.0.0.2'],
      ip: 'ip route replace 192.0.2.0/24 via 10.0.0.3',
      ours: (n) => n.routes.replace({ destination: '192.0.2.0/24', gateway: '10.0.0.3' }),
    },
    {
      setup: ['ip route add 192.0.2.0/24 via 10.0.0.2'],
      ip: 'ip route append 192.0.2.0/24 via 10.0.0.3',
      ours: (n) => n.routes.append({ destination: '192.0.2.0/24', gateway: '10.0.0.3' }),
    },
    {
      setup: ['ip route add 192.0.2.0/24 via 10.0.0.2 metric 5'],
      ip: 'ip route delete 192.0.2.0/24 metric 5',
      ours: (n) => n.routes.delete({ destination: '192.0.2.0/24', metric: 5 }),
    },
    {
      ip: 'ip route add 2001:db8:1::/64 via 2001:db8::2 metric 5 pref high proto bgp',
      ours: (n) =>
        n.routes.add({
          destination: '2001:db8:1::/64',
          gateway: '2001:db8::2',
          metric: 5,
          preference: 'high',
          protocol: 'bgp',
        }),
    },
    {
      ip: 'ip route add 2001:db8:1::/64 nexthop via 2001:db8::2 weight 2 nexthop via 2001:db8::3',
      ours: (n) =>
        n.routes.add({
          destination: '2001:db8:1::/64',
          nexthops: [{ gateway: '2001:db8::2', weight: 2 }, { gateway: '2001:db8::3' }],
        }),
    },
    {
      setup: ['ip route add 2001:db8:1::/64 via 2001:db8::2'],
      ip: 'ip route append 2001:db8:1::/64 via 2001:db8::3',
      ours: (n) => n.routes.append({ destination: '2001:db8:1::/64', gateway: '2001:db8::3' }),
    },
    {
      ip: 'ip route add 2001:db8:1::/64 from 2001:db8:2::/64 via 2001:db8::2',
      ours: (n) => n.routes.add({ destination: '2001:db8:1::/64', from: '2001:db8:2::/64', gateway: '2001:db8::2' }),
    },
    {
      setup: hops,
      ip: 'ip route add 192.0.2.0/24 nhid 1',
      ours: (n) => n.routes.add({ destination: '192.0.2.0/24', nexthop: 1 }),
    },
    {
      ip: 'ip route add 192.0.2.0/24 encap ip id 100 dst 203.0.113.1 ttl 6 dev v0',
      ours: (n) =>
        n.routes.add({
          destination: '192.0.2.0/24',
          link: 'v0',
          encap: { kind: 'ip', data: { id: 100n, dst: '203.0.113.1', ttl: 6 } },
        }),
    },
    {
      ip: 'ip route flush table main proto kernel',
      ours: (n) => n.routes.flush({ table: 'main', protocol: 'kernel', family: 'inet' }),
    },
  ],
  rules: [
    { ip: 'ip rule add from 10.0.0.0/8', ours: (n) => n.rules.add({ from: '10.0.0.0/8' }) },
    {
      ip: 'ip rule add priority 100 to 192.0.2.0/24 fwmark 1/0xff iif lo oif v0 tos 0x10 table 1000 protocol static',
      ours: (n) =>
        n.rules.add({
          priority: 100,
          to: '192.0.2.0/24',
          mark: 1,
          markMask: 0xff,
          inputLink: 'lo',
          outputLink: 'v0',
          tos: 0x10,
          table: 1000,
          protocol: 'static',
        }),
    },
    {
      ip: 'ip rule add priority 7 uidrange 0-0 ipproto udp sport 1-1024 dport 53 suppress_prefixlength 0 suppress_ifgroup 5',
      ours: (n) =>
        n.rules.add({
          priority: 7,
          users: [0, 0],
          ipProtocol: 17,
          sourcePorts: [1, 1024],
          destinationPorts: [53, 53],
          suppressPrefixLength: 0,
          suppressGroup: 5,
        }),
    },
    {
      ip: 'ip -6 rule add not from 2001:db8::/32 priority 40 goto 50',
      ours: (n) => n.rules.add({ not: true, from: '2001:db8::/32', priority: 40, goto: 50 }),
    },
    {
      ip: 'ip rule add priority 50 prohibit to 203.0.113.0/24',
      ours: (n) => n.rules.add({ priority: 50, action: 'prohibit', to: '203.0.113.0/24' }),
    },
    { ip: 'ip rule add priority 1000 l3mdev', ours: (n) => n.rules.add({ priority: 1000, l3mdev: true }) },
    {
      setup: ['ip rule add priority 50 table 5', 'ip rule add priority 51 table 5'],
      ip: 'ip rule delete priority 50',
      ours: (n) => n.rules.delete({ priority: 50 }),
    },
    {
      ip: 'ip rule flush',
      ours: async (n) => {
        for (const rule of await n.rules.list({ family: 'inet' })) if (rule.priority > 0) await n.rules.delete(rule);
      },
    },
  ],
  neighbours: [
    {
      ip: 'ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0 protocol static',
      ours: (n) =>
        n.neighbours.add({ address: '10.0.0.9', link: 'v0', linkAddress: '02:00:00:00:00:09', protocol: 'static' }),
    },
    {
      ip: 'ip neigh add 2001:db8::9 lladdr 02:00:00:00:00:09 dev v0 nud permanent router extern_learn',
      ours: (n) =>
        n.neighbours.add({
          address: '2001:db8::9',
          link: 'v0',
          linkAddress: '02:00:00:00:00:09',
          router: true,
          externallyLearned: true,
        }),
    },
    {
      ip: 'ip neigh add proxy 10.0.0.8 dev v0',
      ours: (n) => n.neighbours.add({ address: '10.0.0.8', link: 'v0', proxy: true }),
    },
    {
      setup: ['ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0'],
      ip: 'ip neigh replace 10.0.0.9 lladdr 02:00:00:00:00:0a dev v0 nud permanent',
      ours: (n) => n.neighbours.replace({ address: '10.0.0.9', link: 'v0', linkAddress: '02:00:00:00:00:0a' }),
    },
    {
      setup: ['ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0'],
      ip: 'ip neigh delete 10.0.0.9 dev v0',
      ours: (n) => n.neighbours.delete({ address: '10.0.0.9', link: 'v0' }),
    },
  ],
  nexthops: [
    {
      ip: 'ip nexthop add id 5 via 10.0.0.2 dev v0 onlink protocol static',
      ours: (n) => n.nexthops.add({ id: 5, gateway: '10.0.0.2', link: 'v0', onlink: true, protocol: 'static' }),
    },
    {
      ip: 'ip -6 nexthop add id 9 blackhole',
      ours: (n) => n.nexthops.add({ id: 9, family: 'inet6', blackhole: true }),
    },
    {
      setup: hops,
      ip: 'ip nexthop add id 10 group 1,3/2,200',
      ours: (n) =>
        n.nexthops.add({
          id: 10,
          group: [
            { id: 1, weight: 3 },
            { id: 2, weight: 200 },
          ],
        }),
    },
    {
      setup: hops,
      ip: 'ip nexthop add id 11 group 1/2 type resilient buckets 8 idle_timer 60 unbalanced_timer 300',
      ours: (n) =>
        n.nexthops.add({
          id: 11,
          group: [{ id: 1 }, { id: 2 }],
          resilient: { buckets: 8, idleTimer: 60, unbalancedTimer: 300 },
        }),
    },
    {
      ip: 'ip nexthop add id 12 via 192.0.2.1 fdb',
      ours: (n) => n.nexthops.add({ id: 12, gateway: '192.0.2.1', fdb: true }),
    },
    {
      setup: hops,
      ip: 'ip nexthop replace id 1 via 10.0.0.4 dev v0',
      ours: (n) => n.nexthops.replace({ id: 1, gateway: '10.0.0.4', link: 'v0' }),
    },
    { setup: hops, ip: 'ip nexthop delete id 1', ours: (n) => n.nexthops.delete({ id: 1 }) },
    { setup: hops, ip: 'ip nexthop flush', ours: (n) => n.nexthops.flush() },
  ],
  fdb: [
    {
      setup: bridge,
      ip: 'bridge fdb add 02:00:00:00:00:05 dev v0 master static sticky',
      ours: (n) =>
        n.fdb.add({ linkAddress: '02:00:00:00:00:05', link: 'v0', owner: 'bridge', kind: 'static', sticky: true }),
    },
    {
      setup: vxlan,
      ip: 'bridge fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.9 port 4790 vni 9 via lo',
      ours: (n) =>
        n.fdb.append({
          linkAddress: '00:00:00:00:00:00',
          link: 'vx0',
          destination: '192.0.2.9',
          port: 4790,
          vni: 9,
          via: 'lo',
        }),
    },
    {
      setup: bridge,
      ip: 'bridge fdb add 02:00:00:00:00:05 dev v0 master dynamic extern_learn',
      ours: (n) =>
        n.fdb.add({
          linkAddress: '02:00:00:00:00:05',
          link: 'v0',
          owner: 'bridge',
          kind: 'dynamic',
          externallyLearned: true,
        }),
    },
    {
      setup: vxlan,
      ip: 'bridge fdb add 02:00:00:00:00:05 dev vx0 dst 192.0.2.9 static',
      ours: (n) =>
        n.fdb.add({ linkAddress: '02:00:00:00:00:05', link: 'vx0', destination: '192.0.2.9', kind: 'static' }),
    },
    {
      setup: vxlan,
      ip: 'bridge fdb add 02:00:00:00:00:05 dev vx0 dst 192.0.2.9 dynamic',
      ours: (n) =>
        n.fdb.add({ linkAddress: '02:00:00:00:00:05', link: 'vx0', destination: '192.0.2.9', kind: 'dynamic' }),
    },
    {
      setup: [...vxlan, 'ip nexthop add id 1 via 192.0.2.9 fdb', 'ip nexthop add id 2 group 1 fdb'],
      ip: 'bridge fdb add 02:00:00:00:00:05 dev vx0 nhid 2 static',
      ours: (n) => n.fdb.add({ linkAddress: '02:00:00:00:00:05', link: 'vx0', nexthop: 2, kind: 'static' }),
    },
    {
      setup: [...vxlan, 'bridge fdb add 02:00:00:00:00:05 dev vx0 dst 192.0.2.9'],
      ip: 'bridge fdb replace 02:00:00:00:00:05 dev vx0 dst 192.0.2.10',
      ours: (n) => n.fdb.replace({ linkAddress: '02:00:00:00:00:05', link: 'vx0', destination: '192.0.2.10' }),
    },
    {
      setup: [...bridge, 'bridge fdb add 02:00:00:00:00:05 dev v0 master static'],
      ip: 'bridge fdb delete 02:00:00:00:00:05 dev v0 master',
      ours: (n) => n.fdb.delete({ linkAddress: '02:00:00:00:00:05', link: 'v0', owner: 'bridge' }),
    },
    {
      setup: [...bridge, 'bridge fdb add 02:00:00:00:00:05 dev v0 master static'],
      ip: 'bridge fdb replace 02:00:00:00:00:05 dev v0 master permanent',
      ours: (n) => n.fdb.replace({ linkAddress: '02:00:00:00:00:05', link: 'v0', owner: 'bridge' }),
    },
  ],
};

describe.each(Object.entries(cases) as [TableName, readonly Case[]][])('%s', (name, ofTable) => {
  it.each(ofTable)('$ip', async ({ setup = [], ip, ours }) => {
    using theirs = await wiredNamespace();
    using own = await wiredNamespace();
    for (const line of setup) for (const ns of [theirs, own]) await runIn(ns, line);
    const before = await seen(own, name);
    await runIn(theirs, ip);
    await ours(own.network);

    const after = await seen(own, name);
    expect(after).toEqual(await seen(theirs, name));
    expect(after).not.toEqual(before);
  });
});

describe.each(Object.entries(cases) as [TableName, readonly Case[]][])('what is listed of %s', (name, ofTable) => {
  it.each(ofTable.filter(returns))('deletes and comes back: $ip', async ({ setup = [], ip }) => {
    using ns = await wiredNamespace();
    for (const line of setup) await runIn(ns, line);
    const table = ns.network[name] as {
      list(): Promise<object[]>;
      delete(of: object): Promise<void>;
      add(of: object): Promise<void>;
      append?(of: object): Promise<void>;
    };
    const proxy = ip.includes('proxy') ? [{ proxy: true }] : [];
    const list = () => (table.list as (filter?: object) => Promise<object[]>).call(table, ...proxy);
    const before = (await list()).map(lasting);
    await runIn(ns, ip);
    const all = await list();
    const made = all.filter(
      (entry) => !before.some((other) => JSON.stringify(other) === JSON.stringify(lasting(entry))),
    );
    expect(made.length).toBeGreaterThan(0);

    const shownBefore = await seen(ns, name);
    for (const entry of made) await table.delete(entry);
    expect(sorted((await list()).map(lasting))).toEqual(sorted(before));
    for (const entry of made) await (ip.includes(' append ') && table.append ? table.append(entry) : table.add(entry));
    expect(await seen(ns, name)).toEqual(shownBefore);
  });
});

/** What makes an entry of its own; what is appended to an IPv6 route becomes a part of it instead. */
function returns({ ip }: Case): boolean {
  return / (add|append) /.test(ip) && !ip.includes('append 2001:');
}

/** A table by `ip` and by the library, without what depends on the moment. */
async function seen(ns: NetworkNamespace, name: TableName): Promise<unknown> {
  const theirs = [];
  for (const line of views[name]) theirs.push(...(await shown(ns, line)));
  const table = ns.network[name];
  return { theirs: sorted(theirs.map(lasting)), ours: sorted((await table.list()).map(lasting)) };
}

/** Entries of different devices come in any order. */
function sorted(entries: readonly unknown[]): unknown[] {
  return [...entries].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function lasting(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, member) => {
      if (fleeting.has(key)) return undefined;
      return typeof member === 'bigint' ? String(member) : member;
    }),
  );
}
