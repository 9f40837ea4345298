import type dgram from 'node:dgram';
import { EBADF, EINVAL } from '../../errno-numbers.ts';
import { builtin } from '../../native/builtin.ts';
import { SO_REUSEADDR, SOCK_DGRAM, SOL_SOCKET } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { syscall } from '../../native/syscall.ts';
import { type DatagramHandle, handleOf, meetLinkLocal } from './dgram-handle.ts';
import type { Home } from './home.ts';
import { lookupIn } from './lookup-hook.ts';
import { openSocket } from './open-socket.ts';
import { domainOf, ipSocketAddress, splitZone } from './socket-address.ts';

/** The part of `node:dgram` that makes sockets. */
export interface NamespaceDgram {
  readonly createSocket: typeof dgram.createSocket;
}

type Options = dgram.SocketOptions & { readonly reusePort?: boolean };
type Method = (...args: unknown[]) => dgram.Socket;

/** `node:dgram` for the inside of a namespace. */
export function dgramIn(home: Home): NamespaceDgram {
  const createSocket = (type: dgram.SocketType | Options, listener?: (...args: never[]) => void): dgram.Socket => {
    const given: Options = typeof type === 'object' && type !== null ? type : { type };
    const options = given.lookup === undefined ? { ...given, lookup: lookupIn(home) } : given;
    const socket = builtin('dgram').createSocket(options as dgram.SocketOptions, listener as never);
    bindInside(socket, home, given);
    if (builtin('cluster').isWorker) keepFromPrimary(socket);
    return socket;
  };
  return { createSocket: createSocket as typeof dgram.createSocket };
}

const ipv6OnlyFlag = 1;
const reuseAddressFlag = 4;
const reusePortFlag = 8;

/** Gives Node's native handle its socket from inside, in the moment in which libuv would make one. */
function bindInside(socket: dgram.Socket, home: Home, options: Options): void {
  const handle = handleOf(socket);
  if (handle === null) return; // closed: it was called off before it was made
  const family = options.type === 'udp4' ? 4 : 6;

  const open = (ip: string, port: number, flags: number): number => {
    const [bare, zone] = splitZone(ip);
    const target = ipSocketAddress(bare, port);
    const ipv6Only = (flags & ipv6OnlyFlag) !== 0;
    if (target?.length !== (family === 4 ? 16 : 28) || (ipv6Only && family === 4)) return -EINVAL;
    const reuseAddress = (flags & reuseAddressFlag) !== 0;
    const request = { domain: domainOf(family), type: SOCK_DGRAM, device: zone };
    const bound = openSocket(home, {
      ...request,
      reuseAddress,
      reusePort: (flags & reusePortFlag) !== 0 || options.reusePort === true, // Node 20 does not know it
      ipv6Only: ipv6Only ? true : undefined,
      bind: target,
    });
    // Node goes on with a socket that could not be bound, and has its own words for the reason.
    const opened = bound instanceof Fd ? bound : openSocket(home, request);
    if (!(opened instanceof Fd)) return -opened.errno;
    using fd = opened; // closed if Node does not take it
    const result = handle.open(fd.raw);
    if (result < 0) return result;
    // libuv lets others have the address of a socket that it is given.
    syscall('setsockopt', fd.raw, SOL_SOCKET, SO_REUSEADDR, Int32Array.of(Number(reuseAddress)), 4);
    fd.release();
    if (family === 6) meetLinkLocal(handle, /^(?:::$|fe[89ab]|ff)/i.test(ip));
    return bound instanceof Fd ? 0 : bind.call(handle, bare, port, flags);
  };

  const { bind } = handle;
  handle.bind = (ip, port, flags) => {
    if (handle.fd >= 0) return bind.call(handle, ip, port, flags);
    try {
      return open(ip, port, flags);
    } catch (error) {
      failWith(socket, error as Error); // the namespace cannot be entered, or is closed
      return -EBADF;
    }
  };
  for (const call of memberships) {
    const node = handle[call];
    handle[call] = (...args) => {
      if (handle.fd >= 0) return node.call(handle, ...args);
      return open(family === 4 ? '0.0.0.0' : '::', 0, 0) || handle[call](...args);
    };
  }
}

/** What may come before a socket is bound. */
const memberships = [
  'addMembership',
  'dropMembership',
  'addSourceSpecificMembership',
  'dropSourceSpecificMembership',
] as const satisfies readonly (keyof DatagramHandle)[];

/** Node knows error numbers only; what it makes of one gives way to the error itself. */
function failWith(socket: dgram.Socket, error: Error): void {
  const { emit } = socket as { emit: (event: string, ...args: unknown[]) => boolean };
  const replaced = (event: string, ...args: unknown[]): boolean => {
    if (event !== 'error') return emit.call(socket, event, ...args);
    Object.assign(socket, { emit });
    return emit.call(socket, event, error);
  };
  Object.assign(socket, { emit: replaced });
}

/** The primary process of a cluster would make the socket, and knows nothing of the namespace. */
function keepFromPrimary(socket: dgram.Socket): void {
  const nodeBind = socket.bind as Method;
  const bind: Method = (port, address, ...rest) => {
    if (typeof port === 'object' && port !== null)
      return nodeBind.call(socket, { ...port, exclusive: true }, address, ...rest);
    const given = [port, address].filter((value) => typeof value !== 'function');
    return nodeBind.call(
      socket,
      { port: given[0], address: given[1], exclusive: true },
      [port, address, ...rest].at(-1),
    );
  };
  Object.assign(socket, { bind });
}
