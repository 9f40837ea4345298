import type net from 'node:net';
import { InvalidArgumentError } from '../../errors.ts';
import { builtin } from '../../native/builtin.ts';
import { AF_UNIX, SOCK_STREAM } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { connectInside } from './connect.ts';
import { parseConnect } from './connect-arguments.ts';
import type { Home } from './home.ts';
import { listenInside } from './listen.ts';
import { nodeError } from './node-error.ts';
import { openSocket } from './open-socket.ts';
import { isAbstract } from './socket-address.ts';

/** The part of `node:net` that makes sockets. */
export interface NamespaceNet {
  /** A plain `net.Server` that listens inside. */
  readonly createServer: typeof net.createServer;
  /** A plain `net.Socket` that connects from inside. */
  readonly connect: typeof net.connect;
  readonly createConnection: typeof net.createConnection;
  /** The class of those sockets, for code that makes them with `new Socket()`. */
  readonly Socket: typeof net.Socket;
}

/** `node:net` for the inside of a namespace: the same functions, objects, events and errors. */
export function netIn(home: Home): NamespaceNet {
  const node = builtin('net');

  class Socket extends node.Socket {
    override connect(...args: unknown[]): this {
      const { options, connected } = parseConnect(args);
      const nodeConnect = super.connect as (...args: unknown[]) => unknown;
      if (typeof options.path !== 'string') connectInside(this, home, { options, connected }, nodeConnect);
      else if (isAbstract(options.path) && !hasHandle(this))
        throw new InvalidArgumentError('path', options.path, 'an abstract name needs connect() of the namespace');
      else nodeConnect.call(this, options, connected);
      return this;
    }
  }

  const connect = (...args: unknown[]): net.Socket => {
    const { options, connected } = parseConnect(args);
    const socket = typeof options.path === 'string' ? unixSocket(options) : new Socket(options as object);
    if (options.timeout) socket.setTimeout(options.timeout);
    return socket.destroyed ? socket : socket.connect(options, connected);
  };

  /** A path leads out of Node at once, so its socket has to be there before. */
  const unixSocket = (options: object): net.Socket => {
    try {
      const fd = openSocket(home, { domain: AF_UNIX, type: SOCK_STREAM });
      if (!(fd instanceof Fd)) return new Socket(options).destroy(nodeError(fd.errno, 'connect'));
      using owned = fd;
      const own = { ...options, fd: owned.raw, readable: true, writable: true, manualStart: true };
      const socket = new Socket(own as object);
      owned.release();
      return socket;
    } catch (error) {
      return new Socket(options).destroy(error as Error); // the namespace cannot be entered, or is closed
    }
  };

  const createServer = (...args: Parameters<typeof net.createServer>) => listenInside(node.createServer(...args), home);

  return {
    createServer: createServer as typeof net.createServer,
    connect: connect as typeof net.connect,
    createConnection: connect as typeof net.createConnection,
    Socket,
  };
}

function hasHandle(socket: net.Socket): boolean {
  return (socket as unknown as { readonly _handle: object | null })._handle !== null;
}
