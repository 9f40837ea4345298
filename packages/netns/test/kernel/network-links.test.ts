import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { UnsupportedError } from '../../src/errors.ts';
import { createNames } from '../../src/namespaces/named.ts';
import { listNames } from '../../src/namespaces/names.ts';
import type { LinkTarget } from '../../src/network/links.ts';
import { emptyRunDirectory } from './support/run-directories.ts';
import { runIn, shown } from './support/twin-networks.ts';

afterEach(() => {
  if (listNames().length > 0) emptyRunDirectory();
});

const openDescriptors = () => readdirSync('/proc/self/fd').length;
const namesIn = async (ns: NetworkNamespace) => (await ns.network.links.list()).map(({ name }) => name).sort();

describe('links', () => {
  it('of kind veth have one queue each way where nothing else is wished', async () => {
    using ns = NetworkNamespace.create();
    const { links } = ns.network;
    await links.add({ kind: 'veth', name: 'a', peer: { name: 'b', numTxQueues: 2 } });
    const queues = (await links.list({ kind: 'veth' })).map(({ name, message: { attributes } }) => [
      name,
      attributes.numTxQueues,
      attributes.numRxQueues,
    ]);
    expect(queues.sort()).toEqual([
      ['a', 1, 1],
      ['b', 2, 1],
    ]);
  });

  it('are reached in many namespaces that are opened at once', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `n${index}`);
    createNames(names);
    const opened = NetworkNamespace.openAll(names);
    try {
      await Promise.all(
        opened.map(({ network, name = '' }) => network.links.add({ kind: 'bridge', name: `of-${name}` })),
      );
      expect(await Promise.all(opened.map(namesIn))).toEqual(names.map((name) => ['lo', `of-${name}`]));
      expect(opened.map(({ name }) => name)).toEqual(names);
    } finally {
      for (const namespace of opened) namespace.close();
    }
    expect(() => NetworkNamespace.openAll(['n0', 'nobody'])).toThrow('nobody');
  });

  it('are there in many namespaces that are made and opened at once, all or none', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `n${index}`);
    const made = NetworkNamespace.createAll(names);
    try {
      expect(made.map(({ name }) => name)).toEqual(names);
      expect(await Promise.all(made.map(namesIn))).toEqual(names.map(() => ['lo']));
      const ids = new Map(listNames().map(({ name, id }) => [name, id]));
      expect(made.map(({ id }) => id)).toEqual(names.map((name) => ids.get(name)));
      const before = openDescriptors();
      for (const taken of [
        ['n7', 'more1', 'more2'],
        ['more1', 'more2', 'more3', 'n7'],
        ['more1', 'n7', 'more2', 'n8'],
      ])
        expect(() => NetworkNamespace.createAll(taken)).toThrow(
          /cannot create the named network namespace .*\/n[78]: File exists/,
        );
      expect(openDescriptors()).toEqual(before);
      expect(listNames().length).toBe(120);
    } finally {
      for (const namespace of made) namespace.close();
    }
    expect(NetworkNamespace.createAll([])).toEqual([]);
  });

  it('that are made in a namespace reach it, though it is closed before the message leaves', async () => {
    using here = NetworkNamespace.create();
    const there = NetworkNamespace.createNamed('there');
    const added = here.network.links.add({ kind: 'veth', name: 'a', peer: { name: 'b', netns: there } });
    there.close();
    const other = NetworkNamespace.create(); // gets the descriptor's number, if that is free already
    await added;
    expect(await namesIn(other)).toEqual(['lo']);
    other.close();
    using again = NetworkNamespace.open('there');
    expect(await namesIn(again)).toEqual(['b', 'lo']);
  });

  it('are found by the names that they have when their turn comes, also where all is asked for at once', async () => {
    using ns = NetworkNamespace.create();
    const { links, addresses } = ns.network;
    const indexOf = async (name: string) => (await links.get(name)).index;
    const address = (link: string, host: number) => addresses.add({ link, address: `192.0.2.${host}/24` });
    await Promise.all([links.add({ kind: 'veth', name: 'a', peer: { name: 'b' } }), address('a', 1), address('b', 2)]);
    const was = await indexOf('a');
    await Promise.all([links.set('a', { name: 'c' }), links.set('b', { name: 'a' }), address('a', 3), address('c', 4)]);
    expect([await indexOf('c'), (await addresses.list({ link: 'c' })).map(({ address }) => address)]).toEqual([
      was,
      ['192.0.2.1', '192.0.2.4'],
    ]);
    const outcomes = await Promise.allSettled([
      links.delete('c'),
      links.add({ kind: 'bridge', name: 'a' }), // the other end has gone with it
      address('a', 5),
      address('c', 6),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect((await addresses.list({ link: 'a' })).map(({ address }) => address)).toEqual(['192.0.2.5']);
    await expect(links.set('c', { up: true })).rejects.toThrow('cannot find link c: No such device (ENODEV');
    await expect(links.set('a-name-of-no-device-at-all', { up: true })).rejects.toMatchObject({ code: 'ENODEV' });
  });

  it('are found by every name that a device can have, and by no other', async () => {
    using ns = NetworkNamespace.create();
    const { links, addresses } = ns.network;
    await links.add({ kind: 'bridge', name: 'fifteen-letters' });
    await links.add({ kind: 'bridge', name: 'größe-öäü' });
    const [long, accented] = [await links.get('fifteen-letters'), await links.get('größe-öäü')];
    await addresses.add({ link: 'größe-öäü', address: '192.0.2.1/24' });
    await addresses.add({ link: 'fifteen-letters', address: '192.0.2.2/24' });
    const found = (await addresses.list({ family: 'inet' })).map(({ address, link }) => [address, link]);
    expect(found).toEqual([
      ['192.0.2.2', long.index],
      ['192.0.2.1', accented.index],
    ]);
    for (const link of ['fifteen-letters+', 'fifteen-letter', 'größe-öä', 'fifteen-letters\0'])
      await expect(addresses.add({ link, address: '192.0.2.3/24' }), link).rejects.toMatchObject({
        code: link.includes('\0') ? 'ERR_NETNS_INVALID' : 'ENODEV',
      });
  });

  it('are read as ip reads them', async () => {
    using ns = NetworkNamespace.create();
    const { links } = ns.network;
    await links.set('lo', { up: true });
    await links.add({ kind: 'bridge', name: 'br0', data: { ageingTime: 1000, mcastSnooping: false } });
    await links.add({ kind: 'veth', name: 'v0', master: 'br0', mtu: 1400, peer: { name: 'v1' } });
    await links.add({ kind: 'vxlan', name: 'vx0', data: { id: 7, port: 4789, local: '127.0.0.1' } });
    const theirs = await shown(ns, 'ip -j -d link show');
    const ours = await links.list();
    expect(
      ours.map(({ index, name, kind, mtu, address, flags, operstate }) => ({
        index,
        name,
        kind,
        mtu,
        address,
        flags: flags.filter((flag) => flag !== 'RUNNING').sort(),
        operstate,
      })),
    ).toEqual(
      theirs.map((link) => ({
        index: link.ifindex,
        name: link.ifname,
        kind: (link.linkinfo as { info_kind?: string } | undefined)?.info_kind,
        mtu: link.mtu,
        address: link.address,
        flags: (link.flags as string[]).filter((flag) => flag !== 'NO-CARRIER' && flag !== 'M-DOWN').sort(),
        operstate: link.operstate,
      })),
    );
    expect((await links.list({ kind: 'veth' })).map(({ name }) => name).sort()).toEqual(['v0', 'v1']);
    expect((await links.list({ master: 'br0' })).map(({ name }) => name)).toEqual(['v0']);
    expect((await links.list({ up: true })).map(({ name }) => name)).toEqual(['lo']);
    expect(await links.list({ kind: 'no such kind' })).toEqual([]);
  });

  it('count in 64 bits', async () => {
    using ns = NetworkNamespace.create();
    const { links } = ns.network;
    await links.set('lo', { up: true });
    await ns.exec('bash', ['-c', 'for i in 1 2 3; do echo > /dev/udp/127.0.0.1/9; done']);
    const { counters } = await links.get('lo');
    const [theirs] = await shown(ns, 'ip -j -s link show lo');
    expect(theirs?.stats64).toMatchObject({
      rx: { packets: Number(counters?.rxPackets) },
      tx: { bytes: Number(counters?.txBytes) },
    });
    expect(counters?.rxPackets).toBeGreaterThanOrEqual(3n);
  });

  it('change by what their kind has', async () => {
    using ns = NetworkNamespace.create();
    const { links } = ns.network;
    await links.add({ kind: 'bridge', name: 'br0' });
    await links.add({ kind: 'veth', name: 'v0', peer: { name: 'v1' } });
    await links.set('br0', { kind: 'bridge', data: { ageingTime: 12300, stpState: 1 } });
    await links.set('v0', { master: 'br0' });
    await links.set('v0', { port: { kind: 'bridge', data: { cost: 55, isolated: true } } });

    const [bridge, port] = await Promise.all(['br0', 'v0'].map((name) => shown(ns, `ip -j -d link show ${name}`)));
    const info = (of: Record<string, unknown>[] | undefined) =>
      of?.[0]?.linkinfo as Record<string, Record<string, unknown>>;
    expect(info(bridge).info_data).toMatchObject({ ageing_time: 12300, stp_state: 1 });
    expect(info(port).info_slave_data).toMatchObject({ cost: 55, isolated: true });
    const { linkinfo } = (await links.get('v0')).message.attributes;
    expect(linkinfo?.slave).toMatchObject({ kind: 'bridge', data: { cost: 55, isolated: true } });
    await expect(links.set('v0', { kind: 'bridge', data: { ageingTime: 1 } })).rejects.toMatchObject({
      code: 'EOPNOTSUPP',
    });
  });

  it('move by every reference', async () => {
    using home = NetworkNamespace.create();
    using there = NetworkNamespace.createNamed('there');
    const { links, nsids } = home.network;
    await nsids.assign({ fd: there.fd }, 7);
    const sleeper = there.spawn('sleep', ['60']);
    await sleeper.ready;
    const targets: readonly LinkTarget[] = [
      'there',
      { path: `/run/netns/there` },
      { pid: sleeper.pid as number },
      { fd: there.fd },
      there,
      { nsid: 7 },
    ];
    for (const [index, netns] of targets.entries()) {
      await links.add({ kind: 'veth', name: 'moving', peer: { name: `stays${index}` } });
      await links.set('moving', { netns, name: `moved${index}`, mtu: 1300 + index });
      expect(await namesIn(home)).not.toContain('moving');
      expect((await there.network.links.get(`moved${index}`)).mtu).toBe(1300 + index);
    }
    expect((await links.list({ targetNsid: 7 })).map(({ name }) => name)).toContain('moved5');
    expect((await links.get('moved5', { targetNsid: 7 })).mtu).toBe(1305);
    sleeper.kill();
    await new Promise((resolve) => sleeper.once('close', resolve));
    await expect(links.set('lo', { netns: 'nowhere' })).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining('as the namespace of a link'),
    });
  });

  it('are made where they belong, both ends of a pair in one message', async () => {
    using a = NetworkNamespace.create();
    using b = NetworkNamespace.create();
    using home = NetworkNamespace.create();
    await home.network.links.add({ kind: 'veth', name: 'x', netns: a, peer: { name: 'y', netns: b, mtu: 1300 } });
    expect([await namesIn(home), await namesIn(a), await namesIn(b)]).toEqual([['lo'], ['lo', 'x'], ['lo', 'y']]);
    expect((await b.network.links.get('y')).mtu).toBe(1300);
    await home.network.nsids.assign({ fd: a.fd }, 3);
    await home.network.links.add({ kind: 'bridge', name: 'br0', netns: { nsid: 3 } });
    expect(await namesIn(a)).toEqual(['br0', 'lo', 'x']);
  });

  it('of a kind that the kernel has not are an UnsupportedError, and only then', async () => {
    using ns = NetworkNamespace.create();
    const { links } = ns.network;
    const name = 'try';
    const lacking = [];
    for (const kind of ['dummy', 'wireguard', 'nlmon', 'vcan', 'bridge'] as const) {
      const known = await runIn(ns, `ip link add ${name} type ${kind}`).then(
        () => true,
        (error: Error) => !error.message.includes('Unknown device type'),
      );
      await runIn(ns, `ip link delete ${name}`).catch(() => {});
      const error = await links.add({ kind, name }).catch((reason: unknown) => reason);
      await links.delete(name).catch(() => {});
      expect(error instanceof UnsupportedError, kind).toBe(!known);
      if (error instanceof UnsupportedError) lacking.push(error.message);
    }
    const config = configured();
    for (const message of lacking) {
      const option = /CONFIG_\w+/.exec(message)?.[0] ?? '';
      if (config !== undefined) expect(config).not.toMatch(new RegExp(`^${option}=`, 'm'));
    }
  });
});

/** The configuration of the running kernel, where it tells. */
function configured(): string | undefined {
  try {
    return gunzipSync(readFileSync('/proc/config.gz')).toString();
  } catch {
    return undefined;
  }
}
