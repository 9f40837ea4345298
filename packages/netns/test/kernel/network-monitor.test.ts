import { describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { NetlinkConnection } from '../../src/connection/connection.ts';
import { nexthop } from '../../src/netlink/families/route/nexthop.ts';
import { NLM_F_CREATE, NLM_F_DUMP_INTR, NLM_F_EXCL, NLM_F_MULTI } from '../../src/netlink/header.ts';
import { monitorNetwork, type NetworkChange, type NetworkEvent } from '../../src/network/monitor.ts';
import { Network } from '../../src/network/network.ts';
import type { Nexthop } from '../../src/network/nexthops.ts';
import type { Route } from '../../src/network/routes.ts';
import { answer, done, ScriptedKernel } from '../../src/testing/scripted-kernel.ts';
import { runIn, wiredNamespace } from './support/twin-networks.ts';

type Events = AsyncIterableIterator<NetworkEvent>;

/** One event in a few words. */
function words(event: NetworkEvent): string {
  if (!('object' in event)) return event.event;
  const value = event.value as unknown as Record<string, unknown>;
  const name =
    value.name ?? value.destination ?? value.address ?? value.linkAddress ?? value.id ?? value.priority ?? value.nsid;
  return `${event.event} ${event.object} ${name}${event.nsid === undefined ? '' : ` in ${event.nsid}`}`;
}

/** The events up to the first that `last` means, that one included. */
async function until(events: Events, last: (event: NetworkEvent) => boolean): Promise<NetworkEvent[]> {
  const seen: NetworkEvent[] = [];
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error(`ended after ${seen.map(words).join(', ')}`);
    seen.push(value);
    if (last(value)) return seen;
  }
}

const synchronized = (events: Events) => until(events, ({ event }) => event === 'synchronized');
const said = (text: string) => (event: NetworkEvent) => words(event) === text;

