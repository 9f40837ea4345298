import { InvalidArgumentError } from '../../errors.ts';
import {
  type FilterMessage,
  type FilterMessageInput,
  filter,
  type filterKinds,
} from '../../netlink/families/route/filter.ts';
import { TC_H_ROOT, TCM_IFINDEX_MAGIC_BLOCK } from '../../netlink/families/route/tcmsg.ts';
import type { In, Out } from '../../wire/shape.ts';
import type { Links } from '../links.ts';
import { type Question, ReplaceableTable } from '../table.ts';
import { onlyWords } from '../words.ts';
import { formatFilterParent, formatHandle, parseFilterParent, parseHandle } from './handle.ts';
import { kindName } from './kind-table.ts';
import { decodeAction, encodeAction, type TrafficAction } from './kinds/actions.ts';
import { decodeFlower, encodeFlower, type FlowerOptions } from './kinds/flower.ts';
import { computed } from './kinds/kind.ts';
import { decodeU32, encodeU32, type U32Options } from './kinds/u32.ts';
import { explainKind } from './unsupported.ts';

/** EtherTypes by the words for them that are in use. */
export const etherTypes = {
  all: 0x0003,
  ip: 0x0800,
  arp: 0x0806,
  '802.1Q': 0x8100,
  ipv6: 0x86dd,
  mpls: 0x8847,
  '802.1ad': 0x88a8,
} as const;

export interface FilterPlace {
  /** The device, by name or index. Or `block`. */
  readonly link?: string | number | undefined;
  /** A number that devices share: see `ingressBlock` of `Qdiscs`. */
  readonly block?: number | undefined;
  /** The qdisc or class at which it is asked (`1:`), or `ingress` and `egress` of clsact. */
  readonly parent?: string | undefined;
  /** Which packets: a word or an EtherType. Default: `all`. */
  readonly protocol?: keyof typeof etherTypes | number | undefined;
  /** Filters are asked in this order, the lowest first. Default: the kernel's choice, before the others. */
  readonly priority?: number | undefined;
  /** Linux 4.14. Default: 0. */
  readonly chain?: number | undefined;
  /** Its number among those of its priority. What it means differs from kind to kind: of fw the mark. */
  readonly handle?: number | undefined;
}

interface Outcome {
  /** The class of the packets that it takes, such as `1:10`. */
  readonly classId?: string | undefined;
  /** What is done with them, one after the other. */
  readonly actions?: readonly TrafficAction[] | undefined;
}

/** The program is given by its descriptor, or as classic instructions of 8 bytes. */
export interface BpfFilterOptions {
  readonly fd?: number | undefined;
  readonly name?: string | undefined;
  readonly instructions?: Uint8Array | undefined;
  /** What the program returns is the verdict itself. */
  readonly directAction?: boolean | undefined;
}

type Friendly =
  | { readonly kind: 'u32'; readonly options?: U32Options | undefined }
  | { readonly kind: 'flower'; readonly options?: FlowerOptions | undefined }
  | { readonly kind: 'matchall' }
  | { readonly kind: 'fw'; readonly options?: { readonly mask?: number | undefined } | undefined }
  | { readonly kind: 'bpf'; readonly options?: BpfFilterOptions | undefined };

type Rest = Exclude<keyof typeof filterKinds, Friendly['kind']>;
type AsTheKernel = {
  [K in Rest]: { readonly kind: K; readonly options?: In<(typeof filterKinds)[K]> | undefined };
}[Rest];
type Unknown = { readonly kind: 'other'; readonly name: string; readonly raw?: Uint8Array | undefined };

/** Which filter of those of a place: its priority, protocol, kind and handle, as `list` tells them. */
export interface TrafficFilterReference extends FilterPlace {
  readonly kind: string;
  /** Of a kind that is not known (`other`), what the kernel calls it. */
  readonly name?: string | undefined;
  readonly priority: number;
  readonly handle: number;
}

/** Which packets, and what becomes of them. Kinds `route`, `basic`, `cgroup` and `flow` take what the kernel has. */
export type TrafficFilterSpec = FilterPlace & Outcome & (Friendly | AsTheKernel | Unknown);

/** A filter as it is: with the numbers that the kernel chose for what was not said. `tc filter show`. */
export type TrafficFilter = TrafficFilterSpec & {
  readonly priority: number;
  readonly protocol: keyof typeof etherTypes | number;
  readonly chain: number;
  /** Everything that the kernel said: of flower also what `options` has no words for. */
  readonly message: FilterMessage;
};

/** Where filters are asked for: `tc filter show dev DEV`. */
export interface TrafficFilterQuery {
  /** The device: the kernel lists filters place by place. Or `block`. */
  readonly link?: string | number | undefined;
  readonly block?: number | undefined;
  /** Default: the root qdisc. */
  readonly parent?: string | undefined;
  readonly kind?: string | undefined;
  readonly priority?: number | undefined;
  readonly chain?: number | undefined;
}

