import type { NeighbourMessage } from '../../../../netlink/families/route/neighbour.ts';
import { neighbourFlag, neighbourState } from '../../../../netlink/families/route/neighbour.ts';
import type { DeviceNames } from '../device-names.ts';
import { invalidArgument } from '../exit.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import { type InetPrefix, isAnyWord, isWithin, address as parse, prefix } from '../inet.ts';
import type { Family } from '../options.ts';
import { numberIn, protocols } from '../route-names.ts';
import { vrfNamed } from '../vrf.ts';
import { isPrefix, Words } from '../words.ts';
import { stateNumber } from './states.ts';

/** Which neighbours a listing shows. */
export interface NeighbourFilter {
  family: Family | undefined;
  device?: string;
  /** The index of the master; `nomaster` is the highest number. */
  master?: number;
  unused?: true;
  proxy?: true;
  protocol?: number;
  within?: InetPrefix;
  /** The states that are shown; undefined: not asked for. */
  states?: number;
}

interface Context {
  readonly devices: DeviceNames;
  /** Prints the help of `ip neighbour`; does not return. */
  help(): never;
}

/** Stands for neighbours without a state. */
export const noState = 0x100;
const everyState = 0x1ff;

export const neighbourFilterRows: readonly OptionRow<NeighbourFilter, Context>[] = [
  {
    words: 'dev',
    help: '[ to PREFIX ] [ dev DEV ]',
    apply: (filter, take) => {
      filter.device = take();
    },
  },
  {
    words: 'master',
    help: '[ master DEV | nomaster ]',
    apply: (filter, take, { devices }) => {
      const word = take();
      filter.master = devices.indexOf(word);
      if (filter.master === 0) throw invalidArgument(word, 'Device does not exist\n');
    },
  },
  {
    words: 'vrf',
    help: '[ vrf NAME ]',
    apply: (filter, take, { devices }) => {
      filter.master = vrfNamed(devices, take(), 'Not a valid VRF name\n').index;
    },
  },
  {
    words: 'nomaster',
    apply: (filter) => {
      filter.master = 0xffffffff;
    },
  },
  {
    words: 'unused',
    help: '[ unused ]',
    apply: (filter) => {
      filter.unused = true;
    },
  },
  {
    words: 'nud',
    help: '[ nud { STATE | all } ]',
    apply: (filter, take) => {
      const word = take();
      const state = word === 'all' ? everyState : stateNumber(word);
      filter.states = (filter.states ?? 0) | (state === 0 ? noState : state);
    },
  },
  {
    words: 'proxy',
    help: '[ proxy ]',
    apply: (filter) => {
      filter.proxy = true;
    },
  },
  {
    words: 'protocol*',
    help: '[ protocol PROTO ]',
    apply: (filter, take) => {
      filter.protocol = numberIn(protocols, take(), 8, 'invalid "protocol"\n');
    },
  },
];

/** Reads the words behind `show` or `flush`. Throws Exit. */
export function readNeighbourFilter(
  list: readonly string[],
  family: Family | undefined,
  context: Context,
): NeighbourFilter {
  const filter: NeighbourFilter = { family };
  readOptions(
    {
      rows: neighbourFilterRows,
      otherwise: (draft, first, take) => {
        const word = first === 'to' ? take() : first;
        if (isPrefix(word, 'help')) context.help();
        const found = prefix(word, draft.family);
        if (isAnyWord(word) && draft.family !== 'bridge') return; // there, what has an address is left out
        draft.within = found;
        draft.family ??= found.family;
      },
    },
    new Words(list),
    filter,
    context,
  );
  return filter;
}

/** Whether a neighbour is shown, when these are the states that count unless others are asked for. */
export function isNeighbourShown(
  { header, attributes }: NeighbourMessage,
  filter: NeighbourFilter,
  defaultStates: number,
): boolean {
  const { dst, cacheinfo, protocol } = attributes;
  const states = filter.states ?? defaultStates;
  const always = neighbourFlag('proxy') | neighbourFlag('extern_learn');
  const inState = (header.state & states) !== 0 || (header.state === 0 && (states & noState) !== 0);
  if (!inState && (header.flags & always) === 0) return false;
  if (filter.within !== undefined && dst !== undefined && !isWithin(parse(dst), filter.within)) return false;
  if (filter.unused === true && (cacheinfo?.refcnt ?? 0) !== 0) return false;
  return filter.protocol === undefined || filter.protocol === (protocol ?? 0);
}

/** Shown: all that are of use. Flushed: all that were learnt. */
export const shownStates = 0xff & ~neighbourState('NOARP');
export const learntStates = everyState & ~(neighbourState('NOARP') | neighbourState('PERMANENT'));
