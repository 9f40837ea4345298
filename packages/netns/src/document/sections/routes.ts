import { scopes } from '../../netlink/families/route/address.ts';
import { routeAttributes, routeMetrics, routeProtocols, routeTypes } from '../../netlink/families/route/route.ts';
import type { Route, RouteNexthop, RouteSpec, RouteType } from '../../network/routes.ts';
import { destination, ipAddress, ipPrefix, isSix, linkName, normalAddress, normalPrefix } from '../formats.ts';
import { pairIn, schemaOf } from '../from-wire.ts';
import {
  fields,
  integer,
  type KindData,
  listOf,
  words as oneOf,
  type Schema,
  type Typed,
  type TypeOf,
  truth,
  wordsOrNumber,
} from '../schema.ts';
import { encapCommand, encapOf, encapSchema, encapToKernel } from './encapsulation.ts';
import { kindWords } from './kind-words.ts';
import { tableOf, tableSchema } from './routing-tables.ts';
import { filled, hexadecimal, option, sorted, type TableSection, trimmed, words } from './table-section.ts';

const u32 = 0xffffffff;
const metricsSchema: Typed<Schema, KindData> = schemaOf(routeMetrics);

/** One way on. */
const way = {
  gateway: { ...ipAddress, about: 'the router' },
  link: linkName,
  onlink: truth('the router is on this device whatever the addresses say'),
  realms: integer(0, u32),
  encap: encapSchema,
};

const schema = listOf(
  fields(
    {
      destination,
      family: oneOf(['inet', 'inet6'], "needed only for a 'default' without a router; usually inet"),
      type: oneOf(routeTypes, 'usually unicast'),
      table: tableSchema,
      metric: integer(0, u32, 'the lower the better; usually 0, and 1024 for IPv6'),
      tos: integer(0, 255, 'IPv4 only'),
      from: { ...ipPrefix, about: 'only for packets from this prefix; IPv6 only' },
      ...way,
      source: { ...ipAddress, about: 'the source address of packets that this machine sends' },
      scope: wordsOrNumber(Object.values(scopes), 255, 'how far it reaches; IPv4 only'),
      protocol: wordsOrNumber(Object.values(routeProtocols), 255, 'who made it; usually boot'),
      nexthops: listOf(fields({ ...way, weight: integer(1, 256, 'its share; usually 1') }), 'several ways', 1),
      nexthop: integer(1, u32, 'the number of a nexthop object, instead of router and device'),
      metrics: metricsSchema,
      preference: oneOf(['low', 'medium', 'high'], 'how much a router wants to be preferred; IPv6 only'),
    },
    ['destination'],
  ),
  'Where packets go. Routes that the kernel makes (for addresses, from router advertisements) and those that expire are left alone.',
);

type Entry = TypeOf<typeof schema>[number];
type Way = NonNullable<Entry['nexthops']>[number];

/** Routes that somebody else looks after: the kernel itself, ICMP redirects, router advertisements. */
const lookedAfter: readonly string[] = ['kernel', 'redirect', 'ra'];
/** Types that lead nowhere; IPv6 shows them with the loopback device. */
const nowhere: readonly string[] = ['blackhole', 'unreachable', 'prohibit', 'throw'] satisfies RouteType[];
const local: readonly string[] = ['local', 'broadcast', 'anycast', 'nat'];

function familyOf(entry: Entry): 'inet' | 'inet6' {
  if (entry.destination !== 'default') return isSix(entry.destination) ? 'inet6' : 'inet';
  return entry.family ?? (isSix(entry.gateway ?? '') ? 'inet6' : 'inet');
}

function usualOf(entry: Entry): Partial<Entry> {
  const { type = 'unicast', destination: to, gateway } = entry;
  const family = familyOf(entry);
  const six = family === 'inet6';
  const told = to !== 'default' || !six || isSix(gateway ?? '');
  return {
    family: told ? family : undefined,
    type: 'unicast',
    table: local.includes(type) ? 'local' : 'main',
    metric: six ? 1024 : 0,
    tos: six ? undefined : 0,
    onlink: false,
    scope: six ? undefined : scopeOf(entry),
    protocol: 'boot',
    preference: six ? 'medium' : undefined,
  };
}

/** The scope that `ip` chooses. */
function scopeOf({ type = 'unicast', gateway, nexthops, nexthop }: Entry): string {
  if (type === 'local' || type === 'nat') return 'host';
  if (type === 'broadcast' || type === 'multicast' || type === 'anycast') return 'link';
  const direct = gateway === undefined && nexthops === undefined && nexthop === undefined;
  return type === 'unicast' && direct ? 'link' : 'global';
}

const encap = pairIn(routeAttributes, 'encap');

