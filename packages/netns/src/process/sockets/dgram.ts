import type dgram from 'node:dgram';
import { EBADF, EINVAL } from '../../errno-numbers.ts';
import { builtin } from '../../native/builtin.ts';
import { SOCK_DGRAM } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { meetLinkLocal } from './dgram-handle.ts';
import type { Home } from './home.ts';
import { type LookupFunction, lookupIn } from './lookup-hook.ts';
import { nodeError } from './node-error.ts';
import { openSocket } from './open-socket.ts';
import { domainOf, ipSocketAddress, splitZone } from './socket-address.ts';

/** The part of `node:dgram` that makes sockets. */
export interface NamespaceDgram {
  readonly createSocket: typeof dgram.createSocket;
}

type Options = dgram.SocketOptions & { readonly reusePort?: boolean };

/** `node:dgram` for the inside of a namespace. */
export function dgramIn(home: Home): NamespaceDgram {
  const createSocket = (type: dgram.SocketType | Options, listener?: (...args: never[]) => void): dgram.Socket => {
    const given: Options = typeof type === 'string' ? { type } : type;
    const lookup = (given.lookup as LookupFunction | undefined) ?? lookupIn(home);
    const socket = builtin('dgram').createSocket({ ...given, lookup } as dgram.SocketOptions, listener as never);
    return bindInside(socket, home, given, lookup);
  };
  return { createSocket: createSocket as typeof dgram.createSocket };
}

type Method = (...args: unknown[]) => dgram.Socket;

/**
 * Node makes the socket when it binds, and everything that needs one (sending, connecting) calls `bind` first. So this is the one
 * place where the socket from inside is handed over: a turn later, as Node does.
 */
function bindInside(socket: dgram.Socket, home: Home, options: Options, lookup: LookupFunction): dgram.Socket {
  const nodeBind = socket.bind as Method;
  let state: 'unbound' | 'binding' | 'bound' = 'unbound';

  const fail = (error: Error) => {
    state = 'unbound';
    socket.emit('error', error);
  };

  const bind: Method = (...args) => {
    if (isHandle(args[0]) || state === 'bound') return nodeBind.apply(socket, args);
    if (state === 'binding') {
      if (isImplicit(args)) return socket; // Node sends before the binding is done, and will wait for it
      throw alreadyBound();
    }
    assertOpen(socket);
    state = 'binding';
    const { port, address } = parseBind(args);
    const callback = args.at(-1);
    lookup(address ?? (options.type === 'udp4' ? '0.0.0.0' : '::'), familyOf(options), (error, ip) => {
      if (!isOpen(socket)) return;
      if (error) return fail(error);
      try {
        const opened = openBound(home, options, String(ip), port);
        if (!(opened instanceof Fd)) return fail(opened);
        using fd = opened; // closed if Node does not take it
        state = 'bound';
        nodeBind.call(socket, { fd: fd.raw, exclusive: true }, callback);
        fd.release();
        if (options.type === 'udp6') meetLinkLocal(socket, /^(?:::$|fe[89ab]|ff)/i.test(String(ip)));
      } catch (error) {
        fail(error as Error); // the namespace cannot be entered, or is closed
      }
    });
    return socket;
  };

  /** Node would have libuv make a socket right now, in the wrong place. */
  const whenBound = (name: 'addMembership' | 'addSourceSpecificMembership'): Method => {
    const node = socket[name] as Method;
    return (...args) => {
      if (state !== 'bound') throw nodeError(EBADF, name);
      return node.apply(socket, args);
    };
  };

  return Object.assign(socket, {
    bind,
    addMembership: whenBound('addMembership'),
    addSourceSpecificMembership: whenBound('addSourceSpecificMembership'),
  });
}

function openBound(home: Home, options: Options, ip: string, port: number): Fd | Error {
  const [bare, zone] = splitZone(ip);
  const target = ipSocketAddress(bare, port);
  if (target === undefined) return nodeError(EINVAL, 'bind', { address: ip, port });
  const opened = openSocket(home, {
    domain: domainOf(familyOf(options)),
    type: SOCK_DGRAM,
    reuseAddress: options.reuseAddr === true,
    reusePort: options.reusePort === true,
    ipv6Only: options.ipv6Only === true && options.type === 'udp6' ? true : undefined,
    device: zone,
    bind: target,
  });
  return opened instanceof Fd ? opened : nodeError(opened.errno, 'bind', { address: ip, port });
}

function familyOf({ type }: Options): 4 | 6 {
  return type === 'udp4' ? 4 : 6;
}

function parseBind([first, second]: readonly unknown[]): { readonly port: number; readonly address?: string } {
  const object = typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : undefined;
  const port = object ? object.port : first;
  const address = object ? object.address : second;
  return {
    port: typeof port === 'function' ? 0 : Number(port ?? 0) || 0,
    ...(typeof address === 'string' && address !== '' ? { address } : {}),
  };
}

/** A handle or descriptor that exists already: nothing to make. */
function isHandle(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('fd' in value || 'recvStart' in value);
}

/** How Node itself calls `bind` before it sends or connects. */
function isImplicit(args: readonly unknown[]): boolean {
  return args.length === 2 && args[1] === null;
}

function alreadyBound(): Error {
  return Object.assign(new Error('Socket is already bound'), { code: 'ERR_SOCKET_ALREADY_BOUND' });
}

/** Throws Node's own error if the socket was closed. */
function assertOpen(socket: dgram.Socket): void {
  try {
    socket.address();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SOCKET_DGRAM_NOT_RUNNING') throw error;
  }
}

function isOpen(socket: dgram.Socket): boolean {
  try {
    assertOpen(socket);
    return true;
  } catch {
    return false;
  }
}
