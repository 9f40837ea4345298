import { AF_INET, AF_INET6, AF_MPLS, addressFamilies } from '../../../../netlink/families/route/address-families.ts';
import {
  type RouteMessage,
  RTM_F_CLONED,
  routePreferences,
  routeTypes,
} from '../../../../netlink/families/route/route.ts';
import type { JsonObject } from '../json.ts';
import { labelsText } from '../mpls-labels.ts';
import { dsfieldName, named, protocols, realms, routeScopes, tables, typeName } from '../route-names.ts';
import { type Part, toJson, toText, type View, value } from '../show/fields.ts';
import { describeEncap } from './encap/encap.ts';
import { describeMetrics } from './metrics.ts';

/** What a selector can fix, so that it is the same for all routes that are shown and need not be said. */
export type Fixed = 'tos' | 'via' | 'dev' | 'iif' | 'table' | 'protocol' | 'scope' | 'src' | 'metric' | 'realms';

export interface RouteView extends View {
  deviceName(index: number): string;
  readonly fixed: ReadonlySet<Fixed>;
  /** What `-details` tells of a nexthop object, by its id. */
  nexthop?(id: number): { readonly text: string; readonly json: JsonObject } | undefined;
}

type Shown = Part<RouteMessage, RouteView>;
type Hop = NonNullable<RouteMessage['attributes']['multipath']>[number];
/** What a route and one of its next hops have in common. */
type Via = Pick<Hop['attributes'], 'gateway' | 'via'> & { readonly family: number };

const unicast = routeTypes.indexOf('unicast');
const mainTable = 254;
const bootProtocol = 3;
/** Hundredths of a second, which is what the kernel counts time in for programs. */
const ticks = 100;

const familyName = (family: number) => (addressFamilies as Readonly<Record<number, string>>)[family] ?? '???';
const isDetailed = ({ options }: View) => options.details > 0;

/** Text in the colour of an address family. */
function painted(text: string, family: number, { paint }: View): string {
  return paint(family === AF_INET ? 'inet' : family === AF_INET6 ? 'inet6' : undefined, text);
}

/** A prefix: a host has no length, and may have a name; nothing at all is the default. */
function prefixText(
  address: string | undefined,
  length: number,
  family: number,
  { host }: Pick<View, 'host'>,
): string | undefined {
  if (address === undefined) return length === 0 ? undefined : `0/${length}`;
  if (family === AF_MPLS) return length === 20 ? address : `${address}/${length}`;
  return length === (family === AF_INET6 ? 128 : 32) ? host(address) : `${address}/${length}`;
}

/** The table that a route is in, whose number may have more than the eight bits of the header. */
export function tableOf({ header, attributes }: RouteMessage): number {
  return attributes.table ?? header.table;
}

function destination({ header: { family, dstLen }, attributes: { dst, dstLabel } }: RouteMessage, view: View): string {
  return prefixText(dstLabel === undefined ? dst : labelsText(dstLabel), dstLen, family, view) ?? 'default';
}

/** Two realms in one number. */
function realmsOf(flow: number, view: View): { readonly from?: string; readonly to: string } {
  const to = named(realms, flow & 0xffff, view.options);
  const from = flow >>> 16;
  return from === 0 ? { to } : { from: named(realms, from, view.options), to };
}

function describeRealms(flow: number | undefined, view: View) {
  if (flow === undefined) return undefined;
  const { from, to } = realmsOf(flow, view);
  const text = from === undefined ? `realm ${to} ` : `realms ${from}/${to} `;
  return { text, json: { flow: from === undefined ? { to } : { from, to } } };
}

function describeVia({ family, gateway, via }: Via, view: RouteView, hidden: boolean) {
  const text: string[] = [];
  const json: Record<string, string | JsonObject> = {};
  if (gateway !== undefined && !hidden) {
    const router = view.host(gateway);
    text.push(`via ${painted(`${router} `, family, view)}`);
    json.gateway = router;
  }
  if (via !== undefined) {
    const name = familyName(via.family);
    const router = view.host(via.address);
    text.push(`via ${name} ${painted(`${router} `, via.family, view)}`);
    json.via = { family: name, host: router };
  }
  return { text: text.join(''), json };
}

