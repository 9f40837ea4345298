import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { runIn, shown, wiredNamespace } from './support/twin-networks.ts';

/** What `ip` has made, as `ip -j -d` shows it and as the library reads it, in the same words. */
let ns: NetworkNamespace;
let names: ReadonlyMap<number, string>;

const setup = `ip link add br0 index 20 address 02:00:00:00:00:20 type bridge
ip link set v1 master br0
ip link add vx0 index 21 address 02:00:00:00:00:21 type vxlan id 7 dstport 4789 local 10.0.0.1
ip nexthop add id 1 via 10.0.0.2 dev v0
ip nexthop add id 2 via 10.0.0.3 dev v0 onlink protocol static
ip nexthop add id 3 blackhole
ip nexthop add id 10 group 1,3/2,200
ip route add 192.0.2.0/24 via 10.0.0.2 metric 5 proto static src 10.0.0.1 mtu 1400
ip route add 192.0.2.0/25 via inet6 2001:db8::2 dev v0
ip route add 198.51.100.0/24 nexthop via 10.0.0.2 dev v0 weight 3 nexthop via 10.0.0.3 dev v0
ip route add 203.0.113.0/24 nhid 1
ip route add prohibit 203.0.113.0/25 table 1000
ip route add 2001:db8:1::/64 via 2001:db8::2 pref low
ip route add 2001:db8:2::/64 nexthop via 2001:db8::2 weight 2 nexthop via 2001:db8::3
ip rule add priority 10 from 10.0.0.0/8 to 192.0.2.0/24 fwmark 1/0xff iif lo oif v0 table 1000 protocol static
ip rule add priority 11 not ipproto udp sport 1-1024 dport 53 suppress_prefixlength 0 table 5
ip rule add priority 12 goto 20
ip rule add priority 20 unreachable
ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0 protocol static
ip neigh add 2001:db8::9 lladdr 02:00:00:00:00:09 dev v0 router extern_learn
bridge fdb add 02:00:00:00:00:05 dev v1 master static sticky
bridge fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.9 port 4790 vni 9 via v0`;

beforeAll(async () => {
  ns = await wiredNamespace();
  for (const line of setup.split('\n')) await runIn(ns, line);
  names = new Map((await ns.network.links.list()).map(({ index, name }) => [index, name]));
});
afterAll(() => ns.close());

type Row = Record<string, unknown>;
const nameOf = (index: number | undefined) => (index === undefined ? undefined : names.get(index));
const tables: Readonly<Record<number, string>> = { 253: 'default', 254: 'main', 255: 'local' };
const tableOf = (table: number | undefined) => (table === undefined ? undefined : (tables[table] ?? String(table)));

