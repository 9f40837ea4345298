import type { ClassMessage, QdiscMessage } from '../../../../netlink/families/route/qdisc.ts';
import { type XstatsKind, xstats, xstatsOf } from '../../../../netlink/families/route/tc-xstats.ts';
import { TC_H_ROOT } from '../../../../netlink/families/route/tcmsg.ts';
import { formatHandle } from '../../../../network/shaping/handle.ts';
import { rateText, sizeText } from '../../../shaping/units.ts';
import { kindOf } from '../kinds/kinds.ts';
import { linkLayerName } from '../kinds/values.ts';
import { Say, type Telling } from '../say.ts';

/** What a listing knows beside the message. */
export interface TcView extends Telling {
  /** The devices' names, when the listing is of all of them. */
  deviceName?(index: number): string;
}

type Attributes = Pick<QdiscMessage['attributes'], 'stats2' | 'xstats' | 'stab'>;

/** A class or qdisc as `tc` writes it: `1:`, `ffff:fff1`, `root`, `none`. */
export function classIdText(handle: number): string {
  if (handle === TC_H_ROOT) return 'root';
  if (handle === 0) return 'none';
  return handle >>> 16 === 0 ? `:${(handle & 0xffff).toString(16)}` : formatHandle(handle);
}

/** One of the lines of `tc qdisc show`, with all that belongs to it. */
export function tellQdisc(message: QdiscMessage, view: TcView, deleted = false): Say {
  const { header, attributes } = message;
  const say = new Say(view);
  const { name, data } = kindAndData(attributes);
  if (deleted) say.flag('deleted', 'deleted ', true);
  say.value('kind', 'qdisc % ', name);
  say.value('handle', '% ', `${(header.handle >>> 16).toString(16)}:`);
  if (view.deviceName !== undefined) say.value('dev', 'dev % ', view.deviceName(header.ifindex));
  if (header.parent === TC_H_ROOT) say.flag('root', 'root ', true);
  else if (header.parent !== 0) say.value('parent', 'parent % ', classIdText(header.parent));
  if (header.info !== 1) say.value('refcnt', 'refcnt % ', header.info);
  if (attributes.hwOffload) say.flag('offloaded', 'offloaded ', true);
  if (attributes.ingressBlock) say.value('ingress_block', 'ingress_block % ', attributes.ingressBlock);
  if (attributes.egressBlock) say.value('egress_block', 'egress_block % ', attributes.egressBlock);
  const kind = kindOf(name);
  say.group('options', (inner) => {
    if (data !== undefined) kind?.print?.(inner, data as never);
    else if (kind === undefined) inner.words('[cannot parse qdisc parameters]');
  });
  say.words('\n');
  if (view.details && attributes.stab?.base !== undefined) tellSizeTable(say, attributes.stab.base);
  if (view.statistics) tellStatistics(say, attributes, name, kind?.counts);
  return say;
}

/** One of the lines of `tc class show`: text only, as `tc` has it. */
export function tellClass(message: ClassMessage, view: TcView, deleted = false): string {
  const { header, attributes } = message;
  const say = new Say(view);
  const { name, data } = kindAndData(attributes);
  if (deleted) say.words('deleted ');
  say.words(`class ${name} `);
  if (header.handle !== 0) say.words(`${classIdText(header.handle)} `);
  if (view.deviceName !== undefined) say.words(`dev ${view.deviceName(header.ifindex)} `);
  say.words(header.parent === TC_H_ROOT ? 'root ' : `parent ${classIdText(header.parent)} `);
  if (header.info !== 0) say.words(`leaf ${(header.info >>> 16).toString(16)}: `);
  const kind = kindOf(name)?.class;
  if (data !== undefined) kind?.print?.(say, data as never);
  say.words('\n');
  if (view.statistics) tellStatistics(say, attributes, name === 'fq_codel' ? 'fq_codel_class' : name, kind?.counts);
  return say.text;
}

export function kindAndData(attributes: object): { readonly name: string; readonly data: unknown } {
  const { kind, name, data } = attributes as {
    readonly kind?: string;
    readonly name?: string;
    readonly data?: unknown;
  };
  return { name: kind === 'other' ? (name ?? '') : (kind ?? ''), data };
}

function tellSizeTable(say: Say, base: NonNullable<NonNullable<Attributes['stab']>['base']>): void {
  say.group('stab', (inner) => {
    inner.words(' ');
    inner.value('linklayer', 'linklayer % ', linkLayerName(base.linklayer));
    inner.value('overhead', 'overhead % ', base.overhead);
    if (base.mpu !== 0) inner.value('mpu', 'mpu % ', base.mpu);
    if (base.mtu !== 0) inner.value('mtu', 'mtu % ', base.mtu);
    if (base.tsize !== 0) inner.value('tsize', 'tsize % ', base.tsize);
    inner.words('\n');
  });
}

function tellStatistics(
  say: Say,
  attributes: Attributes,
  name: string,
  counts: ((say: Say, counts: never) => void) | undefined,
): void {
  tellTraffic(say, attributes.stats2);
  say.words('\n');
  const raw = attributes.stats2?.app ?? attributes.xstats;
  if (counts === undefined || raw === undefined || !Object.hasOwn(xstats, name)) return;
  const before = say.text.length;
  try {
    counts(say, xstatsOf(name as XstatsKind, raw) as never);
  } catch {
    say.text = say.text.slice(0, before); // another kernel's: what it means is not known
    return;
  }
  say.words('\n');
}

/** What everything counts: TCA_STATS2. */
export function tellTraffic(say: Say, stats: Attributes['stats2'], prefix = ' '): void {
  const { basic, pkt64, queue, rateEst64, rateEst } = stats ?? {};
  if (basic !== undefined) {
    say.value('bytes', `${prefix}Sent % bytes`, basic.bytes);
    say.value('packets', ' % pkt', pkt64 ?? basic.packets);
  }
  if (queue !== undefined) {
    say.value('drops', ' (dropped %', queue.drops);
    say.value('overlimits', ', overlimits %', queue.overlimits);
    say.value('requeues', ' requeues %) ', queue.requeues);
  }
  const speed = rateEst64 ?? rateEst;
  if (speed !== undefined) {
    say.value('rate', `\n${prefix}rate %`, speed.bps, rateText(Number(speed.bps), say.telling.iec));
    say.value('pps', ' %pps', speed.pps);
  }
  if (queue !== undefined) {
    if (speed === undefined) say.words('\n');
    say.value('backlog', `${speed === undefined ? prefix : ' '}backlog %`, queue.backlog, sizeText(queue.backlog));
    say.value('qlen', ' %p', queue.qlen);
    say.words(` requeues ${queue.requeues}`);
  }
}
