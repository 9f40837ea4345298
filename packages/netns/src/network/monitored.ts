import type { Declaration } from '../connection/declaration.ts';
import { Declarations } from '../netlink/declarations.ts';
import { address } from '../netlink/families/route/address.ts';
import { chain, filter } from '../netlink/families/route/filter.ts';
import { link, linkFlag } from '../netlink/families/route/link.ts';
import { neighbour, neighbourStates } from '../netlink/families/route/neighbour.ts';
import { networkMessages } from '../netlink/families/route/network-messages.ts';
import { nexthop } from '../netlink/families/route/nexthop.ts';
import { nsid } from '../netlink/families/route/nsid.ts';
import { qdisc, trafficClass } from '../netlink/families/route/qdisc.ts';
import { route } from '../netlink/families/route/route.ts';
import { rule } from '../netlink/families/route/rule.ts';
import { shapingMessages } from '../netlink/families/route/shaping-messages.ts';
import type { Out } from '../wire/shape.ts';
import { type Address, addressOf } from './addresses.ts';
import { type FdbEntry, fdbEntryOf } from './fdb.ts';
import type { Identity } from './ledger.ts';
import { type Link, linkEventOf } from './links.ts';
import { type Neighbour, neighbourOf } from './neighbours.ts';
import type { Network } from './network.ts';
import { type Nexthop, nexthopOf } from './nexthops.ts';
import { type NsidEntry, nsidEntryOf } from './nsids.ts';
import { type Route, routeOf } from './routes.ts';
import { type Rule, ruleOf } from './rules.ts';
import { chainOf, type TrafficChain } from './shaping/chains.ts';
import { classOf, type TrafficClass } from './shaping/classes.ts';
import { allChains, allClasses, allFilters } from './shaping/everywhere.ts';
import { filterOf, type TrafficFilter } from './shaping/filters.ts';
import { type Qdisc, qdiscOf } from './shaping/qdiscs.ts';
import type { Snapshot } from './snapshot.ts';

/** What is followed only when it is asked for: to look at it takes a question for each place. */
export const onlyIfAsked: readonly MonitoredObject[] = ['qdisc', 'class', 'chain', 'filter'];

/** The messages that tell of it. */
export const monitoredMessages = new Declarations([...networkMessages.messages, ...shapingMessages.messages]);

/** What can be followed, and what an event about it holds. */
export interface MonitoredObjects {
  readonly link: Link;
  readonly address: Address;
  readonly route: Route;
  readonly rule: Rule;
  readonly neighbour: Neighbour;
  readonly fdb: FdbEntry;
  readonly nexthop: Nexthop;
  readonly nsid: NsidEntry;
  readonly qdisc: Qdisc;
  readonly class: TrafficClass;
  readonly filter: TrafficFilter;
  readonly chain: TrafficChain;
}

/** What can be followed in a network, by its name: `link`, `address`, `route`, … */
export type MonitoredObject = keyof MonitoredObjects;

/** How one kind of object is followed. */
export interface Monitored<Entry> {
  readonly declaration: Declaration;
  /** Multicast groups (RTNLGRP_*, `linux/rtnetlink.h`). */
  readonly groups: readonly number[];
  /** An event's message as an entry; undefined for what is no entry of this kind. */
  read(message: unknown): Entry | undefined;
  /** All that there are. */
  list(network: Network): Promise<Snapshot<Entry>>;
  /** All that there are in another namespace, where the kernel can be asked from here. */
  listAt?(network: Network, targetNsid: number): Promise<Snapshot<Entry>>;
  /**
   * Given for what the kernel takes away without a word: with a device that goes down, an address or a nexthop that is deleted, or when
   * another takes its place.
   */
  readonly identity?: Identity<Entry>;
}

/**
 * What may take others away without a word, and the groups that tell of it: links, addresses, nexthops; where shaping is followed, also what is
 * above what. Many filters may go with one word.
 */
export const takers = {
  declarations: [link, address, nexthop, qdisc, trafficClass, filter, chain] as readonly Declaration[],
  groups: [1, 5, 9, 32],
} as const;

/** Whether an event may mean that more is gone than it says: something is deleted, or a device has gone down. */
export function takesAway(event: 'set' | 'delete', declaration: Declaration, message: unknown): boolean {
  if (!takers.declarations.includes(declaration)) return false;
  const { header } = message as { readonly header: { readonly flags?: number; readonly change?: number } };
  return event === 'delete' || (header.change !== undefined && ((header.flags ?? 0) & linkFlag('UP')) === 0);
}