function encodeBpf({ fd, name, instructions, directAction }: BpfFilterOptions) {
  return {
    ...(instructions === undefined ? {} : { opsLen: instructions.length / 8, ops: instructions }),
    fd,
    name,
    flags: directAction ? 1 : undefined,
  };
}

/** It shares a number of 32 bits with the protocol: what is larger would be cut to another priority. */
function priorityNumber(priority = 0): number {
  if (Number.isInteger(priority) && priority >= 0 && priority <= 0xffff) return priority;
  throw new InvalidArgumentError('priority', priority, 'it must be a whole number from 0 to 65535');
}

const checkSpec = onlyWords<TrafficFilterSpec, TrafficFilter>({
  link: true,
  block: true,
  parent: true,
  protocol: true,
  priority: true,
  chain: true,
  handle: true,
  classId: true,
  actions: true,
  kind: true,
  options: true,
  name: true,
  raw: true,
  message: false,
});
const checkFilter = onlyWords<TrafficFilterQuery>({
  link: true,
  block: true,
  parent: true,
  kind: true,
  priority: true,
  chain: true,
});

/**
 * The filters of one network namespace: which class a packet goes into, and what is done with it. `tc filter show`, `add`, `replace`, `delete`.
 *
 *     await ns.network.filters.add({
 *       link: 'eth0', parent: 'ingress', protocol: 'ip', kind: 'u32', actions: [{ kind: 'mirred', mode: 'redirect', link: 'ifb0' }],
 *     });
 *
 * `add` throws NetlinkError EEXIST, ENOENT (no such parent), EINVAL with the kernel's words in `extack`; UnsupportedError for a kind of filter or
 * action that this kernel has not.
 */
export class TrafficFilters extends ReplaceableTable<
  typeof filter,
  TrafficFilterSpec,
  TrafficFilter,
  TrafficFilterQuery
