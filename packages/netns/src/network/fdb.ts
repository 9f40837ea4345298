import { InvalidArgumentError } from '../errors.ts';
import { AF_BRIDGE } from '../netlink/families/route/address-families.ts';
import {
  type NeighbourMessage,
  type NeighbourMessageInput,
  neighbour,
  neighbourFlag,
  neighbourState,
} from '../netlink/families/route/neighbour.ts';
import { NLM_F_APPEND, NLM_F_CREATE } from '../netlink/header.ts';
import { flagsOf, type NeighbourState, stateOf } from './neighbours.ts';
import { type Question, ReplaceableTable } from './table.ts';
import { oneOf, onlyWords } from './words.ts';

/** An entry to be made or taken away: `bridge fdb add ADDRESS dev DEV`. */
export interface FdbSpec {
  /** The hardware address that is looked for; all zeros is a vxlan's entry for what it does not know. */
  readonly linkAddress: string;
  /** The device that it is behind: a port of a bridge, or a vxlan. Name or index. */
  readonly link: string | number;
  /** Whose table: the `bridge` that the device belongs to, or its own (`self`: a vxlan, a macvlan, hardware). Default: `self`. */
  readonly owner?: 'bridge' | 'self' | undefined;
  /** Only for this VLAN. */
  readonly vlan?: number | undefined;
  /** `permanent` (an address of this machine), `static` (never forgotten), `dynamic` (forgotten after a while). Default: `permanent`. */
  readonly kind?: FdbKind | undefined;
  /** It never moves to another port. */
  readonly sticky?: boolean | undefined;
  /** Somebody else looks after it. */
  readonly externallyLearned?: boolean | undefined;
  /** vxlan: the IP address of the other end. */
  readonly destination?: string | undefined;
  /** vxlan: its UDP port, its network identifier, and the device to send by, where they are others than the vxlan's own. */
  readonly port?: number | undefined;
  readonly vni?: number | undefined;
  readonly via?: string | number | undefined;
  /** vxlan that collects: the network identifier that packets come with. */
  readonly sourceVni?: number | undefined;
  /** vxlan: a nexthop object instead of one destination. Linux 5.8. */
  readonly nexthop?: number | undefined;
}

/**
 * How long an entry stays: for ever, as an address of this machine (`permanent`), for ever (`static`), or until nobody has used it
 * for some time (`dynamic`).
 */
export type FdbKind = 'permanent' | 'static' | 'dynamic';

/** An entry as the kernel describes it. Given back to `delete` or `add`, it means the same. */
export interface FdbEntry extends FdbSpec {
  readonly link: number;
  readonly owner: 'bridge' | 'self';
  readonly kind: FdbKind;
  readonly via: number | undefined;
  /** The bridge whose entry it is. */
  readonly master: number | undefined;
  readonly state: NeighbourState;
  /** `self`, `master`, `extern_learn`, `offload`, `sticky`, … as `bridge` writes them. */
  readonly flags: readonly string[];
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: NeighbourMessage;
}

/** Which entries are meant: `bridge fdb show br BRIDGE`, and the like. */
export interface FdbFilter {
  /** The port or device, by name or index. */
  readonly link?: string | number | undefined;
  /** Entries of this bridge and its ports. */
  readonly bridge?: string | number | undefined;
  readonly vlan?: number | undefined;
  readonly kind?: FdbKind | undefined;
}

/** As `bridge` writes them. A vxlan refuses what is neither `PERMANENT` nor `REACHABLE`, and forgets what is not `NOARP`. */
const kinds = {
  permanent: neighbourState('PERMANENT') | neighbourState('NOARP'),
  static: neighbourState('REACHABLE') | neighbourState('NOARP'),
  dynamic: neighbourState('REACHABLE'),
} as const;

const checkSpec = onlyWords<FdbSpec, FdbEntry>({
  linkAddress: true,
  link: true,
  owner: true,
  vlan: true,
  kind: true,
  sticky: true,
  externallyLearned: true,
  destination: true,
  port: true,
  vni: true,
  via: true,
  sourceVni: true,
  nexthop: true,
  master: false,
  state: false,
  flags: false,
  message: false,
});
const checkBridge = onlyWords<Pick<FdbFilter, 'bridge'>>({ bridge: true });
const checkDevice = onlyWords<Pick<FdbSpec, 'link' | 'owner'>>({ link: true, owner: true });
const checkOptions = onlyWords<Pick<FdbSpec, 'vlan' | 'sourceVni'>>({ vlan: true, sourceVni: true });
const checkFilter = onlyWords<FdbFilter>({ link: true, bridge: true, vlan: true, kind: true });

/**
 * The forwarding databases of one network namespace: behind which port of a bridge a hardware address is, and to where a vxlan sends
 * what is for it. `bridge fdb show`, `add`, `append`, `replace`, `delete`, `flush`, `get`.
 *
 * `add` throws NetlinkError EEXIST, EOPNOTSUPP (the device has no such table), EINVAL; `delete` ENOENT. See bridge(8).
 */
