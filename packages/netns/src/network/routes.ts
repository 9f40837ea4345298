import { InvalidArgumentError, NetlinkError } from '../errors.ts';
import { scopes } from '../netlink/families/route/address.ts';
import { AF_INET, AF_INET6, AF_UNSPEC } from '../netlink/families/route/address-families.ts';
import {
  type RouteMessage,
  type RouteMessageInput,
  RTM_F_CLONED,
  RTM_F_FIB_MATCH,
  RTM_F_LOOKUP_TABLE,
  route,
  routeFlags,
  routePreferences,
  routeProtocols,
  routeTables,
  routeTypes,
} from '../netlink/families/route/route.ts';
import { NLM_F_APPEND, NLM_F_CREATE } from '../netlink/header.ts';
import { flagNames, nameOf } from '../wire/names.ts';
import { addressIn, familyName, familyNumber, familyOf, formatPrefix, type IpFamily, parsePrefix } from './prefix.ts';
import { type Snapshot, snapshot } from './snapshot.ts';
import { type Question, ReplaceableTable } from './table.ts';
import { numberFor, onlyWords } from './words.ts';

type Attributes = NonNullable<RouteMessageInput['attributes']>;

/** What is put around a packet on its way: `{ kind: 'mpls', data: { dst: [100] } }`. `ip route … encap`. */
export type RouteEncapsulation = NonNullable<Attributes['encap']>;
/** What is known of a path: `{ mtu: 1400 }`. Times are in the kernel's units (`rtt` in eighths of a millisecond). */
export type RouteMetrics = NonNullable<Attributes['metrics']>;

/** One way on: a router, a device, or both. */
export interface RouteNexthop {
  /** The router. It may be of IPv6 for a route of IPv4 (Linux 5.2). `via ADDRESS`. */
  readonly gateway?: string | undefined;
  /** The device, by name or index. `dev DEV`. */
  readonly link?: string | number | undefined;
  /** The router is on this device whatever the addresses say. `onlink`. */
  readonly onlink?: boolean | undefined;
  /** Linux 4.3. */
  readonly encap?: RouteEncapsulation | undefined;
  /** Realms of both ends, the source's in the upper 16 bits. */
  readonly realms?: number | undefined;
}

/** One of several ways of a route. */
export interface WeightedNexthop extends RouteNexthop {
  /** Its share, from 1 to 256. Default: 1. */
  readonly weight?: number | undefined;
}

/** A route to be made: `ip route add DESTINATION via GATEWAY dev DEV`. */
export interface RouteSpec extends RouteNexthop {
  /** `192.0.2.0/24`, `2001:db8::1`, or `default`. */
  readonly destination: string;
  /** Needed only for a `default` of IPv6 without a router. */
  readonly family?: IpFamily | undefined;
  /** Only for packets from this prefix; IPv6 only. `from PREFIX`. */
  readonly from?: string | undefined;
  /** Default: `unicast`. */
  readonly type?: RouteType | undefined;
  /** Number or name of the table. Default: `main`, or `local` for local and broadcast routes. */
  readonly table?: number | keyof typeof tableNumbers | undefined;
  /** The lower the better; the kernel has 0 for IPv4 and 1024 for IPv6. `metric NUMBER`. */
  readonly metric?: number | undefined;
  /** The source address of packets that this machine sends. `src ADDRESS`. */
  readonly source?: string | undefined;
  /** Who made it: `static`, `boot`, `bgp`, …, or a number. Default: `boot`, as with `ip`. */
  readonly protocol?: string | number | undefined;
  /** How far it reaches: `global`, `link`, `host`. Default: by type and gateway, as with `ip`; IPv4 only. */
  readonly scope?: string | number | undefined;
  /** Only for packets with this type of service; IPv4 only. */
  readonly tos?: number | undefined;
  /** Several ways, among which flows are shared out. */
  readonly nexthops?: readonly WeightedNexthop[] | undefined;
  /** The number of a nexthop object, instead of gateway and device. Linux 5.3. */
  readonly nexthop?: number | undefined;
  readonly metrics?: RouteMetrics | undefined;
  /** How much a router wants to be preferred; IPv6 only. */
  readonly preference?: 'low' | 'medium' | 'high' | undefined;
  /** Seconds until the kernel deletes it; IPv6 only. */
  readonly expires?: number | undefined;
}

