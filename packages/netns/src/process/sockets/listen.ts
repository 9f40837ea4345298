import { unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { EACCES, EADDRINUSE, EINVAL, ENOENT } from '../../errno-numbers.ts';
import { builtin } from '../../native/builtin.ts';
import { AF_UNIX, SOCK_STREAM } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { parseArguments } from './arguments.ts';
import type { Home } from './home.ts';
import { lookupOne } from './lookup-hook.ts';
import { nodeListenError, type Place } from './node-error.ts';
import { openSocket, type Refusal } from './open-socket.ts';
import { type AddressHandle, tellScopedAddresses } from './scoped-address.ts';
import {
  domainOf,
  type IpFamily,
  ipSocketAddress,
  isAbstract,
  splitZone,
  unixSocketAddress,
} from './socket-address.ts';

/** What Node has found out of the arguments of `listen` when it is about to make a socket. */
type SetUp = (
  this: NodeServer,
  address: string | null,
  port: number | null,
  family: IpFamily | -1 | null,
  backlog: number | false | undefined,
  fd?: number,
  flags?: number,
) => void;

interface ServerHandle extends Partial<AddressHandle> {
  onconnection?(this: ServerHandle, status: number, client?: AddressHandle): void;
  close(closed?: () => void): void;
}

interface NodeServer extends Server {
  _handle: ServerHandle | null;
  /** Another one after each `listen` and `close`. */
  _listeningId: number;
  _connectionKey?: string;
  _listen2: SetUp;
}

const ipv6OnlyFlag = 1;
const reusePortFlag = 2;
const defaultBacklog = 511;

/**
 * Makes a server of Node's (net, tls, http, https) listen inside a namespace. Node reads and checks what `listen` was given; where it
 * would make the socket, that is made, bound and opened for connections inside, and goes on as one that was there already.
 */
export function listenInside<S extends Server>(server: S, home: Home): S {
  const node = server as unknown as NodeServer;
  const { listen: nodeListen, _listen2: nodeSetUp } = node as unknown as Record<string, SetUp>;
  let name: string | undefined; // of a host
  let reusePort = false; // Node 20 does not know it

  const setUp: SetUp = (...given) => {
    const [address, port, family, backlog, fd, flags = 0] = given;
    if (node._handle || typeof fd === 'number') return nodeSetUp?.apply(node, given);
    const start = (address: string | null, family: IpFamily | -1 | null) => {
      const request = {
        port: port ?? 0,
        backlog: backlog || defaultBacklog,
        flags: flags | (reusePort ? reusePortFlag : 0),
      };
      const { socket, place } = family === -1 ? bindPath(home, request, address ?? '') : bindIp(home, request, address);
      if (!(socket instanceof Fd)) return fail(nodeListenError(socket.errno, place));
      using owned = socket; // closed if Node does not take it
      nodeSetUp?.call(node, null, null, family, backlog, owned.raw);
      if (node._handle === null) return;
      owned.release();
      node._connectionKey = `${family}:${place.address}:${port}`;
      if (family !== -1) meetLinkLocal(node._handle);
      else if (!isAbstract(address ?? '')) removeWhenClosed(node._handle, address ?? '');
    };
    const attempt = (...args: Parameters<typeof start>) => {
      try {
        start(...args);
      } catch (error) {
        fail(error); // the namespace cannot be entered
      }
    };
    if (name === undefined || family === -1) return attempt(address, family);
    const id = node._listeningId;
    lookupOne(home, name).then(
      (found) => {
        if (id === node._listeningId) attempt(found.address, found.family);
      },
      (error) => {
        if (id === node._listeningId) fail(error);
      },
    );
  };

  const fail = (error: unknown) => process.nextTick(() => server.emit('error', error));

  const listen = (...args: unknown[]): S => {
    const { options, callback } = parseArguments(args);
    const { host } = options;
    const made = options._handle || options.handle || (typeof options.fd === 'number' && options.fd >= 0);
    const { isWorker } = builtin('cluster');
    name = typeof host === 'string' && host !== '' && builtin('net').isIP(host) === 0 ? host : undefined;
    reusePort = options.reusePort === true;
    const change = {
      ...(name === undefined ? {} : { host: '::' }), // Node would look it up outside
      ...(isWorker ? { exclusive: true } : {}), // the primary process knows nothing of the namespace
    };
    const own = made || Object.keys(change).length === 0;
    const first = own ? args : [{ ...options, ...change }, args[1], args[2], callback];
    return (nodeListen as unknown as (...args: unknown[]) => S).apply(node, first);
  };

  return Object.assign(server, { listen, _listen2: setUp });
}

/** Lets a server, and the connections that it takes, tell link-local addresses as they are called inside. */
function meetLinkLocal(handle: ServerHandle): void {
  const { onconnection } = handle;
  if (onconnection === undefined || handle.getsockname === undefined) return; // another Node
  tellScopedAddresses(handle as AddressHandle);
  handle.onconnection = function (status, client) {
    if (client !== undefined) tellScopedAddresses(client);
    onconnection.call(this, status, client);
  };
}

/** libuv does so with a path that it bound itself. */
function removeWhenClosed(handle: ServerHandle, path: string): void {
  const { close } = handle;
  handle.close = (...args) => {
    try {
      unlinkSync(path);
    } catch {} // somebody else did
    close.apply(handle, args);
  };
}

interface Bound {
  readonly socket: Fd | Refusal;
  readonly place: Place;
}

interface Request {
  readonly port: number;
  readonly backlog: number;
  readonly flags: number;
}

/** Without an address: all of IPv6 and IPv4, or all of IPv4 where there is no IPv6. */
function bindIp(home: Home, { port, backlog, flags }: Request, address: string | null): Bound {
  const attempt = (address: string): Bound => {
    const [bare, zone] = splitZone(address);
    const family = bare.includes(':') ? 6 : 4;
    const socket = openSocket(home, {
      domain: domainOf(family),
      type: SOCK_STREAM,
      reuseAddress: true,
      reusePort: (flags & reusePortFlag) !== 0,
      ipv6Only: family === 6 ? (flags & ipv6OnlyFlag) !== 0 : undefined,
      device: zone,
      bind: ipSocketAddress(bare, port) ?? new Uint8Array(),
      listen: backlog,
    });
    return { socket, place: { address, port } };
  };
  if (address) return attempt(address);
  const both = attempt('::');
  return both.socket instanceof Fd || both.socket.errno === EADDRINUSE ? both : attempt('0.0.0.0');
}

function bindPath(home: Home, { backlog }: Request, path: string): Bound {
  const place = { address: path, port: -1 };
  const bind = unixSocketAddress(path);
  if (bind === undefined) return { socket: { syscall: 'bind', errno: EINVAL }, place };
  const socket = openSocket(home, { domain: AF_UNIX, type: SOCK_STREAM, bind, listen: backlog });
  // libuv says "permission denied" for a folder that does not exist; so do we.
  if (!(socket instanceof Fd) && socket.errno === ENOENT) return { socket: { ...socket, errno: EACCES }, place };
  return { socket, place };
}