> {
  protected readonly declaration = filter;
  protected readonly nouns = ['filter', 'filters'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;
  protected readonly optionNames = { data: 'options', ifindex: 'link' };

  /**
   * One filter, as it is now. `tc filter get`. Throws NetlinkError ENOENT if there is none (EINVAL if there are none of its priority and kind),
   * with the kernel's words in `extack`.
   */
  get(filter: TrafficFilterReference): Promise<TrafficFilter> {
    const spec = filter as TrafficFilterSpec;
    return this.ask(() => this.encode(spec, 'del'), `find filter ${this.describe(spec)}`);
  }

  protected override explainRefusal(error: Error, spec: TrafficFilterSpec): Error {
    const own = explainKind(error, 'filter', kindName(spec));
    if (own !== error) return own;
    const first = spec.actions?.[0];
    return explainKind(error, 'action', first?.kind === 'raw' ? first.of : (first?.kind ?? ''));
  }

  protected describe(spec: TrafficFilterSpec): string {
    const { link, block, parent, priority } = spec;
    const place = block === undefined ? `${link}${parent === undefined ? '' : ` ${parent}`}` : `block ${block}`;
    return `${kindName(spec)} on ${place}${priority === undefined ? '' : ` priority ${priority}`}`;
  }

  protected encode(spec: TrafficFilterSpec, verb: 'new' | 'del'): FilterMessageInput {
    const fresh = verb === 'new';
    const etherType = etherTypeNumber(spec.protocol ?? (fresh || spec.priority !== undefined ? 'all' : 0));
    const header = {
      ...placeNumbers(spec, this.links),
      handle: spec.handle,
      info: ((priorityNumber(spec.priority) << 16) | swapped(etherType)) >>> 0,
    };
    const chain = spec.chain === undefined || spec.chain === 0 ? undefined : spec.chain;
    if (!fresh) return { header, attributes: { kind: 'other', name: kindName(spec), chain } };
    if (spec.kind === 'other') return { header, attributes: { kind: 'other', name: spec.name, raw: spec.raw, chain } };
    return { header, attributes: { kind: spec.kind, data: this.#settings(spec, etherType), chain } as never };
  }

  #settings(spec: Exclude<TrafficFilterSpec, Unknown>, etherType: number): object {
    const classid = spec.classId === undefined ? undefined : parseHandle(spec.classId, 'classId');
    if (spec.actions !== undefined && !Array.isArray(spec.actions))
      throw new InvalidArgumentError('actions', spec.actions, 'it must be a list');
    const act = spec.actions?.map((each: TrafficAction) => encodeAction(each, (link) => this.links.index(link)));
    switch (spec.kind) {
      case 'u32':
        return { ...computed('u32', spec.options ?? {}, (given) => encodeU32(given, classid)), act };
      case 'flower':
        return { ...computed('flower', spec.options ?? {}, (given) => encodeFlower(given, classid, etherType)), act };
      case 'matchall':
        return { classid, act, ...computed('matchall', (spec as { options?: object }).options ?? {}, () => ({})) };
      case 'fw':
        return { classid, act, ...computed('fw', spec.options ?? {}, ({ mask }) => ({ mask })) };
      case 'bpf':
        return { classid, act, ...computed('bpf', spec.options ?? {}, encodeBpf) };
      default:
        return {
          ...spec.options,
          ...(classid === undefined ? {} : { classid }),
          ...(act === undefined ? {} : { act }),
        };
    }
  }

  protected decode(message: FilterMessage): TrafficFilter | undefined {
    return filterOf(message);
  }

  protected question(query: TrafficFilterQuery): Question<typeof filter, TrafficFilter> {
    const { kind, priority, chain } = query;
    return {
      value: { header: placeNumbers(query, this.links) },
      keep: (entry) =>
        (kind === undefined || kindName(entry) === kind) &&
        (priority === undefined || entry.priority === priority) &&
        (chain === undefined || entry.chain === chain),
    };
  }
}

/** An entry as the kernel gives it; undefined for the line that only says that there are filters of a priority. */
export function filterOf(message: FilterMessage): TrafficFilter | undefined {
  const { header, attributes } = message;
  const seen = attributes as {
    readonly kind?: string;
    readonly name?: string;
    readonly data?: Seen;
    readonly raw?: Uint8Array;
  };
  if (header.handle === 0 && seen.data === undefined && seen.raw === undefined) return undefined;
  const { classid, act } = seen.data ?? {};
  return {
    ...filterPlaceOf(header),
    priority: header.info >>> 16,
    protocol: etherTypeName(swapped(header.info & 0xffff)),
    chain: attributes.chain ?? 0,
    handle: header.handle,
    classId: classid === undefined ? undefined : formatHandle(classid),
    actions: act?.map(decodeAction),
    ...settingsOf(seen),
    message,
  } as TrafficFilter;
}

type Place = Pick<FilterPlace, 'link' | 'block' | 'parent'>;

/** Where filters are, in the header of a message. Throws InvalidArgumentError. */
export function placeNumbers({ link, block, parent }: Place, links: Links) {
  if (block !== undefined) return { ifindex: TCM_IFINDEX_MAGIC_BLOCK, parent: block };
  if (link === undefined) throw new InvalidArgumentError('link', link, 'a device or a block must be given');
  return {
    ifindex: links.index(link),
    parent: parent === undefined ? 0 : parseFilterParent(parent, 'parent'),
  };
}

/** The same, as the kernel gives it. */
export function filterPlaceOf({ ifindex, parent }: FilterMessage['header']): Place {
  if (ifindex === TCM_IFINDEX_MAGIC_BLOCK) return { block: parent };
  return { link: ifindex, parent: parent === TC_H_ROOT ? 'root' : formatFilterParent(parent) };
}

interface Seen {
  readonly classid?: number;
  readonly act?: Parameters<typeof decodeAction>[0][];
}

function settingsOf({
  kind = 'other',
  name,
  data,
  raw,
}: {
  kind?: string;
  name?: string;
  data?: unknown;
  raw?: Uint8Array;
}) {
  switch (kind) {
    case 'other':
      return { kind, name, raw };
    case 'u32':
      return { kind, options: decodeU32((data ?? {}) as Out<(typeof filterKinds)['u32']>) };
    case 'flower':
      return { kind, options: decodeFlower((data ?? {}) as Out<(typeof filterKinds)['flower']>) };
    case 'matchall':
      return { kind };
    case 'fw':
      return { kind, options: { mask: (data as Out<(typeof filterKinds)['fw']> | undefined)?.mask } };
    case 'bpf': {
      const { name: program, ops, flags } = (data ?? {}) as Out<(typeof filterKinds)['bpf']>;
      return {
        kind,
        options: {
          name: program,
          instructions: ops,
          directAction: flags === undefined ? undefined : (flags & 1) !== 0,
        },
      };
    }
    default:
      return { kind, options: data };
  }
}

/** The EtherType that a word means. Throws InvalidArgumentError. */
export function etherTypeNumber(protocol: keyof typeof etherTypes | number): number {
  const number = typeof protocol === 'number' ? protocol : etherTypes[protocol];
  if (Number.isInteger(number) && number >= 0 && number <= 0xffff) return number;
  throw new InvalidArgumentError(
    'protocol',
    protocol,
    `it must be an EtherType or one of ${Object.keys(etherTypes).join(', ')}`,
  );
}

/** A word for an EtherType, if there is one. */
export function etherTypeName(number: number): keyof typeof etherTypes | number {
  const found = Object.entries(etherTypes).find(([, value]) => value === number);
  return found === undefined ? number : (found[0] as keyof typeof etherTypes);
}

/** In network byte order. */
export function swapped(number: number): number {
  return ((number & 0xff) << 8) | (number >>> 8);
}
