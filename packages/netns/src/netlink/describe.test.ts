import { describe, expect, it } from 'vitest';
import { loadFixtures } from '../../test/codec/load.ts';
import { describeMessage } from './describe.ts';
import { genericFamily } from './families/generic/controller.ts';
import { ethtoolFeatures } from './families/generic/ethtool/features.ts';
import { link } from './families/route/link.ts';
import { nsid } from './families/route/nsid.ts';
import { encodeMessage } from './header.ts';
import { NETLINK_GENERIC, NETLINK_SOCK_DIAG } from './protocols.ts';

describe('describeMessage', () => {
  it('names the header and every attribute of a request', () => {
    const bytes = encodeMessage({ type: 16, flags: 0x605, sequence: 1 }, link, {
      header: { flags: 0x1003 },
      attributes: {
        ifname: 'v0',
        linkinfo: { kind: 'veth', data: { peer: { attributes: { ifname: 'v1', netNsFd: 7 } } } },
      },
    });
    expect(describeMessage(bytes, 'sent').split('\n')).toEqual([
      '> RTM_NEWLINK REQUEST|ACK|EXCL|CREATE sequence 1 port 0, 96 bytes',
      '    header family 0 (unspec) type 0 index 0 flags 4099 (UP|BROADCAST|MULTICAST) change 0',
      '    ifname "v0"',
      '    linkinfo.kind "veth"',
      '    linkinfo.data.peer.header family 0 (unspec) type 0 index 0 flags 0 change 0',
      '    linkinfo.data.peer.ifname "v1"',
      '    linkinfo.data.peer.netNsFd 7',
    ]);
  });

  it.each([
    [{ type: 18, flags: 0x301 }, '> RTM_GETLINK REQUEST|DUMP sequence'],
    [{ type: 18, flags: 0x100 }, '> RTM_GETLINK ROOT sequence'],
    [{ type: 17, flags: 0x205 }, '> RTM_DELLINK REQUEST|ACK|BULK sequence'],
    [{ type: 999, flags: 0x8040 }, '> type 999 0x40|0x8000 sequence'],
    [{ type: 1 }, '> NLMSG_NOOP sequence'],
  ])('names the flags of %o by what is asked', (header, start) => {
    expect(describeMessage(encodeMessage(header, link, {}), 'sent')).toContain(start);
  });

  it('knows a request for sockets, whose messages have one number both ways', () => {
    const bytes = Buffer.from('2400000014000103010000000000000010ff'.padEnd(72, '0'), 'hex');
    expect(describeMessage(bytes, 'sent', NETLINK_SOCK_DIAG)).toContain('> SOCK_DIAG_BY_FAMILY REQUEST|DUMP sequence');
  });

  it('knows families of generic netlink once the kernel has said their numbers', () => {
    const families = new Map();
    const words = (type: number, direction: 'sent' | 'received', payload: Uint8Array) => {
      const bytes = Buffer.concat([encodeMessage({ type }, nsid, {}).subarray(0, 16), payload]);
      bytes.writeUInt32LE(bytes.length, 0);
      return describeMessage(bytes, direction, NETLINK_GENERIC, families).split('\n');
    };
    const command = ethtoolFeatures.sent.types.get & 0xff;
    const question = ethtoolFeatures.sent.encode({ header: { command }, attributes: { header: { devName: 'v0' } } });
    expect(words(21, 'sent', question)[1]).toMatch(/^ {4}[0-9a-f]+$/);
    words(16, 'received', genericFamily.encode({ attributes: { familyName: 'ethtool', familyId: 21 } }));
    expect(words(21, 'sent', question)).toEqual([
      `> ETHTOOL_MSG_FEATURES_GET sequence 0 port 0, ${16 + question.length} bytes`,
      `    header command ${command} version 0`,
      '    header.devName "v0"',
    ]);
    expect(words(21, 'received', question)).toEqual([
      `< ETHTOOL_MSG_FEATURES_GET_REPLY sequence 0 port 0, ${16 + question.length} bytes`,
      ...words(21, 'sent', question).slice(1),
    ]);
  });

  it('shows all messages of a datagram, and the end of a dump', () => {
    const answers = [5, 6].map((id) => encodeMessage({ type: 88, flags: 2 }, nsid, { attributes: { nsid: id } }));
    const done = Buffer.from('1400000003000200' + '0000000000000000' + '00000000', 'hex');
    expect(describeMessage(Buffer.concat([...answers, done]), 'received').split('\n')).toEqual([
      '< RTM_NEWNSID MULTI sequence 0 port 0, 28 bytes',
      '    header family 0 (unspec)',
      '    nsid 5',
      '< RTM_NEWNSID MULTI sequence 0 port 0, 28 bytes',
      '    header family 0 (unspec)',
      '    nsid 6',
      '< NLMSG_DONE MULTI sequence 0 port 0, 20 bytes',
      '    success',
    ]);
  });

  it('gives an error with the words of the kernel', () => {
    const error = loadFixtures().find(({ title }) => title.startsWith('error-vxlan-ports.json 3'));
    expect(
      describeMessage(error?.bytes ?? new Uint8Array(), 'received')
        .split('\n')
        .slice(1),
    ).toEqual(['    EINVAL (Invalid argument)', '    message "Invalid source port range"', '    offset 60']);
  });

  it('shows what is malformed as it is, and says why', () => {
    expect(describeMessage(Uint8Array.of(1, 2, 3), 'received').split('\n')).toEqual([
      '< 3 bytes',
      '    cannot decode nlmsghdr at byte 0: 3 bytes remain, too few for a header',
      '    010203',
    ]);
    const bytes = encodeMessage({ type: 88 }, nsid, { attributes: { nsid: 5 } });
    bytes[20] = 9;
    expect(describeMessage(bytes, 'received').split('\n')).toEqual([
      '< RTM_NEWNSID sequence 0 port 0, 28 bytes',
      '    cannot decode nsid at byte 20: attribute 1 says 9 bytes, 8 remain',
      '    000000000900010005000000',
    ]);
  });

  it('shows the payload of a message that it does not know', () => {
    const bytes = encodeMessage({ type: 999 }, nsid, { attributes: { nsid: 5 } });
    expect(describeMessage(bytes, 'received')).toBe(
      '< type 999 sequence 0 port 0, 28 bytes\n    000000000800010005000000',
    );
    expect(
      describeMessage(
        bytes.map((byte, at) => (at === 4 ? 88 : at === 5 ? 0 : byte)),
        'received',
        12,
      ),
    ).toContain('< type 88');
  });
});
