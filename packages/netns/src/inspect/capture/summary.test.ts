import { expect, it } from 'vitest';
import { randomNumbers, randomPacket } from '../../../test/differential/capture/packets.ts';
import { summarize } from './summary.ts';

const ether = (type: string, rest: string) =>
  Buffer.from(`520000000002520000000001${type}${rest}`.replaceAll(' ', ''), 'hex');
const ip4 = (protocol: string, rest: string, fragment = '0000') =>
  ether('0800', `45000040 0000${fragment} 40${protocol}0000 0a000001 0a000002 ${rest}`);

it.each([
  [ip4('06', '9c400050 00000000 00000000 50120000 00000000'), 'TCP 10.0.0.1:40000 -> 10.0.0.2:80 [S.] 24 bytes'],
  [ip4('11', '00350035 00100000'), 'UDP 10.0.0.1:53 -> 10.0.0.2:53 36 bytes'],
  [ip4('01', '08000000'), 'ICMP 10.0.0.1 -> 10.0.0.2 echo request'],
  [ip4('11', '00350035', '0002'), 'UDP 10.0.0.1 -> 10.0.0.2 fragment at 16'],
  [ip4('fd', ''), 'protocol 253 10.0.0.1 -> 10.0.0.2 '],
  [
    ether('86dd', `60000000 0010 00 40 ${'0'.repeat(31)}1 ${'0'.repeat(31)}2 3a00000000000000 87000000`),
    'ICMPv6 ::1 -> ::2 neighbour solicitation',
  ],
  [
    ether('86dd', `60000000 0010 11 40 ${'0'.repeat(31)}1 ${'0'.repeat(31)}2 0035003500100000`),
    'UDP [::1]:53 -> [::2]:53 8 bytes',
  ],
  [
    ether('8100', '0005 0806 0001080006040001 520000000001 0a000001 000000000000 0a000002'),
    'ARP 10.0.0.1 -> 10.0.0.2 vlan 5, who has 10.0.0.2',
  ],
  [ether('88cc', '0000'), '0x88cc 52:00:00:00:00:01 -> 52:00:00:00:00:02 '],
])('says what it is: %#', (bytes, expected) => {
  const { protocol, source, destination, info } = summarize(1, bytes);
  expect(`${protocol} ${source} -> ${destination} ${info}`).toBe(expected);
});

it('takes whatever comes, cut anywhere', () => {
  const random = randomNumbers(3);
  for (let round = 0; round < 300; round++) {
    const packet = randomPacket(random, round % 2 ? 'ethernet' : 'raw');
    const cut = packet.subarray(0, random(packet.length));
    for (const linkType of [1, 101, 113, 7]) expect(summarize(linkType, cut).protocol).not.toBe('');
  }
});
