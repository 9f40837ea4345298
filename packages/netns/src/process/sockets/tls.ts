import type { Socket } from 'node:net';
import type tls from 'node:tls';
import { builtin } from '../../native/builtin.ts';
import { parseConnect } from './connect-arguments.ts';
import type { Home } from './home.ts';
import { listenInside } from './listen.ts';
import { netIn } from './net.ts';

/** The part of `node:tls` that makes sockets. */
export interface NamespaceTls {
  readonly createServer: typeof tls.createServer;
  readonly connect: typeof tls.connect;
}

/** `node:tls` for the inside of a namespace: TLS of Node's over a TCP connection that is made inside. */
export function tlsIn(home: Home): NamespaceTls {
  const node = builtin('tls');
  const { connect: connectTcp } = netIn(home);

  const connect = (...args: unknown[]): tls.TLSSocket => {
    const parsed = parseConnect(args);
    const more = args.slice(1).find((value) => typeof value === 'object' && value !== null);
    const options = { ...parsed.options, ...more } as tls.ConnectionOptions;
    if (options.socket !== undefined) return node.connect(options, parsed.connected);
    const socket = connectTcp(transportOptions(options));
    const secure = node.connect({ ...options, socket }, parsed.connected);
    if (options.timeout) secure.setTimeout(options.timeout);
    passOn(socket, secure);
    return secure;
  };

  return {
    connect: connect as typeof tls.connect,
    createServer: ((...args: Parameters<typeof tls.createServer>) =>
      listenInside(node.createServer(...args), home)) as typeof tls.createServer,
  };
}

/** What concerns the plain bytes stays with the TLS socket. */
function transportOptions(options: object): Parameters<typeof import('node:net').connect>[0] {
  const { onread, signal, timeout, ...transport } = options as Record<string, unknown>;
  return transport as never;
}

/** Of what happens to a socket that was given to it, Node passes on the errors and the end, but not how it was connected. */
function passOn(socket: Socket, secure: tls.TLSSocket): void {
  for (const event of ['lookup', 'connectionAttempt', 'connectionAttemptFailed', 'connectionAttemptTimeout'])
    socket.on(event, (...args) => secure.emit(event, ...args));
}
