import { dgramIn, type NamespaceDgram } from './dgram.ts';
import { fetchIn, type NamespaceFetch } from './fetch.ts';
import type { Home } from './home.ts';
import { httpIn, type NamespaceHttp } from './http.ts';
import { httpsIn, type NamespaceHttps } from './https.ts';
import { type NamespaceNet, netIn } from './net.ts';
import { type NamespaceTls, tlsIn } from './tls.ts';

/** Node's network modules for the inside of one namespace, each made when it is first asked for. */
export class NamespaceSockets implements Disposable {
  readonly #home: Home;
  #net: NamespaceNet | undefined;
  #dgram: NamespaceDgram | undefined;
  #http: NamespaceHttp | undefined;
  #https: NamespaceHttps | undefined;
  #tls: NamespaceTls | undefined;
  #fetch: NamespaceFetch | undefined;

  constructor(home: Home) {
    this.#home = home;
  }

  get net(): NamespaceNet {
    this.#net ??= netIn(this.#home);
    return this.#net;
  }

  get dgram(): NamespaceDgram {
    this.#dgram ??= dgramIn(this.#home);
    return this.#dgram;
  }

  get http(): NamespaceHttp {
    this.#http ??= httpIn(this.#home);
    return this.#http;
  }

  get https(): NamespaceHttps {
    this.#https ??= httpsIn(this.#home);
    return this.#https;
  }

  get tls(): NamespaceTls {
    this.#tls ??= tlsIn(this.#home);
    return this.#tls;
  }

  get fetch(): typeof globalThis.fetch {
    this.#fetch ??= fetchIn(this.#home);
    return this.#fetch.fetch;
  }

  /** Closes the connections that agents and `fetch` keep for later. Servers and sockets are their owners' to close. */
  [Symbol.dispose](): void {
    for (const agent of [this.#http?.globalAgent, this.#https?.globalAgent]) {
      if (agent === undefined) continue;
      agent.maxFreeSockets = 0; // those in use end with their requests
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    }
    this.#fetch?.close();
  }
}
