import { type NexthopMessageInput, nexthopGroupTypes } from '../../../../netlink/families/route/nexthop.ts';
import type { KeptFiles } from '../bpf-programs.ts';
import type { DeviceNames } from '../device-names.ts';
import { invalidArgument } from '../exit.ts';
import { type Grammar, type OptionRow, readOptions } from '../grammar.ts';
import { address, toText } from '../inet.ts';
import type { Family } from '../options.ts';
import { readEncap } from '../route/encap/encap.ts';
import { numberIn, protocols } from '../route-names.ts';
import { oneOfOnOff, unsigned } from '../values.ts';
import type { Words } from '../words.ts';
import { knownDevice } from './filter.ts';
import { readGroup } from './group.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Attributes = Writable<NonNullable<NexthopMessageInput['attributes']>>;

/** A request about a nexthop, while its words are read. */
export interface NexthopDraft {
  /** What `-family` says, or else the first word that tells of one. */
  family: Family | undefined;
  protocol: number;
  flags: number;
  readonly attributes: Attributes;
}

export interface NexthopContext {
  readonly words: Words;
  readonly devices: DeviceNames;
  /** What has to stay open until the request is done. */
  readonly kept: KeptFiles;
  /** Prints the help of `ip nexthop`; does not return. */
  help(): never;
}

type Row = OptionRow<NexthopDraft, NexthopContext>;
type Resilient = Writable<NonNullable<Attributes['resGroup']>>;

const onlinkFlag = 4;
/** Hundredths of a second, which is what the kernel counts time in for programs. */
const ticks = 100;

const resilientRows: readonly OptionRow<Resilient, NexthopContext>[] = [
  {
    words: 'buckets',
    apply: (group, take) => {
      group.buckets = unsigned(take(), 16, 'invalid buckets value');
    },
  },
  {
    words: 'idle_timer',
    apply: (group, take) => {
      group.idleTimer = unsigned(take(), 32, 'invalid idle timer value') * ticks;
    },
  },
  {
    words: 'unbalanced_timer',
    apply: (group, take) => {
      group.unbalancedTimer = unsigned(take(), 32, 'invalid unbalanced timer value') * ticks;
    },
  },
];

/** The options of `ip nexthop add` and its like, in the order in which `ip` compares them. */
export const nexthopRows: readonly Row[] = [
  {
    words: 'id',
    help: '[ id ID ]',
    apply: ({ attributes }, take) => {
      attributes.id = unsigned(take(), 32, 'invalid id value');
    },
  },
  {
    words: 'dev',
    help: '[ via [ inet | inet6 ] ADDRESS ] [ dev DEV ] [ onlink ]',
    apply: (draft, take, { devices }) => {
      draft.attributes.oif = knownDevice(devices, take());
      draft.family ??= 'inet';
    },
  },
  {
    words: 'via',
    apply: (draft, take) => {
      const word = take();
      const named = word === 'inet' || word === 'inet6' ? word : undefined;
      const text = named === undefined ? word : take();
      const found = address(text, named ?? draft.family);
      if (draft.family !== undefined && found.family !== draft.family)
        throw invalidArgument(text, 'address family mismatch\n');
      draft.family = found.family;
      draft.attributes.gateway = toText(found);
    },
  },
  {
    words: 'dst_port',
    help: '[ dst_port PORT ]',
    apply: ({ attributes }, take) => {
      attributes.dstPort = unsigned(take(), 16, '"dst_port" value is invalid\n');
    },
  },
  {
    words: 'encap',
    help: '[ encap ENCAPTYPE OPTIONS ]',
    apply: ({ attributes }, take, context) => {
      attributes.encap = readEncap(take(), context);
    },
  },
  {
    words: 'blackhole',
    help: '[ blackhole ]',
    apply: (draft) => {
      draft.attributes.blackhole = true;
      draft.family ??= 'inet';
    },
  },
  {
    words: 'fdb',
    help: '[ fdb ]',
    apply: ({ attributes }) => {
      attributes.fdb = true;
    },
  },
  {
    words: 'onlink',
    apply: (draft) => {
      draft.flags |= onlinkFlag;
    },
  },
  {
    words: 'group',
    help: '[ group ID[,WEIGHT]/... [ type { mpath | resilient [ buckets NUMBER ] [ idle_timer SECONDS ] [ unbalanced_timer SECONDS ] } ] ]',
    apply: ({ attributes }, take) => {
      attributes.group = readGroup(take());
    },
  },
  {
    words: 'type',
    apply: ({ attributes }, take, context) => {
      const word = take();
      const type = (nexthopGroupTypes as readonly string[]).indexOf(word);
      if (type < 0) throw invalidArgument(word, '"type" value is invalid\n');
      attributes.groupType = type;
      if (word !== 'resilient') return;
      const group: Resilient = {};
      readOptions({ rows: resilientRows }, context.words, group, context);
      if (Object.keys(group).length > 0) attributes.resGroup = group;
    },
  },
  {
    words: 'protocol*',
    help: '[ protocol PROTO ]',
    apply: (draft, take) => {
      draft.protocol = numberIn(protocols, take(), 8, '"protocol" value is invalid\n');
    },
  },
  {
    words: 'hw_stats',
    help: '[ hw_stats { on | off } ]',
    apply: ({ attributes }, take) => {
      attributes.hwStatsEnable = oneOfOnOff(take(), 'hw_stats') ? 1 : 0;
    },
  },
];

export const nexthopGrammar: Grammar<NexthopDraft, NexthopContext> = {
  rows: nexthopRows,
  otherwise(_draft, word, _take, context) {
    if (word !== '' && 'help'.startsWith(word)) context.help();
    throw invalidArgument(word, '');
  },
};