/** Flags of a route and of its next hops with names, in the order in which `ip` tells them. */
const flagNames: readonly (readonly [bit: number, name: string])[] = [
  [0x1, 'dead'],
  [0x4, 'onlink'],
  [0x2, 'pervasive'],
  [0x8, 'offload'],
  [0x40, 'trap'],
  [0x100, 'notify'],
  [0x10, 'linkdown'],
  [0x20, 'unresolved'],
  [0x4000, 'rt_offload'],
  [0x8000, 'rt_trap'],
  [0x20000000, 'rt_offload_failed'],
];

const allFlags = flagNames.reduce((all, [bit]) => all | bit, 0);
const noFlags = { text: '', json: { flags: [] } } as const;

export function describeFlags(flags: number) {
  if ((flags & allFlags) === 0) return noFlags;
  const names = flagNames.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  return { text: names.map((name) => `${name} `).join(''), json: { flags: names } };
}

/** Flags of a decision that the kernel remembers (RTCF_*). */
const cacheFlags: readonly (readonly [bit: number, name: string])[] = [
  [0x80000000, 'local'],
  [0x02000000, 'reject'],
  [0x20000000, 'mc'],
  [0x10000000, 'brd'],
  [0x08000000, 'dst-nat'],
  [0x00800000, 'src-nat'],
  [0x00400000, 'masq'],
  [0x00020000, 'dst-direct'],
  [0x04000000, 'src-direct'],
  [0x00040000, 'redirected'],
  [0x01000000, 'redirect'],
  [0x00200000, 'fastroute'],
  [0x00010000, 'notify'],
];

/** What is told of a decision that the kernel remembers, and of how long a route is good for. */
const cache: Shown = ({ header: { flags }, attributes: { cacheinfo } }, view) => {
  const cloned = (flags & RTM_F_CLONED) !== 0;
  if (!cloned && cacheinfo === undefined) return undefined;
  const names = cacheFlags.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  const list = (flags & ~0xffff) === 0 ? '' : `<${names.join(',')}> `;
  const text = [cloned ? `${view.newline}    cache ${list}` : ''];
  const json: Record<string, number | string[]> = cloned ? { cache: names } : {};
  const tell = (name: string, words: string, number: number | undefined) => {
    if (number === undefined) return;
    text.push(words);
    json[name] = number;
  };
  if (cacheinfo === undefined) return { text: text.join(''), json };
  const { expires, error, clntref, used, lastuse } = cacheinfo;
  const seconds = Math.trunc(expires / ticks);
  if (expires !== 0) tell('expires', `expires ${seconds}sec `, seconds);
  if (error !== 0) tell('error', `error ${error | 0} `, error | 0);
  if (view.options.statistics > 0) {
    if (clntref !== 0) tell('users', `users ${clntref} `, clntref);
    if (used !== 0) tell('used', `used ${used} `, used);
    const age = Math.trunc(lastuse / ticks);
    if (lastuse !== 0) tell('age', `age ${age}sec `, age);
  }
  return { text: text.join(''), json };
};

const preferenceNames: Readonly<Record<number, string>> = routePreferences;

function describeHop({ header, attributes }: Hop, family: number, view: RouteView) {
  const said = [
    describeEncap(attributes.encap, view),
    attributes.newdst && {
      text: `as to ${labelsText(attributes.newdst)} `,
      json: { to: labelsText(attributes.newdst) },
    },
    describeVia({ family, ...attributes }, view, false),
    describeRealms(attributes.flow, view),
    header.ifindex === 0
      ? undefined
      : { text: `dev ${view.deviceName(header.ifindex)} `, json: { dev: view.deviceName(header.ifindex) } },
    family === AF_MPLS ? undefined : { text: `weight ${header.hops + 1} `, json: { weight: header.hops + 1 } },
    describeFlags(header.flags),
  ];
  const text = said.map((each) => each?.text ?? '').join('');
  return { text: `${view.newline}\tnexthop ${text}`, json: Object.assign({}, ...said.map((each) => each?.json)) };
}

