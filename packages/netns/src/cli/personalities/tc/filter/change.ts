import type { FilterMessageInput } from '../../../../netlink/families/route/filter.ts';
import {
  TC_H_INGRESS,
  TC_H_MIN_EGRESS,
  TC_H_MIN_INGRESS,
  TC_H_ROOT,
  TCM_IFINDEX_MAGIC_BLOCK,
} from '../../../../netlink/families/route/tcmsg.ts';
import { duplicateArgument, failure, notImplemented } from '../../ip/exit.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import { etherType, parseEtherType, swapped } from '../ether-types.ts';
import type { FilterHeader } from '../filters/kind.ts';
import { filterKindOf } from '../filters/kinds.ts';
import type { ReadContext } from '../kinds/kind.ts';
import { next, number } from '../kinds/read.ts';
import { classId } from '../qdisc/change.ts';

/** A filter's place: the words that stand in front of its kind. */
export interface FilterPlace {
  readonly device?: string;
  readonly block?: number;
  readonly parent: number;
  readonly handle?: string;
  readonly priority: number;
  readonly protocol?: number;
  readonly chain?: number;
  /** The first word that is none of the place. */
  readonly kind?: string;
}

const ingress = ((TC_H_INGRESS & 0xffff_0000) | TC_H_MIN_INGRESS) >>> 0;
const egress = ((TC_H_INGRESS & 0xffff_0000) | TC_H_MIN_EGRESS) >>> 0;
const places: Readonly<Record<string, number>> = { root: TC_H_ROOT, ingress, egress };

type Draft = { -readonly [K in keyof FilterPlace]: FilterPlace[K] };

/** Reads the place, up to the kind. Throws Exit. */
export function readPlace(words: Words): FilterPlace {
  const draft: Draft = { parent: 0, priority: 0 };
  /** The value behind an option, which may stand once. */
  const once = (key: keyof Draft, option: string): string => {
    const value = next(words);
    if (draft[key] !== undefined && draft[key] !== 0) throw duplicateArgument(option, value);
    return value;
  };
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const place = Object.hasOwn(places, word) ? places[word] : undefined;
    if (word === 'dev') draft.device = once('device', word);
    else if (word === 'block') draft.block = number(once('block', word), 'block');
    else if (place !== undefined) {
      if (draft.parent !== 0) throw failure(`Error: "${word}" is duplicate parent ID`, 255);
      draft.parent = place;
    } else if (word === 'parent') draft.parent = classId(once('parent', word));
    else if (word === 'handle') draft.handle = once('handle', word);
    else if (isPrefix(word, 'preference') || isPrefix(word, 'priority'))
      draft.priority = readPriority(once('priority', 'priority'));
    else if (isPrefix(word, 'protocol')) draft.protocol = readProtocol(once('protocol', 'protocol'));
    else if (isPrefix(word, 'chain')) draft.chain = number(once('chain', 'chain'), 'chain');
    else return { ...draft, kind: word };
  }
  return draft;
}

function readPriority(word: string): number {
  const priority = /^(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : -1;
  if (priority < 0 || priority > 0xffff)
    throw failure(`Error: argument "${word}" is wrong: invalid priority value`, 255);
  return priority;
}

function readProtocol(word: string): number {
  const protocol = parseEtherType(word);
  if (protocol === undefined) throw failure(`Error: argument "${word}" is wrong: invalid protocol`, 255);
  return protocol;
}

/** The header of a message about this place; the device's number comes later. */
export function headerOf({ block, parent, priority }: FilterPlace, protocol: number, handle = 0) {
  const place = block === undefined ? { parent } : { ifindex: TCM_IFINDEX_MAGIC_BLOCK, parent: block };
  return { ...place, handle, info: ((priority << 16) | swapped(protocol)) >>> 0 };
}

/** Reads the words behind `tc filter add`, `tc chain add` and their like. Filters that are new are for all protocols. Throws Exit. */
export function readFilter(
  words: Words,
  context: ReadContext,
  fresh: boolean,
): { readonly place: FilterPlace; readonly message: FilterMessageInput } {
  const place = readPlace(words);
  const { kind, handle, chain } = place;
  const protocol = place.protocol ?? (fresh ? etherType.all : 0);
  const header: FilterHeader = { handle: 0, protocol };
  const known = kind === undefined ? undefined : filterKindOf(kind);
  if (kind === undefined && handle !== undefined) throw failure('Must specify filter type when using "handle"', 255);
  if (kind !== undefined && known === undefined) {
    if (words.peek() === undefined)
      return { place, message: message(place, protocol, 0, { kind: 'other', name: kind }, chain) };
    throw notImplemented(`The filter "${kind}"`);
  }
  const data = known?.read(words, header, handle, context);
  const what = kind === undefined ? {} : data === undefined ? { kind } : { kind, data };
  return { place, message: message(place, protocol, header.handle, what, chain) };
}

function message(
  place: FilterPlace,
  protocol: number,
  handle: number,
  what: object,
  chain: number | undefined,
): FilterMessageInput {
  // The chain stands in front, as tc sends it.
  const attributes = { ...(chain === undefined ? {} : { chain }), ...what };
  return { header: headerOf(place, protocol, handle), attributes: attributes as never };
}
