import { AF_INET6, AF_MPLS } from '../../../../netlink/families/route/address-families.ts';
import { type RouteMessage, RTM_F_CLONED } from '../../../../netlink/families/route/route.ts';
import type { DeviceNames } from '../device-names.ts';
import { invalidArgument } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import { type InetAddress, type InetPrefix, isAnyWord, isWithin, address as parse, prefix } from '../inet.ts';
import { parseUnsigned } from '../numbers.ts';
import type { Family, Options } from '../options.ts';
import { dsfieldNumber, numberIn, protocols, realmsNumber, routeScopes, tables, typeNumber } from '../route-names.ts';
import { unsigned } from '../values.ts';
import { vrfNamed } from '../vrf.ts';
import { Words } from '../words.ts';
import { type Fixed, tableOf } from './describe.ts';

/** A prefix that a route's is compared with; the words for "all zeroes" are of any family. */
interface Wanted extends InetPrefix {
  readonly anyFamily: boolean;
}

/** A pair of realms, of which only some bits may matter. */
interface Masked {
  readonly bits: number;
  readonly mask: number;
}

/** Which routes a listing shows. */
export interface RouteFilter {
  readonly family: Family | undefined;
  /** 0: all of them. */
  table: number;
  cloned: boolean;
  /** Of the routes of a VRF, those to its own addresses are shown only when their type is asked for. */
  ofVrf?: true;
  tos?: number;
  metric?: number;
  protocol?: number | undefined;
  scope?: number | undefined;
  type?: number;
  device?: string;
  inputDevice?: string;
  mark?: number;
  via?: Wanted;
  source?: Wanted;
  realms?: Masked;
  /** The destination, or the source address, is at least as long as this and within it. */
  root?: Wanted;
  fromRoot?: Wanted;
  /** … is at most as long as this, and this is within it. */
  match?: Wanted;
  fromMatch?: Wanted;
}

interface Context {
  readonly devices: DeviceNames;
  /** Prints the help of `ip route`; does not return. */
  help(): never;
}

type Row = OptionRow<RouteFilter, Context>;

export const mainTable = 254;

function wanted(word: string, family: Family | undefined): Wanted {
  return { ...prefix(word, family), anyFamily: isAnyWord(word) && family === undefined };
}

/** Reads `root PREFIX`, `match PREFIX`, `exact PREFIX` or `PREFIX`. */
function readRange(filter: RouteFilter, first: string, take: () => string, which: 'dst' | 'src'): void {
  const isRoot = 'root'.startsWith(first) && first !== '';
  const isMatch = 'match'.startsWith(first) && first !== '';
  const isExact = 'exact'.startsWith(first) && first !== '';
  const found = wanted(isRoot || isMatch || isExact ? take() : first, filter.family);
  const [root, match] = which === 'dst' ? (['root', 'match'] as const) : (['fromRoot', 'fromMatch'] as const);
  if (!isMatch) filter[root] = found;
  if (!isRoot) filter[match] = found;
}

