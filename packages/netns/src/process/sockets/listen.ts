import { chmodSync, statSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { EACCES, EADDRINUSE, EINVAL, ENOENT } from '../../errno-numbers.ts';
import { builtin } from '../../native/builtin.ts';
import { AF_UNIX, SOCK_STREAM } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import type { Home } from './home.ts';
import { type ListenRequest, parseListen } from './listen-arguments.ts';
import { lookupOne } from './lookup-hook.ts';
import { nodeListenError, type Place } from './node-error.ts';
import { openSocket, type Refusal, type SocketRequest } from './open-socket.ts';
import { type AddressHandle, tellScopedAddresses } from './scoped-address.ts';
import {
  domainOf,
  type IpFamily,
  ipSocketAddress,
  isAbstract,
  splitZone,
  unixSocketAddress,
} from './socket-address.ts';

/**
 * Makes a server of Node's (net, tls, http, https) listen inside a namespace: its `listen` has the socket made, bound and
 * opened for connections in there, and hands the descriptor to Node, which does everything else as always.
 */
export function listenInside<S extends Server>(server: S, home: Home): S {
  const nodeListen = server.listen as (...args: unknown[]) => S;
  const nodeClose = server.close as (...args: unknown[]) => S;
  let waiting: object | undefined; // for the address of a host name
  let path: string | undefined; // to remove

  const hand = (fd: Fd, { backlog, signal }: ListenRequest) => {
    if (builtin('cluster').isWorker) {
      // A number would be sent to the primary process, where it means something else; a socket is taken as it is.
      const carrier = { fd: fd.raw, readable: true, writable: true, manualStart: true };
      nodeListen.call(server, new (builtin('net').Socket)(carrier), backlog);
      signal?.addEventListener('abort', () => server.close(), { once: true });
    } else nodeListen.call(server, { fd: fd.raw, signal }, backlog);
    if (server.listening) fd.release();
    meetLinkLocal(server);
  };

  const start = (request: ListenRequest, address: string | undefined, family: IpFamily | undefined): void => {
    const { where } = request;
    const bound = 'path' in where ? bindPath(home, request, where.path) : bindIp(home, request, address, family);
    if (!(bound.socket instanceof Fd)) {
      fail(nodeListenError(bound.socket.errno, bound.place));
      return;
    }
    using fd = bound.socket; // closed if Node does not take it
    if ('path' in where) {
      if (where.mode !== 0) chmodSync(where.path, statSync(where.path).mode | where.mode);
      if (!isAbstract(where.path)) path = where.path;
      Object.assign(server, { _pipeName: where.path }); // what `server.address()` tells
    }
    hand(fd, request);
  };

  const fail = (error: unknown) => process.nextTick(() => server.emit('error', error));

  const listen = (...args: unknown[]): S => {
    const request = parseListen(args);
    if (request === undefined || server.listening) return nodeListen.apply(server, args);
    if (request.ready !== undefined) server.once('listening', request.ready);
    const host = 'host' in request.where ? request.where.host : undefined;
    const family = host === undefined ? 0 : builtin('net').isIP(host);
    waiting = undefined;
    if (host === undefined || family !== 0) {
      try {
        start(request, host, family === 0 ? undefined : (family as IpFamily));
      } catch (error) {
        fail(error); // the namespace cannot be entered
      }
      return server;
    }
    const token = {};
    waiting = token;
    lookupOne(home, host)
      .then(
        (found) => {
          if (waiting === token && !request.signal?.aborted) start(request, found.address, found.family);
        },
        (error) => {
          if (waiting === token) fail(error);
        },
      )
      .catch(fail);
    return server;
  };

  const close = (...args: unknown[]): S => {
    waiting = undefined;
    // Node removes the file of a path that it bound itself.
    if (path !== undefined && server.listening) removeFile(path);
    path = undefined;
    return nodeClose.apply(server, args);
  };

  return Object.assign(server, { listen, close });
}

interface ServerHandle extends AddressHandle {
  onconnection?(this: ServerHandle, status: number, client?: AddressHandle): void;
}

/** Lets a server, and the connections that it takes, tell link-local addresses as they are called inside. */
function meetLinkLocal(server: Server): void {
  const { _handle: handle } = server as unknown as { readonly _handle?: ServerHandle | null };
  if (!handle?.onconnection || typeof handle.getsockname !== 'function') return; // a path, or a worker of a cluster
  const { onconnection } = handle;
  tellScopedAddresses(handle);
  handle.onconnection = function (status, client) {
    if (client !== undefined) tellScopedAddresses(client);
    onconnection.call(this, status, client);
  };
}

interface Bound {
  readonly socket: Fd | Refusal;
  readonly place: Place;
}

/** Without an address: all of IPv6 and IPv4, or all of IPv4 where there is no IPv6. */
function bindIp(home: Home, request: ListenRequest, address: string | undefined, family: IpFamily | undefined): Bound {
  const { port } = request.where as { port: number };
  const attempt = (address: string, family: IpFamily, ipv6Only: boolean): Bound => {
    const [bare, zone] = splitZone(address);
    const socket: SocketRequest = {
      domain: domainOf(family),
      type: SOCK_STREAM,
      reuseAddress: true,
      reusePort: request.reusePort,
      ipv6Only: family === 6 ? ipv6Only : undefined,
      device: zone,
      bind: ipSocketAddress(bare, port) ?? new Uint8Array(),
      listen: request.backlog,
    };
    return { socket: openSocket(home, socket), place: { address, port } };
  };
  if (address !== undefined && family !== undefined) return attempt(address, family, request.ipv6Only);
  const both = attempt('::', 6, request.ipv6Only);
  return both.socket instanceof Fd || both.socket.errno === EADDRINUSE ? both : attempt('0.0.0.0', 4, false);
}

function bindPath(home: Home, request: ListenRequest, path: string): Bound {
  const place = { address: path, port: -1 };
  const bind = unixSocketAddress(path);
  if (bind === undefined) return { socket: { syscall: 'bind', errno: EINVAL }, place };
  const socket = openSocket(home, { domain: AF_UNIX, type: SOCK_STREAM, bind, listen: request.backlog });
  // libuv says "permission denied" for a folder that does not exist; so do we.
  if (!(socket instanceof Fd) && socket.errno === ENOENT) return { socket: { ...socket, errno: EACCES }, place };
  return { socket, place };
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {} // somebody else did
}
