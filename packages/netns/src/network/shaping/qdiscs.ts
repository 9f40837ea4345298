import { type QdiscMessage, type QdiscMessageInput, qdisc } from '../../netlink/families/route/qdisc.ts';
import { type XstatsKind, xstats, xstatsOf } from '../../netlink/families/route/tc-xstats.ts';
import { TC_H_INGRESS, TC_H_ROOT } from '../../netlink/families/route/tcmsg.ts';
import type { Question } from '../table.ts';
import { onlyWords } from '../words.ts';
import { formatHandle, formatParent, parseHandle } from './handle.ts';
import { echoed, KindTable, kindName } from './kind-table.ts';
import { decodeKind, encodeKind, type QdiscKindSeen, type QdiscKindSpec, qdiscSettings } from './settings.ts';
import { type ShapingStatistics, statisticsOf } from './statistics.ts';

/** Where a queueing discipline is. */
export interface QdiscPlace {
  /** The device, by name or index. */
  readonly link: string | number;
  /** `root` (the default), a class of another qdisc such as `1:10`; of `ingress` and `clsact` always their own place. */
  readonly parent?: string | undefined;
  /** Its number, such as `1:`. Default: the kernel's choice, `8001:` and on. Needed for classes and filters to refer to. */
  readonly handle?: string | undefined;
  /** Filters of these numbers are shared with other devices: see `Filters`. Linux 4.16. */
  readonly ingressBlock?: number | undefined;
  readonly egressBlock?: number | undefined;
}

/** A queueing discipline: where it is, of which kind, with which settings. Of a kind that is not known, `name` is its name. */
export type QdiscSpec = QdiscPlace & QdiscKindSpec;

/** One as the kernel describes it. Given back to `add` or `delete`, it means the same. */
export type Qdisc = QdiscPlace &
  QdiscKindSeen & {
    /** Index of the device. */
    readonly link: number;
    readonly parent: string | undefined;
    readonly handle: string;
    readonly statistics: ShapingStatistics | undefined;
    /** What its kind counts beside that, as the kernel calls it. */
    readonly details: Readonly<Record<string, unknown>> | undefined;
    /** Everything that the kernel said, unknown attributes included. */
    readonly message: QdiscMessage;
  };

/** Which queueing discipline of a device. */
export type QdiscReference = Pick<QdiscPlace, 'link' | 'parent' | 'handle'>;

/** Which queueing disciplines are meant: `tc qdisc show dev DEV`. */
export interface QdiscFilter {
  readonly link?: string | number | undefined;
  readonly kind?: string | undefined;
  readonly parent?: string | undefined;
  /** Those that the kernel has put in place by itself, too (`mq`'s, `noqueue`). Default: yes. */
  readonly defaults?: boolean | undefined;
}

const atIngress: readonly string[] = ['ingress', 'clsact'];

const checkSpec = onlyWords<QdiscSpec, Qdisc>({
  link: true,
  parent: true,
  handle: true,
  ingressBlock: true,
  egressBlock: true,
  kind: true,
  options: true,
  name: true,
  raw: true,
  statistics: false,
  details: false,
  message: false,
});
const checkFilter = onlyWords<QdiscFilter>({ link: true, kind: true, parent: true, defaults: true });
const checkReference = onlyWords<QdiscReference>({ link: true, parent: true, handle: true });

/**
 * The queueing disciplines of one network namespace: what becomes of packets that leave a device, and with `clsact` filters for those that
 * come in. `tc qdisc show`, `add`, `change`, `replace`, `delete`. See tc(8).
 *
 *     await ns.network.qdiscs.replace({ link: 'eth0', kind: 'tbf', options: { rate: 10e6, burst: 15_000, latency: 50 } });
 *     await ns.network.qdiscs.add({ link: 'eth1', kind: 'netem', options: { delay: 50, jitter: 5, loss: 0.01 } });
 *
 * Rates are in bits per second, sizes in bytes, times in milliseconds, probabilities fractions from 0 to 1. `add` throws NetlinkError EEXIST
 * (there is the same already: use `replace`), EINVAL with the kernel's words in `extack`, ENOENT (no such parent); UnsupportedError for a kind that
 * this kernel has not.
 */