/**
 * What happens to a packet that takes the route: it is sent to one (`unicast`), delivered here (`local`), refused (`unreachable`), …
 * `ip route add TYPE`.
 */
export type RouteType = (typeof routeTypes)[number];

/** A route as the kernel describes it. Given back to `delete` or `add`, it means the same. */
export interface Route extends RouteSpec {
  readonly family: IpFamily;
  readonly type: RouteType;
  readonly table: number;
  readonly protocol: string;
  readonly scope: string;
  readonly tos: number;
  readonly link: number | undefined;
  readonly nexthops: readonly (WeightedNexthop & { readonly link: number; readonly weight: number })[] | undefined;
  /** `onlink`, `linkdown`, `dead`, `offload`, … */
  readonly flags: readonly string[];
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: RouteMessage;
}

/** Which routes are meant: `ip route show table TABLE dev DEV`, and the like. */
export interface RouteFilter {
  readonly family?: IpFamily | undefined;
  /** Default: all tables. */
  readonly table?: number | keyof typeof tableNumbers | undefined;
  readonly type?: RouteType | undefined;
  readonly protocol?: string | number | undefined;
  /** The device, by name or index, also as one of several. */
  readonly link?: string | number | undefined;
  /** This prefix and no other. */
  readonly destination?: string | undefined;
}

/** A packet, as far as routing looks at it. */
export interface RouteQuery {
  /** Its source address. */
  readonly from?: string | undefined;
  /** The device that it comes in by: asks what is done with a packet that arrives, not with one that is sent. */
  readonly inputLink?: string | number | undefined;
  /** The device that it is to leave by. */
  readonly link?: string | number | undefined;
  /** Its firewall mark. */
  readonly mark?: number | undefined;
  /** The user who sends it. */
  readonly uid?: number | undefined;
  readonly tos?: number | undefined;
  /** Protocol number and ports, for rules that look at them. Linux 4.18. */
  readonly ipProtocol?: number | undefined;
  readonly sourcePort?: number | undefined;
  readonly destinationPort?: number | undefined;
  /** The whole route that matches, with its prefix, instead of the decision for the one address. Linux 4.13. */
  readonly matched?: boolean | undefined;
}

const tableNumbers = { default: 253, main: 254, local: 255 } as const;
/** `scope` of a deletion that does not ask for one (RT_SCOPE_NOWHERE). */
const anyScope = 255;

const checkSpec = onlyWords<RouteSpec, Route>({
  destination: true,
  gateway: true,
  link: true,
  onlink: true,
  encap: true,
  realms: true,
  family: true,
  from: true,
  type: true,
  table: true,
  metric: true,
  source: true,
  protocol: true,
  scope: true,
  tos: true,
  nexthops: true,
  nexthop: true,
  metrics: true,
  preference: true,
  expires: true,
  flags: false,
  message: false,
});
const checkNexthop = onlyWords<WeightedNexthop>({
  gateway: true,
  link: true,
  onlink: true,
  encap: true,
  realms: true,
  weight: true,
});
const checkQuery = onlyWords<RouteQuery>({
  from: true,
  inputLink: true,
  link: true,
  mark: true,
  uid: true,
  tos: true,
  ipProtocol: true,
  sourcePort: true,
  destinationPort: true,
  matched: true,
});
const checkFilter = onlyWords<RouteFilter>({
  family: true,
  table: true,
  type: true,
  protocol: true,
  link: true,
  destination: true,
});