function monitored<D extends Declaration, Entry>(
  declaration: D,
  groups: readonly number[],
  read: (message: Out<D>) => Entry | undefined,
  list: (network: Network) => Promise<Snapshot<Entry>>,
  listAt?: (network: Network, targetNsid: number) => Promise<Snapshot<Entry>>,
): Monitored<Entry> {
  return {
    declaration,
    groups,
    read: read as (message: unknown) => Entry | undefined,
    list,
    ...(listAt && { listAt }),
  };
}

const allStates = [...neighbourStates, 'NONE'] as const;

const mainTable = 254;

/** Routes of one prefix, metric and type of service take the same place; the ways on tell them apart. */
const identityOfRoutes: Identity<Route> = {
  shelf: ({ destination, table }) => (table === mainTable ? destination : `${destination} ${table}`),
  samePlace: (one, other) => one.metric === other.metric && one.tos === other.tos && one.from === other.from,
  same: (one, other) =>
    one.gateway === other.gateway &&
    one.link === other.link &&
    one.type === other.type &&
    one.nexthop === other.nexthop &&
    waysOf(one) === waysOf(other),
};

/**
 * A bridge has one entry for each address and VLAN, whichever the port. When a port leaves whose address is the bridge's as well, its entry
 * becomes the bridge's own without a word, and is said to be gone as that.
 */
const identityOfFdb: Identity<FdbEntry> = {
  shelf: (entry) => `${tableOf(entry)} ${entry.linkAddress}`,
  samePlace: (one, other) =>
    one.vlan === other.vlan && one.sourceVni === other.sourceVni && tableOf(one) === tableOf(other),
  same: (one, other) =>
    one.link === other.link &&
    one.destination === other.destination &&
    one.port === other.port &&
    one.vni === other.vni &&
    one.via === other.via &&
    one.nexthop === other.nexthop,
};

function tableOf({ owner, link, master }: FdbEntry): string {
  return `${owner} ${owner === 'bridge' ? master : link}`;
}

/** Everything that can be followed. A snapshot comes in this order: what is referred to before what refers to it. */
export const monitoredObjects: { readonly [O in MonitoredObject]: Monitored<MonitoredObjects[O]> } = {
  nsid: monitored(nsid, [28], nsidEntryOf, ({ nsids }) => nsids.list()),
  link: monitored(
    link,
    [1],
    linkEventOf,
    ({ links }) => links.list(),
    ({ links }, targetNsid) => links.list({ targetNsid }),
  ),
  address: monitored(
    address,
    [5, 9],
    addressOf,
    ({ addresses }) => addresses.list(),
    ({ addresses }, targetNsid) => addresses.list({ targetNsid }),
  ),
  neighbour: monitored(neighbour, [3], neighbourOf, ({ neighbours }) => neighbours.list({ states: allStates })),
  fdb: { ...monitored(neighbour, [3], fdbEntryOf, ({ fdb }) => fdb.list()), identity: identityOfFdb },
  nexthop: {
    ...monitored(nexthop, [32], nexthopOf, ({ nexthops }) => nexthops.list()),
    identity: { shelf: ({ id }) => id, samePlace: () => true, same: () => true },
  },
  route: { ...monitored(route, [7, 11], routeOf, ({ routes }) => routes.list()), identity: identityOfRoutes },
  rule: monitored(rule, [8, 19], ruleOf, ({ rules }) => rules.list()),
  qdisc: {
    ...monitored(
      qdisc,
      [4],
      (message) => (message.header.handle === 0 ? undefined : qdiscOf(message)),
      ({ qdiscs }) => qdiscs.list({ defaults: false }),
    ),
    identity: {
      shelf: ({ link, parent }) => `${link} ${parent}`,
      samePlace: () => true,
      same: (one, other) => one.handle === other.handle && one.kind === other.kind,
    },
  },
  class: {
    ...monitored(trafficClass, [4], classOf, allClasses),
    identity: { shelf: ({ link, handle }) => `${link} ${handle}`, samePlace: () => true, same: () => true },
  },
  chain: {
    ...monitored(chain, [4], chainOf, allChains),
    identity: { shelf: placeOf, samePlace: (one, other) => one.chain === other.chain, same: () => true },
  },
  filter: {
    ...monitored(filter, [4], filterOf, allFilters),
    identity: {
      shelf: placeOf,
      samePlace: (one, other) =>
        one.priority === other.priority && one.chain === other.chain && one.handle === other.handle,
      same: (one, other) => one.kind === other.kind,
    },
  },
};

function placeOf({ link, block, parent }: TrafficFilter | TrafficChain): string {
  return block === undefined ? `${link} ${parent}` : `block ${block}`;
}

function waysOf({ nexthops }: Route): string | undefined {
  return nexthops?.map((hop) => `${hop.gateway} ${hop.link} ${hop.weight}`).join(' ');
}