export const routes: TableSection<Entry, Route> = {
  name: 'routes',
  noun: 'route',
  schema,
  list: (network) => network.routes.list(),
  entryOf(route, links) {
    if (lookedAfter.includes(route.protocol) || route.expires !== undefined) return undefined;
    const six = route.family === 'inet6';
    const nameOf = (index: number | undefined) => (index === undefined ? undefined : links.get(index));
    const object = route.nexthop !== undefined;
    const entry: Entry = {
      destination: /\/0$/.test(route.destination) ? 'default' : route.destination,
      family: route.family,
      type: route.type,
      table: tableOf(route.table),
      metric: route.metric ?? 0,
      tos: six ? undefined : route.tos,
      from: route.from,
      gateway: object ? undefined : route.gateway,
      link: object || (six && nowhere.includes(route.type)) ? undefined : nameOf(route.link),
      onlink: object ? false : route.onlink,
      realms: route.realms || undefined,
      encap: object ? undefined : encapOf(encap, route.encap),
      source: route.source,
      scope: six ? undefined : route.scope,
      protocol: route.protocol,
      nexthops: object ? undefined : route.nexthops?.map((hop) => wayOf(hop, nameOf(hop.link))),
      nexthop: route.nexthop,
      metrics: route.metrics as KindData | undefined,
      preference: six ? route.preference : undefined,
    };
    return trimmed(schema, entry, usualOf(entry));
  },
  full(entry) {
    const family = familyOf(entry);
    const six = family === 'inet6';
    const { type = 'unicast', nexthop } = entry;
    const normal: Entry = {
      ...entry,
      destination: normalDestination(entry.destination),
      family,
      table: entry.table === undefined ? undefined : tableOf(entry.table),
      tos: six ? undefined : entry.tos,
      from: entry.from && normalPrefix(entry.from),
      gateway: entry.gateway && normalAddress(entry.gateway),
      link: nexthop !== undefined || (six && nowhere.includes(type)) ? undefined : entry.link,
      scope: six ? undefined : entry.scope,
      source: entry.source && normalAddress(entry.source),
      realms: entry.realms || undefined,
      encap: entry.encap && sorted(entry.encap),
      nexthops: entry.nexthops?.map(fullWay),
      metrics: entry.metrics && sorted(entry.metrics),
      preference: six ? entry.preference : undefined,
    };
    return filled(schema, normal, usualOf(normal));
  },
  identity: ({ destination: to, family, table, metric, tos, from }) =>
    JSON.stringify([to, family, table, metric, tos, from]),
  loose(full) {
    if (full.gateway === undefined && full.nexthops === undefined) return full;
    return {
      ...full,
      link: full.gateway === undefined ? full.link : undefined,
      nexthops: full.nexthops?.map((hop) => (hop.gateway === undefined ? hop : { ...hop, link: undefined })),
    };
  },
  devices: ({ link, nexthops }) => [link, ...(nexthops ?? []).map((hop) => hop.link)],
  isLost(entry, loss) {
    switch (loss.of) {
      case 'link':
        return entry.link === loss.link || entry.nexthops?.some((hop) => hop.link === loss.link) === true;
      case 'address':
        if (entry.family === 'inet6') return false;
        return entry.source === loss.address || (loss.last && entry.link === loss.link);
      case 'nexthop':
        return entry.nexthop === loss.id;
    }
  },
  // What is on the link before what is reached by a router that is on the link.
  rank: (entry) => (entry.gateway === undefined && entry.nexthops === undefined && entry.nexthop === undefined ? 0 : 1),
  command: (verb, entry) =>
    words(
      entry.family === 'inet6' && !isSix(entry.destination) ? 'ip -6' : 'ip',
      `route ${verb}`,
      entry.type === 'unicast' ? undefined : entry.type,
      entry.destination,
      option('from', entry.from),
      option('tos', entry.tos === 0 ? undefined : hexadecimal(entry.tos)),
      option('nhid', entry.nexthop),
      encapCommand(entry.encap),
      viaOf(entry),
      option('dev', entry.link),
      entry.onlink && 'onlink',
      option('table', entry.table === 'main' ? undefined : entry.table),
      option('proto', entry.protocol === 'boot' ? undefined : entry.protocol),
      option('scope', entry.scope === scopeOf(entry) ? undefined : entry.scope),
      option('src', entry.source),
      option('metric', entry.metric === usualOf(entry).metric ? undefined : entry.metric),
      option('realms', entry.realms),
      option('pref', entry.preference === 'medium' ? undefined : entry.preference),
      ...kindWords(entry.metrics ?? {}, { rtoMin: 'rto_min', hoplimit: 'hoplimit', ccAlgo: 'congctl' }),
      ...(entry.nexthops ?? []).map((hop) =>
        words(
          'nexthop',
          encapCommand(hop.encap),
          viaOf(hop),
          option('dev', hop.link),
          option('weight', hop.weight === 1 ? undefined : hop.weight),
          hop.onlink && 'onlink',
        ),
      ),
    ),
  run(network, verb, entry) {
    const spec = {
      ...entry,
      encap: encapToKernel(encap, entry.encap),
      nexthops: entry.nexthops?.map((hop) => ({ ...hop, encap: encapToKernel(encap, hop.encap) })),
    } as RouteSpec;
    return network.routes[verb](spec);
  },
};

function normalDestination(to: string): string {
  const normal = to === 'default' ? to : normalPrefix(to);
  return /\/0$/.test(normal) ? 'default' : normal;
}

function viaOf({ gateway, family }: Pick<Entry, 'gateway' | 'family'>): string | undefined {
  if (gateway === undefined) return undefined;
  return `via ${isSix(gateway) && family === 'inet' ? 'inet6 ' : ''}${gateway}`;
}

function wayOf(hop: RouteNexthop & { readonly weight: number }, link: string | undefined): Way {
  return {
    ...(hop.gateway !== undefined && { gateway: hop.gateway }),
    ...(link !== undefined && { link }),
    ...(hop.onlink && { onlink: true }),
    ...(hop.realms && { realms: hop.realms }),
    ...(hop.encap && { encap: encapOf(encap, hop.encap) }),
    ...(hop.weight !== 1 && { weight: hop.weight }),
  };
}

function fullWay({ gateway, link, onlink = false, realms, encap: around, weight = 1 }: Way): Way {
  return {
    gateway: gateway && normalAddress(gateway),
    link,
    onlink,
    realms: realms || undefined,
    encap: around && sorted(around),
    weight,
  };
}
