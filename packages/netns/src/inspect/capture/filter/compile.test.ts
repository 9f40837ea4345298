import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../../test/differential/capture/run-program.ts';
import { compileFilter } from './compile.ts';
import { assemble, encodeProgram, type Question } from './program.ts';

const ethernet = { link: 'ethernet' } as const;

it('lets everything through without a filter', () => {
  expect(compileFilter('', ethernet)).toEqual([{ code: 6, jt: 0, jf: 0, k: 262_144 }]);
  expect(compileFilter('  ', { link: 'raw', snapLength: 96 })).toEqual([{ code: 6, jt: 0, jf: 0, k: 96 }]);
});

it.each([
  ['tcp prt 80', 5, "'and' or 'or' is expected"],
  ['tcpp', 1, `"tcpp" is unknown; did you mean 'tcp'?`],
  ['port', 5, 'a port is expected, not the end'],
  ['port 65536', 6, 'at most 65535'],
  ['port nonsense', 6, 'not known by name'],
  ['host example.org', 6, 'not looked up'],
  ['host 10.1', 6, 'four numbers'],
  ['host 10.0.0.256', 6, 'no address'],
  ['net 10.0.0.1/8', 5, 'bits behind the length'],
  ['net 10.0.0.0/33', 14, 'at most 32'],
  ['ip host ::1', 9, 'no addresses of IPv6'],
  ['ip6 host 10.0.0.1', 10, 'no addresses of IPv4'],
  ['arp port 80', 10, 'arp has no ports'],
  ['(tcp or udp', 12, "')' is expected"],
  ['tcp)', 4, "'and' or 'or'"],
  ['tcp and', 8, 'something is expected'],
  ['10.0.0.1', 1, 'stands alone'],
  ['ether host 10.0.0.1', 12, 'hardware address'],
  ['ether proto 5', 13, 'above 1500'],
  ['ether', 1, 'needs more'],
  ['ip[0', 5, "']' is expected"],
  ['ip[0:3] = 1', 6, '1, 2 or 4 bytes'],
  ['len / 0 = 1', 5, 'divides by 0'],
  ['len + 1', 8, 'is expected'],
  ['inbound', 1, 'an option'],
  ['tcp $ udp', 5, 'nothing that a filter has'],
  [`${'('.repeat(5000)}tcp`, 201, 'nested too deeply'],
  [`${'not '.repeat(5000)}tcp`, 801, 'nested too deeply'],
])('says where %s is wrong', (text, column, reason) => {
  expect(() => compileFilter(text, ethernet)).toThrow(
    new RegExp(`column ${column}: .*${reason.replace(/[()[\]?]/g, '\\$&')}`),
  );
});

it.each(['ether host 52:54:00:00:00:01', 'vlan', 'broadcast', 'multicast'])(
  'has no %s where there is no Ethernet',
  (text) => {
    expect(() => compileFilter(text, { link: 'raw' })).toThrow('not of Ethernet');
  },
);

describe('of live packets', () => {
  const tagged = { 44: 5, 48: 1 };
  const udp = Buffer.from(`${'00'.repeat(12)}0800${'00'.repeat(9)}11${'00'.repeat(30)}`, 'hex');
  const inside = Buffer.concat([udp.subarray(0, 12), Buffer.from('81000005', 'hex'), udp.subarray(12)]);
  const live = (text: string, packet: Uint8Array, beside = {}) =>
    runProgram(compileFilter(text, { ...ethernet, live: true }), packet, beside) > 0;

  it('finds a tag beside the packet, and inside', () => {
    for (const text of ['vlan', 'vlan 5', 'vlan and udp', 'vlan 5 and udp and not tcp']) {
      expect([text, live(text, udp, tagged), live(text, inside), live(text, udp)]).toEqual([text, true, true, false]);
    }
    expect([live('vlan 6', udp, tagged), live('vlan 6', inside)]).toEqual([false, false]);
    expect([live('vlan and vlan', udp, tagged), live('vlan and vlan', inside, tagged)]).toEqual([false, true]);
    expect([live('udp', udp, tagged), live('not vlan', udp, tagged), live('not vlan', udp)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.each([
    ['in', 0, true],
    ['in', 4, false],
    ['out', 0, false],
    ['out', 4, true],
    ['both', 4, true],
  ] as const)('takes the direction %s of packets of type %i: %s', (direction, type, expected) => {
    const program = compileFilter('udp', { ...ethernet, live: true, direction });
    expect(runProgram(program, udp, { 4: type }) > 0).toBe(expected);
  });

  it('asks the kernel for the protocol where it takes the header away', () => {
    const program = compileFilter('udp', { link: 'cooked', live: true });
    expect(runProgram(program, udp.subarray(14), { 0: 0x800 })).toBeGreaterThan(0);
    expect(runProgram(program, udp.subarray(14), { 0: 0x86dd })).toBe(0);
  });
});

it('jumps as far as it must', () => {
  const any: Question[] = Array.from({ length: 700 }, (_, index) => ({
    load: [{ code: 0x30, jt: 0, jf: 0, k: 0 }],
    is: '=',
    value: index,
  }));
  const none = { all: any.map((not) => ({ not })) };
  for (const [question, kept] of [
    [{ any }, 9],
    [{ not: { any } }, 0],
    [none, 0],
  ] as const) {
    const program = assemble(question, 9);
    expect(program.every(({ jt, jf }) => jt <= 255 && jf <= 255)).toBe(true);
    for (const byte of [0, 1, 254, 255]) {
      expect(runProgram(program, Uint8Array.of(byte))).toBe(kept);
    }
  }
});

it('refuses what the kernel would', () => {
  const ports = Array.from({ length: 800 }, (_, index) => `port ${index}`).join(' or ');
  expect(() => compileFilter(ports, ethernet)).toThrow('the kernel takes 4096');
});

it('is eight bytes for each instruction', () => {
  expect(Buffer.from(encodeProgram([{ code: 0x15, jt: 1, jf: 2, k: 0x800 }])).toString('hex')).toBe('1500010200080000');
});