/**
 * The routes of one network namespace: where packets go. `ip route show`, `add`, `replace`, `append`, `delete`, `flush`, `get`.
 *
 * `add` throws NetlinkError EEXIST (there is one of this prefix, metric and type of service), EINVAL or ENETUNREACH (the router cannot be
 * reached by the device), ENODEV, EOPNOTSUPP (an encapsulation that the kernel lacks). `delete` throws ESRCH. See ip-route(8).
 */
export class Routes extends ReplaceableTable<typeof route, RouteSpec, Route, RouteFilter> {
  protected readonly declaration = route;
  protected readonly nouns = ['route', 'routes'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;
  protected readonly optionNames = {
    dport: 'destinationPort',
    flow: 'realms',
    ifindex: 'link',
    iif: 'inputLink',
    ipProto: 'ipProtocol',
    multipath: 'nexthops',
    nhId: 'nexthop',
    oif: 'link',
    pref: 'preference',
    prefsrc: 'source',
    priority: 'metric',
    sport: 'sourcePort',
    via: 'gateway',
  };

  /** The routes, all or those that the filter means; of a table that does not exist there are none. */
  override list(filter: RouteFilter = {}): Promise<Snapshot<Route>> {
    const listed = super.list(filter);
    return filter.table === undefined ? listed : listed.catch(noneOfNoTable);
  }

  /** Makes one more of the same prefix: for IPv6 one more way of it. `ip route append`. */
  append(spec: RouteSpec): Promise<void> {
    return this.change('new', spec, NLM_F_CREATE | NLM_F_APPEND, 'append');
  }

  /**
   * What the kernel would do with a packet to this address. `ip route get ADDRESS`. For an address of this machine the table may read 254
   * (main): until a first rule is made, the kernel keeps `local` and `main` as one.
   *
   * Throws NetlinkError: ENETUNREACH (no route), EHOSTUNREACH, EACCES (a `prohibit` route), EINVAL (a `blackhole` route, or a source that
   * cannot come in by the device).
   */
  async get(address: string, query: RouteQuery = {}): Promise<Route> {
    checkQuery(query);
    const { family, address: dst, length } = parsePrefix(address, 'address');
    // IPv6 refuses the flag, and gives the real table without it.
    const lookup = family === 'inet' ? RTM_F_LOOKUP_TABLE : 0;
    const from = query.from === undefined ? undefined : parsePrefix(query.from, 'from', family);
    const value = (): RouteMessageInput => ({
      header: {
        family: familyNumber(family),
        dstLen: length,
        srcLen: from?.length,
        tos: query.tos,
        flags: lookup | (query.matched ? RTM_F_FIB_MATCH : 0),
      },
      attributes: {
        dst,
        src: from?.address,
        iif: this.links.indexIfGiven(query.inputLink, 'inputLink'),
        oif: this.links.indexIfGiven(query.link),
        mark: query.mark,
        uid: query.uid,
        ipProto: query.ipProtocol,
        sport: query.sourcePort,
        dport: query.destinationPort,
      },
    });
    return this.ask(value, `find the route to ${address}`);
  }

  protected describe(spec: RouteSpec): string {
    const type = spec.type === undefined || spec.type === 'unicast' ? '' : `${spec.type} `;
    return `${type}${spec.destination}`;
  }

  protected encode(spec: RouteSpec, verb: 'new' | 'del'): RouteMessageInput {
    const destination = destinationOf(spec);
    const from = spec.from === undefined ? undefined : parsePrefix(spec.from, 'from', destination.family);
    const type = numberFor(routeTypes, spec.type, 'type', verb === 'new' ? 1 : 0);
    const table = tableOf(spec, type);
    // The number of a nexthop object excludes all else; a route that has one is listed with what the object says.
    const way: RouteNexthop & Pick<RouteSpec, 'nexthops'> = spec.nexthop === undefined ? spec : {};
    const hop = hopAttributes(way, destination.family);
    return {
      header: {
        family: familyNumber(destination.family),
        dstLen: destination.length,
        srcLen: from?.length,
        tos: spec.tos,
        table: table > 255 ? 0 : table,
        protocol: numberFor(routeProtocols, spec.protocol, 'protocol', verb === 'new' ? 3 : 0),
        scope: scopeOf(spec, type, destination.family, verb),
        type,
        flags: spec.onlink ? onlinkFlag : 0,
      },
      attributes: {
        dst: destination.length === 0 ? undefined : destination.address,
        src: from?.address,
        nhId: spec.nexthop,
        gateway: hop.gateway,
        via: hop.via,
        flow: hop.flow,
        encap: hop.encap,
        oif: this.links.indexIfGiven(way.link),
        multipath: way.nexthops && this.#multipath(way.nexthops, destination.family),
        priority: spec.metric,
        prefsrc: addressIn(destination.family, spec.source, 'source'),
        metrics: spec.metrics,
        table: table > 255 ? table : undefined,
        pref: spec.preference === undefined ? undefined : numberFor(routePreferences, spec.preference, 'preference', 0),
        expires: spec.expires,
      },
    };
  }

  #multipath(nexthops: readonly WeightedNexthop[], family: IpFamily) {
    const records: NonNullable<Attributes['multipath']>[number][] = [];
    if (!Array.isArray(nexthops)) throw new InvalidArgumentError('nexthops', nexthops, 'it must be an array');
    for (const [index, hop] of nexthops.entries()) {
      checkNexthop(hop, `nexthops.${index}`);
      const { weight = 1, onlink, link } = hop;
      if (!(Number.isInteger(weight) && weight >= 1 && weight <= 256))
        throw new InvalidArgumentError('weight', weight, 'it must be a whole number from 1 to 256');
      const ifindex = this.links.indexIfGiven(link);
      const header = { hops: weight - 1, flags: onlink ? onlinkFlag : 0, ifindex };
      records.push({ header, attributes: hopAttributes(hop, family) });
    }
    return records;
  }

