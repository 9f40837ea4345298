import { AF_BRIDGE, AF_UNSPEC } from '../netlink/families/route/address-families.ts';
import {
  type NeighbourMessage,
  type NeighbourMessageInput,
  neighbour,
  neighbourExtFlags,
  neighbourFlag,
  neighbourFlags,
  neighbourState,
  neighbourStates,
} from '../netlink/families/route/neighbour.ts';
import { routeProtocols } from '../netlink/families/route/route.ts';
import { flagNames, nameOf } from '../wire/names.ts';
import { familyName, familyNumber, type IpFamily, parsePrefix } from './prefix.ts';
import { type Question, ReplaceableTable } from './table.ts';
import { numberFor, oneOf, onlyWords } from './words.ts';

/**
 * What the kernel thinks of a neighbour: `REACHABLE`, `STALE` (may be out of date), `DELAY` and `PROBE` (being asked), `INCOMPLETE` (never
 * answered yet), `FAILED`, `PERMANENT` (never asked), `NOARP` (needs no asking), `NONE`.
 */
export type NeighbourState = (typeof neighbourStates)[number] | 'NONE';

/** A neighbour to be made or taken away: `ip neigh add ADDRESS lladdr LINKADDRESS dev DEV`. */
export interface NeighbourSpec {
  /** The IP address. */
  readonly address: string;
  /** The device, by name or index. */
  readonly link: string | number;
  /** Its hardware address on that device. `lladdr ADDRESS`. */
  readonly linkAddress?: string | undefined;
  /** Default: `PERMANENT`. `nud STATE`. */
  readonly state?: NeighbourState | undefined;
  /** Answer for this address in the name of another device (proxy ARP, proxy NDP). `ip neigh add proxy ADDRESS`. */
  readonly proxy?: boolean | undefined;
  /** It forwards packets (IPv6). */
  readonly router?: boolean | undefined;
  /** Somebody else looks after it; the kernel does not collect it as garbage. */
  readonly externallyLearned?: boolean | undefined;
  /** The kernel keeps it up to date by itself. Linux 5.16. */
  readonly managed?: boolean | undefined;
  /** Who made it: `static`, `bgp`, … or a number. Linux 5.0. */
  readonly protocol?: string | number | undefined;
}

/** A neighbour as the kernel describes it. Given back to `delete` or `add`, it means the same. */
export interface Neighbour extends NeighbourSpec {
  readonly family: IpFamily;
  readonly link: number;
  readonly state: NeighbourState;
  readonly proxy: boolean;
  readonly router: boolean;
  /** `router`, `proxy`, `extern_learn`, `managed`, … as `ip` writes them. */
  readonly flags: readonly string[];
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: NeighbourMessage;
}

/** Which neighbours are meant: `ip neigh show dev DEV`, and the like. */
export interface NeighbourFilter {
  readonly family?: IpFamily | undefined;
  /** The device, by name or index. */
  readonly link?: string | number | undefined;
  /** Those on members of this bridge, bond or VRF. */
  readonly master?: string | number | undefined;
  /** In one of these states. Default: all but `NOARP` and `NONE`, as `ip` shows them. */
  readonly states?: readonly NeighbourState[] | undefined;
  /** The proxied addresses instead, which the kernel keeps apart. */
  readonly proxy?: boolean | undefined;
}

const checkSpec = onlyWords<NeighbourSpec, Neighbour>({
  address: true,
  link: true,
  linkAddress: true,
  state: true,
  proxy: true,
  router: true,
  externallyLearned: true,
  managed: true,
  protocol: true,
  family: false,
  flags: false,
  message: false,
});
const checkOptions = onlyWords<Pick<NeighbourSpec, 'proxy'>>({ proxy: true });
const checkFilter = onlyWords<NeighbourFilter>({ family: true, link: true, master: true, states: true, proxy: true });

/**
 * The neighbours of one network namespace: which hardware addresses IP addresses have. `ip neighbour show`, `add`, `replace`, `delete`,
 * `flush`, `get`.
 *
 * `add` throws NetlinkError EEXIST, ENODEV, EINVAL (an address that cannot be a neighbour); `delete` ENOENT. See ip-neighbour(8), arp(7).
 */
