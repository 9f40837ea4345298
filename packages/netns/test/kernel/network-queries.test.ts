import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { InvalidArgumentError, NetlinkError } from '../../src/errors.ts';
import { address } from '../../src/netlink/families/route/address.ts';
import { runIn, shown, wiredNamespace } from './support/twin-networks.ts';

let ns: NetworkNamespace;
beforeAll(async () => {
  ns = await wiredNamespace();
  await runIn(ns, 'ip route add 192.0.2.0/24 via 10.0.0.2 metric 5 table 77');
  await runIn(ns, 'ip route add 192.0.2.0/24 via 10.0.0.2');
  await runIn(ns, 'ip route add 198.51.100.0/24 nexthop via 10.0.0.2 dev v0 nexthop via 10.0.0.3 dev v0');
  await runIn(ns, 'ip route add unreachable 203.0.113.0/24 proto static');
  await runIn(ns, 'ip route add 2001:db8:1::/64 via 2001:db8::2');
  await runIn(ns, 'ip rule add priority 70 fwmark 9 table 77');
});
afterAll(() => ns.close());

describe('routes.get', () => {
  it.each([
    ['10.0.0.9', {}, ''],
    ['192.0.2.9', {}, ''],
    ['192.0.2.9', { mark: 9 }, 'mark 9'],
    [
      '10.0.0.9',
      { uid: 1000, ipProtocol: 6, sourcePort: 1000, destinationPort: 80 },
      'uid 1000 ipproto tcp sport 1000 dport 80',
    ],
    ['10.0.0.1', { from: '10.0.0.2', inputLink: 'v0' }, 'from 10.0.0.2 iif v0'],
    ['2001:db8:1::9', {}, ''],
    ['2001:db8::9', { link: 'v0', from: '2001:db8::1' }, 'from 2001:db8::1 oif v0'],
  ])('%s %o is what ip says', async (address, query, words) => {
    const [theirs] = await shown(ns, `ip -j -d route get ${address} ${words}`.trim());
    const found = await ns.network.routes.get(address, query);
    expect({
      dst: found.destination.split('/')[0],
      gateway: found.gateway,
      dev: (await ns.network.links.get(found.link ?? 0)).name,
      type: found.type,
      table: tableName(found.table),
      prefsrc: found.source,
    }).toEqual({
      dst: theirs?.dst,
      gateway: theirs?.gateway,
      dev: theirs?.dev,
      type: theirs?.type,
      table: theirs?.table,
      prefsrc: theirs?.prefsrc,
    });
  });

  it('gives the whole prefix that matches', async () => {
    expect((await ns.network.routes.get('192.0.2.9', { matched: true })).destination).toBe('192.0.2.0/24');
    expect((await ns.network.routes.get('10.0.0.9', { matched: true })).destination).toBe('10.0.0.0/24');
    expect((await ns.network.routes.get('2001:db8:1::9', { matched: true })).destination).toBe('2001:db8:1::/64');
  });

  it.each([
    ['203.0.113.1', 'EHOSTUNREACH'],
    ['9.9.9.9', 'ENETUNREACH'],
  ])('of %s rejects with %s', async (address, code) => {
    await expect(ns.network.routes.get(address)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`cannot find the route to ${address}: `),
    });
    await expect(ns.network.routes.get(address)).rejects.toBeInstanceOf(NetlinkError);
  });

  it.each(['nonsense', '10.0.0.1/33', '1.2.3'])('refuses %s before it asks', async (address) => {
    await expect(ns.network.routes.get(address)).rejects.toBeInstanceOf(InvalidArgumentError);
  });
});