  protected decode(message: RouteMessage): Route | undefined {
    return routeOf(message);
  }

  protected question(filter: RouteFilter): Question<typeof route, Route> {
    const destination =
      filter.destination === undefined ? undefined : destinationOf({ ...filter, destination: filter.destination });
    const family = filter.family ?? destination?.family;
    const table = filter.table === undefined ? undefined : numberFor(routeTables, filter.table, 'table', 0);
    const type = numberFor(routeTypes, filter.type, 'type', 0);
    const protocol = numberFor(routeProtocols, filter.protocol, 'protocol', 0);
    const link = this.links.indexIfGiven(filter.link);
    const wanted = destination && formatPrefix(destination.address, destination.length, destination.family);
    return {
      value: {
        header: {
          family: family === undefined ? AF_UNSPEC : familyNumber(family),
          type,
          protocol,
          table: table !== undefined && table < 256 ? table : 0,
        },
        attributes: { table, oif: link },
      },
      keep: (entry) =>
        (family === undefined || entry.family === family) &&
        (table === undefined || entry.table === table) &&
        (type === 0 || entry.message.header.type === type) &&
        (protocol === 0 || entry.message.header.protocol === protocol) &&
        (link === undefined || entry.link === link || entry.nexthops?.some((hop) => hop.link === link) === true) &&
        (wanted === undefined || entry.destination === wanted) &&
        // What the kernel remembers of decisions is no route.
        (entry.message.header.flags & RTM_F_CLONED) === 0,
    };
  }
}

function noneOfNoTable(error: unknown): Snapshot<Route> {
  if (error instanceof NetlinkError && error.code === 'ENOENT') return snapshot([], false);
  throw error;
}

/** RTNH_F_ONLINK. */
const onlinkFlag = 4;

function destinationOf({ destination, family, gateway }: Pick<RouteSpec, 'destination' | 'family' | 'gateway'>) {
  if (family !== undefined) familyNumber(family); // nothing but the two
  if (destination !== 'default') return parsePrefix(destination, 'destination', family);
  const six = (family ?? (gateway === undefined ? 'inet' : familyOf(gateway, 'gateway'))) === 'inet6';
  return parsePrefix(six ? '::/0' : '0.0.0.0/0', 'destination');
}