export class Neighbours extends ReplaceableTable<typeof neighbour, NeighbourSpec, Neighbour, NeighbourFilter> {
  protected readonly declaration = neighbour;
  protected readonly nouns = ['neighbour', 'neighbours'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;
  protected readonly optionNames = { dst: 'address', ifindex: 'link', lladdr: 'linkAddress' };

  /** One neighbour. `ip neigh get ADDRESS dev DEV`. Throws NetlinkError ENOENT if there is none. Linux 5.0. */
  async get(address: string, link: string | number, options: Pick<NeighbourSpec, 'proxy'> = {}): Promise<Neighbour> {
    checkOptions(options);
    return this.ask(
      () => this.#key({ address, link, proxy: options.proxy }),
      `find neighbour ${address} (link ${link})`,
    );
  }

  protected describe(spec: NeighbourSpec): string {
    return `${spec.address} (link ${spec.link})`;
  }

  #key({ address, link, proxy }: Pick<NeighbourSpec, 'address' | 'link' | 'proxy'>) {
    const { address: dst, family } = parsePrefix(address, 'address');
    return {
      header: {
        family: familyNumber(family),
        ifindex: this.links.index(link),
        flags: proxy ? neighbourFlag('proxy') : 0,
      },
      attributes: { dst },
    };
  }

  protected encode(spec: NeighbourSpec, verb: 'new' | 'del'): NeighbourMessageInput {
    const { header, attributes } = this.#key(spec);
    if (verb === 'del') return { header, attributes };
    const { state = spec.managed ? 'NONE' : 'PERMANENT', protocol } = spec;
    const flags =
      header.flags |
      (spec.router ? neighbourFlag('router') : 0) |
      (spec.externallyLearned ? neighbourFlag('extern_learn') : 0);
    return {
      header: { ...header, flags, state: oneOf(stateBits, state, 'state') },
      attributes: {
        ...attributes,
        lladdr: spec.linkAddress,
        protocol: protocol === undefined ? undefined : numberFor(routeProtocols, protocol, 'protocol', 0),
        flagsExt: spec.managed ? managedFlag : undefined,
      },
    };
  }

  protected decode(message: NeighbourMessage): Neighbour | undefined {
    return neighbourOf(message);
  }

  protected question(filter: NeighbourFilter): Question<typeof neighbour, Neighbour> {
    const { family, states, proxy = false } = filter;
    const ifindex = this.links.indexIfGiven(filter.link);
    const master = this.links.indexIfGiven(filter.master, 'master');
    return {
      value: {
        header: {
          family: family === undefined ? AF_UNSPEC : familyNumber(family),
          flags: proxy ? neighbourFlag('proxy') : 0,
        },
        attributes: { ifindex, master },
      },
      keep: (entry) =>
        entry.proxy === proxy &&
        (family === undefined || entry.family === family) &&
        (ifindex === undefined || entry.link === ifindex) &&
        (proxy || (states === undefined ? !hidden.includes(entry.state) : states.includes(entry.state))),
    };
  }
}

const hidden: readonly NeighbourState[] = ['NOARP', 'NONE'];
/** The bit of each state. */
const stateBits = Object.fromEntries([
  ['NONE', 0],
  ...neighbourStates.map((name) => [name, neighbourState(name)]),
]) as Record<NeighbourState, number>;
const managedFlag = 1 << neighbourExtFlags.indexOf('managed');

/** A state has one bit; should it have more, the lowest counts. */
export function stateOf(state: number): NeighbourState {
  return neighbourStates.find((_, bit) => state & (1 << bit)) ?? 'NONE';
}

/** All flags of an entry, those of the attribute included. */
export function flagsOf({ header, attributes }: NeighbourMessage): string[] {
  return [...flagNames(neighbourFlags, header.flags), ...flagNames(neighbourExtFlags, attributes.flagsExt ?? 0)];
}

/** An entry as the kernel gives it, in the words of this library; undefined for what is none. */
export function neighbourOf(message: NeighbourMessage): Neighbour | undefined {
  const { header, attributes } = message;
  if (attributes.dst === undefined || header.family === AF_BRIDGE) return undefined;
  const flags = flagsOf(message);
  return {
    family: familyName(header.family),
    address: attributes.dst,
    link: header.ifindex,
    linkAddress: attributes.lladdr,
    state: stateOf(header.state),
    proxy: flags.includes('proxy'),
    router: flags.includes('router'),
    externallyLearned: flags.includes('extern_learn'),
    managed: flags.includes('managed'),
    protocol: attributes.protocol === undefined ? undefined : nameOf(routeProtocols, attributes.protocol),
    flags,
    message,
  };
}
