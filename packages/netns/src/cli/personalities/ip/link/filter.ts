import { addressFlag } from '../../../../netlink/families/route/address.ts';
import type { LinkMessage } from '../../../../netlink/families/route/link.ts';
import { duplicateOrGarbage, invalidArgument } from '../exit.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import { type InetPrefix, isAnyWord, prefix } from '../inet.ts';
import type { Family } from '../options.ts';
import { unsigned } from '../values.ts';
import { vrfNamed } from '../vrf.ts';
import { isPrefix, Words } from '../words.ts';
import { isUp } from './flags.ts';
import type { Lookup } from './lookup.ts';
import { groupNumber, scopeNumber } from './names.ts';

/** Which links and addresses a listing shows. */
export interface Filter {
  device?: string;
  up?: boolean;
  down?: boolean;
  kind?: string;
  group?: number;
  master?: number;
  nomaster?: boolean;
  family?: Family | undefined;
  within?: InetPrefix;
  scope?: number | undefined;
  /** Who made an address. */
  protocol?: number;
  /** Without the virtual functions of devices. */
  withoutFunctions?: boolean;
  label?: string;
  /** The flags of an address that matter, and which of them must be set. */
  flagMask: number;
  flags: number;
}

interface Context {
  readonly lookup: Lookup;
  /** Prints the help of the command that the filter belongs to; does not return. */
  help(): never;
}

type Row = OptionRow<Filter, Context>;

/** A word for a flag of addresses that must be set, or not. */
function flag(words: string, name: Parameters<typeof addressFlag>[0], on = true): Row {
  return {
    words,
    apply: (filter) => {
      const bit = addressFlag(name);
      filter.flagMask |= bit;
      filter.flags = on ? filter.flags | bit : filter.flags & ~bit;
    },
  };
}

const rows: readonly Row[] = [
  {
    words: 'to',
    help: '[ to PREFIX ]',
    apply: (filter, take) => {
      const word = take();
      const within = prefix(word, filter.family);
      if (isAnyWord(word)) return;
      filter.within = within;
      filter.family ??= within.family;
    },
  },
  {
    words: 'scope',
    help: '[ scope SCOPE-ID ]',
    apply: (filter, take) => {
      const word = take();
      filter.scope = word === 'all' ? undefined : scopeNumber(word);
      if (filter.scope === undefined && word !== 'all') throw invalidArgument(word, 'invalid "scope"\n');
    },
  },
  {
    words: 'up',
    help: '[ { up | down } ]',
    apply: (filter) => {
      filter.up = true;
    },
  },
  {
    words: 'down',
    apply: (filter) => {
      filter.down = true;
    },
  },
  { ...flag('dynamic', 'permanent', false), help: '[ dynamic | permanent ]' },
  flag('permanent', 'permanent'),
  { ...flag('secondary temporary', 'secondary'), help: '[ primary | secondary | temporary ]' },
  flag('primary', 'secondary', false),
  { ...flag('tentative', 'tentative'), help: '[ [-]tentative ] [ [-]deprecated ] [ [-]dadfailed ]' },
  flag('deprecated', 'deprecated'),
  flag('dadfailed', 'dadfailed'),
  { ...flag('home', 'home'), help: '[ home ] [ nodad ] [ mngtmpaddr ] [ noprefixroute ] [ autojoin ]' },
  flag('nodad', 'nodad'),
  flag('mngtmpaddr', 'mngtmpaddr'),
  flag('noprefixroute', 'noprefixroute'),
  flag('autojoin', 'autojoin'),
  flag('optimistic', 'optimistic'),
  flag('stable-privacy', 'stable-privacy'),
  // each of them may be denied
  flag('-permanent', 'permanent', false),
  flag('-dynamic', 'permanent'),
  flag('-secondary -temporary', 'secondary', false),
  flag('-primary', 'secondary'),
  ...(
    [
      'tentative',
      'deprecated',
      'dadfailed',
      'home',
      'nodad',
      'mngtmpaddr',
      'noprefixroute',
      'autojoin',
      'optimistic',
    ] as const
  ).map((name) => flag(`-${name}`, name, false)),
  flag('-stable-privacy', 'stable-privacy', false),
  {
    words: 'label',
    help: '[ label LABEL ]',
    apply: (filter, take) => {
      filter.label = take();
    },
  },
  {
    words: 'group',
    help: '[ group GROUP ]',
    apply: (filter, take) => {
      const word = take();
      const group = groupNumber(word);
      if (group === undefined) throw invalidArgument(word, 'Invalid "group" value\n');
      filter.group = group;
    },
  },
  {
    words: 'master',
    help: '[ master DEVICE | nomaster ]',
    apply: (filter, take, { lookup }) => {
      const word = take();
      filter.master = lookup.indexOf(word);
      if (filter.master === 0) throw invalidArgument(word, 'Device does not exist\n');
    },
  },
  {
    words: 'vrf',
    help: '[ vrf NAME ]',
    apply: (filter, take, { lookup }) => {
      filter.master = vrfNamed(lookup, take(), 'Not a valid VRF name\n').index;
    },
  },
  {
    words: 'nomaster',
    apply: (filter) => {
      filter.nomaster = true;
    },
  },
  {
    words: 'type',
    help: '[ type TYPE ]',
    apply: (filter, take) => {
      filter.kind = take();
    },
  },
  {
    words: 'proto',
    help: '[ proto ADDRPROTO ]',
    apply: (filter, take) => {
      filter.protocol = unsigned(take(), 8, '"proto" value is invalid\n');
    },
  },
  {
    words: 'novf',
    help: '[ novf ]',
    apply: (filter) => {
      filter.withoutFunctions = true;
    },
  },
];

/** The options of `ip link show` and `ip address show`, for help. */
export const filterRows = rows;

/** Reads the words behind `show`. Throws Exit. */
export function readFilter(list: readonly string[], family: Family | undefined, context: Context): Filter {
  const filter: Filter = { family, flagMask: 0, flags: 0 };
  readOptions(
    {
      rows,
      otherwise: (draft, word, take) => {
        const device = word === 'dev' ? take() : word;
        if (word !== 'dev' && isPrefix(word, 'help')) context.help();
        if (draft.device !== undefined) throw duplicateOrGarbage('dev', device);
        draft.device = device;
      },
    },
    new Words(list),
    filter,
    context,
  );
  return filter;
}

/** What the kernel would leave out of a dump: nothing is said of such a link. */
export function isOfKind(link: LinkMessage, filter: Filter): boolean {
  const { linkinfo, master, group = filter.group } = link.attributes;
  const kind = linkinfo?.kind === 'other' ? linkinfo.name : linkinfo?.kind;
  const slave = linkinfo?.slave?.kind === 'other' ? linkinfo.slave.name : linkinfo?.slave?.kind;
  const wanted = filter.kind?.endsWith('_slave') ? filter.kind.slice(0, -'_slave'.length) : filter.kind;
  const found = wanted === filter.kind ? kind : slave;
  if (filter.nomaster === true && master !== undefined) return false;
  if (filter.group !== undefined && group !== filter.group) return false;
  return (wanted === undefined || wanted === found) && (filter.master === undefined || filter.master === master);
}

/** What `ip` leaves out itself, by the state that is asked for: in JSON an empty object remains in its place. */
export function isShown(link: LinkMessage, { up = false, down = false }: Filter): boolean {
  return !(up && !isUp(link)) && !(down && isUp(link));
}
