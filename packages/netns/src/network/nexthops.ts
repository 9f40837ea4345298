import { InvalidArgumentError } from '../errors.ts';
import { AF_UNSPEC } from '../netlink/families/route/address-families.ts';
import {
  type NexthopMessage,
  type NexthopMessageInput,
  nexthop,
  nexthopBucket,
  nexthopGroupTypes,
} from '../netlink/families/route/nexthop.ts';
import { routeFlags, routeProtocols } from '../netlink/families/route/route.ts';
import { flagNames, nameOf } from '../wire/names.ts';
import { addressIn, familyName, familyNumber, familyOf, type IpFamily } from './prefix.ts';
import type { RouteEncapsulation } from './routes.ts';
import { type Snapshot, snapshot } from './snapshot.ts';
import { type Question, ReplaceableTable } from './table.ts';
import { numberFor, onlyWords } from './words.ts';

/** A member of a group. */
export interface NexthopMember {
  readonly id: number;
  /** Its share, from 1 to 256 (65536 since Linux 6.12). Default: 1. */
  readonly weight?: number | undefined;
}

/** A table of buckets, so that few flows move when a member comes or goes. Times are in seconds. Linux 5.13. */
export interface ResilientGroup {
  readonly buckets?: number | undefined;
  /** How long a bucket must have been idle before it may go to another member. */
  readonly idleTimer?: number | undefined;
  /** After how long out of balance buckets are moved although they are busy; 0 is never. */
  readonly unbalancedTimer?: number | undefined;
}

/** A nexthop, or a group of them, to be made: `ip nexthop add id ID via ADDRESS dev DEV`. */
export interface NexthopSpec {
  /** The number that routes refer to. Default for new ones: the kernel's choice. */
  readonly id?: number | undefined;
  /** The router. `via ADDRESS`. */
  readonly gateway?: string | undefined;
  /** The device, by name or index. */
  readonly link?: string | number | undefined;
  /** The router is on this device whatever the addresses say. */
  readonly onlink?: boolean | undefined;
  readonly encap?: RouteEncapsulation | undefined;
  /** Packets vanish. */
  readonly blackhole?: boolean | undefined;
  /** Of which IP version it is, where neither a router nor members say so. */
  readonly family?: IpFamily | undefined;
  /** It is made of others. */
  readonly group?: readonly NexthopMember[] | undefined;
  readonly resilient?: ResilientGroup | undefined;
  /** It is for the forwarding database of a vxlan. Linux 5.8. */
  readonly fdb?: boolean | undefined;
  /** Who made it: `static`, `bgp`, … or a number. */
  readonly protocol?: string | number | undefined;
}

/** A nexthop as the kernel describes it. Given back to `delete` or `add`, it means the same. */
export interface Nexthop extends NexthopSpec {
  readonly id: number;
  readonly family: IpFamily | undefined;
  readonly link: number | undefined;
  readonly blackhole: boolean;
  readonly fdb: boolean;
  readonly group: readonly (NexthopMember & { readonly weight: number })[] | undefined;
  readonly protocol: string;
  /** `onlink`, `linkdown`, `dead`, `offload`, … */
  readonly flags: readonly string[];
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: NexthopMessage;
}

/** One bucket of a resilient group. */
export interface NexthopBucket {
  /** The group. */
  readonly group: number;
  readonly index: number;
  /** The member that it goes to. */
  readonly nexthop: number;
  /** For how many seconds nothing has gone through it. */
  readonly idle: number;
}

/** Which nexthops are meant: `ip nexthop show dev DEV`, and the like. */
export interface NexthopFilter {
  /** The device, by name or index. */
  readonly link?: string | number | undefined;
  /** Those on members of this VRF or bridge. */
  readonly master?: string | number | undefined;
  readonly groups?: boolean | undefined;
  readonly fdb?: boolean | undefined;
}

/** Which buckets are meant: those of one group. */
export interface NexthopBucketFilter {
  readonly group?: number | undefined;
}

/** RTNH_F_ONLINK. */
const onlinkFlag = 4;
const resilient = nexthopGroupTypes.indexOf('resilient');
/** The kernel counts in hundredths of a second here. */
const ticks = 100;

const checkSpec = onlyWords<NexthopSpec, Nexthop>({
  id: true,
  gateway: true,
  link: true,
  onlink: true,
  encap: true,
  blackhole: true,
  family: true,
  group: true,
  resilient: true,
  fdb: true,
  protocol: true,
  flags: false,
  message: false,
});
const checkMember = onlyWords<NexthopMember>({ id: true, weight: true });
const checkResilient = onlyWords<ResilientGroup>({ buckets: true, idleTimer: true, unbalancedTimer: true });
const checkBuckets = onlyWords<NexthopBucketFilter>({ group: true });
const checkFilter = onlyWords<NexthopFilter>({ link: true, master: true, groups: true, fdb: true });

/**
 * The nexthop objects of one network namespace, which routes refer to by number. `ip nexthop show`, `add`, `replace`, `delete`, `flush`,
 * `get`, `bucket`. Linux 5.3.
 *
 * `add` throws NetlinkError EEXIST, EINVAL, ENETDOWN; `delete` ENOENT. See ip-nexthop(8).
 */
