import type { Socket } from 'node:net';
import { EBADF } from '../../errno-numbers.ts';
import { builtin } from '../../native/builtin.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  SO_BINDTODEVICE,
  SO_BINDTOIFINDEX,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { syscall } from '../../native/syscall.ts';
import type { Home } from './home.ts';
import { openSocket } from './open-socket.ts';
import { type AddressHandle, tellScopedAddresses } from './scoped-address.ts';
import { splitZone } from './socket-address.ts';

type Call = (...args: unknown[]) => number;

/** The part of Node's native TCP and pipe handles that has libuv make a socket where there is none yet. */
interface StreamHandle extends AddressHandle {
  open(fd: number): number;
  bind: Call;
  bind6?: Call;
  connect: Call;
  connect6?: Call;
  /** What is below TLS. */
  readonly _parent?: StreamHandle;
}

interface Connecting extends Socket {
  _handle: StreamHandle | null;
  _destroy(error: Error | null, callback: (error: Error | null) => void): void;
}

/**
 * Lets sockets of Node's connect inside a namespace: each that is given to the function. Node gives a socket a native handle whenever it
 * begins to connect, one for each address that it tries; that gets its own socket from inside in the moment in which libuv would make
 * one. All else stays Node's.
 */
export function connectingIn(home: Home): <S extends Socket>(socket: S) => S {
  // Node itself keeps the handle behind an accessor.
  const node = Object.getOwnPropertyDescriptor(builtin('net').Socket.prototype, '_handle');
  const inside = {
    ...node,
    set(this: Connecting, handle: StreamHandle | null) {
      node?.set?.call(this, handle);
      if (handle !== null) openInside(this, home, handle._parent ?? handle);
    },
  };
  return (socket) => {
    const { _handle: handle } = socket as unknown as Connecting;
    Object.defineProperty(socket, '_handle', inside);
    if (handle !== null) openInside(socket as unknown as Connecting, home, handle._parent ?? handle);
    return socket;
  };
}

function openInside(socket: Connecting, home: Home, handle: StreamHandle): void {
  const ensure = (domain: number, device?: string): number => {
    if (handle.fd >= 0) return device === undefined ? 0 : bindToDevice(handle.fd, device);
    try {
      const opened = openSocket(home, { domain, type: SOCK_STREAM, device });
      if (!(opened instanceof Fd)) return -opened.errno;
      using fd = opened;
      const result = handle.open(fd.raw);
      if (result >= 0) fd.release();
      if (domain === AF_INET6) tellScopedAddresses(handle);
      return result;
    } catch (error) {
      failWith(socket, error as Error); // the namespace cannot be entered, or is closed
      return -EBADF;
    }
  };

  const { bind, bind6, connect, connect6 } = handle;
  if (bind6 === undefined || connect6 === undefined) {
    handle.connect = (...args) => ensure(AF_UNIX) || connect.apply(handle, args);
    return;
  }
  const binding =
    (domain: number, node: Call): Call =>
    (address, ...rest) => {
      const [bare, zone] = splitZone(address as string);
      return ensure(domain, zone) || node.call(handle, bare, ...rest);
    };
  const connecting =
    (domain: number, node: Call): Call =>
    (request, address, port) => {
      const [bare, zone] = splitZone(address as string);
      return ensure(domain, zone) || node.call(handle, request, bare, port);
    };
  handle.bind = binding(AF_INET, bind);
  handle.bind6 = binding(AF_INET6, bind6);
  handle.connect = connecting(AF_INET, connect);
  handle.connect6 = connecting(AF_INET6, connect6);
}

/** A name, or a number. */
function bindToDevice(socket: number, device: string): number {
  return /^\d+$/.test(device)
    ? syscall('setsockopt', socket, SOL_SOCKET, SO_BINDTOIFINDEX, Int32Array.of(Number(device)), 4)
    : syscall('setsockopt', socket, SOL_SOCKET, SO_BINDTODEVICE, device, device.length);
}

/** Node knows error numbers only; what it makes of one gives way to the error itself. None, if another address was better. */
function failWith(socket: Connecting, error: Error): void {
  const { _destroy: destroy } = socket;
  socket._destroy = (ofNode, callback) => {
    socket._destroy = destroy;
    destroy.call(socket, ofNode && error, callback);
  };
}
