import { InvalidArgumentError } from '../errors.ts';
import { AF_UNSPEC } from '../netlink/families/route/address-families.ts';
import { routeProtocols, routeTables } from '../netlink/families/route/route.ts';
import {
  FIB_RULE_INVERT,
  type RuleMessage,
  type RuleMessageInput,
  rule,
  ruleActions,
  ruleFlags,
} from '../netlink/families/route/rule.ts';
import { flagNames, nameOf } from '../wire/names.ts';
import { familyName, familyNumber, formatPrefix, type IpFamily, parsePrefix } from './prefix.ts';
import { type Question, Table } from './table.ts';
import { numberFor, onlyWords } from './words.ts';

/** Ports from the first to the last. */
export type PortRange = readonly [first: number, last: number];

/** A rule to be made or taken away: `ip rule add from PREFIX table TABLE`. */
export interface RuleSpec {
  /** Default: that of `from` or `to`, else `inet`. */
  readonly family?: IpFamily | undefined;
  /** Rules are asked in this order, the lowest first. Default: the kernel's choice, one less than the lowest of the others. */
  readonly priority?: number | undefined;
  /** Source prefix of packets that are meant. */
  readonly from?: string | undefined;
  /** Destination prefix. */
  readonly to?: string | undefined;
  /** Name of the device that they come in by; `lo` for those that this machine sends. */
  readonly inputLink?: string | undefined;
  /** Name of the device that the sender's socket is bound to. */
  readonly outputLink?: string | undefined;
  /** Firewall mark, and which of its bits count. */
  readonly mark?: number | undefined;
  readonly markMask?: number | undefined;
  readonly tos?: number | undefined;
  /** Linux 4.17. */
  readonly ipProtocol?: number | undefined;
  readonly sourcePorts?: PortRange | undefined;
  readonly destinationPorts?: PortRange | undefined;
  /** User ids of senders, from the first to the last. Linux 4.10. */
  readonly users?: readonly [first: number, last: number] | undefined;
  readonly tunnelId?: bigint | undefined;
  /** The rule is for packets that are not as said. */
  readonly not?: boolean | undefined;
  /** What is done: `table` (ask the table, the default), `goto`, `nop`, `blackhole`, `unreachable`, `prohibit`. */
  readonly action?: RuleAction | undefined;
  /** Number or name of the table to ask. Default: `main`. */
  readonly table?: number | 'default' | 'main' | 'local' | undefined;
  /** With action `goto`: the priority of the rule to go on with. */
  readonly goto?: number | undefined;
  /** The table is the one of the VRF that the packet belongs to. Linux 4.8. */
  readonly l3mdev?: boolean | undefined;
  /** A route with a prefix of this length or shorter does not count; 0 passes over default routes. */
  readonly suppressPrefixLength?: number | undefined;
  /** A route by a device of this group does not count. */
  readonly suppressGroup?: number | undefined;
  /** Who made it: `static`, …, or a number. Linux 4.17. */
  readonly protocol?: string | number | undefined;
  /** Realms of both ends, the source's in the upper 16 bits. */
  readonly realms?: number | undefined;
}

/** What a rule does: look into a table, go to another rule, nothing, or let the packet go nowhere, with or without a word. */
export type RuleAction = 'table' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit';

/** A rule as the kernel describes it. Given back to `delete` or `add`, it means the same. */
export interface Rule extends RuleSpec {
  readonly family: IpFamily;
  readonly priority: number;
  readonly action: RuleAction;
  readonly table: number | undefined;
  readonly not: boolean;
  readonly protocol: string;
  /** `unresolved` (a goto whose rule is missing), `iif_detached`, `oif_detached` (there is no such device). */
  readonly flags: readonly string[];
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: RuleMessage;
}

/** Which rules are meant: `ip rule show table TABLE`, and the like. */
export interface RuleFilter {
  readonly family?: IpFamily | undefined;
  readonly priority?: number | undefined;
  readonly table?: number | 'default' | 'main' | 'local' | undefined;
  readonly protocol?: string | number | undefined;
}

/** The kernel's words for actions, with `table` for the first of them. */
const actions = { ...ruleActions, 1: 'table' } as const;

const checkSpec = onlyWords<RuleSpec, Rule>({
  family: true,
  priority: true,
  from: true,
  to: true,
  inputLink: true,
  outputLink: true,
  mark: true,
  markMask: true,
  tos: true,
  ipProtocol: true,
  sourcePorts: true,
  destinationPorts: true,
  users: true,
  tunnelId: true,
  not: true,
  action: true,
  table: true,
  goto: true,
  l3mdev: true,
  suppressPrefixLength: true,
  suppressGroup: true,
  protocol: true,
  realms: true,
  flags: false,
  message: false,
});
const checkFilter = onlyWords<RuleFilter>({ family: true, priority: true, table: true, protocol: true });

/**
 * The rules of one network namespace: which routing table is asked for a packet. `ip rule show`, `add`, `delete`, `flush`.
 *
 * `add` throws NetlinkError EEXIST (there is the same rule), EINVAL, EAFNOSUPPORT (a kernel without rules); `delete` ENOENT. A rule is deleted
 * by what is said of it: the first one that agrees. See ip-rule(8).
 */
