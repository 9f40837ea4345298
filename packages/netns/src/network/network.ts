import { NetlinkConnection } from '../connection/connection.ts';
import { openSockets } from '../connection/transport.ts';
import type { EventQueue } from '../event-queue.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import type { Fd } from '../native/fd.ts';
import { Addresses } from './addresses.ts';
import { BridgeVlans } from './bridge-vlans.ts';
import { Connections } from './connections/connections.ts';
import { Counters } from './counters/counters.ts';
import { Ethtool } from './ethtool/ethtool.ts';
import { Fdb } from './fdb.ts';
import { NamespaceProc } from './files/proc.ts';
import { NamespaceSys } from './files/sys.ts';
import { Firewall } from './firewall/firewall.ts';
import { Links } from './links.ts';
import { monitorNetwork, type NetworkEvent, type NetworkMonitorOptions } from './monitor.ts';
import { Neighbours } from './neighbours.ts';
import { Nexthops } from './nexthops.ts';
import { Nsids } from './nsids.ts';
import { Routes } from './routes.ts';
import { Rules } from './rules.ts';
import { TrafficActions } from './shaping/actions.ts';
import { TrafficChains } from './shaping/chains.ts';
import { TrafficClasses } from './shaping/classes.ts';
import { TrafficFilters } from './shaping/filters.ts';
import { Qdiscs } from './shaping/qdiscs.ts';
import { Sockets } from './sockets/sockets.ts';
import { Sysctl } from './sysctl/sysctl.ts';
import { Wireguard } from './wireguard/wireguard.ts';

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
  /** VLANs of bridges and their ports. */
  readonly vlans: BridgeVlans;
  readonly nsids: Nsids;
  /** How packets leave a device: queueing disciplines with their classes, filters and actions. */
  readonly qdiscs: Qdiscs;
  readonly classes: TrafficClasses;
  readonly filters: TrafficFilters;
  /** Filters that are asked when an action says `goto`. */
  readonly chains: TrafficChains;
  readonly actions: TrafficActions;
  readonly counters: Counters;
  readonly sysctl: Sysctl;
  readonly ethtool: Ethtool;
  readonly wireguard: Wireguard;
  /** /proc/net as it is in there. */
  readonly proc: NamespaceProc;
  /** /sys/class/net as it is in there. */
  readonly sys: NamespaceSys;

  #firewall: Firewall | undefined;
  #sockets: Sockets | undefined;
  #connections: Connections | undefined;
  readonly #namespace: Fd | undefined;
  readonly #monitors = new Set<EventQueue<NetworkEvent>>();

  /** `namespace` is the one that the connection is in; undefined: this process's own. */
  constructor(connection: NetlinkConnection, namespace?: Fd) {
    this.connection = connection;
    this.#namespace = namespace;
    this.links = new Links(connection);
    this.addresses = new Addresses(connection, this.links);
    this.routes = new Routes(connection, this.links);
    this.rules = new Rules(connection, this.links);
    this.nexthops = new Nexthops(connection, this.links);
    this.neighbours = new Neighbours(connection, this.links);
    this.fdb = new Fdb(connection, this.links);
    this.vlans = new BridgeVlans(connection, this.links);
    this.nsids = new Nsids(connection);
    this.qdiscs = new Qdiscs(connection, this.links);
    this.classes = new TrafficClasses(connection, this.links);
    this.filters = new TrafficFilters(connection, this.links);
    this.chains = new TrafficChains(connection, this.links);
    this.actions = new TrafficActions(connection, this.links);
    this.counters = new Counters(namespace, this.links);
    this.sysctl = new Sysctl(namespace);
    this.ethtool = new Ethtool(namespace);
    this.wireguard = new Wireguard(namespace);
    this.proc = new NamespaceProc(namespace);
    this.sys = new NamespaceSys(namespace);
  }

  /**
   * Follows the network: first what is there, then what changes, without a gap. `ip monitor`, and before it what `ip` shows.
   *
   *     for await (const change of ns.network.monitor({ objects: ['link'] })) …
   *
   * It listens from the moment of the call, on sockets of its own, until `break`, `options.signal`, or `close()`. When the kernel had to
   * drop events, everything is told anew behind a `resync`. Throws KernelError EPERM (`allNamespaces` without CAP_NET_BROADCAST).
   */
  monitor(options: NetworkMonitorOptions = {}): AsyncIterableIterator<NetworkEvent> {
    // On a connection of its own: what it asks at its own times is in nobody's way.
    const own = new Network(new NetlinkConnection({ namespace: this.#namespace }));
    return monitorNetwork(own, this.#namespace, options, this.#monitors);
  }

  /** The firewall (nftables), over a socket of its own that is opened when it is first asked for. */
  get firewall(): Firewall {
    this.#firewall ??= new Firewall({ namespace: this.#namespace });
    return this.#firewall;
  }

  /** The sockets in it, and who has them. `ss`. */
  get sockets(): Sockets {
    this.#sockets ??= new Sockets(this.#namespace);
    return this.#sockets;
  }

  /** The connections that its firewall keeps track of. `conntrack`. */
  get connections(): Connections {
    this.#connections ??= new Connections(this.#namespace);
    return this.#connections;
  }

  close(): void {
    this.#firewall?.close();
    this.#connections?.close();
    this.#sockets?.close();
    for (const monitor of this.#monitors) monitor.end();
    for (const part of [this.counters, this.sysctl, this.ethtool, this.wireguard, this.proc, this.sys, this.connection])
      part.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Opens the network of a namespace, or this process's own. Close it with `close()` or `using`: its socket keeps the namespace alive.
 *
 * Throws KernelError EPERM without the right to enter the namespace.
 */
export function openNetwork(namespace?: Namespace): Network {
  return new Network(new NetlinkConnection({ namespace: namespace?.fd }), namespace?.fd);
}

/** Opens the networks of many namespaces, much faster than one by one. All or none. Throws as `openNetwork` does. */
export function openNetworks(namespaces: readonly Namespace[]): Network[] {
  const sockets = openSockets(namespaces.map(({ fd }) => fd));
  return sockets.map((transport, index) => new Network(new NetlinkConnection({ transport }), namespaces[index]?.fd));
}