describe('filters', () => {
  const destinations = async (...args: Parameters<typeof ns.network.routes.list>) =>
    (await ns.network.routes.list(...args)).map(({ destination, table }) => `${destination} ${table}`);

  it('choose routes', async () => {
    expect(await destinations({ table: 77 })).toEqual(['192.0.2.0/24 77']);
    expect(await destinations({ table: 'main', family: 'inet', protocol: 'static' })).toEqual(['203.0.113.0/24 254']);
    expect(await destinations({ type: 'unreachable', family: 'inet' })).toEqual(['203.0.113.0/24 254']);
    expect(await destinations({ destination: '192.0.2.0/24' })).toEqual(['192.0.2.0/24 77', '192.0.2.0/24 254']);
    expect(await destinations({ family: 'inet', table: 'main', link: 'v0' })).toEqual([
      '10.0.0.0/24 254',
      '192.0.2.0/24 254',
      '198.51.100.0/24 254',
    ]);
    expect(await destinations({ link: 'v1', family: 'inet' })).toEqual([]);
    expect(await destinations({ destination: '2001:db8:1::/64' })).toEqual(['2001:db8:1::/64 254']);
  });

  it('choose nothing of a table that does not exist', async () => {
    expect(await destinations({ table: 12345 })).toEqual([]);
    expect(await destinations({ table: 12345, family: 'inet' })).toEqual([]);
    expect(await destinations({ table: 12345, family: 'inet6' })).toEqual([]);
  });

  it('choose rules', async () => {
    const priorities = async (filter: Parameters<typeof ns.network.rules.list>[0]) =>
      (await ns.network.rules.list(filter)).map(({ family, priority }) => `${family} ${priority}`);
    expect(await priorities({ table: 77 })).toEqual(['inet 70']);
    expect(await priorities({ table: 'main' })).toEqual(['inet 32766', 'inet6 32766']);
    expect(await priorities({ family: 'inet6' })).toEqual(['inet6 0', 'inet6 32766']);
    expect(await priorities({ priority: 0, family: 'inet' })).toEqual(['inet 0']);
  });

  it('choose neighbours', async () => {
    const { neighbours } = ns.network;
    await neighbours.add({ address: '10.0.0.9', link: 'v0', linkAddress: '02:00:00:00:00:09' });
    await neighbours.add({ address: '10.0.0.8', link: 'v0', linkAddress: '02:00:00:00:00:08', state: 'STALE' });
    await neighbours.add({ address: '10.0.0.7', link: 'v1', linkAddress: '02:00:00:00:00:07' });
    await neighbours.add({ address: '10.0.0.6', link: 'v1', proxy: true });
    const addresses = async (filter: Parameters<typeof neighbours.list>[0]) =>
      (await neighbours.list(filter)).map(({ address }) => address).sort();
    expect(await addresses({})).toEqual(['10.0.0.7', '10.0.0.8', '10.0.0.9']);
    expect(await addresses({ link: 'v0' })).toEqual(['10.0.0.8', '10.0.0.9']);
    expect(await addresses({ states: ['STALE'] })).toEqual(['10.0.0.8']);
    expect(await addresses({ family: 'inet6' })).toEqual([]);
    expect(await addresses({ proxy: true, link: 'v1' })).toEqual(['10.0.0.6']);
    expect(await neighbours.flush({ link: 'v0' })).toBe(2);
    expect(await addresses({})).toEqual(['10.0.0.7']);
  });
});

