import type { Socket } from 'node:net';
import { builtin } from '../../native/builtin.ts';
import { SOCK_STREAM } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import type { ConnectRequest } from './connect-arguments.ts';
import type { Home } from './home.ts';
import { type LookupCallback, type LookupFunction, lookupAll } from './lookup-hook.ts';
import { nodeError } from './node-error.ts';
import { openSocket } from './open-socket.ts';
import { type Contender, race } from './race.ts';
import type { LookupAddress, LookupOptions } from './resolver/lookup.ts';
import { type AddressHandle, tellScopedAddresses } from './scoped-address.ts';
import { domainOf, type IpFamily, splitZone } from './socket-address.ts';

type NodeConnect = (options: object, connected?: () => void) => unknown;

/** The part of Node's TCP handle that takes over a descriptor. */
interface Handle extends AddressHandle {
  open(fd: number): number;
}

function handleOf(socket: Socket): Handle | null {
  return (socket as unknown as { readonly _handle: Handle | null })._handle;
}

/**
 * Connects one of Node's sockets by TCP inside a namespace. Node makes the handle and, a turn later, the socket for it;
 * in between this puts a socket from inside into the handle, and Node goes on with that one.
 */
export function connectInside(socket: Socket, home: Home, request: ConnectRequest, nodeConnect: NodeConnect): void {
  const { options, connected } = request;
  if (handleOf(socket) !== null && !socket.destroyed) {
    nodeConnect.call(socket, options, connected); // it is open already: Node says so in its own words
    return;
  }
  const { host = 'localhost', port, lookup } = options as { host?: unknown; port: number; lookup?: unknown };
  const wrong = typeof host !== 'string' ? lookup === undefined : lookup != null && typeof lookup !== 'function';
  if (wrong) {
    nodeConnect.call(socket, options, connected); // it throws
    return;
  }
  const family = typeof host === 'string' ? builtin('net').isIP(host) : 0;
  if (family === 0) {
    const hook = lookupAndOpen(socket, home, options);
    nodeConnect.call(socket, { ...options, autoSelectFamily: false, lookup: hook }, connected);
    return;
  }
  const [address, zone] = splitZone(host as string);
  nodeConnect.call(socket, { ...options, host: address }, connected);
  const error = putSocket(socket, home, { address, family: family as IpFamily }, Number(port), zone);
  if (error !== undefined) socket.destroy(error);
}

/** Gives the handle a new socket of the right family; the error, if there is one. */
function putSocket(
  socket: Socket,
  home: Home,
  { address, family }: Contender,
  port: number,
  device?: string,
): Error | undefined {
  try {
    const fd = openSocket(home, { domain: domainOf(family), type: SOCK_STREAM, device });
    return fd instanceof Fd ? hand(socket, fd) : nodeError(fd.errno, 'connect', { address, port });
  } catch (error) {
    return error as Error; // the namespace cannot be entered, or is closed
  }
}

function hand(socket: Socket, fd: Fd): Error | undefined {
  const handle = handleOf(socket);
  const result = handle?.open(fd.raw) ?? 0;
  if (handle === null || result < 0) {
    fd.close();
    return result < 0 ? nodeError(-result, 'open') : undefined;
  }
  fd.release();
  if (handle !== null) tellScopedAddresses(handle);
  return undefined;
}

/**
 * The `lookup` that Node calls for a name. It does more than look up: it also puts a socket of the right family into the handle,
 * or, when there are several addresses, one that has been connected already to the address that answered first.
 */
function lookupAndOpen(socket: Socket, home: Home, options: ConnectRequest['options']): LookupFunction {
  const net = builtin('net');
  const port = Number(options.port);
  const families = options.family === 4 || options.family === 6;
  const racing =
    (options.autoSelectFamily ?? net.getDefaultAutoSelectFamily()) &&
    !(families || options.localAddress || options.localPort);
  const delay = Math.max(
    10,
    (options.autoSelectFamilyAttemptTimeout as number | undefined) ?? net.getDefaultAutoSelectFamilyAttemptTimeout(),
  );

  return (hostname, lookupOptions, callback) => {
    const settle = (found: readonly LookupAddress[]) => {
      if (!socket.connecting) return;
      const contenders = found.filter((one): one is Contender => net.isIP(one.address) === one.family);
      const [first] = contenders;
      if (first === undefined)
        callback(null, found[0]?.address, found[0]?.family); // Node names what is wrong with it
      else if (contenders.length === 1 || !racing) {
        const [address, zone] = splitZone(first.address);
        const error = putSocket(socket, home, { ...first, address }, port, zone);
        if (error === undefined) callback(null, address, first.family);
        else callback(error);
      } else raceFor(socket, home, contenders, { port, delay, hostname }, callback);
    };
    findAddresses(
      home,
      hostname,
      lookupOptions as LookupOptions,
      Boolean(racing),
      options.lookup as LookupFunction | undefined,
    ).then(
      (found) => process.nextTick(settle, found),
      (error) => process.nextTick(callback, error),
    );
  };
}

/** By the caller's own `lookup` if there is one, else by the namespace's name servers. */
function findAddresses(
  home: Home,
  hostname: string,
  { family, hints }: LookupOptions,
  all: boolean,
  lookup: LookupFunction | undefined,
): Promise<readonly LookupAddress[]> {
  if (lookup === undefined) return lookupAll(home, hostname, { family, hints });
  return new Promise((resolve, reject) => {
    lookup(hostname, { family, hints, ...(all ? { all } : {}) }, (error, found, foundFamily) => {
      if (error) reject(error);
      else if (typeof found === 'object') resolve(found);
      else resolve([{ address: found as string, family: foundFamily as IpFamily }]);
    });
  });
}

function raceFor(
  socket: Socket,
  home: Home,
  contenders: readonly Contender[],
  { port, delay, hostname }: { readonly port: number; readonly delay: number; readonly hostname: string },
  callback: LookupCallback,
): void {
  // The winner is announced by Node itself, when it gets it.
  const announced = new Set<Contender>();
  const announce = (contender: Contender) => {
    if (!announced.has(contender)) socket.emit('connectionAttempt', contender.address, port, contender.family);
    announced.add(contender);
  };
  const stop = race(home, contenders, {
    port,
    delay,
    failed: (contender, error) => {
      announce(contender);
      socket.emit('connectionAttemptFailed', contender.address, port, contender.family, error);
    },
    overtaken: (contender) => {
      announce(contender);
      socket.emit('connectionAttemptTimeout', contender.address, port, contender.family);
    },
    won: (winner, fd) => {
      socket.off('close', stop);
      for (const { address, family } of contenders)
        if (address !== winner.address) socket.emit('lookup', null, address, family, hostname);
      const error = hand(socket, fd);
      if (error === undefined) callback(null, winner.address, winner.family);
      else callback(error);
    },
    lost: (errors) => {
      socket.off('close', stop);
      callback(manyErrors(errors));
    },
  });
  if (socket.connecting) socket.once('close', stop);
}

/** As Node has it: the code of the first, and all of them in `errors`. */
function manyErrors(errors: readonly Error[]): Error {
  const { code } = errors[0] as NodeJS.ErrnoException;
  return Object.assign(new AggregateError(errors), { code });
}