/** Rows without what is not there, in an order of their own. */
function rows(all: readonly Row[]): Row[] {
  const clean = all.map((row) => JSON.parse(JSON.stringify(row)) as Row);
  return clean.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe('read as ip shows them are', () => {
  it.each(['inet', 'inet6'] as const)('routes of %s', async (family) => {
    const theirs = await shown(ns, `ip ${family === 'inet6' ? '-6' : '-4'} -j -d route show table all`);
    const whole = (dst: unknown) => {
      if (dst === 'default') return family === 'inet' ? '0.0.0.0/0' : '::/0';
      return String(dst).includes('/') ? dst : `${dst}/${family === 'inet' ? 32 : 128}`;
    };
    const via = (row: Row) => row.gateway ?? (row.via as { host: string } | undefined)?.host;
    const ours = await ns.network.routes.list({ family });
    expect(
      rows(
        ours.map((route) => ({
          dst: route.destination,
          type: route.type,
          via: route.gateway,
          dev: nameOf(route.link),
          table: tableOf(route.table),
          protocol: route.protocol,
          scope: route.scope,
          metric: route.metric,
          prefsrc: route.source,
          mtu: route.metrics?.mtu,
          nhid: route.nexthop,
          pref: route.preference,
          flags: route.flags,
          nexthops: route.nexthops?.map((hop) => ({ via: hop.gateway, dev: nameOf(hop.link), weight: hop.weight })),
        })),
      ),
    ).toEqual(
      rows(
        theirs.map((row) => ({
          dst: whole(row.dst),
          type: row.type,
          via: via(row),
          dev: row.dev,
          table: row.table ?? 'main',
          protocol: row.protocol,
          scope: row.scope,
          metric: row.metric,
          prefsrc: row.prefsrc,
          mtu: (row.metrics as { mtu?: number }[] | undefined)?.[0]?.mtu,
          nhid: row.nhid,
          pref: row.pref,
          flags: row.flags,
          nexthops: (row.nexthops as Row[] | undefined)?.map((hop) => ({
            via: via(hop),
            dev: hop.dev,
            weight: hop.weight,
          })),
        })),
      ),
    );
  });

  it('rules', async () => {
    const theirs = await shown(ns, 'ip -j -d rule show');
    const prefix = (address: unknown, length: unknown) =>
      address === undefined || address === 'all' ? undefined : `${address}/${length ?? 32}`;
    const number = (text: unknown) => (text === undefined ? undefined : Number(text));
    expect(
      rows(
        (await ns.network.rules.list({ family: 'inet' })).map((rule) => ({
          priority: rule.priority,
          from: rule.from,
          to: rule.to,
          not: rule.not,
          mark: rule.mark,
          iif: rule.inputLink,
          oif: rule.outputLink,
          table: tableOf(rule.table),
          protocol: rule.protocol,
          ports: rule.sourcePorts && [...rule.sourcePorts, ...(rule.destinationPorts ?? [])],
          suppress: rule.suppressPrefixLength,
          goto: rule.goto,
          action: rule.action === 'table' || rule.action === 'goto' ? undefined : rule.action,
        })),
      ),
    ).toEqual(
      rows(
        theirs.map((row) => ({
          priority: row.priority,
          from: prefix(row.src, row.srclen),
          to: prefix(row.dst, row.dstlen),
          not: 'not' in row,
          mark: number(row.fwmark),
          iif: row.iif,
          oif: row.oif,
          table: row.table,
          protocol: row.protocol ?? 'unspec',
          ports: row.sport_start && [row.sport_start, row.sport_end, row.dport, row.dport],
          suppress: row.suppress_prefixlen,
          goto: row.goto,
          action: row.action,
        })),
      ),
    );
  });

  it('neighbours', async () => {
    const theirs = await shown(ns, 'ip -j -d neigh show');
    expect(
      rows(
        (await ns.network.neighbours.list()).map((neighbour) => ({
          dst: neighbour.address,
          dev: nameOf(neighbour.link),
          lladdr: neighbour.linkAddress,
          state: neighbour.state,
          protocol: neighbour.protocol,
          router: neighbour.router,
          extern: neighbour.externallyLearned,
        })),
      ),
    ).toEqual(
      rows(
        theirs.map((row) => ({
          dst: row.dst,
          dev: row.dev,
          lladdr: row.lladdr,
          state: (row.state as string[])[0],
          protocol: row.protocol,
          router: 'router' in row,
          extern: 'extern_learn' in row,
        })),
      ),
    );
  });

  it('nexthops', async () => {
    const theirs = await shown(ns, 'ip -j -d nexthop show');
    expect(
      rows(
        (await ns.network.nexthops.list()).map((nexthop) => ({
          id: nexthop.id,
          gateway: nexthop.gateway,
          dev: nameOf(nexthop.link),
          blackhole: nexthop.blackhole,
          protocol: nexthop.protocol,
          flags: nexthop.flags,
          group: nexthop.group,
        })),
      ),
    ).toEqual(
      rows(
        theirs.map((row) => ({
          id: row.id,
          gateway: row.gateway,
          dev: row.dev,
          blackhole: 'blackhole' in row,
          protocol: row.protocol ?? 'unspec',
          flags: row.flags,
          group: (row.group as { id: number; weight?: number }[] | undefined)?.map(({ id, weight = 1 }) => ({
            id,
            weight,
          })),
        })),
      ),
    );
  });

  it('forwarding entries', async () => {
    const theirs = await shown(ns, 'bridge -j -d fdb show');
    expect(
      rows(
        (await ns.network.fdb.list()).map((entry) => ({
          mac: entry.linkAddress,
          dev: nameOf(entry.link),
          master: nameOf(entry.master),
          flags: entry.flags.filter((flag) => flag !== 'locked'),
          permanent: entry.kind === 'permanent',
          dst: entry.destination,
          port: entry.port,
          vni: entry.vni,
          via: nameOf(entry.via),
        })),
      ),
    ).toEqual(
      rows(
        theirs.map((row) => ({
          mac: row.mac,
          dev: row.ifname,
          master: row.master,
          flags: row.flags,
          permanent: row.state === 'permanent',
          dst: row.dst,
          port: row.port,
          vni: row.vni,
          via: row.viaIf,
        })),
      ),
    );
  });
});
