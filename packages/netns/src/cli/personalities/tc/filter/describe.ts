import type { ChainMessage, FilterMessage } from '../../../../netlink/families/route/filter.ts';
import {
  TC_H_INGRESS,
  TC_H_MIN_EGRESS,
  TC_H_MIN_INGRESS,
  TC_H_ROOT,
  TCM_IFINDEX_MAGIC_BLOCK,
} from '../../../../netlink/families/route/tcmsg.ts';
import type { TrafficView } from '../actions/kind.ts';
import { etherTypeText, swapped } from '../ether-types.ts';
import { filterKindOf } from '../filters/kinds.ts';
import { classIdText, kindAndData, tellTraffic } from '../qdisc/describe.ts';
import { Say } from '../say.ts';

/** What was asked for, and need not be told again of each. */
export interface Asked {
  readonly index?: number | undefined;
  readonly parent?: number | undefined;
  readonly protocol?: number | undefined;
  readonly priority?: number | undefined;
  readonly chain?: number | undefined;
}

const halves: Readonly<Record<number, string>> = {
  [((TC_H_INGRESS & 0xffff_0000) | TC_H_MIN_INGRESS) >>> 0]: 'ingress',
  [((TC_H_INGRESS & 0xffff_0000) | TC_H_MIN_EGRESS) >>> 0]: 'egress',
};

/** How an event about it begins: `added`, `deleted`. */
export type Change = 'added' | 'replaced' | 'deleted' | undefined;

/** A filter, with all that belongs to it. */
export function tellFilter(message: FilterMessage, view: TrafficView, asked: Asked, change?: Change): Say {
  const { header, attributes } = message;
  const say = new Say(view);
  if (change !== undefined) say.flag(change, `${change} `, true);
  say.words('filter ');
  tellPlace(say, header, view, asked);
  const { name, data } = kindAndData(attributes);
  if (header.info !== 0) {
    const protocol = swapped(header.info & 0xffff);
    const priority = header.info >>> 16;
    if (protocol !== 0 && asked.protocol !== protocol) say.value('protocol', 'protocol % ', etherTypeText(protocol));
    if (priority !== 0 && asked.priority !== priority) say.value('pref', 'pref % ', priority);
  }
  say.value('kind', '% ', name);
  tellChainNumber(say, attributes.chain, asked);
  tellSettings(say, name, data, message, view);
  say.words('\n');
  if (view.statistics) tellOldStatistics(say, attributes);
  return say;
}

/** A chain, with its template if it has one. */
export function tellChain(message: ChainMessage, view: TrafficView, asked: Asked, change?: Change): Say {
  const { header, attributes } = message;
  const say = new Say(view);
  if (change !== undefined) say.flag(change, `${change} `, true);
  say.words('chain ');
  tellPlace(say, header, view, asked);
  const { name, data } = kindAndData(attributes);
  if (name !== '') say.value('kind', '% ', name);
  tellChainNumber(say, attributes.chain, asked);
  if (data !== undefined) tellSettings(say, name, data, message, view);
  say.words('\n');
  return say;
}

function tellPlace(say: Say, { ifindex, parent }: FilterMessage['header'], view: TrafficView, asked: Asked): void {
  if (ifindex === TCM_IFINDEX_MAGIC_BLOCK) {
    if (asked.index !== TCM_IFINDEX_MAGIC_BLOCK) say.value('block', 'block % ', parent);
    return;
  }
  if (asked.index !== ifindex) say.value('dev', 'dev % ', view.linkName(ifindex));
  if (asked.parent !== undefined && asked.parent !== 0 && asked.parent === parent) return;
  const half = halves[parent];
  if (parent === TC_H_ROOT) say.flag('root', 'root ', true);
  else if (half !== undefined) say.flag(half, `${half} `, true);
  else say.value('parent', 'parent % ', classIdText(parent));
}

function tellChainNumber(say: Say, chain: number | undefined, asked: Asked): void {
  if (chain !== undefined && asked.chain !== chain) say.value('chain', 'chain % ', chain);
}

function tellSettings(say: Say, name: string, data: unknown, { header }: FilterMessage, view: TrafficView): void {
  if (data === undefined) return;
  const kind = filterKindOf(name);
  say.group('options', (inner) => {
    if (kind === undefined) inner.words('[cannot parse parameters]');
    else kind.print(inner, data as never, { handle: header.handle, protocol: swapped(header.info & 0xffff) }, view);
  });
}

/** Of filters with a `police` of their own, in the oldest form. */
function tellOldStatistics(say: Say, { stats, stats2 }: FilterMessage['attributes']): void {
  if (stats2 !== undefined) {
    tellTraffic(say, stats2);
    say.words('\n');
  } else if (stats !== undefined) {
    say.words(
      ` Sent ${stats.bytes} bytes ${stats.packets} pkts (dropped ${stats.drops}, overlimits ${stats.overlimits}) \n`,
    );
  }
}
