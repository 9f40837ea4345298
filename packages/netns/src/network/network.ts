import { NetlinkConnection } from '../connection/connection.ts';
import { adoptSocket, openSockets, socketCall } from '../connection/transport.ts';
import type { EventQueue } from '../event-queue.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import type { Fd } from '../native/fd.ts';
import { AddressLabels } from './address-labels.ts';
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
import { Mdb } from './mdb.ts';
import { monitorNetwork, type NetworkEvent, type NetworkMonitorOptions } from './monitor.ts';
import { Neighbours } from './neighbours.ts';
import { Netconf } from './netconf.ts';
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

type Parts = Writable<Omit<Network, 'connection' | 'links' | 'monitor' | 'close' | typeof Symbol.dispose>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The network of one namespace: its devices and tables, over one netlink socket that lives inside it. */
export class Network implements Disposable {
  /** For requests that have no method of their own here. */
  readonly connection: NetlinkConnection;
  readonly links: Links;

  readonly #namespace: Fd | undefined;
  /** Its parts, each made when it is first asked for: who has a thousand networks open uses a few of each. */
  readonly #made: Partial<Parts> = {};
  readonly #monitors = new Set<EventQueue<NetworkEvent>>();

  /** `namespace` is the one that the connection is in; undefined: this process's own. */
  constructor(connection: NetlinkConnection, namespace?: Fd) {
    this.connection = connection;
    this.links = new Links(connection);
    this.#namespace = namespace;
  }

  /** The IP addresses of devices. `ip address`. */
  get addresses(): Addresses {
    this.#made.addresses ??= new Addresses(this.connection, this.links);
    return this.#made.addresses;
  }

  /** Where packets go. `ip route`. */
  get routes(): Routes {
    this.#made.routes ??= new Routes(this.connection, this.links);
    return this.#made.routes;
  }

  /** Which table of routes a packet is looked up in. `ip rule`. */
  get rules(): Rules {
    this.#made.rules ??= new Rules(this.connection, this.links);
    return this.#made.rules;
  }

  /** Ways that several routes share. `ip nexthop`. */
  get nexthops(): Nexthops {
    this.#made.nexthops ??= new Nexthops(this.connection, this.links);
    return this.#made.nexthops;
  }

  /** Who is on the same link, by IP address. `ip neigh`. */
  get neighbours(): Neighbours {
    this.#made.neighbours ??= new Neighbours(this.connection, this.links);
    return this.#made.neighbours;
  }

  /** Behind which port of a bridge, or which end of a tunnel, a hardware address is. `bridge fdb`. */
  get fdb(): Fdb {
    this.#made.fdb ??= new Fdb(this.connection, this.links);
    return this.#made.fdb;
  }

  /** VLANs of bridges and their ports. */
  get vlans(): BridgeVlans {
    this.#made.vlans ??= new BridgeVlans(this.connection, this.links);
    return this.#made.vlans;
  }

  /** Members of multicast groups behind the ports of bridges. */
  get mdb(): Mdb {
    this.#made.mdb ??= new Mdb(this.connection, this.links);
    return this.#made.mdb;
  }

  /** Labels of IPv6 prefixes, by which source addresses are chosen. */
  get addressLabels(): AddressLabels {
    this.#made.addressLabels ??= new AddressLabels(this.connection, this.links);
    return this.#made.addressLabels;
  }

  /** Whether devices forward packets, and check where they come from. */
  get netconf(): Netconf {
    this.#made.netconf ??= new Netconf(this.connection, this.links);
    return this.#made.netconf;
  }

  /** The numbers that this namespace has for others. `ip netns list-id`, `ip netns set`. */
  get nsids(): Nsids {
    this.#made.nsids ??= new Nsids(this.connection);
    return this.#made.nsids;
  }

  /** How packets leave a device: queueing disciplines with their classes, filters and actions. */
  get qdiscs(): Qdiscs {
    this.#made.qdiscs ??= new Qdiscs(this.connection, this.links);
    return this.#made.qdiscs;
  }

  /** Shares of what a device sends. `tc class`. */
  get classes(): TrafficClasses {
    this.#made.classes ??= new TrafficClasses(this.connection, this.links);
    return this.#made.classes;
  }

  /** What decides which packet belongs to which class, and what is done with it. `tc filter`. */
  get filters(): TrafficFilters {
    this.#made.filters ??= new TrafficFilters(this.connection, this.links);
    return this.#made.filters;
  }

  /** Filters that are asked when an action says `goto`. */
  get chains(): TrafficChains {
    this.#made.chains ??= new TrafficChains(this.connection, this.links);
    return this.#made.chains;
  }

  /** What filters do with packets, where several share it. `tc actions`. */
  get actions(): TrafficActions {
    this.#made.actions ??= new TrafficActions(this.connection, this.links);
    return this.#made.actions;
  }

  /** What the protocols have counted in there. `nstat`, `ip -s link`. */
  get counters(): Counters {
    this.#made.counters ??= new Counters(this.#namespace, this.links);
    return this.#made.counters;
  }

  /** The settings of this network. `sysctl net.…`. */
  get sysctl(): Sysctl {
    this.#made.sysctl ??= new Sysctl(this.#namespace);
    return this.#made.sysctl;
  }

  /** What the drivers of devices can do, and do. `ethtool`. */
  get ethtool(): Ethtool {
    this.#made.ethtool ??= new Ethtool(this.#namespace);
    return this.#made.ethtool;
  }

  /** The WireGuard devices, their keys and peers. `wg`. */
  get wireguard(): Wireguard {
    this.#made.wireguard ??= new Wireguard(this.#namespace);
    return this.#made.wireguard;
  }

  /** /proc/net as it is in there. */
  get proc(): NamespaceProc {
    this.#made.proc ??= new NamespaceProc(this.#namespace);
    return this.#made.proc;
  }

  /** /sys/class/net as it is in there. */
  get sys(): NamespaceSys {
    this.#made.sys ??= new NamespaceSys(this.#namespace);
    return this.#made.sys;
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
    this.#made.firewall ??= new Firewall({ namespace: this.#namespace });
    return this.#made.firewall;
  }

  /** The sockets in it, and who has them. `ss`. */
  get sockets(): Sockets {
    this.#made.sockets ??= new Sockets(this.#namespace);
    return this.#made.sockets;
  }

  /** The connections that its firewall keeps track of. `conntrack`. */
  get connections(): Connections {
    this.#made.connections ??= new Connections(this.#namespace);
    return this.#made.connections;
  }

  close(): void {
    for (const monitor of this.#monitors) monitor.end();
    for (const part of Object.values(this.#made)) if ('close' in part) part.close();
    this.connection.close();
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

/** The system call that opens the socket of a network, for whoever is in the namespace anyway. */
export const openingNetwork = socketCall();

/** The network of a namespace over a socket that `openingNetwork` has opened in it; it is closed with it. */
export function networkOver(socket: number, namespace: Fd): Network {
  return new Network(new NetlinkConnection({ transport: adoptSocket(socket) }), namespace);
}
