import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { refusalText } from '../../src/cli/personalities/ip/report.ts';
import { ClosedError, KernelError, NetlinkError } from '../../src/errors.ts';
import { createNamespace } from '../../src/namespaces/namespace.ts';
import { type Network, openNetwork, openNetworks } from '../../src/network/network.ts';
import { callInProcess, withoutCapabilities } from './support/call-in-process.ts';
import { runIn, shown, wiredNamespace } from './support/twin-networks.ts';

/** What of a table does not depend on the moment. */
const lasting = (key: string, value: unknown) => (key.endsWith('life_time') ? undefined : value);

const errorOf = (work: () => unknown): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('a namespace that ends', () => {
  it('is refused once it is closed, and keeps nothing open', () => {
    const namespace = createNamespace('net');
    namespace.close();
    expect(errorOf(() => openNetwork(namespace))).toBeInstanceOf(ClosedError);
    using other = createNamespace('net');
    expect(errorOf(() => openNetworks([other, namespace]))).toBeInstanceOf(ClosedError);
  });

  it('lives as long as its network is open, whoever has left it', async () => {
    const ns = NetworkNamespace.createNamed('short-lived');
    using network = openNetwork(ns);
    NetworkNamespace.removeName('short-lived');
    ns.close();
    await network.links.add({ kind: 'bridge', name: 'br0' });
    expect((await network.links.list()).map(({ name }) => name)).toEqual(['lo', 'br0']);
  });

  it('cannot be reached any more by the process that was in it, nor be given a device', async () => {
    using home = NetworkNamespace.create();
    const there = NetworkNamespace.create();
    const sleeper = there.spawn('sleep', ['60']);
    await sleeper.ready;
    const pid = sleeper.pid as number;
    sleeper.kill();
    await new Promise((resolve) => sleeper.once('close', resolve));
    there.close();
    const error = errorOf(() => NetworkNamespace.open({ pid }));
    expect(error).toBeInstanceOf(KernelError);
    expect(error).toMatchObject({ message: expect.stringContaining(String(pid)) });
    const move = home.network.links.add({ kind: 'bridge', name: 'br0', netns: { pid } });
    await expect(move).rejects.toMatchObject({ message: expect.stringContaining('as the namespace of a link') });
    expect((await home.network.links.list()).map(({ name }) => name)).toEqual(['lo']);
  });
});

describe('while devices come and go', () => {
  let ns: NetworkNamespace;
  beforeAll(async () => {
    ns = NetworkNamespace.create();
    for (let count = 0; count < 60; count++) await ns.network.links.add({ kind: 'bridge', name: `stays${count}` });
  });
  afterAll(() => ns.close());

  it('every list has what stays, once, or says that it was interrupted', async () => {
    const churn = 'while :; do ip link add c type veth peer name d; ip link set c up; ip link delete c; done';
    const child = ns.spawn('bash', ['-c', churn]);
    await child.ready;
    const { links, addresses, routes, neighbours } = ns.network;
    await expect
      .poll(async () => (await links.list()).some(({ name }) => name === 'c'), { timeout: 20_000 })
      .toBe(true);
    for (let round = 0; round < 60; round++) {
      const [found] = await Promise.all([links.list(), addresses.list(), routes.list(), neighbours.list()]);
      const staying = found.filter(({ name }) => name.startsWith('stays'));
      if (!found.interrupted) expect(staying.length).toBe(60);
      // A device that is gone when it is asked for is an error of that one question.
      const [address, flushed] = await Promise.allSettled([
        addresses.list({ link: 'c' }),
        addresses.flush({ link: 'c' }),
      ]);
      for (const end of [address, flushed])
        if (end?.status === 'rejected') expect(end.reason).toMatchObject({ code: 'ENODEV' });
    }
    child.kill();
    await new Promise((resolve) => child.once('close', resolve));
  });
});

describe('what the kernel refuses', () => {
  const entry = { linkAddress: '02:00:00:00:00:05', link: 'v0' } as const;

  /** The command that makes it, the same in our words, and whether it is there already. */
  it.each<[string, (network: Network) => Promise<void>, 'twice' | 'once']>([
    ['ip link add br0 type bridge', (n) => n.links.add({ kind: 'bridge', name: 'br0' }), 'twice'],
    ['ip address add 10.9.0.1/24 dev v0', (n) => n.addresses.add({ link: 'v0', address: '10.9.0.1/24' }), 'twice'],
    [
      'ip address add 2001:db8:9::1/64 dev v0',
      (n) => n.addresses.add({ link: 'v0', address: '2001:db8:9::1/64' }),
      'twice',
    ],
    ['ip route add 192.0.2.0/24 dev v0', (n) => n.routes.add({ destination: '192.0.2.0/24', link: 'v0' }), 'twice'],
    ['ip rule add priority 9 from 10.0.0.0/8', (n) => n.rules.add({ priority: 9, from: '10.0.0.0/8' }), 'twice'],
    [
      'ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0',
      (n) => n.neighbours.add({ address: '10.0.0.9', link: 'v0', linkAddress: '02:00:00:00:00:09' }),
      'twice',
    ],
    [
      'ip nexthop add id 9 via 10.0.0.2 dev v0',
      (n) => n.nexthops.add({ id: 9, gateway: '10.0.0.2', link: 'v0' }),
      'twice',
    ],
    ['bridge fdb add 02:00:00:00:00:05 dev v0 self', (n) => n.fdb.add(entry), 'twice'],
    // Each alone may stand, not both.
    ['ip nexthop add id 9 dev v0 blackhole', (n) => n.nexthops.add({ id: 9, link: 'v0', blackhole: true }), 'once'],
  ])('is said in its words, and nothing is half done: %s', async (command, ours, times) => {
    using ns = await wiredNamespace();
    if (times === 'twice') await runIn(ns, command);
    const everything = async () =>
      JSON.stringify(
        await Promise.all([shown(ns, 'ip -j -d address'), shown(ns, 'ip -j route'), shown(ns, 'ip -j rule')]),
        lasting,
      );
    const before = await everything();
    const theirs = await runIn(ns, command).then(
      () => undefined,
      (error: Error) => error.message,
    );
    const refusal = await ours(ns.network).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NetlinkError);
    if (times === 'twice') expect(refusal).toMatchObject({ code: 'EEXIST' });
    expect(theirs).toContain(refusalText(refusal as NetlinkError));
    expect(await everything()).toBe(before);
  });
});

describe('somebody without capabilities', () => {
  it('may follow their own namespace, but not all: EPERM, and no socket stays', async () => {
    const calls = [['openSockets'], ['monitorOwn', {}], ['monitorOwn', { allNamespaces: true }], ['openSockets']];
    const [before, own, all, after] = await callInProcess(withoutCapabilities, calls);
    expect(own?.value).toBeGreaterThan(0);
    expect(all?.error).toMatchObject({ name: 'KernelError', code: 'EPERM' });
    expect(all?.error?.message).toMatch(/^cannot .+: Operation not permitted \(EPERM, setsockopt/);
    expect(after?.value).toEqual(before?.value);
  });
});
