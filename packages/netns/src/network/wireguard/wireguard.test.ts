import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../errors.ts';
import { wireguard } from '../../netlink/families/generic/wireguard.ts';
import { messagesOf, type WireguardChanges } from './changes.ts';
import { deviceOf } from './device.ts';
import { generateWireguardKey, wireguardPublicKey } from './keys.ts';

const keys = Array.from({ length: 1000 }, (_, index) => Buffer.alloc(32, `key ${index}`).toString('base64'));
const [first = '', second = ''] = keys;

describe('keys', () => {
  it('are those that wg makes of each other', () => {
    // RFC 7748, 6.1: Alice's keys.
    expect(wireguardPublicKey('dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=')).toBe(
      'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=',
    );
    const key = generateWireguardKey();
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    expect(wireguardPublicKey(key)).not.toBe(key);
  });

  it.each(['', 'short', `${'A'.repeat(43)}`, `${'A'.repeat(42)}B=`, 7])(
    '%j is none, and is not in the message',
    (key) => {
      expect(() => wireguardPublicKey(key as string)).toThrow(
        /^invalid privateKey "…": it must be 32 bytes in base64$/,
      );
    },
  );
});

describe('changes', () => {
  it('travel in one message when they fit', () => {
    const changes: WireguardChanges = {
      privateKey: null,
      listenPort: 7,
      replacePeers: true,
      peers: [
        {
          publicKey: first,
          endpoint: '[2001:db8::1]:51820',
          allowedIps: ['10.0.0.0/8', '2001:db8::1'],
          replaceAllowedIps: true,
        },
        { publicKey: second, remove: true },
      ],
    };
    expect(messagesOf({ ifname: 'wg0' }, changes)).toEqual([
      {
        ifname: 'wg0',
        privateKey: `${'A'.repeat(43)}=`,
        listenPort: 7,
        flags: 1,
        peers: [
          {
            publicKey: first,
            flags: 2,
            endpoint: { address: '2001:db8::1', port: 51_820 },
            allowedips: [
              { family: 2, ipaddr: '10.0.0.0', cidrMask: 8 },
              { family: 10, ipaddr: '2001:db8::1', cidrMask: 128 },
            ],
          },
          { publicKey: second, flags: 1 },
        ],
      },
    ]);
    expect(messagesOf({ ifindex: 3 }, {})).toEqual([{ ifindex: 3 }]);
  });

  it('travel in several messages when they must, and what replaces does so once', () => {
    const allowedIps = Array.from({ length: 5000 }, (_, index) => `2001:db8::${(index + 1).toString(16)}/128`);
    const peers = keys.map((publicKey, index) => ({
      publicKey,
      presharedKey: first,
      endpoint: '[2001:db8::1]:1',
      persistentKeepalive: 5,
      replaceAllowedIps: true,
      allowedIps: index === 500 ? allowedIps : allowedIps.slice(0, 3),
    }));
    const messages = messagesOf({ ifname: 'wg0' }, { privateKey: first, replacePeers: true, peers });
    expect(messages.length).toBeGreaterThan(5);
    expect(messages.map(({ flags, privateKey }) => [flags, privateKey])).toEqual([
      [1, first],
      ...messages.slice(1).map(() => [undefined, undefined]),
    ]);
    for (const attributes of messages) expect(wireguard.encode({ attributes }).length).toBeLessThan(65_000);
    // What the kernel would tell of it is what was asked for.
    const told = messages.map((attributes) => wireguard.decode(wireguard.encode({ attributes })));
    const device = deviceOf(told);
    expect(device?.peers.map(({ publicKey }) => publicKey)).toEqual(keys);
    expect(device?.peers[500]?.allowedIps).toEqual(allowedIps);
    const parts = messages.flatMap((message) => message.peers ?? []).filter(({ publicKey }) => publicKey === keys[500]);
    expect(parts.map(({ flags }) => flags)).toEqual([2, ...parts.slice(1).map(() => undefined)]);
  });

  it.each([
    { privateKey: 'x' },
    { peers: [{ publicKey: 'x' }] },
    { peers: [{ publicKey: first, presharedKey: 'x' }] },
    { peers: [{ publicKey: first, endpoint: 'example.com:1' }] },
    { peers: [{ publicKey: first, endpoint: '192.0.2.1' }] },
    { peers: [{ publicKey: first, endpoint: '192.0.2.1:70000' }] },
    { peers: [{ publicKey: first, endpoint: '1.2.3:7' }] },
    { peers: [{ publicKey: first, allowedIps: ['10.0.0.0/33'] }] },
  ])('that cannot be right are refused: %j', (changes) => {
    expect(() => messagesOf({ ifname: 'wg0' }, changes)).toThrow(InvalidArgumentError);
  });
});

describe('a device', () => {
  it('is put together from what the kernel tells', () => {
    expect(deviceOf([])).toBeUndefined();
    const peer = {
      publicKey: first,
      lastHandshakeTime: { seconds: 5n, nanoseconds: 500_000_000n },
      rxBytes: 1n,
      txBytes: 2n,
    };
    const none = `${'A'.repeat(43)}=`;
    const header = { command: 0, version: 1 };
    expect(
      deviceOf([
        {
          header,
          attributes: {
            ifname: 'wg0',
            ifindex: 3,
            privateKey: none,
            publicKey: none,
            listenPort: 9,
            fwmark: 0,
            peers: [peer],
          },
        },
        {
          header,
          attributes: {
            ifname: 'wg0',
            ifindex: 3,
            peers: [{ publicKey: first, allowedips: [{ ipaddr: '::', cidrMask: 0 }] }, { publicKey: second }],
          },
        },
      ]),
    ).toEqual({
      name: 'wg0',
      index: 3,
      privateKey: undefined,
      publicKey: undefined,
      listenPort: 9,
      fwmark: 0,
      peers: [
        {
          publicKey: first,
          presharedKey: undefined,
          endpoint: undefined,
          persistentKeepalive: 0,
          latestHandshake: new Date(5500),
          rxBytes: 1n,
          txBytes: 2n,
          allowedIps: ['::/0'],
        },
        expect.objectContaining({ publicKey: second, latestHandshake: undefined, allowedIps: [] }),
      ],
    });
  });
});