export class Fdb extends ReplaceableTable<typeof neighbour, FdbSpec, FdbEntry, FdbFilter> {
  protected readonly declaration = neighbour;
  protected readonly nouns = ['forwarding entry', 'forwarding entries'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;
  protected readonly optionNames = { dst: 'destination', lladdr: 'linkAddress', nhId: 'nexthop', srcVni: 'sourceVni' };

  /** One more destination of the same address: a vxlan sends to all of them. `bridge fdb append`. */
  append(spec: FdbSpec): Promise<void> {
    return this.change('new', spec, NLM_F_CREATE | NLM_F_APPEND, 'append');
  }

  /** One entry, of a bridge as a whole, or of one device. `bridge fdb get`. Throws NetlinkError ENOENT if there is none. Linux 5.0. */
  async get(
    linkAddress: string,
    where: { readonly bridge: string | number } | Pick<FdbSpec, 'link' | 'owner'>,
    options: Pick<FdbSpec, 'vlan' | 'sourceVni'> = {},
  ): Promise<FdbEntry> {
    const ofBridge = 'bridge' in where;
    (ofBridge ? checkBridge : checkDevice)(where);
    checkOptions(options);
    const value = (): NeighbourMessageInput => ({
      header: {
        family: AF_BRIDGE,
        ifindex: ofBridge ? 0 : this.links.index(where.link),
        flags: ofBridge ? 0 : ownerFlag(where.owner),
      },
      attributes: {
        lladdr: linkAddress,
        vlan: options.vlan,
        srcVni: options.sourceVni,
        master: ofBridge ? this.links.index(where.bridge, 'bridge') : undefined,
      },
    });
    return this.ask(value, `find forwarding entry ${linkAddress}`);
  }

  protected describe(spec: FdbSpec): string {
    return `${spec.linkAddress} (link ${spec.link})`;
  }

  protected encode(spec: FdbSpec, verb: 'new' | 'del'): NeighbourMessageInput {
    const { kind = 'permanent' } = spec;
    if (spec.linkAddress === '')
      throw new InvalidArgumentError('linkAddress', spec.linkAddress, 'it must be a hardware address');
    const state = oneOf(kinds, kind, 'kind');
    const flags =
      ownerFlag(spec.owner) |
      (spec.sticky ? neighbourFlag('sticky') : 0) |
      (spec.externallyLearned ? neighbourFlag('extern_learn') : 0);
    return {
      header: {
        family: AF_BRIDGE,
        ifindex: this.links.index(spec.link),
        flags,
        state: verb === 'del' ? 0 : state,
      },
      attributes: {
        lladdr: spec.linkAddress,
        vlan: spec.vlan,
        dst: spec.destination,
        port: spec.port,
        vni: spec.vni,
        ifindex: this.links.indexIfGiven(spec.via, 'via'),
        srcVni: spec.sourceVni,
        nhId: spec.nexthop,
      },
    };
  }

  protected decode(message: NeighbourMessage): FdbEntry | undefined {
    return fdbEntryOf(message);
  }

  protected question(filter: FdbFilter): Question<typeof neighbour, FdbEntry> {
    const { vlan, kind } = filter;
    const link = this.links.indexIfGiven(filter.link);
    const bridge = this.links.indexIfGiven(filter.bridge, 'bridge');
    return {
      value: { header: { family: AF_BRIDGE, ifindex: link }, attributes: { master: bridge } },
      keep: (entry) =>
        (link === undefined || entry.link === link) &&
        (vlan === undefined || entry.vlan === vlan) &&
        (kind === undefined || entry.kind === kind),
    };
  }
}

const owners = { bridge: neighbourFlag('master'), self: neighbourFlag('self') } as const;

function ownerFlag(owner: 'bridge' | 'self' | undefined): number {
  return owner === undefined ? owners.self : oneOf(owners, owner, 'owner');
}

function kindOf(state: number): FdbKind {
  if (state & neighbourState('PERMANENT')) return 'permanent';
  return state & neighbourState('NOARP') ? 'static' : 'dynamic';
}

/** An entry as the kernel gives it, in the words of this library; undefined for what is none. */
export function fdbEntryOf(message: NeighbourMessage): FdbEntry | undefined {
  const { header, attributes } = message;
  if (attributes.lladdr === undefined || header.family !== AF_BRIDGE) return undefined;
  const flags = flagsOf(message);
  return {
    linkAddress: attributes.lladdr,
    link: header.ifindex,
    // A bridge says nothing of itself, but whose port it is.
    owner: flags.includes('self') ? 'self' : 'bridge',
    vlan: attributes.vlan,
    kind: kindOf(header.state),
    sticky: flags.includes('sticky'),
    externallyLearned: flags.includes('extern_learn'),
    destination: attributes.dst,
    port: attributes.port,
    vni: attributes.vni,
    via: attributes.ifindex,
    sourceVni: attributes.srcVni,
    nexthop: attributes.nhId,
    master: attributes.master,
    state: stateOf(header.state),
    flags,
    message,
  };
}