export class Qdiscs extends KindTable<typeof qdisc, QdiscSpec, Qdisc, QdiscFilter> {
  protected readonly declaration = qdisc;
  protected readonly nouns = ['qdisc', 'qdiscs'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;

  /**
   * One queueing discipline: the one at `parent` (`root`, `ingress`, a class), or with this handle; default: the root. `tc qdisc show dev LINK root`,
   * but the kernel is asked for no other. Throws NetlinkError ENOENT if there is none, or only what the kernel has put in place by itself (EINVAL
   * since Linux 6.8).
   */
  get(place: QdiscReference): Promise<Qdisc> {
    const { link, parent, handle } = place;
    const value = () => {
      checkReference(place);
      const header = {
        ifindex: this.links.index(link),
        handle: handle === undefined ? 0 : parseHandle(handle, 'handle'),
        parent: parent !== undefined ? parseHandle(parent, 'parent') : handle === undefined ? TC_H_ROOT : 0,
      };
      return { header };
    };
    return this.ask(value, `find qdisc ${handle ?? parent ?? 'root'} on ${link}`, echoed);
  }

  protected describe(spec: QdiscSpec): string {
    return `${kindName(spec)} on ${spec.link}`;
  }

  protected encode(spec: QdiscSpec, verb: 'new' | 'del'): QdiscMessageInput {
    const ingress = atIngress.includes(spec.kind);
    const parent = ingress ? TC_H_INGRESS : spec.parent === undefined ? TC_H_ROOT : parseHandle(spec.parent, 'parent');
    const handle = ingress ? 0xffff_0000 : spec.handle === undefined ? 0 : parseHandle(spec.handle, 'handle');
    const header = { ifindex: this.links.index(spec.link), parent, handle };
    if (verb === 'del') return { header, attributes: encodeKind({}, { ...spec, options: undefined }) as never };
    return {
      header,
      attributes: {
        ...encodeKind(qdiscSettings, spec),
        ingressBlock: spec.ingressBlock,
        egressBlock: spec.egressBlock,
      } as never,
    };
  }

  protected decode(message: QdiscMessage): Qdisc {
    return qdiscOf(message);
  }

  protected question(filter: QdiscFilter): Question<typeof qdisc, Qdisc> {
    const { kind, parent, defaults = true } = filter;
    const link = this.links.indexIfGiven(filter.link);
    return {
      value: { header: { ifindex: link ?? 0 } },
      keep: (entry) =>
        (link === undefined || entry.link === link) &&
        (kind === undefined || kindName(entry) === kind) &&
        (parent === undefined || entry.parent === parent) &&
        (defaults || entry.message.header.handle !== 0),
    };
  }
}

/** An entry as the kernel gives it, in the words of this library. */
export function qdiscOf(message: QdiscMessage): Qdisc {
  const { header, attributes } = message;
  const kind = decodeKind(qdiscSettings, attributes) as QdiscKindSeen;
  return {
    link: header.ifindex,
    parent: formatParent(header.parent),
    handle: formatHandle(header.handle),
    ...kind,
    ingressBlock: attributes.ingressBlock,
    egressBlock: attributes.egressBlock,
    statistics: statisticsOf(attributes.stats2, attributes.stats),
    details: detailsOf(kindName(kind), attributes.stats2?.app ?? attributes.xstats),
    message,
  };
}

/** What only this kind counts; undefined if there is nothing, or nothing that is understood. */
export function detailsOf(kind: string, raw: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  if (raw === undefined || !Object.hasOwn(xstats, kind)) return undefined;
  try {
    return xstatsOf(kind as XstatsKind, raw) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined; // another version of the kernel: the bytes are in the message
  }
}