describe('single entries', () => {
  it('of addresses, with how long they have', async () => {
    const { addresses } = ns.network;
    await addresses.add({ link: 'v1', address: '10.7.0.1/24', validLifetime: 1000, preferredLifetime: 500 });
    const [found] = await addresses.list({ link: 'v1', family: 'inet' });
    expect(found).toMatchObject({ address: '10.7.0.1', prefixLength: 24, scope: 'global', noDad: false });
    expect(found?.validLifetime).toBeGreaterThan(900);
    expect(found?.validLifetime).toBeLessThanOrEqual(1000);
    expect(found?.preferredLifetime).toBeLessThanOrEqual(500);
    expect((await addresses.list({ link: 'v0', family: 'inet' }))[0]?.validLifetime).toBeUndefined();
    expect(await addresses.flush({ link: 'v1', family: 'inet' })).toBe(1);
  });

  it('of neighbours', async () => {
    const { neighbours } = ns.network;
    await neighbours.replace({ address: '10.0.0.9', link: 'v0', linkAddress: '02:00:00:00:00:09' });
    expect(await neighbours.get('10.0.0.9', 'v0')).toMatchObject({
      family: 'inet',
      link: 10,
      linkAddress: '02:00:00:00:00:09',
      state: 'PERMANENT',
    });
    await expect(neighbours.get('10.0.0.99', 'v0')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('of nexthops and their buckets', async () => {
    const { nexthops } = ns.network;
    await nexthops.add({ id: 1, gateway: '10.0.0.2', link: 'v0' });
    await nexthops.add({ id: 2, gateway: '10.0.0.3', link: 'v0' });
    await nexthops.add({ id: 3, group: [{ id: 1 }, { id: 2 }], resilient: { buckets: 4 } });
    expect(await nexthops.get(1)).toMatchObject({ id: 1, gateway: '10.0.0.2', link: 10, family: 'inet' });
    expect((await nexthops.get(3)).group).toEqual([
      { id: 1, weight: 1 },
      { id: 2, weight: 1 },
    ]);
    expect((await nexthops.list({ groups: true })).map(({ id }) => id)).toEqual([3]);
    const buckets = await nexthops.buckets({ group: 3 });
    expect(buckets.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(new Set(buckets.map(({ nexthop }) => nexthop))).toEqual(new Set([1, 2]));
    await expect(nexthops.get(99)).rejects.toMatchObject({ code: 'ENOENT' });
    // A nexthop that the kernel numbers itself.
    await nexthops.add({ gateway: '10.0.0.4', link: 'v0' });
    expect((await nexthops.list()).find(({ gateway }) => gateway === '10.0.0.4')?.id).toBeGreaterThan(3);
    expect(await nexthops.flush()).toBe(3); // the group goes with its last member
  });

  it('of forwarding databases', async () => {
    const { links, fdb } = ns.network;
    await links.add({ kind: 'bridge', name: 'br0', up: true });
    await links.set('v0', { master: 'br0' });
    await fdb.add({ linkAddress: '02:00:00:00:00:05', link: 'v0', owner: 'bridge', kind: 'static' });
    const expected = { link: 10, owner: 'bridge', kind: 'static', linkAddress: '02:00:00:00:00:05' };
    expect(await fdb.get('02:00:00:00:00:05', { bridge: 'br0' })).toMatchObject(expected);
    expect(await fdb.get('02:00:00:00:00:05', { link: 'v0', owner: 'bridge' })).toMatchObject(expected);
    await expect(fdb.get('02:00:00:00:00:99', { bridge: 'br0' })).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await fdb.list({ bridge: 'br0', kind: 'static' })).map(({ linkAddress }) => linkAddress)).toEqual([
      '02:00:00:00:00:05',
    ]);
    expect(await fdb.flush({ link: 'v0', kind: 'static' })).toBe(1);
    await links.set('v0', { master: null });
    await links.delete('br0');
  });
});

describe('what the kernel refuses', () => {
  it.each([
    [
      'a router that no device reaches',
      () => ns.network.routes.add({ destination: '192.0.2.0/25', gateway: '10.9.9.9', link: 'v0' }),
      'ENETUNREACH',
      'cannot add route 192.0.2.0/25: Network is unreachable (ENETUNREACH, RTM_NEWROUTE; kernel: "Nexthop has invalid gateway")',
    ],
    [
      'a route that is there',
      () => ns.network.routes.add({ destination: '192.0.2.0/24', gateway: '10.0.0.2' }),
      'EEXIST',
      'cannot add route 192.0.2.0/24: File exists (EEXIST, RTM_NEWROUTE)',
    ],
    [
      'a route that is not there',
      () => ns.network.routes.delete({ destination: '192.0.2.0/26' }),
      'ESRCH',
      'cannot delete route 192.0.2.0/26: No such process (ESRCH, RTM_DELROUTE)',
    ],
    [
      'a rule that is not there',
      () => ns.network.rules.delete({ priority: 4711 }),
      'ENOENT',
      'cannot delete rule priority 4711: No such file or directory (ENOENT, RTM_DELRULE)',
    ],
    [
      'a device that is not there',
      () => ns.network.routes.add({ destination: 'default', link: 'nowhere' }),
      'ENODEV',
      'cannot find link nowhere: No such device (ENODEV, RTM_GETLINK)',
    ],
    [
      'members that are not there',
      () => ns.network.nexthops.add({ id: 50, group: [{ id: 4711 }] }),
      'EINVAL',
      'cannot add nexthop 50: Invalid argument (EINVAL, RTM_NEWNEXTHOP; kernel: "Invalid nexthop id")',
    ],
  ])('is an error with its words: %s', async (_, work, code, message) => {
    const error = await work().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(NetlinkError);
    expect((error as NetlinkError).code).toBe(code);
    expect((error as NetlinkError).message).toBe(message);
  });

  it.each([
    ['destination', () => ns.network.routes.add({ destination: '192.0.2.0/33' })],
    ['protocol', () => ns.network.routes.add({ destination: 'default', link: 'v0', protocol: 'nobody' })],
    ['weight', () => ns.network.routes.add({ destination: 'default', nexthops: [{ link: 'v0', weight: 0 }] })],
    ['weight', () => ns.network.nexthops.add({ id: 50, group: [{ id: 1, weight: 0 }] })],
    ['from', () => ns.network.rules.add({ from: 'everywhere' })],
    ['address', () => ns.network.neighbours.add({ address: 'somebody', link: 'v0' })],
    ['state', () => ns.network.neighbours.add({ address: '10.0.0.9', link: 'v0', state: 'ASLEEP' as 'STALE' })],
  ])('is found before where that can be: %s', async (argument, work) => {
    await expect(work()).rejects.toMatchObject({ code: 'ERR_NETNS_INVALID', argument });
  });
});

function tableName(table: number): string {
  return { 254: 'main', 255: 'local' }[table] ?? String(table);
}

it('has the kernel check strictly, so that a table leaves out what was not asked for', async () => {
  const { index } = await ns.network.links.get('lo');
  const options = { operation: 'list addresses of lo' };
  const { messages } = await ns.network.connection.dump(address, { header: { index } }, options);
  expect(new Set(messages.map(({ header }) => header.index))).toEqual(new Set([index]));
});