const rows: readonly Row[] = [
  {
    words: 'table*',
    help: '[ table TABLE_ID ]',
    apply: (filter, take, context) => {
      const word = take();
      const number = tables.numberOf(word) ?? parseUnsigned(word, 32);
      if (number !== undefined) filter.table = number;
      else if (word === 'all') filter.table = 0;
      else if (word === 'cache') filter.cloned = true;
      else if (word === 'help') context.help();
      else throw invalidArgument(word, 'table id value is invalid\n');
    },
  },
  {
    words: 'vrf*',
    help: '[ vrf NAME ]',
    apply: (filter, take, { devices }) => {
      filter.table = vrfNamed(devices, take()).table;
      filter.ofVrf = true;
    },
  },
  {
    words: 'cached* cloned*',
    help: '[ cached ]',
    apply: (filter) => {
      filter.cloned = true;
    },
  },
  {
    words: 'tos dsfield*',
    help: '[ tos TOS ]',
    apply: (filter, take) => {
      filter.tos = dsfieldNumber(take(), 'TOS value is invalid\n');
    },
  },
  {
    words: 'protocol*',
    help: '[ proto RTPROTO ]',
    apply: (filter, take) => {
      const word = take();
      filter.protocol = word === 'all' ? undefined : numberIn(protocols, word, 8, 'invalid "protocol"\n');
    },
  },
  {
    words: 'metric* priority* preference',
    help: '[ metric METRIC ]',
    apply: (filter, take) => {
      filter.metric = unsigned(take(), 32, '"metric" value is invalid\n');
    },
  },
  {
    words: 'scope*',
    help: '[ scope SCOPE ]',
    apply: (filter, take) => {
      const word = take();
      filter.scope = word === 'all' ? undefined : numberIn(routeScopes, word, 8, 'invalid "scope"\n');
    },
  },
  {
    words: 'type*',
    help: '[ type TYPE ]',
    apply: (filter, take) => {
      const word = take();
      const type = typeNumber(word);
      if (type === undefined) throw invalidArgument(word, 'node type value is invalid\n');
      filter.type = type;
    },
  },
  {
    words: 'dev oif',
    help: '[ dev DEV ] [ iif DEV ]',
    apply: (filter, take) => {
      filter.device = take();
    },
  },
  {
    words: 'iif',
    apply: (filter, take) => {
      filter.inputDevice = take();
    },
  },
  {
    words: 'mark',
    help: '[ mark NUMBER ]',
    apply: (filter, take) => {
      filter.mark = unsigned(take(), 32, 'invalid mark value');
    },
  },
  {
    words: 'via',
    help: '[ via [ inet | inet6 ] PREFIX ]',
    apply: (filter, take) => {
      const word = take();
      const family = word === 'inet' || word === 'inet6' ? word : undefined;
      filter.via = wanted(family === undefined ? word : take(), family ?? filter.family);
    },
  },
  {
    words: 'src',
    help: '[ src PREFIX ]',
    apply: (filter, take) => {
      filter.source = wanted(take(), filter.family);
    },
  },
  {
    words: 'realms*',
    help: '[ realms REALM ]',
    apply: (filter, take) => {
      const word = take();
      const bits = realmsNumber(word);
      if (bits === undefined) throw invalidArgument(word, 'invalid realms\n');
      const [from = '', to] = word.split('/');
      const mask = to === undefined ? 0xffff : (from === '' ? 0 : 0xffff0000) + (to === '' ? 0 : 0xffff);
      filter.realms = { bits, mask };
    },
  },
  {
    words: 'from*',
    help: '[ from { root | match | exact } PREFIX ]',
    apply: (filter, take) => readRange(filter, take(), take, 'src'),
  },
];

/** The selector of `ip route list` and `flush`, for help. */
export const routeFilterRows = rows;

/** Reads the words behind `list` or `flush`. Throws Exit. */
export function readRouteFilter(list: readonly string[], { family }: Options, context: Context): RouteFilter {
  const filter: RouteFilter = { family, table: mainTable, cloned: false };
  readOptions(
    {
      rows,
      otherwise: (draft, word, take) => readRange(draft, word === 'to' ? take() : word, take, 'dst'),
    },
    new Words(list),
    filter,
    context,
  );
  return filter;
}

const isHost = ({ bytes, length }: InetPrefix) => length === bytes.length * 8;

/** What the selector makes the same for all routes that are shown. */
export function fixedBy(filter: RouteFilter): ReadonlySet<Fixed> {
  const fixed: readonly (readonly [Fixed, boolean])[] = [
    ['table', filter.table !== 0],
    ['tos', filter.tos !== undefined],
    ['metric', filter.metric !== undefined],
    ['protocol', filter.protocol !== undefined],
    ['scope', filter.scope !== undefined],
    ['dev', filter.device !== undefined],
    ['iif', filter.inputDevice !== undefined],
    ['via', filter.via !== undefined && isHost(filter.via)],
    ['src', filter.source !== undefined && isHost(filter.source)],
    ['realms', filter.realms?.mask === 0xffffffff],
  ];
  return new Set(fixed.filter(([, is]) => is).map(([name]) => name));
}