const localTypes: ReadonlySet<string | undefined> = new Set(['local', 'broadcast', 'anycast', 'nat']);

function tableOf({ table }: RouteSpec, type: number): number {
  return numberFor(
    routeTables,
    table,
    'table',
    localTypes.has(routeTypes[type]) ? tableNumbers.local : tableNumbers.main,
  );
}

/** The scope that `ip` chooses when none is given; IPv6 has none. */
function scopeOf(spec: RouteSpec, type: number, family: IpFamily, verb: 'new' | 'del'): number {
  if (spec.scope !== undefined) return numberFor(scopes, spec.scope, 'scope', 0);
  if (family === 'inet6') return 0;
  const name = routeTypes[type];
  if (name === 'local' || name === 'nat') return 254;
  if (name === 'broadcast' || name === 'multicast' || name === 'anycast') return 253;
  if (verb === 'del') return anyScope;
  const direct = spec.gateway === undefined && spec.nexthops === undefined && spec.nexthop === undefined;
  return name === 'unicast' && direct ? 253 : 0;
}

function hopAttributes({ gateway, encap, realms }: RouteNexthop, family: IpFamily) {
  const other = gateway === undefined ? family : familyOf(gateway, 'gateway');
  const own = gateway === undefined || other === family;
  return {
    gateway: own ? gateway : undefined,
    via: own ? undefined : { family: familyNumber(other), address: gateway },
    flow: realms,
    encap,
  };
}

/** A route as the kernel gives it, in the words of this library; undefined for one of another family, such as MPLS. */
export function routeOf(message: RouteMessage): Route | undefined {
  const { header, attributes } = message;
  if (header.family !== AF_INET && header.family !== AF_INET6) return undefined;
  const family = familyName(header.family);
  // Written out, without `...`: tables can be large.
  return {
    family,
    type: routeTypes[header.type] ?? 'unspec',
    destination: formatPrefix(attributes.dst, header.dstLen, family),
    from: header.srcLen === 0 ? undefined : formatPrefix(attributes.src, header.srcLen, family),
    table: attributes.table ?? header.table,
    protocol: nameOf(routeProtocols, header.protocol),
    scope: nameOf(scopes, header.scope),
    tos: header.tos,
    gateway: gatewayOf(attributes),
    encap: attributes.encap,
    realms: attributes.flow,
    link: attributes.oif,
    onlink: (header.flags & onlinkFlag) !== 0,
    metric: attributes.priority,
    source: attributes.prefsrc,
    nexthops: attributes.multipath?.map((hop) => ({
      gateway: gatewayOf(hop.attributes),
      encap: hop.attributes.encap,
      realms: hop.attributes.flow,
      link: hop.header.ifindex,
      onlink: (hop.header.flags & onlinkFlag) !== 0,
      weight: hop.header.hops + 1,
    })),
    nexthop: attributes.nhId,
    metrics: attributes.metrics,
    preference: attributes.pref === undefined ? undefined : preferenceOf(attributes.pref),
    expires: expiresOf(attributes),
    flags: flagNames(routeFlags, header.flags),
    message,
  };
}

function gatewayOf({ gateway, via }: { readonly gateway?: string; readonly via?: { readonly address: string } }) {
  return gateway ?? via?.address;
}

function preferenceOf(number: number): 'low' | 'medium' | 'high' {
  return (routePreferences as Readonly<Record<number, 'low' | 'medium' | 'high'>>)[number] ?? 'medium';
}

/** Seconds that are left; the kernel gives hundredths in `cacheinfo`. */
function expiresOf({ expires, cacheinfo }: RouteMessage['attributes']): number | undefined {
  if (expires !== undefined) return expires;
  return cacheinfo === undefined || cacheinfo.expires === 0 ? undefined : Math.round(cacheinfo.expires / 100);
}