export class Nexthops extends ReplaceableTable<typeof nexthop, NexthopSpec, Nexthop, NexthopFilter> {
  protected readonly declaration = nexthop;
  protected readonly nouns = ['nexthop', 'nexthops'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;
  protected readonly optionNames = { oif: 'link', resGroup: 'resilient' };

  /** One nexthop. `ip nexthop get id NUMBER`. Throws NetlinkError ENOENT if there is none. */
  async get(id: number): Promise<Nexthop> {
    return this.ask(() => ({ attributes: { id } }), `find nexthop ${id}`);
  }

  /** The buckets of resilient groups, of all or of one. `ip nexthop bucket show [id NUMBER]`. Linux 5.13. */
  async buckets(filter: NexthopBucketFilter = {}): Promise<Snapshot<NexthopBucket>> {
    checkBuckets(filter);
    const { messages, interrupted } = await this.connection.dump(
      nexthopBucket,
      { attributes: { id: filter.group } },
      { operation: 'list nexthop buckets' },
    );
    const buckets = messages.map(({ attributes: { id = 0, resBucket } }) => ({
      group: id,
      index: resBucket?.index ?? 0,
      nexthop: resBucket?.nhId ?? 0,
      idle: Number(resBucket?.idleTime ?? 0n) / ticks,
    }));
    return snapshot(buckets, interrupted);
  }

  protected describe(spec: NexthopSpec): string {
    if (spec.id !== undefined) return String(spec.id);
    return spec.gateway === undefined ? 'without a number' : `via ${spec.gateway}`;
  }

  protected encode(spec: NexthopSpec, verb: 'new' | 'del'): NexthopMessageInput {
    if (verb === 'del') return { attributes: { id: spec.id } };
    const { protocol } = spec;
    return {
      header: {
        family: headerFamily(spec),
        protocol: numberFor(routeProtocols, protocol, 'protocol', 0),
        flags: spec.onlink ? onlinkFlag : 0,
      },
      attributes: {
        id: spec.id,
        group: spec.group && groupOf(spec.group),
        groupType: spec.resilient === undefined ? undefined : resilient,
        resGroup: spec.resilient && resGroupOf(spec.resilient),
        gateway: spec.family === undefined ? spec.gateway : addressIn(spec.family, spec.gateway, 'gateway'),
        oif: this.links.indexIfGiven(spec.link),
        encap: spec.encap,
        blackhole: spec.blackhole,
        fdb: spec.fdb,
      },
    };
  }

  protected decode(message: NexthopMessage): Nexthop {
    return nexthopOf(message);
  }

  protected question(filter: NexthopFilter): Question<typeof nexthop, Nexthop> {
    const { groups, fdb } = filter;
    const oif = this.links.indexIfGiven(filter.link);
    const master = this.links.indexIfGiven(filter.master, 'master');
    return { value: { attributes: { oif, master, groups: groups || undefined, fdb: fdb || undefined } } };
  }
}

function headerFamily({ gateway, family, group }: NexthopSpec): number {
  if (group !== undefined) return AF_UNSPEC;
  return familyNumber(family ?? (gateway === undefined ? 'inet' : familyOf(gateway, 'gateway')));
}

function groupOf(group: readonly NexthopMember[]) {
  if (!Array.isArray(group)) throw new InvalidArgumentError('group', group, 'it must be an array');
  return group.map(memberOf);
}

function memberOf(member: NexthopMember, index: number) {
  checkMember(member, `group.${index}`);
  const { id, weight = 1 } = member;
  if (!(Number.isInteger(weight) && weight >= 1 && weight <= 65536))
    throw new InvalidArgumentError('weight', weight, 'it must be a whole number from 1 to 65536');
  return { id, weight: (weight - 1) & 0xff, weightHigh: (weight - 1) >> 8 };
}

function resGroupOf(settings: ResilientGroup) {
  if (typeof settings !== 'object') throw new InvalidArgumentError('resilient', settings, 'it must be an object');
  checkResilient(settings, 'resilient');
  const { buckets, idleTimer, unbalancedTimer } = settings;
  return { buckets, idleTimer: ticksOf(idleTimer), unbalancedTimer: ticksOf(unbalancedTimer) };
}

function ticksOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * ticks);
}

function secondsOf(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count / ticks;
}

/** An entry as the kernel gives it, in the words of this library. */
export function nexthopOf(message: NexthopMessage): Nexthop {
  const { header, attributes } = message;
  const { resGroup } = attributes;
  return {
    id: attributes.id ?? 0,
    family: header.family === AF_UNSPEC ? undefined : familyName(header.family),
    gateway: attributes.gateway,
    link: attributes.oif,
    onlink: (header.flags & onlinkFlag) !== 0,
    encap: attributes.encap,
    blackhole: attributes.blackhole ?? false,
    fdb: attributes.fdb ?? false,
    group: attributes.group?.map(({ id, weight, weightHigh }) => ({ id, weight: weight + 256 * weightHigh + 1 })),
    resilient: resGroup && {
      buckets: resGroup.buckets,
      idleTimer: secondsOf(resGroup.idleTimer),
      unbalancedTimer: secondsOf(resGroup.unbalancedTimer),
    },
    protocol: nameOf(routeProtocols, header.protocol),
    flags: flagNames(routeFlags, header.flags),
    message,
  };
}
