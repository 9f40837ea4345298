import { type ChainMessage, type ChainMessageInput, chain } from '../../netlink/families/route/filter.ts';
import { type Snapshot, snapshot } from '../snapshot.ts';
import { type Question, Table } from '../table.ts';
import { onlyWords } from '../words.ts';
import { etherTypeName, etherTypeNumber, type etherTypes, filterPlaceOf, placeNumbers, swapped } from './filters.ts';
import { kindName } from './kind-table.ts';
import { decodeFlower, encodeFlower, type FlowerOptions } from './kinds/flower.ts';
import { explainKind } from './unsupported.ts';

/** Where chains are asked for: `tc chain show dev DEV`. */
export interface TrafficChainQuery {
  /** The device, by name or index: the kernel lists chains place by place. Or `block`. */
  readonly link?: string | number | undefined;
  /** A number that devices share: see `ingressBlock` of `Qdiscs`. */
  readonly block?: number | undefined;
  /** The qdisc or class at which it is asked (`1:`), or `ingress` and `egress` of clsact. Default: the root qdisc. */
  readonly parent?: string | undefined;
  /** Its number. Filters without one are in chain 0, which is the only one that is asked unless an action says `goto`. */
  readonly chain?: number | undefined;
}

/** What all filters of a chain look at, so that a device can prepare for them: the values are of no account, the masks are. */
export interface ChainTemplate {
  readonly kind: 'flower';
  /** Default: `all`. */
  readonly protocol?: keyof typeof etherTypes | number | undefined;
  readonly options?: FlowerOptions | undefined;
}

/** A chain of filters: where it is, which number it has, and what its filters must look like. */
export interface TrafficChainSpec extends TrafficChainQuery {
  readonly chain: number;
  readonly template?: ChainTemplate | undefined;
}

/** One as the kernel describes it. Given back to `add` or `delete`, it means the same. */
export interface TrafficChain extends TrafficChainSpec {
  /** Everything that the kernel said. */
  readonly message: ChainMessage;
}

const checkSpec = onlyWords<TrafficChainSpec, TrafficChain>({
  link: true,
  block: true,
  parent: true,
  chain: true,
  template: true,
  message: false,
});
const checkFilter = onlyWords<TrafficChainQuery>({ link: true, block: true, parent: true, chain: true });
const checkTemplate = onlyWords<ChainTemplate>({ kind: true, protocol: true, options: true });

/**
 * The chains of filters of one network namespace: filters that are asked only when an action says `goto`, and the template that they must fit.
 * A chain is there while it has filters, or because it was made. `tc chain show`, `add`, `delete`, `get`. Linux 4.19. See tc(8).
 *
 *     await ns.network.chains.add({ link: 'eth0', parent: 'ingress', chain: 5 });
 *
 * `add` throws NetlinkError EEXIST; EINVAL (no such qdisc, or one without filters); UnsupportedError for a template of a kind that this kernel has not.
 */
export class TrafficChains extends Table<typeof chain, TrafficChainSpec, TrafficChain, TrafficChainQuery> {
  protected readonly declaration = chain;
  protected readonly nouns = ['chain', 'chains'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;
  protected readonly optionNames = { data: 'template.options', ifindex: 'link' };

  /** One chain, by its number. `tc chain get`. Throws NetlinkError EINVAL, with the kernel's words in `extack`, if there is none. */
  async get(place: TrafficChainSpec): Promise<TrafficChain> {
    return at(place, await this.ask(() => this.encode(place, 'del'), `find chain ${this.describe(place)}`));
  }

  override async list(query: TrafficChainQuery = {}): Promise<Snapshot<TrafficChain>> {
    const found = await super.list(query);
    return snapshot(
      found.map((entry) => at(query, entry)),
      found.interrupted,
    );
  }

  protected override explainRefusal(error: Error, { template }: TrafficChainSpec): Error {
    return template === undefined ? error : explainKind(error, 'filter', kindName(template));
  }

  protected describe({ link, block, parent, chain: number }: TrafficChainSpec): string {
    const place = block === undefined ? `${link}${parent === undefined ? '' : ` ${parent}`}` : `block ${block}`;
    return `${number} on ${place}`;
  }

  protected encode(spec: TrafficChainSpec, verb: 'new' | 'del'): ChainMessageInput {
    const place = placeNumbers(spec, this.links);
    const { template } = spec;
    if (verb === 'del' || template === undefined) return { header: place, attributes: { chain: spec.chain } as never };
    checkTemplate(template, 'template');
    const etherType = etherTypeNumber(template.protocol ?? 'all');
    const data = encodeFlower(template.options ?? {}, undefined, etherType);
    const attributes = { kind: template.kind, data, chain: spec.chain };
    return { header: { ...place, info: swapped(etherType) }, attributes: attributes as never };
  }

  protected decode(message: ChainMessage): TrafficChain {
    return chainOf(message);
  }

  protected question(query: TrafficChainQuery): Question<typeof chain, TrafficChain> {
    const { chain: number } = query;
    return {
      value: { header: placeNumbers(query, this.links), attributes: { chain: number } as never },
      keep: number === undefined ? undefined : (entry) => entry.chain === number,
    };
  }
}

/** The kernel tells of the qdisc, and not which half of clsact it is: that is known to who asked for it. */
function at({ parent }: TrafficChainQuery, chain: TrafficChain): TrafficChain {
  return parent === undefined ? chain : { ...chain, parent };
}

/** A chain as the kernel gives it: of clsact only that it is one of its halves (`ffff:`). */
export function chainOf(message: ChainMessage): TrafficChain {
  const { header, attributes } = message;
  const { kind, data } = attributes as { readonly kind?: string; readonly data?: Parameters<typeof decodeFlower>[0] };
  const template = kind === 'flower' ? ({ kind, ...templateOf(data ?? {}) } as const) : undefined;
  return { ...filterPlaceOf(header), chain: attributes.chain ?? 0, template, message };
}

/** Its EtherType is told among its fields only. */
function templateOf(data: Parameters<typeof decodeFlower>[0]): Omit<ChainTemplate, 'kind'> {
  const { keyEthType } = data;
  return { protocol: keyEthType === undefined ? undefined : etherTypeName(keyEthType), options: decodeFlower(data) };
}
