import { AsyncResource } from 'node:async_hooks';
import type dgram from 'node:dgram';
import { EAGAIN } from '../../errno-numbers.ts';
import { UnsupportedError } from '../../errors.ts';
import {
  F_DUPFD_CLOEXEC,
  IPPROTO_IPV6,
  IPV6_JOIN_GROUP,
  IPV6_LEAVE_GROUP,
  IPV6_MULTICAST_IF,
  MCAST_JOIN_SOURCE_GROUP,
  MCAST_LEAVE_SOURCE_GROUP,
  SO_BINDTOIFINDEX,
  SOL_SOCKET,
  UV_READABLE,
} from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { perform, syscall } from '../../native/syscall.ts';
import { type Watch, watchDescriptor } from '../../native/watch.ts';
import { parseIpAddress } from '../../wire/ip-address.ts';
import {
  type AddressHandle,
  socketAddressSize,
  tellScopedAddresses,
  toldAddress,
  zonedAddress,
} from './scoped-address.ts';
import { ipSocketAddress, splitZone } from './socket-address.ts';

/** The part of Node's native datagram socket that knows addresses. */
export interface DatagramHandle extends AddressHandle {
  open(fd: number): number;
  bind(ip: string, port: number, flags: number): number;
  /** With port and address only where the socket is not connected. */
  send(request: object, list: readonly Uint8Array[], count: number, ...where: unknown[]): number;
  connect(ip: string, port: number): number;
  onmessage(count: number, handle: object, message?: Buffer, from?: object): void;
  addMembership(...args: readonly unknown[]): number;
  dropMembership(...args: readonly unknown[]): number;
  addSourceSpecificMembership(...args: readonly unknown[]): number;
  dropSourceSpecificMembership(...args: readonly unknown[]): number;
  setMulticastInterface(at: string): number;
  recvStart(): number;
  close(closed?: () => void): void;
  ref(): void;
  unref(): void;
  hasRef(): boolean;
}

export function handleOf(socket: dgram.Socket): DatagramHandle | null {
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol');
  const state = symbol && (socket as unknown as Record<symbol, { readonly handle: DatagramHandle | null }>)[symbol];
  if (state === undefined) throw new UnsupportedError('dgram', 'a Node whose sockets have handles');
  return state.handle;
}

/**
 * Lets an IPv6 socket of Node's, which has its descriptor but does not receive yet, meet link-local addresses of the namespace that it belongs to: when it sends, connects and tells
 * addresses; and if `receives`, of whom messages come, which Node would lose where it does not know the device.
 */
export function meetLinkLocal(handle: DatagramHandle, receives: boolean): void {
  tellScopedAddresses(handle);
  sendToZones(handle);
  joinAtDevices(handle);
  if (receives) receiveByOurselves(handle);
}

function sendToZones(handle: DatagramHandle): void {
  const { send, connect } = handle;
  handle.send = (request, list, count, ...where) => {
    const [port, ip] = where;
    if (typeof ip !== 'string' || !ip.includes('%')) return send.call(handle, request, list, count, ...where);
    const target = zonedAddress(handle.fd, ip, Number(port));
    if (typeof target === 'number') return target;
    const message = Buffer.concat(list);
    const sent = syscall('sendto', handle.fd, message, message.length, 0, target, target.length);
    return sent < 0 ? sent : sent + 1; // how libuv says that it is done
  };
  handle.connect = (ip, port) => {
    const [bare, zone] = splitZone(ip);
    if (zone === undefined) return connect.call(handle, ip, port);
    // What the kernel does itself with a link-local address that is complete.
    const target = zonedAddress(handle.fd, ip, port);
    if (typeof target === 'number') return target;
    const device = target.subarray(socketAddressSize - 4);
    const bound = syscall('setsockopt', handle.fd, SOL_SOCKET, SO_BINDTOIFINDEX, device, device.length);
    return bound < 0 ? bound : connect.call(handle, bare, port);
  };
}

