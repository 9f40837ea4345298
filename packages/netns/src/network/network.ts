import { NetlinkConnection } from '../connection/connection.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { Addresses } from './addresses.ts';
import { Fdb } from './fdb.ts';
import { Links } from './links.ts';
import { Neighbours } from './neighbours.ts';
import { Nexthops } from './nexthops.ts';
import { Nsids } from './nsids.ts';
import { Routes } from './routes.ts';
import { Rules } from './rules.ts';

/** The network of one namespace: its devices and tables, over one netlink socket that lives inside it. */
export class Network implements Disposable {
  /** For requests that have no method of their own here. */
  readonly connection: NetlinkConnection;
  readonly links: Links;
  readonly addresses: Addresses;
  readonly routes: Routes;
  readonly rules: Rules;
  readonly nexthops: Nexthops;
  readonly neighbours: Neighbours;
  readonly fdb: Fdb;
  readonly nsids: Nsids;

  constructor(connection: NetlinkConnection) {
    this.connection = connection;
    this.links = new Links(connection);
    this.addresses = new Addresses(connection, this.links);
    this.routes = new Routes(connection, this.links);
    this.rules = new Rules(connection, this.links);
    this.nexthops = new Nexthops(connection, this.links);
    this.neighbours = new Neighbours(connection, this.links);
    this.fdb = new Fdb(connection, this.links);
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