/** A route as `ip route` shows it, without the newline at its end. */
const routeParts: readonly Shown[] = [
  ({ header: { type } }, view) => {
    if (type === unicast && !isDetailed(view)) return undefined;
    const name = typeName(type, view.options);
    return { text: `${name} `, json: { type: name } };
  },
  value(
    'dst',
    (text, view, { header, attributes }) => {
      return attributes.dst === undefined ? `${text} ` : painted(`${text} `, header.family, view);
    },
    destination,
  ),
  value(
    'from',
    (text, view, { header }) => painted(`from ${text} `, header.family, view),
    ({ header: { family, srcLen }, attributes: { src } }, view) => prefixText(src, srcLen, family, view),
  ),
  value('to', 'as to % ', ({ attributes: { newdst } }) => (newdst === undefined ? undefined : labelsText(newdst))),
  ({ attributes: { encap } }, view) => describeEncap(encap, view),
  value('tos', 'tos % ', ({ header: { tos } }, view) =>
    tos === 0 || view.fixed.has('tos') ? undefined : dsfieldName(tos, view.options),
  ),
  value('nhid', 'nhid % ', ({ attributes: { nhId } }) => nhId),
  ({ header: { family }, attributes }, view) => describeVia({ family, ...attributes }, view, view.fixed.has('via')),
  value(
    'dev',
    (name, { paint }) => `dev ${paint('ifname', `${name} `)}`,
    ({ attributes: { oif } }, view) => (oif === undefined || view.fixed.has('dev') ? undefined : view.deviceName(oif)),
  ),
  value('table', 'table % ', (route, view) => {
    const table = tableOf(route);
    if (table === 0 || view.fixed.has('table') || (table === mainTable && !isDetailed(view))) return undefined;
    return named(tables, table, view.options);
  }),
  value('protocol', 'proto % ', ({ header: { flags, protocol } }, view) => {
    if ((flags & RTM_F_CLONED) !== 0 || view.fixed.has('protocol')) return undefined;
    return protocol === bootProtocol && !isDetailed(view) ? undefined : named(protocols, protocol, view.options);
  }),
  value('scope', 'scope % ', ({ header: { flags, scope } }, view) => {
    if ((flags & RTM_F_CLONED) !== 0 || view.fixed.has('scope')) return undefined;
    return scope === 0 && !isDetailed(view) ? undefined : named(routeScopes, scope, view.options);
  }),
  value(
    'prefsrc',
    (text, view, { header }) => `src ${painted(`${text} `, header.family, view)}`,
    ({ attributes: { prefsrc } }, view) => (view.fixed.has('src') ? undefined : prefsrc),
  ),
  value('metric', 'metric % ', ({ attributes: { priority } }, view) =>
    view.fixed.has('metric') ? undefined : priority,
  ),
  ({ header: { flags } }) => describeFlags(flags),
  ({ attributes: { mark } }) =>
    mark === undefined ? undefined : { text: `mark ${mark >= 16 ? `0x${mark.toString(16)}` : mark} `, json: { mark } },
  ({ attributes: { flow } }, view) => (view.fixed.has('realms') ? undefined : describeRealms(flow, view)),
  value('uid', 'uid % ', ({ attributes: { uid } }) => uid),
  value('ttl-propogate', 'ttl-propagate % ', ({ attributes: { ttlPropagate } }) =>
    ttlPropagate === undefined ? undefined : ttlPropagate ? 'enabled' : 'disabled',
  ),
  cache,
  ({ attributes: { metrics } }) => describeMetrics(metrics),
  value('iif', 'iif % ', ({ attributes: { iif } }, view) =>
    iif === undefined || view.fixed.has('iif') ? undefined : view.deviceName(iif),
  ),
  value('pref', 'pref %', ({ attributes: { pref } }) =>
    pref === undefined ? undefined : (preferenceNames[pref] ?? String(pref)),
  ),
  ({ attributes: { nhId } }, view) => (nhId === undefined || !isDetailed(view) ? undefined : view.nexthop?.(nhId)),
  ({ header: { family }, attributes: { multipath } }, view) => {
    if (multipath === undefined) return undefined;
    const hops = multipath.map((hop) => describeHop(hop, family, view));
    return { text: hops.map(({ text }) => text).join(''), json: { nexthops: hops.map(({ json }) => json) } };
  },
];

export function routeText(route: RouteMessage, view: RouteView): string {
  return toText(routeParts, route, view);
}

export function routeJson(route: RouteMessage, view: RouteView): JsonObject {
  return toJson(routeParts, route, view);
}
