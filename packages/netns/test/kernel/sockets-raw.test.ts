import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { O_NONBLOCK } from '../../src/native/constants.ts';
import { syscall } from '../../src/native/syscall.ts';
import { lively } from './support/lively.ts';
import { networkCookie } from './support/network-cookie.ts';

it.each([
  ['inet', 'raw', 1, [2, 3, 1]],
  ['inet6', 'raw', 58, [10, 3, 58]],
  ['packet', 'raw', 0x0300, [17, 3, undefined]],
  ['netlink', 'raw', 12, [16, 3, 12]],
  ['unix', 'seqpacket', 0, [1, 5, 0]],
  ['inet', 'stream', 0, [2, 1, 6]],
  [2, 2, 17, [2, 2, 17]],
] as const)('makes a socket inside: %s %s %i', (domain, type, protocol, [...made]) => {
  using ns = NetworkNamespace.create();
  using socket = ns.socket(domain, type, protocol);
  expect(statSync(`/proc/self/fd/${socket.raw}`).isSocket()).toBe(true);
  expect(networkCookie(socket.raw)).toBe(ns.cookie);
  const is = socketOptions.map((option) => optionOf(socket.raw, option));
  expect(is.map((value, index) => made[index] && value)).toEqual(made);
  // Not for programs that are started later; and nobody waits for it.
  expect(syscall('fcntl', socket.raw, F_GETFD)).toBe(1);
  expect(syscall('fcntl', socket.raw, F_GETFL) & O_NONBLOCK).toBe(O_NONBLOCK);
});

const socketOptions = [39, 3, 38]; // SO_DOMAIN, SO_TYPE, SO_PROTOCOL
const [F_GETFD, F_GETFL] = [1, 3];

function optionOf(socket: number, option: number): number {
  const value = new Int32Array(1);
  syscall('getsockopt', socket, 1, option, value, Int32Array.of(4));
  return value[0] ?? -1;
}

it('sees what passes on the devices of the namespace', async () => {
  using ns = await lively();
  using packets = ns.socket('packet', 'raw', 0x0300);
  const sender = ns.dgram.createSocket('udp4');
  await new Promise((resolve) => sender.send('seen on the wire', 9, '127.0.0.1', resolve));
  sender.close();
  const buffer = Buffer.alloc(2000);
  const length = syscall('read', packets.raw, buffer, buffer.length);
  expect(buffer.subarray(0, length).toString('latin1')).toContain('seen on the wire');
});

it('says what the kernel refuses', () => {
  using ns = NetworkNamespace.create();
  expect(() => ns.socket('inet', 'seqpacket')).toThrow(
    /cannot open a socket \(inet, seqpacket, 0\).*ESOCKTNOSUPPORT, socket/,
  );
  expect(() => ns.socket('nonsense' as 'inet', 'raw')).toThrow('invalid socket domain "nonsense"');
  expect(() => ns.socket('inet', 'toString' as 'raw')).toThrow('invalid socket type');
  for (const number of [Number.NaN, 1.5, 2 ** 40 + 2])
    expect(() => ns.socket(number, 'dgram')).toThrow('no 32-bit number');
  expect(() => ns.socket('inet', 'raw', 'icmp' as never)).toThrow('invalid socket protocol "icmp"');
});
