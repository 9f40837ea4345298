import { InvalidArgumentError } from '../../errors.ts';
import { type ClassMessage, type ClassMessageInput, trafficClass } from '../../netlink/families/route/qdisc.ts';
import { TC_H_ROOT } from '../../netlink/families/route/tcmsg.ts';
import type { Question } from '../table.ts';
import { onlyWords } from '../words.ts';
import { formatHandle, formatParent, parseHandle } from './handle.ts';
import { echoed, KindTable, kindName } from './kind-table.ts';
import { detailsOf } from './qdiscs.ts';
import { type ClassKindSeen, type ClassKindSpec, classSettings, decodeKind, encodeKind } from './settings.ts';
import { type ShapingStatistics, statisticsOf } from './statistics.ts';

export interface ClassPlace {
  /** The device, by name or index. */
  readonly link: string | number;
  /** The qdisc (`1:`) or class (`1:1`) above it. Default: the qdisc of its handle. */
  readonly parent?: string | undefined;
  /** Its number, such as `1:10`: the first part is its qdisc's. */
  readonly handle?: string | undefined;
}

/** A class of a queueing discipline: a queue of its own with its share. */
export type TrafficClassSpec = ClassPlace & ClassKindSpec;

/** One as the kernel describes it. Given back to `add` or `delete`, it means the same. */
export type TrafficClass = ClassPlace &
  ClassKindSeen & {
    /** Index of the device. */
    readonly link: number;
    readonly handle: string;
    /** The handle of the qdisc that holds its packets, if it has one of its own. */
    readonly leaf: string | undefined;
    readonly statistics: ShapingStatistics | undefined;
    readonly details: Readonly<Record<string, unknown>> | undefined;
    readonly message: ClassMessage;
  };

/** Whose classes are meant: `tc class show dev DEV`. */
export interface TrafficClassFilter {
  /** The device: the kernel lists classes device by device. */
  readonly link: string | number;
  /** Those of this qdisc. */
  readonly qdisc?: string | undefined;
  /** Those directly below this class or qdisc. */
  readonly parent?: string | undefined;
}

const checkSpec = onlyWords<TrafficClassSpec, TrafficClass>({
  link: true,
  parent: true,
  handle: true,
  kind: true,
  options: true,
  name: true,
  raw: true,
  leaf: false,
  statistics: false,
  details: false,
  message: false,
});
const checkFilter = onlyWords<TrafficClassFilter>({ link: true, qdisc: true, parent: true });

/**
 * The classes of the queueing disciplines of one network namespace. `tc class show`, `add`, `change`, `replace`, `delete`.
 *
 *     await ns.network.classes.add({ link: 'eth0', handle: '1:10', kind: 'htb', options: { rate: 20e6, ceiling: 50e6 } });
 *
 * Rates are in bits per second, sizes in bytes, times in milliseconds. `add` throws NetlinkError EEXIST, ENOENT (no such parent), EINVAL;
 * UnsupportedError for a kind that this kernel has not.
 */
export class TrafficClasses extends KindTable<typeof trafficClass, TrafficClassSpec, TrafficClass, TrafficClassFilter> {
  protected readonly declaration = trafficClass;
  protected readonly nouns = ['class', 'classes'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;

  /** One class, by its handle. `tc class show dev LINK classid HANDLE`, but the kernel is asked for no other. Throws NetlinkError ENOENT if there is none. */
  get(link: string | number, handle: string): Promise<TrafficClass> {
    const value = () => ({ header: { ifindex: this.links.index(link), handle: parseHandle(handle, 'handle') } });
    return this.ask(value, `find class ${handle} on ${link}`, echoed);
  }

  protected describe(spec: TrafficClassSpec): string {
    return `${spec.handle ?? kindName(spec)} on ${spec.link}`;
  }

  protected encode(spec: TrafficClassSpec, verb: 'new' | 'del'): ClassMessageInput {
    const handle = spec.handle === undefined ? 0 : parseHandle(spec.handle, 'handle');
    const parent = spec.parent === undefined ? (handle & 0xffff_0000) >>> 0 : parseHandle(spec.parent, 'parent');
    const header = { ifindex: this.links.index(spec.link), handle, parent };
    return { header, attributes: (verb === 'del' ? {} : encodeKind(classSettings, spec)) as never };
  }

  protected decode(message: ClassMessage): TrafficClass {
    return classOf(message);
  }

  protected question(filter: TrafficClassFilter): Question<typeof trafficClass, TrafficClass> {
    if (filter.link === undefined)
      throw new InvalidArgumentError('link', filter.link, 'classes are listed of one device');
    const qdisc = filter.qdisc === undefined ? undefined : parseHandle(filter.qdisc, 'qdisc');
    return {
      value: { header: { ifindex: this.links.index(filter.link), parent: qdisc ?? 0 } },
      keep: (entry) =>
        (qdisc === undefined || ((entry.message.header.handle ^ qdisc) & 0xffff_0000) === 0) &&
        (filter.parent === undefined || entry.parent === filter.parent),
    };
  }
}

/** A class as the kernel gives it. */
export function classOf(message: ClassMessage): TrafficClass {
  const { header, attributes } = message;
  const kind = decodeKind(classSettings, attributes) as ClassKindSeen;
  const counts = kindName(kind) === 'fq_codel' ? 'fq_codel_class' : kindName(kind);
  // The class directly below the qdisc has the root for its parent; to make it anew, the qdisc is said.
  return {
    link: header.ifindex,
    parent:
      header.parent === TC_H_ROOT ? formatHandle((header.handle & 0xffff_0000) >>> 0) : formatParent(header.parent),
    handle: formatHandle(header.handle),
    leaf: header.info === 0 ? undefined : formatHandle(header.info),
    ...kind,
    statistics: statisticsOf(attributes.stats2, attributes.stats),
    details: detailsOf(counts, attributes.stats2?.app ?? attributes.xstats),
    message,
  };
}
