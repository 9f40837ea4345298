import { NetlinkConnection } from '../connection/connection.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { Addresses } from './addresses.ts';
import { Links } from './links.ts';
import { Nsids } from './nsids.ts';

/** The network of one namespace: its devices and tables, over one netlink socket that lives inside it. */
export class Network implements Disposable {
  /** For requests that have no method of their own here. */
  readonly connection: NetlinkConnection;
  readonly links: Links;
  readonly addresses: Addresses;
  readonly nsids: Nsids;

  constructor(connection: NetlinkConnection) {
    this.connection = connection;
    this.links = new Links(connection);
    this.addresses = new Addresses(connection, this.links);
    this.nsids = new Nsids(connection);
  }

  close(): void {
    this.connection.close();
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}

/**
 * Opens the network of a namespace, or this process's own. Close it with `close()` or `using`: its socket keeps the namespace alive.
 *
 * Throws KernelError EPERM without the right to enter the namespace.
 */
export function openNetwork(namespace?: Namespace): Network {
  return new Network(new NetlinkConnection({ namespace: namespace?.fd }));
}
