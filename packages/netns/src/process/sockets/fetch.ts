import type net from 'node:net';
import type tls from 'node:tls';
import type { Agent, Request as UndiciRequest } from 'undici';
import type { Home } from './home.ts';
import { netIn } from './net.ts';

/** How `fetchIn` speaks TLS: certificate authorities and the like, as in `tls.connect`. */
export type FetchTlsOptions = Pick<tls.ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>;

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
  let loading: Promise<{ undici: typeof import('undici'); dispatcher: Agent }> | undefined;
  const load = async () => {
    const undici = await import('undici');
    return { undici, dispatcher: new undici.Agent({ connect: connectorIn(home, undici, options) }) };
  };

  const fetch = async (input: unknown, init: object = {}) => {
    loading ??= load();
    const { undici, dispatcher } = await loading;
    const request = ownRequest(undici, input);
    return undici.fetch(request as string, { dispatcher, ...init });
  };
  const close = () => void loading?.then(({ dispatcher }) => dispatcher.close());
  return { fetch: fetch as unknown as typeof globalThis.fetch, close };
}

/** A Request of Node's own class is not one of undici's. */
function ownRequest(undici: typeof import('undici'), input: unknown): unknown {
  if (!(input instanceof Request)) return input;
  const { url, method, headers, body, redirect, signal } = input;
  const init = { method, headers: [...headers], redirect, signal, ...(body ? { body, duplex: 'half' } : {}) };
  return new undici.Request(url, init as unknown as ConstructorParameters<typeof UndiciRequest>[1]);
}

type Connector = import('undici').buildConnector.connector;

function connectorIn(home: Home, undici: typeof import('undici'), options: FetchTlsOptions): Connector {
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
    const plain = callback as (...args: [null, net.Socket] | [Error, null]) => void;
    const failed = (error: Error) => plain(error, null);
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      if (protocol !== 'https:') plain(null, socket);
      else secure({ ...target, httpSocket: socket } as unknown as Parameters<Connector>[0], callback);
    });
  };
}

