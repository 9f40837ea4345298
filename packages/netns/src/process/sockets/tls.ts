import type tls from 'node:tls';
import { builtin } from '../../native/builtin.ts';
import { parseArguments } from './arguments.ts';
import { connectingIn } from './connect.ts';
import type { Home } from './home.ts';
import { listenInside } from './listen.ts';
import { type LookupCallback, type LookupFunction, lookupIn } from './lookup-hook.ts';
import { netIn } from './net.ts';

/** The part of `node:tls` that makes sockets. */
export interface NamespaceTls {
  readonly createServer: typeof tls.createServer;
  readonly connect: typeof tls.connect;
}

/** `node:tls` for the inside of a namespace: TLS of Node's over a TCP connection that is made inside. */
export function tlsIn(home: Home): NamespaceTls {
  const node = builtin('tls');

  const connect = (...args: unknown[]): tls.TLSSocket => {
    const { options, callback } = parseArguments(args);
    const more = args.slice(1).find((value) => typeof value === 'object' && value !== null);
    return secureInside(home, { ...options, ...more }, (ready) => node.connect(ready, callback));
  };

  return {
    connect: connect as typeof tls.connect,
    createServer: ((...args: Parameters<typeof tls.createServer>) =>
      listenInside(node.createServer(...args), home)) as typeof tls.createServer,
  };
}

/** Has Node make a TLS socket from options, `make`, that connects inside. */
export function secureInside<S extends tls.TLSSocket | undefined>(
  home: Home,
  options: tls.ConnectionOptions,
  make: (options: tls.ConnectionOptions) => S,
): S {
  if (options.socket) return make(options);
  // Node connects to a path before the TLS socket could be prepared.
  if (options.path) return make({ ...options, socket: netIn(home).connect({ path: options.path }) });
  let made = false;
  const given = (options.lookup as LookupFunction | null | undefined) ?? lookupIn(home);
  const lookup: LookupFunction = (hostname, lookupOptions, callback) =>
    given(hostname, lookupOptions, (...found: Parameters<LookupCallback>) => {
      if (made) callback(...found);
      else process.nextTick(callback, ...found);
    });
  const socket = make({ ...options, lookup: (typeof given === 'function' ? lookup : given) as never });
  if (socket !== undefined) connectingIn(home)(socket);
  made = true;
  return socket;
}