/** A device is given as `::%eth0`. ipv6(7). */
function joinAtDevices(handle: DatagramHandle): void {
  const setOption = (option: number, at: string, value: (index: Uint8Array) => Uint8Array) => {
    const target = zonedAddress(handle.fd, at, 0);
    if (typeof target === 'number') return target;
    const bytes = value(target.subarray(socketAddressSize - 4));
    return syscall('setsockopt', handle.fd, IPPROTO_IPV6, option, bytes, bytes.length);
  };
  for (const [call, option] of [
    ['addMembership', IPV6_JOIN_GROUP],
    ['dropMembership', IPV6_LEAVE_GROUP],
  ] as const) {
    const node = handle[call];
    handle[call] = (group, at) => {
      const address = typeof group === 'string' ? parseIpAddress(group) : undefined;
      if (address?.length !== 16 || typeof at !== 'string' || !at.includes('%')) return node.call(handle, group, at);
      return setOption(option, at, (index) => Uint8Array.of(...address, ...index));
    };
  }
  for (const [call, option] of [
    ['addSourceSpecificMembership', MCAST_JOIN_SOURCE_GROUP],
    ['dropSourceSpecificMembership', MCAST_LEAVE_SOURCE_GROUP],
  ] as const) {
    const node = handle[call];
    handle[call] = (source, group, at) => {
      const addresses = [group, source].map((text) =>
        typeof text === 'string' ? ipSocketAddress(text, 0) : undefined,
      );
      const whole = addresses.every((bytes): bytes is Uint8Array => bytes?.length === socketAddressSize);
      if (!whole || typeof at !== 'string' || !at.includes('%')) return node.call(handle, source, group, at);
      return setOption(option, at, (index) => sourceRequest(index, addresses));
    };
  }
  const { setMulticastInterface } = handle;
  handle.setMulticastInterface = (at) =>
    at.includes('%') ? setOption(IPV6_MULTICAST_IF, at, (index) => index) : setMulticastInterface.call(handle, at);
}

/** `struct group_source_req` of <linux/in.h>: a device, the group, the source. */
function sourceRequest(device: Uint8Array, addresses: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(8 + 2 * storageSize);
  result.set(device);
  for (const [index, address] of addresses.entries()) result.set(address, 8 + index * storageSize);
  return result;
}

/** `struct sockaddr_storage`: of any family. */
const storageSize = 128;

const longestMessage = 65_536;
const messagesAtOnce = 32;

/** In the place of libuv: its own descriptor, so that both can wait for theirs. */
function receiveByOurselves(handle: DatagramHandle): void {
  const fd = Fd.adopt(perform('duplicate a socket', 'fcntl', handle.fd, F_DUPFD_CLOEXEC, 0), 'a datagram socket');
  const buffer = Buffer.allocUnsafeSlow(longestMessage);
  const from = new Uint8Array(socketAddressSize);
  let open = true;
  const receive = AsyncResource.bind(() => {
    for (let left = messagesAtOnce; open && left > 0; left--) {
      const size = syscall('recvfrom', fd.raw, buffer, buffer.length, 0, from, Int32Array.of(from.length));
      if (size === -EAGAIN) return;
      if (size < 0) handle.onmessage(size, handle);
      else
        handle.onmessage(size, handle, Buffer.from(buffer.subarray(0, size)), { ...toldAddress(fd.raw, from), size });
    }
  });
  const { close, ref, unref } = handle;
  let watch: Watch | undefined;
  handle.recvStart = () => {
    watch ??= watchDescriptor(fd.raw, UV_READABLE, receive);
    watch.keepAlive(handle.hasRef());
    return 0;
  };
  handle.ref = () => {
    watch?.keepAlive(true);
    ref.call(handle);
  };
  handle.unref = () => {
    watch?.keepAlive(false);
    unref.call(handle);
  };
  handle.close = (closed) => {
    open = false;
    watch?.close();
    fd.close();
    close.call(handle, closed);
  };
}
