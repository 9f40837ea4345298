import type net from 'node:net';
import { builtin } from '../../native/builtin.ts';
import { parseArguments } from './arguments.ts';
import { connectingIn } from './connect.ts';
import type { Home } from './home.ts';
import { listenInside } from './listen.ts';
import { lookupIn } from './lookup-hook.ts';

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
  const inside = connectingIn(home);

  class Socket extends node.Socket {
    constructor(options?: net.SocketConstructorOpts) {
      super(options);
      inside(this);
    }

    override connect(...args: unknown[]): this {
      const { options, callback } = parseArguments(args);
      const nodeConnect = super.connect as (...args: unknown[]) => this;
      // For a host that is no text Node has the right error.
      const names = options.lookup == null && (!options.host || typeof options.host === 'string');
      return nodeConnect.call(this, names ? { ...options, lookup: lookupIn(home) } : options, callback);
    }
  }

  const connect = (...args: unknown[]): net.Socket => {
    const { options, callback } = parseArguments(args);
    const socket = new Socket(options);
    if (options.timeout) socket.setTimeout(options.timeout as number);
    return socket.connect(options, callback);
  };

  const createServer = (...args: Parameters<typeof net.createServer>) => listenInside(node.createServer(...args), home);

  return {
    createServer: createServer as typeof net.createServer,
    connect: connect as typeof net.connect,
    createConnection: connect as typeof net.createConnection,
    Socket,
  };
}