describe('monitor', () => {
  it('tells what is there, and then what changes', async () => {
    using ns = await wiredNamespace();
    await runIn(ns, 'ip route add 192.0.2.0/24 via 10.0.0.2');
    const events = ns.monitor();
    const present = (await synchronized(events)).map(words);
    expect(present).toContain('present link v0');
    expect(present).toContain('present address 10.0.0.1');
    expect(present).toContain('present route 192.0.2.0/24');
    expect(present).toContain('present rule 32766');
    expect(present.filter((text) => !text.startsWith('present '))).toEqual(['synchronized']);

    const lines: readonly (readonly [line: string, event: string])[] = [
      ['ip link set v1 mtu 1400', 'set link v1'],
      ['ip address add 10.0.0.7/24 dev v0', 'set address 10.0.0.7'],
      ['ip address delete 10.0.0.7/24 dev v0', 'delete address 10.0.0.7'],
      ['ip route delete 192.0.2.0/24', 'delete route 192.0.2.0/24'],
      ['ip -6 route add 2001:db8:9::/64 dev v0', 'set route 2001:db8:9::/64'],
      ['ip rule add priority 77 table 5', 'set rule 77'],
      ['ip rule delete priority 77', 'delete rule 77'],
      ['ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0', 'set neighbour 10.0.0.9'],
      ['ip neigh delete 10.0.0.9 dev v0', 'delete neighbour 10.0.0.9'],
      ['ip nexthop add id 5 via 10.0.0.2 dev v0', 'set nexthop 5'],
      ['ip nexthop delete id 5', 'delete nexthop 5'],
      ['ip link add br0 type bridge', 'set link br0'],
      ['ip link set v0 master br0', 'set link v0'],
      ['bridge fdb add 02:00:00:00:00:05 dev v0 master static', 'set fdb 02:00:00:00:00:05'],
      ['bridge fdb delete 02:00:00:00:00:05 dev v0 master', 'delete fdb 02:00:00:00:00:05'],
      ['ip link set v0 nomaster', 'set link v0'],
      ['ip link delete br0', 'delete link br0'],
    ];
    for (const [line, event] of lines) {
      await runIn(ns, line);
      await until(events, said(event));
    }
    await events.return?.();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('does not take a port that leaves its bridge for a device that is gone', async () => {
    using ns = await wiredNamespace();
    await runIn(ns, 'ip link add br0 type bridge');
    await runIn(ns, 'ip link set v0 master br0');
    const events = ns.monitor({ objects: ['link'] });
    await synchronized(events);
    await runIn(ns, 'ip link set v0 nomaster');
    await runIn(ns, 'ip link delete br0');
    const told = (await until(events, said('delete link br0'))).map(words);
    expect(told).not.toContain('delete link v0');
    await events.return?.();
  });

  it('finds out what was behind a port whose address is the bridge’s own', async () => {
    using ns = await wiredNamespace();
    await runIn(ns, 'ip link add br0 type bridge');
    await runIn(ns, 'ip link set v0 master br0');
    const { index, address } = await ns.network.links.get('v0');
    expect((await ns.network.links.get('br0')).address).toBe(address); // so the kernel calls the entry the bridge's when the port leaves
    const events = ns.monitor({ objects: ['fdb'] });
    await synchronized(events);
    await runIn(ns, 'ip link set v0 nomaster');
    const told = await until(events, said(`delete fdb ${address}`));
    expect((told.at(-1) as NetworkChange).value).toMatchObject({ owner: 'bridge', link: index });
    await events.return?.();
  });

  it('listens from the moment of the call', async () => {
    using ns = await wiredNamespace();
    const events = ns.monitor({ objects: ['nexthop'] });
    // Told as there, as set, or both, but never missed.
    const adding = addNexthops(ns.network, 1, 50);
    const present = await synchronized(events);
    await adding;
    await ns.network.nexthops.add({ id: 999, gateway: '10.0.0.2', link: 'v0' });
    const changes = await until(events, said('set nexthop 999'));
    const told = new Set([...present, ...changes].map((event) => words(event).split(' ')[2]));
    for (let id = 1; id <= 50; id++) expect(told).toContain(String(id));
    await events.return?.();
  });

  it('holds only what was asked for', async () => {
    using ns = await wiredNamespace();
    const events = ns.monitor({ objects: ['rule', 'link'] });
    await runIn(ns, 'ip route add 192.0.2.0/24 via 10.0.0.2');
    await runIn(ns, 'ip rule add priority 77 table 5');
    const told = await until(events, said('set rule 77'));
    expect(new Set(told.map((event) => ('object' in event ? event.object : event.event)))).toEqual(
      new Set(['link', 'rule', 'synchronized']),
    );
    await events.return?.();
  });

  it('tells everything anew when the kernel had to drop events', async () => {
    using ns = await wiredNamespace();
    const events = ns.monitor({ objects: ['nexthop'], receiveBuffer: 2048 });
    await synchronized(events);
    // While this thread works, nobody reads.
    addNexthopsSync(ns.network, 1, 300);
    await until(events, said('resync'));
    const again = await synchronized(events);
    const mirror = new Set(again.filter(({ event }) => event === 'present').map(words));
    expect(mirror.size).toBe(300);
    await ns.network.nexthops.delete({ id: 300 });
    await until(events, said('delete nexthop 300'));
    await events.return?.();
  });

  it('tells of what the kernel takes away without a word', async () => {
    using ns = await wiredNamespace();
    const events = ns.monitor({ objects: ['route', 'nexthop'] });
    const mirror = new Set<string>();
    const follow = async (line: string) => {
      await runIn(ns, line);
      const expected = await wanted(ns.network);
      const matches = () => JSON.stringify(sorted(mirror)) === JSON.stringify(expected);
      for (let patience = 0; !matches() && patience < 200; patience++) {
        const next = await Promise.race([events.next(), later(1000)]);
        if (next === undefined) break;
        if (!next.done && 'object' in next.value) note(mirror, next.value);
      }
      expect(sorted(mirror), line).toEqual(expected);
    };
    for (const event of await synchronized(events)) if ('object' in event) note(mirror, event);

    await follow('ip route add 192.0.2.0/24 via 10.0.0.2');
    await follow('ip route replace 192.0.2.0/24 via 10.0.0.3');
    await follow('ip route append 192.0.2.0/24 via 10.0.0.4');
    await follow('ip route delete 192.0.2.0/24 via 10.0.0.3');
    await follow('ip address add 10.0.0.7/24 dev v0');
    await follow('ip route add 198.51.100.0/24 via 10.0.0.2 src 10.0.0.7');
    await follow('ip address delete 10.0.0.7/24 dev v0');
    await follow('ip nexthop add id 5 via 10.0.0.2 dev v0');
    await follow('ip route add 203.0.113.0/24 nhid 5');
    await follow('ip nexthop delete id 5');
    await follow('ip nexthop add id 6 via 10.0.0.2 dev v0');
    await follow('ip -6 route add 2001:db8:1::/64 via 2001:db8::2');
    await follow('ip -6 route append 2001:db8:1::/64 via 2001:db8::3');
    await follow('ip -6 route append 2001:db8:1::/64 via 2001:db8::4');
    await follow('ip -6 route delete 2001:db8:1::/64 via 2001:db8::2');
    await follow('ip -6 route replace 2001:db8:1::/64 via 2001:db8::5');
    await follow('ip route add 192.0.2.128/25 dev v1');
    await follow('ip link set v0 down');
    await follow('ip link set v0 up');
    await follow('ip link delete v0');
    await events.return?.();
  });

  it('takes nothing for gone that a table lacks which changed all the time while it was read', async () => {
    using ns = NetworkNamespace.create();
    // The first answer and those after ten interrupted ones have both nexthops; these have one.
    const kernel = new ScriptedKernel((request, index) => {
      const whole = index === 0 || index > 10;
      const flags = NLM_F_MULTI | (whole ? 0 : NLM_F_DUMP_INTR);
      const ids = index > 10 ? [1, 2, 3] : whole ? [1, 2] : [1];
      return [...ids.map((id) => answer(request, nexthop, 'new', { attributes: { id } }, flags)), done(request)];
    });
    const network = new Network(new NetlinkConnection({ transport: kernel }));
    const events = monitorNetwork(network, ns.fd, { objects: ['nexthop'] }, new Set());
    expect((await synchronized(events)).map(words)).toEqual(['present nexthop 1', 'present nexthop 2', 'synchronized']);
    await ns.network.links.add({ kind: 'bridge', name: 'br0' });
    await ns.network.links.delete('br0'); // takes nexthops with it, perhaps
    const interrupted = async () => kernel.sent.length >= 11;
    await expect.poll(interrupted, { timeout: 20_000 }).toBe(true);
    await ns.network.links.set('lo', { up: true });
    expect((await until(events, said('set nexthop 3'))).map(words)).toEqual(['set nexthop 3']);
    await events.return?.();
  });

  it('reads a table again of which the kernel dropped a part, up to ten times', async () => {
    using ns = NetworkNamespace.create();
    const dropped = { errno: 105 };
    const follow = (failures: number) => {
      const kernel = new ScriptedKernel((request, index) => {
        const one = answer(request, nexthop, 'new', { attributes: { id: 1 } }, NLM_F_MULTI);
        return index < failures ? [one, dropped] : [one, done(request)];
      });
      const network = new Network(new NetlinkConnection({ transport: kernel }));
      return { kernel, events: monitorNetwork(network, ns.fd, { objects: ['nexthop'] }, new Set()) };
    };
    const twice = follow(2);
    const told = (await synchronized(twice.events)).map(words);
    expect(told).toEqual(['resync', 'resync', 'present nexthop 1', 'synchronized']);
    await twice.events.return?.();

    const always = follow(Number.POSITIVE_INFINITY);
    await expect(until(always.events, () => false)).rejects.toMatchObject({ code: 'ENOBUFS' });
    expect(always.kernel.sent.length).toBe(10);
  });

  it('ends when it is aborted, and with its network', async () => {
    using ns = await wiredNamespace();
    const abort = new AbortController();
    const events = ns.monitor({ objects: ['link'], signal: abort.signal });
    await synchronized(events);
    abort.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
    const never = ns.monitor({ signal: abort.signal });
    expect(await never.next()).toEqual({ done: true, value: undefined });

    const other = ns.monitor({ objects: ['link'] });
    const waiting = synchronized(other).then(() => other.next());
    await new Promise((resolve) => setTimeout(resolve, 50));
    ns.network.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('asks on a connection of its own', async () => {
    using ns = await wiredNamespace();
    addNexthopsSync(ns.network, 1, 2000);
    const events = ns.monitor({ objects: ['nexthop'] });
    // While it looks around, this connection takes questions of either sort.
    for (let id = 2001; id <= 2100; id++) {
      addNexthopsSync(ns.network, id, id);
      await later(0);
    }
    const told = await until(events, said('set nexthop 2100'));
    expect(told.filter(({ event }) => event === 'resync')).toEqual([]);
    await events.return?.();
  });

  it('hears all namespaces that have a number, on one socket', async () => {
    using home = NetworkNamespace.create();
    using a = await wiredNamespace();
    using b = await wiredNamespace();
    await home.network.nsids.assign({ fd: a.fd }, 1);
    const events = home.monitor({ allNamespaces: true });
    const present = (await synchronized(events)).map(words);
    expect(present).toContain('present nsid 1');
    expect(present).toContain('present link v0 in 1');
    expect(present).toContain('present address 10.0.0.1 in 1');
    expect(present).toContain('present link lo');

    await runIn(a, 'ip route add 192.0.2.0/24 via 10.0.0.2');
    await until(events, said('set route 192.0.2.0/24 in 1'));
    // One that gets its number later is told of then.
    await home.network.nsids.assign({ fd: b.fd }, 2);
    const later = (await until(events, said('present address 2001:db8::1 in 2'))).map(words);
    expect(later).toContain('set nsid 2');
    expect(later).toContain('present link v0 in 2');
    await runIn(b, 'ip link set v1 mtu 1300');
    await until(events, said('set link v1 in 2'));
    await events.return?.();
  });
});

/** The entry of a change with all that tells it from others. */
function entryOf({ object, value }: NetworkChange): string {
  if (object === 'nexthop') return `nexthop ${(value as Nexthop).id}`;
  const { destination, table, metric, gateway, link, nexthops, nexthop } = value as Route;
  const ways = nexthops?.map((hop) => [hop.gateway, hop.link]);
  return `route ${JSON.stringify([destination, table, metric, gateway, link, ways, nexthop])}`;
}

function note(mirror: Set<string>, change: NetworkChange): void {
  const entry = entryOf(change);
  if (change.event === 'delete') mirror.delete(entry);
  else mirror.add(entry);
}

const sorted = (mirror: ReadonlySet<string>) => [...mirror].sort();

/** What a mirror has to hold. */
async function wanted({ routes, nexthops }: Network): Promise<string[]> {
  const all = [
    ...(await routes.list()).map((value) => ({ event: 'present', object: 'route', value, nsid: undefined }) as const),
    ...(await nexthops.list()).map(
      (value) => ({ event: 'present', object: 'nexthop', value, nsid: undefined }) as const,
    ),
  ];
  return [...new Set(all.map(entryOf))].sort();
}

function later(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));
}

async function addNexthops(network: Network, from: number, to: number): Promise<void> {
  for (let id = from; id <= to; id++) await network.nexthops.add({ id, gateway: '10.0.0.2', link: 10 });
}

function addNexthopsSync({ connection }: Network, from: number, to: number): void {
  const options = { operation: 'add a nexthop', flags: NLM_F_CREATE | NLM_F_EXCL };
  for (let id = from; id <= to; id++)
    connection.requestSync(
      nexthop,
      'new',
      { header: { family: 2 }, attributes: { id, gateway: '10.0.0.2', oif: 10 } },
      options,
    );
}

it('tells of shaping when it is asked to, also of what goes without a word', async () => {
  using ns = await wiredNamespace();
  await runIn(ns, 'tc qdisc add dev v0 root handle 1: htb default 1');
  const objects = ['qdisc', 'class', 'filter', 'chain'] as const;
  const events = ns.monitor({ objects });
  const one = (event: NetworkEvent) => {
    if (!('object' in event)) return event.event;
    const value = event.value as unknown as Record<string, unknown>;
    const name = event.object === 'filter' ? value.priority : event.object === 'chain' ? value.chain : value.handle;
    return `${event.event} ${event.object} ${name}`;
  };
  const seen: string[] = [];
  const heard = async (last: string) => {
    for (;;) {
      const { value } = await events.next();
      seen.push(one(value));
      if (seen.at(-1) === last) return;
    }
  };
  await heard('synchronized');
  expect(seen).toEqual(['present qdisc 1:', 'synchronized']);
  const lines: readonly (readonly [line: string, event: string])[] = [
    ['class add dev v0 parent 1: classid 1:1 htb rate 1mbit', 'set class 1:1'],
    ['qdisc add dev v0 parent 1:1 handle 10: pfifo limit 5', 'set qdisc 10:'],
    ['filter add dev v0 parent 1: protocol ip prio 5 u32 match u32 0 0 flowid 1:1', 'set filter 5'],
    ['chain add dev v0 parent 1: chain 7', 'set chain 7'],
    ['chain del dev v0 parent 1: chain 7', 'delete chain 7'],
    ['filter del dev v0 parent 1: protocol ip prio 5', 'delete filter 5'],
    ['filter add dev v0 parent 1: protocol ip prio 6 u32 match u32 0 0 flowid 1:1', 'set filter 6'],
  ];
  for (const [line, event] of lines) {
    await runIn(ns, `tc ${line}`);
    await heard(event);
  }
  await runIn(ns, 'ip link del v0'); // of what was on it the kernel says nothing
  const gone = ['delete qdisc 1:', 'delete qdisc 10:', 'delete class 1:1', 'delete filter 6'];
  while (!gone.every((event) => seen.includes(event))) {
    const { value } = await events.next();
    seen.push(one(value));
  }
  await events.return?.();
});
