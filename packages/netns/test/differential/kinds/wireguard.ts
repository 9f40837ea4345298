import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace, UnsupportedError, wireguardPublicKey } from '../../../dist/index.js';

/** Whether this kernel has WireGuard, and `wg` is installed. */
async function probe(): Promise<boolean> {
  using ns = NetworkNamespace.create();
  try {
    await ns.network.links.add({ kind: 'wireguard', name: 'wg0' });
  } catch (error) {
    if (error instanceof UnsupportedError) return false;
    throw error;
  }
  return spawnSync('wg', ['--version']).status === 0;
}

const key = (text: string) => Buffer.alloc(32, text).toString('base64');
/** With the bits that the kernel sets. */
const privateKey = 'cAdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LGo=';

/** Keys and peers against `wg`, where there is WireGuard; part of a suite that is loaded once, since loading takes longest where it runs. */
export async function describeWireguard(): Promise<void> {
  const works = await probe();
  describe.skipIf(!works)('WireGuard', { timeout: 300_000 }, () => {
    let ns: NetworkNamespace;
    beforeAll(async () => {
      ns = NetworkNamespace.create();
      await ns.network.links.add({ kind: 'wireguard', name: 'wg0' });
      await ns.network.wireguard.get('wg0'); // its socket stays open
    });
    afterAll(() => ns?.close());

    const dump = async () => {
      const { stdout } = await ns.exec('wg', ['show', 'wg0', 'dump']);
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t'));
    };

    it('is for wg as it was set here', async () => {
      await ns.network.wireguard.set('wg0', {
        privateKey,
        listenPort: 51_820,
        fwmark: 7,
        peers: [
          {
            publicKey: key('a'),
            presharedKey: key('p'),
            endpoint: '192.0.2.1:4242',
            persistentKeepalive: 25,
            allowedIps: ['10.0.0.0/24', '2001:db8::/64'],
          },
          { publicKey: key('b'), endpoint: '[2001:db8::7]:1' },
        ],
      });
      const [device, ...peers] = await dump();
      expect(device).toEqual([privateKey, wireguardPublicKey(privateKey), '51820', '0x7']);
      expect(peers.toSorted()).toEqual(
        [
          [key('a'), key('p'), '192.0.2.1:4242', '10.0.0.0/24,2001:db8::/64', '0', '0', '0', '25'],
          [key('b'), '(none)', '[2001:db8::7]:1', '(none)', '0', '0', '0', 'off'],
        ].toSorted(),
      );
    });

    it('is here as wg has set it', async () => {
      await ns.exec('wg', [
        'set',
        'wg0',
        'fwmark',
        '0',
        'peer',
        key('b'),
        'allowed-ips',
        '10.9.0.0/16',
        'peer',
        key('a'),
        'remove',
      ]);
      expect(await ns.network.wireguard.get('wg0')).toMatchObject({
        name: 'wg0',
        privateKey,
        publicKey: wireguardPublicKey(privateKey),
        listenPort: 51_820,
        fwmark: 0,
        peers: [
          {
            publicKey: key('b'),
            endpoint: { address: '2001:db8::7', port: 1 },
            allowedIps: ['10.9.0.0/16'],
            latestHandshake: undefined,
          },
        ],
      });
    });

    it('has as many peers and addresses as are given', async () => {
      const peers = Array.from({ length: 60 }, (_, index) => ({
        publicKey: key(`peer ${index}`),
        allowedIps:
          index === 7
            ? Array.from({ length: 1500 }, (__, at) => `2001:db8:7::${(at + 1).toString(16)}/128`)
            : [`10.1.${index >> 8}.${index & 255}/32`],
      }));
      await ns.network.wireguard.set('wg0', { replacePeers: true, peers });
      const found = await ns.network.wireguard.get('wg0');
      const sorted = (list: readonly { readonly publicKey: string; readonly allowedIps: readonly string[] }[]) =>
        list
          .map(({ publicKey, allowedIps }) => ({
            publicKey,
            allowedIps: allowedIps.toSorted(),
          }))
          .toSorted((a, b) => (a.publicKey < b.publicKey ? -1 : 1));
      expect(sorted(found.peers)).toEqual(sorted(peers));
      expect(await dump()).toHaveLength(61);
    });

    it('refuses what the kernel refuses', async () => {
      await expect(ns.network.wireguard.get('lo')).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
      await expect(ns.network.wireguard.get('nope')).rejects.toMatchObject({ code: 'ENODEV' });
      await expect(ns.network.wireguard.set('nope', {})).rejects.toThrow(
        'cannot change the WireGuard device nope: No such device (ENODEV, WG_CMD_SET_DEVICE',
      );
    });
  });

  it.skipIf(works)('says that there is no WireGuard here', async () => {
    using ns = NetworkNamespace.create();
    await expect(ns.network.wireguard.get('wg0')).rejects.toBeInstanceOf(UnsupportedError);
  });
}
