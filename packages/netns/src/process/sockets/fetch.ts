import type net from 'node:net';
import type tls from 'node:tls';
import type { Agent, Request as UndiciRequest } from 'undici';
import type { Home } from './home.ts';
import { netIn } from './net.ts';

/** How `fetchIn` speaks TLS: certificate authorities and the like, as in `tls.connect`. */
export type FetchTlsOptions = Pick<tls.ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>;

const loadUndici = () => import('undici');
type Undici = Awaited<ReturnType<typeof loadUndici>>;

/** A `fetch` that goes out from a network namespace. */
export interface NamespaceFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Closes the connections that were kept for later requests. */
  close(): void;
}

/**
 * A `fetch` whose connections are made inside a namespace, by undici, the library that is behind Node's own; it is loaded
 * with the first request. The namespace's `fetch` is this one without TLS options.
 */
export function fetchIn(home: Home, options: FetchTlsOptions = {}): NamespaceFetch {
  let loading: Promise<{ undici: Undici; dispatcher: Agent }> | undefined;
  const connecting = new Set<net.Socket>();
  const load = async () => {
    const undici = await loadUndici();
    return { undici, dispatcher: new undici.Agent({ connect: connectorIn(home, undici, options, connecting) }) };
  };

  const fetch = async (input: unknown, init: object = {}) => {
    loading ??= load();
    const { undici, dispatcher } = await loading;
    const request = ownRequest(undici, input);
    return undici.fetch(request as string, { dispatcher, ...init });
  };
  const close = () => {
    for (const socket of connecting) socket.destroy();
    loading?.then(({ dispatcher }) => dispatcher.close()).catch(() => {}); // not loaded: nothing to close
  };
  return { fetch: fetch as unknown as typeof globalThis.fetch, close };
}

/** A Request of Node's own class is not one of undici's. */
function ownRequest(undici: Undici, input: unknown): unknown {
  if (!(input instanceof Request)) return input;
  if (input.bodyUsed)
    throw new TypeError('Cannot construct a Request with a Request object that has already been used.');
  const { url, method, headers, body, redirect, signal } = input;
  const init = { method, headers: [...headers], redirect, signal, ...(body ? { body, duplex: 'half' } : {}) };
  return new undici.Request(url, init as unknown as ConstructorParameters<typeof UndiciRequest>[1]);
}

type Connector = import('undici').buildConnector.connector;

const connectTimeoutMs = 10_000; // undici's own

/** `connecting` holds the sockets that no request has yet. */
function connectorIn(home: Home, undici: Undici, options: FetchTlsOptions, connecting: Set<net.Socket>): Connector {
  const { connect } = netIn(home);
  const secure = undici.buildConnector({ ...options, allowH2: false });
  return (target, callback) => {
    const { hostname, port, protocol } = target;
    const socket = connect({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
      noDelay: true,
      keepAlive: true,
    });
    const timer = setTimeout(() => socket.destroy(new undici.errors.ConnectTimeoutError()), connectTimeoutMs);
    const settled = () => {
      clearTimeout(timer);
      connecting.delete(socket);
      socket.off('error', failed).off('close', closed);
    };
    const failed = (error: Error) => {
      settled();
      callback(error, null);
    };
    const closed = () => failed(new undici.errors.SocketError('closed'));
    connecting.add(socket);
    socket.once('error', failed).once('close', closed);
    socket.once('connect', () => {
      settled();
      if (protocol !== 'https:') callback(null, socket);
      else secure({ ...target, httpSocket: socket } as unknown as Parameters<Connector>[0], callback);
    });
  };
}
