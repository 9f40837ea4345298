import { describe, expect, it } from 'vitest';
import { runIn, shown, wiredNamespace } from './support/twin-networks.ts';

describe('labels of addresses', () => {
  it('are those of ip, and made and deleted for both', async () => {
    using ns = await wiredNamespace();
    const { addressLabels } = ns.network;
    const listed = async () =>
      (await addressLabels.list()).map(({ prefix, label, link }) => ({ prefix, label, link })).sort(byPrefix);
    const theirs = async () =>
      (await shown(ns, 'ip -j addrlabel list'))
        .map(({ address, prefixlen, label, ifname }) => ({
          prefix: `${address}/${prefixlen}`,
          label,
          link: ifname === undefined ? undefined : 10,
        }))
        .sort(byPrefix);
    const before = await listed();
    expect(before).toEqual(await theirs());
    await addressLabels.add({ prefix: '2001:db8::/32', label: 99 });
    await addressLabels.add({ prefix: '2001:db8:1::/48', label: 98, link: 'v0' });
    await runIn(ns, 'ip addrlabel add prefix 2001:db8:2::/48 label 97');
    expect(await listed()).toEqual(await theirs());
    expect(await listed()).toContainEqual({ prefix: '2001:db8:1::/48', label: 98, link: 10 });
    await addressLabels.replace({ prefix: '2001:db8::/32', label: 77 });
    expect((await addressLabels.list({ label: 77 })).map(({ prefix }) => prefix)).toEqual(['2001:db8::/32']);
    await expect(addressLabels.add({ prefix: '2001:db8::/32', label: 1 })).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(addressLabels.add({ prefix: '2001:db8::/32', label: -1 })).rejects.toThrow('label');
    await expect(addressLabels.add({ prefix: '10.0.0.0/8', label: 1 })).rejects.toThrow('prefix');
    expect(await addressLabels.flush({ link: 'v0' })).toBe(1);
    for (const label of [77, 97]) expect(await addressLabels.flush({ label })).toBe(1);
    expect(await listed()).toEqual(before);
  });
});

const byPrefix = (a: { prefix: string }, b: { prefix: string }) => a.prefix.localeCompare(b.prefix);

describe('settings of devices', () => {
  it('are those of ip', async () => {
    using ns = await wiredNamespace();
    ns.network.sysctl.set('net.ipv4.conf.v0.forwarding', 1);
    ns.network.sysctl.set('net.ipv4.conf.v1.rp_filter', 2);
    for (const family of ['inet', 'inet6'] as const) {
      const theirs = await shown(ns, `ip -j ${family === 'inet' ? '-4' : '-6'} netconf show`);
      const ours = await ns.network.netconf.list({ family });
      expect(ours.length).toBeGreaterThan(3);
      const indexes: Readonly<Record<string, unknown>> = { v0: 10, v1: 11, lo: 1 };
      expect(ours.map((entry) => [entry.link, entry.forwarding, entry.ignoreRoutesWithLinkdown])).toEqual(
        theirs.map(({ interface: name, forwarding, ignore_routes_with_linkdown: ignore }) => [
          indexes[String(name)] ?? name,
          forwarding,
          ignore,
        ]),
      );
    }
    expect(await ns.network.netconf.list({ family: 'inet', link: 'v0' })).toMatchObject([
      { family: 'inet', link: 10, forwarding: true },
    ]);
    expect(await ns.network.netconf.list({ family: 'inet', link: 'v1' })).toMatchObject([{ reversePath: 'loose' }]);
    expect(await ns.network.netconf.list({ link: 'all', family: 'inet6' })).toMatchObject([{ link: 'all' }]);
  });
});

describe('multicast groups of bridges', () => {
  it('are those of bridge, and made and deleted for both', async () => {
    using ns = await wiredNamespace();
    const { links, mdb } = ns.network;
    await links.add({ kind: 'bridge', name: 'br0', index: 20 });
    await links.set('br0', { up: true });
    await links.set('v0', { master: 'br0' });
    const listed = async () => (await mdb.list()).filter(({ group }) => /^239|^ff05/.test(group)).sort(byGroup);
    const theirs = async () =>
      (await shown(ns, 'bridge -j -d mdb show'))
        .flatMap(({ mdb: entries }) => entries as { grp: string; port: string; state: string; vid?: number }[])
        .filter(({ grp }) => /^239|^ff05/.test(grp))
        .map(({ grp, port, state, vid = 0 }) => ({ group: grp, port, state, vid }))
        .sort((a, b) => a.group.localeCompare(b.group));
    await mdb.add({ bridge: 'br0', port: 'v0', group: '239.1.1.1', permanent: true });
    await mdb.add({ bridge: 'br0', port: 'v0', group: 'ff05::7' });
    await runIn(ns, 'bridge mdb add dev br0 port v0 grp 239.1.1.2 permanent vid 5');
    const ours = await listed();
    expect(
      ours.map(({ group, port, permanent, vlan }) => ({
        group,
        port: port === 10 ? 'v0' : port,
        state: permanent ? 'permanent' : 'temp',
        vid: vlan,
      })),
    ).toEqual(await theirs());
    expect(ours).toMatchObject([
      { bridge: 20, port: 10, group: '239.1.1.1', permanent: true, vlan: 0 },
      { group: '239.1.1.2', vlan: 5 },
      { group: 'ff05::7', permanent: false },
    ]);
    await expect(mdb.add({ bridge: 'br0', port: 'v0', group: '239.1.1.1', permanent: true })).rejects.toMatchObject({
      code: 'EEXIST',
    });
    await expect(mdb.add({ bridge: 'br0', port: 'v0', group: '10.0.0.1' })).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(mdb.add({ bridge: 'br0', port: 'v0', group: '239.1.1.1', vlan: 4095 })).rejects.toThrow('vlan');
    for (const each of await mdb.list({ bridge: 'br0', vlan: 5 })) await mdb.delete(each);
    expect((await listed()).map(({ group }) => group)).toEqual(['239.1.1.1', 'ff05::7']);
  });
});

const byGroup = (a: { group: string }, b: { group: string }) => a.group.localeCompare(b.group);