export class Rules extends Table<typeof rule, RuleSpec, Rule, RuleFilter> {
  protected readonly declaration = rule;
  protected readonly nouns = ['rule', 'rules'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;
  protected readonly optionNames = {
    flow: 'realms',
    fwmark: 'mark',
    fwmask: 'markMask',
    dportRange: 'destinationPorts',
    iifname: 'inputLink',
    ipProto: 'ipProtocol',
    oifname: 'outputLink',
    sportRange: 'sourcePorts',
    suppressIfgroup: 'suppressGroup',
    suppressPrefixlen: 'suppressPrefixLength',
    tunId: 'tunnelId',
    uidRange: 'users',
  };

  protected describe(spec: RuleSpec): string {
    const parts = [
      spec.priority === undefined ? undefined : `priority ${spec.priority}`,
      spec.from === undefined ? undefined : `from ${spec.from}`,
      spec.to === undefined ? undefined : `to ${spec.to}`,
      spec.mark === undefined ? undefined : `mark ${spec.mark}`,
      spec.table === undefined ? spec.action : `table ${spec.table}`,
    ];
    return parts.filter((part) => part !== undefined).join(' ') || 'for all packets';
  }

  protected encode(spec: RuleSpec, verb: 'new' | 'del'): RuleMessageInput {
    const from = spec.from === undefined ? undefined : parsePrefix(spec.from, 'from', spec.family);
    const to = spec.to === undefined ? undefined : parsePrefix(spec.to, 'to', spec.family ?? from?.family);
    const family = spec.family ?? from?.family ?? to?.family ?? 'inet';
    const fresh = verb === 'new';
    const action = numberFor(actions, spec.action, 'action', spec.goto === undefined ? (fresh ? 1 : 0) : 2);
    // A rule of a VRF has no table of its own.
    const table = numberFor(routeTables, spec.table, 'table', fresh && action === 1 && !spec.l3mdev ? 254 : 0);
    return {
      header: {
        family: familyNumber(family),
        srcLen: from?.length,
        dstLen: to?.length,
        tos: spec.tos,
        table: table > 255 ? 0 : table,
        action,
        flags: spec.not ? FIB_RULE_INVERT : 0,
      },
      attributes: {
        priority: spec.priority,
        src: from?.length === 0 ? undefined : from?.address,
        dst: to?.length === 0 ? undefined : to?.address,
        iifname: spec.inputLink,
        oifname: spec.outputLink,
        fwmark: spec.mark,
        fwmask: spec.markMask,
        ipProto: spec.ipProtocol,
        sportRange: rangeOf(spec.sourcePorts, 'sourcePorts'),
        dportRange: rangeOf(spec.destinationPorts, 'destinationPorts'),
        uidRange: rangeOf(spec.users, 'users'),
        tunId: spec.tunnelId,
        table: table > 255 ? table : undefined,
        goto: spec.goto,
        l3mdev: spec.l3mdev || undefined,
        suppressPrefixlen: spec.suppressPrefixLength,
        suppressIfgroup: spec.suppressGroup,
        protocol: spec.protocol === undefined ? undefined : numberFor(routeProtocols, spec.protocol, 'protocol', 0),
        flow: spec.realms,
      },
    };
  }

  protected decode(message: RuleMessage): Rule {
    return ruleOf(message);
  }

  protected question(filter: RuleFilter): Question<typeof rule, Rule> {
    const { family, priority } = filter;
    const table = filter.table === undefined ? undefined : numberFor(routeTables, filter.table, 'table', 0);
    const protocol =
      filter.protocol === undefined ? undefined : numberFor(routeProtocols, filter.protocol, 'protocol', 0);
    return {
      // The kernel filters by family only.
      value: { header: { family: family === undefined ? AF_UNSPEC : familyNumber(family) } },
      keep: (entry) =>
        entry.message.header.family === familyNumber(entry.family) &&
        (family === undefined || entry.family === family) &&
        (priority === undefined || entry.priority === priority) &&
        (table === undefined || entry.table === table) &&
        (protocol === undefined || (entry.message.attributes.protocol ?? 0) === protocol),
    };
  }
}

function rangeOf(range: PortRange | undefined, option: string): { start: number; end: number } | undefined {
  if (range === undefined) return undefined;
  if (!Array.isArray(range) || range.length !== 2 || range[0] > range[1])
    throw new InvalidArgumentError(option, range, 'it must be an array of the first and the last number');
  return { start: range[0], end: range[1] };
}

function pairOf(
  range: { readonly start: number; readonly end: number } | undefined,
): readonly [number, number] | undefined {
  return range && [range.start, range.end];
}

/** The kernel says "not set" with -1. */
function setOrNot(value: number | undefined): number | undefined {
  return value === undefined || value < 0 ? undefined : value;
}

/** An entry as the kernel gives it, in the words of this library. */
export function ruleOf(message: RuleMessage): Rule {
  const { header, attributes } = message;
  const family = familyName(header.family);
  const table = attributes.table ?? header.table;
  return {
    family,
    priority: attributes.priority ?? 0,
    from: header.srcLen === 0 ? undefined : formatPrefix(attributes.src, header.srcLen, family),
    to: header.dstLen === 0 ? undefined : formatPrefix(attributes.dst, header.dstLen, family),
    inputLink: attributes.iifname,
    outputLink: attributes.oifname,
    mark: attributes.fwmark,
    markMask: attributes.fwmask,
    tos: header.tos || undefined,
    ipProtocol: attributes.ipProto,
    sourcePorts: pairOf(attributes.sportRange),
    destinationPorts: pairOf(attributes.dportRange),
    users: pairOf(attributes.uidRange),
    tunnelId: attributes.tunId,
    not: (header.flags & FIB_RULE_INVERT) !== 0,
    action: nameOf(actions, header.action) as RuleAction,
    table: table === 0 ? undefined : table,
    goto: attributes.goto,
    l3mdev: attributes.l3mdev || undefined,
    suppressPrefixLength: setOrNot(attributes.suppressPrefixlen),
    suppressGroup: setOrNot(attributes.suppressIfgroup),
    protocol: nameOf(routeProtocols, attributes.protocol ?? 0),
    realms: attributes.flow,
    flags: flagNames(ruleFlags, header.flags).filter((name) => name !== 'not'),
    message,
  };
}