const ownTypes: readonly (number | undefined)[] = ['local', 'broadcast'].map(typeNumber);

interface Devices {
  readonly output: number | undefined;
  readonly input: number | undefined;
}

/** Whether a route is shown. */
export function isShown(
  route: RouteMessage,
  filter: RouteFilter,
  devices: Devices,
  family: number | undefined,
): boolean {
  const { header, attributes } = route;
  if (family !== undefined && header.family !== family) return false;
  if (filter.table !== 0 && tableOf(route) !== filter.table) return false;
  if (((header.flags & RTM_F_CLONED) !== 0) !== filter.cloned) return false;
  if (filter.ofVrf && filter.type === undefined && ownTypes.includes(header.type)) return false;
  const equal =
    isWanted(filter.tos, header.tos) &&
    isWanted(filter.protocol, header.protocol) &&
    isWanted(filter.scope, header.scope) &&
    isWanted(filter.type, header.type) &&
    isWanted(filter.metric, attributes.priority) &&
    isWanted(filter.mark, attributes.mark) &&
    (isWanted(devices.output, attributes.oif) || goesBy(devices.output, attributes.multipath)) &&
    isWanted(devices.input, attributes.iif);
  if (!equal) return false;
  if (filter.realms !== undefined && (((attributes.flow ?? 0) ^ filter.realms.bits) & filter.realms.mask) !== 0)
    return false;
  const via = attributes.via;
  return (
    holds(filter.via, via?.family ?? header.family, via?.address ?? attributes.gateway) &&
    holds(filter.source, header.family, attributes.prefsrc) &&
    isInRange(
      filter.root,
      filter.match,
      header.family,
      attributes.dst ?? attributes.dstLabel?.join('/'),
      header.dstLen,
    ) &&
    isInRange(filter.fromRoot, filter.fromMatch, header.family, attributes.src, header.srcLen)
  );
}

/** Whether one of several next hops is by this device. */
function goesBy(device: number | undefined, hops: RouteMessage['attributes']['multipath']): boolean {
  return hops?.some(({ header }) => header.ifindex === device) ?? false;
}

/** What the kernel does not say is zero. */
function isWanted(want: number | undefined, have = 0): boolean {
  return want === undefined || want === have;
}

/** An address of a message; what the kernel does not say is all zeroes. */
function bytesOf(text: string | undefined, family: number): InetAddress {
  const name = family === AF_INET6 ? 'inet6' : family === AF_MPLS ? 'mpls' : 'inet';
  return text === undefined ? { family: name, bytes: new Uint8Array(name === 'inet6' ? 16 : 4) } : parse(text, name);
}

const isOfFamily = (want: Wanted, family: number) => want.anyFamily || family === familyNumber(want.family);

function holds(want: Wanted | undefined, family: number, text: string | undefined): boolean {
  if (want === undefined || want.length === 0) return true;
  return isOfFamily(want, family) && isWithin(bytesOf(text, family), want);
}

function isInRange(
  root: Wanted | undefined,
  match: Wanted | undefined,
  family: number,
  text: string | undefined,
  length: number,
): boolean {
  if (root === undefined && match === undefined) return true;
  const address = bytesOf(text, family);
  if (root !== undefined) {
    if (!isOfFamily(root, family) || root.length > length) return false;
    if (root.length > 0 && !isWithin(address, root)) return false;
  }
  if (match !== undefined) {
    if (!isOfFamily(match, family) || match.length < length) return false;
    if (length > 0 && !isWithin(match, { ...address, length, lengthGiven: true })) return false;
  }
  return true;
}
