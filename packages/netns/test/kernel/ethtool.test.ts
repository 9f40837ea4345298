import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { GenericConnection } from '../../src/connection/generic.ts';
import { InvalidArgumentError, NetlinkError, UnsupportedError } from '../../src/errors.ts';
import { runIn, wiredNamespace } from './support/twin-networks.ts';

let ns: NetworkNamespace;
beforeAll(async () => {
  ns = await wiredNamespace();
  await ns.network.ethtool.channels('v0'); // its socket stays open
});
afterAll(() => ns.close());

/** `name: on|off [fixed] [requested on]` of ethtool -k; it has names of its own for some groups, which are passed over. */
async function featuresOfEthtool(): Promise<Map<string, string>> {
  const lines = (await runIn(ns, 'ethtool -k v0')).split('\n').slice(1);
  return new Map(lines.flatMap((line) => (line.includes(': ') ? [line.trim().split(': ') as [string, string]] : [])));
}

describe('features', () => {
  it('are those that ethtool shows, after changes by both', async () => {
    expect(
      await ns.network.ethtool.setFeatures('v0', { 'tx-checksum-ip-generic': false, 'rx-vlan-hw-parse': false }),
    ).toEqual([]);
    await runIn(ns, 'ethtool -K v0 highdma off');
    const theirs = await featuresOfEthtool();
    const ours = await ns.network.ethtool.features('v0');
    const shared = ours.filter(({ name }) => theirs.has(name));
    expect(shared.length).toBeGreaterThan(25);
    for (const { name, active, requested, fixed } of shared) {
      const notes = `${fixed ? ' [fixed]' : ''}${!fixed && active !== requested ? ` [requested ${requested ? 'on' : 'off'}]` : ''}`;
      expect(`${name}: ${active ? 'on' : 'off'}${notes}`).toBe(`${name}: ${theirs.get(name)}`);
    }
    expect(ours.find(({ name }) => name === 'tx-checksum-ip-generic')).toEqual({
      name: 'tx-checksum-ip-generic',
      active: false,
      requested: false,
      fixed: false,
    });
  });

  it('that cannot be as asked are named', async () => {
    // Without checksums there is no segmentation.
    expect(
      await ns.network.ethtool.setFeatures('v0', { 'tx-checksum-ip-generic': false, 'tx-tcp-segmentation': true }),
    ).toEqual(['tx-tcp-segmentation']);
    expect(await ns.network.ethtool.setFeatures('v0', { 'tx-checksum-ip-generic': true })).toEqual([]);
  });

  it('that the kernel does not know are refused', async () => {
    await expect(ns.network.ethtool.setFeatures('v0', { nonsense: true })).rejects.toMatchObject({
      code: 'EOPNOTSUPP',
      message: expect.stringContaining('ETHTOOL_MSG_FEATURES_SET'),
    });
  });
});

describe('ethtool', () => {
  it('reads and sets channels', async () => {
    const { ethtool } = ns.network;
    const before = await ethtool.channels('v1');
    expect(before).toMatchObject({ rxCount: expect.any(Number), txMax: expect.any(Number) });
    await ethtool.setChannels('v1', { rxCount: before.rxMax });
    expect((await ethtool.channels('v1')).rxCount).toBe(before.rxMax);
    expect(await runIn(ns, 'ethtool -l v1')).toMatch(
      new RegExp(`Current hardware settings:\\nRX:\\s+${before.rxMax}\\n`),
    );
    await expect(ethtool.setChannels('v1', { rxCount: 100_000 })).rejects.toMatchObject({
      code: 'EINVAL',
      extack: { message: expect.any(String) },
    });
  });

  it('reads how a device is connected', async () => {
    expect(await ns.network.ethtool.link('v0')).toEqual({
      up: true,
      speed: 10_000,
      duplex: 'full',
      autoneg: false,
      port: 'twisted-pair',
      transceiver: 'internal',
      supported: [],
      advertised: [],
      peer: [],
    });
    expect(await ns.network.ethtool.timestamping('v0')).toMatchObject({
      capabilities: expect.arrayContaining(['software-transmit']),
      clock: undefined,
    });
  });

  it('reads names', async () => {
    expect(await ns.network.ethtool.strings('v0', 'features')).toContain('rx-gro');
    const counted = (await runIn(ns, 'ethtool -S v0'))
      .match(/^ +([^:]+):/gm)
      ?.map((line) => line.trim().replace(/:$/, ''));
    expect(await ns.network.ethtool.strings('v0', 'statistics')).toEqual(counted);
    await expect(ns.network.ethtool.strings('v0', 'nonsense' as never)).rejects.toBeInstanceOf(InvalidArgumentError);
  });

  it('sets the speed of a tap', async ({ skip }) => {
    const made = await ns.exec('ip', ['tuntap', 'add', 'dev', 'tap0', 'mode', 'tap']);
    skip(made.exitCode !== 0, `there can be no tap: ${made.stderr}`);
    await ns.network.ethtool.setLink('tap0', { speed: 100, duplex: 'half' });
    expect(await ns.network.ethtool.link('tap0')).toMatchObject({ speed: 100, duplex: 'half' });
    expect(await runIn(ns, 'ethtool tap0')).toContain('Speed: 100Mb/s');
    await ns.network.ethtool.setCoalesce('tap0', { rxMaxFrames: 7 });
    expect((await ns.network.ethtool.coalesce('tap0')).rxMaxFrames).toBe(7);
    expect(await runIn(ns, 'ethtool -c tap0')).toMatch(/rx-frames:\s+7/);
  });

  it('says what a device does not have', async () => {
    const { ethtool } = ns.network;
    await expect(ethtool.rings('v0')).rejects.toThrow(
      'cannot read rings of v0: Operation not supported (EOPNOTSUPP, ETHTOOL_MSG_RINGS_GET',
    );
    await expect(ethtool.pause('v0')).rejects.toBeInstanceOf(NetlinkError);
    await expect(ethtool.setRings('v0', { rx: 10 })).rejects.toBeInstanceOf(NetlinkError);
    await expect(ethtool.features('nope')).rejects.toMatchObject({ code: 'ENODEV' });
    for (const device of ['', 0, -1, 1.5, undefined])
      await expect(ethtool.features(device as string)).rejects.toBeInstanceOf(InvalidArgumentError);
  });

  it('takes an index, too, and asks for the number of its family once', async () => {
    expect(await ns.network.ethtool.channels(10)).toEqual(await ns.network.ethtool.channels('v0'));
    using generic = new GenericConnection({ namespace: ns.fd });
    expect([...(await generic.groups('ethtool')).keys()]).toEqual(['monitor']);
    await expect(generic.groups('no such family')).rejects.toBeInstanceOf(UnsupportedError);
  });
});
