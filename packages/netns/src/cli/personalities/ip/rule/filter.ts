import { FIB_RULE_INVERT, type RuleMessage } from '../../../../netlink/families/route/rule.ts';
import { type OptionRow, readOptions } from '../grammar.ts';
import { type InetPrefix, isWithin, address as parse, prefix } from '../inet.ts';
import type { Family } from '../options.ts';
import { dsfieldNumber, numberIn, protocols, tables } from '../route-names.ts';
import { unsigned } from '../values.ts';
import { Words } from '../words.ts';
import { tableOf } from './describe.ts';
import type { Range } from './ranges.ts';
import {
  deviceName,
  type Ports,
  readDscp,
  readFlowLabel,
  readIpProtocol,
  readMark,
  readPorts,
  readTunnelId,
  readUsers,
} from './values.ts';

/** Which rules a listing shows. */
export interface RuleFilter {
  readonly family: Family;
  priority?: number;
  not?: true;
  source?: InetPrefix;
  destination?: InetPrefix;
  tos?: number;
  mark?: { mark: number; mask?: number };
  input?: string;
  output?: string;
  l3mdev?: true;
  users?: Range;
  tunnel?: bigint;
  table?: number;
  /** Counts only for what is flushed. */
  protocol?: number;
  ipProto?: number;
  sport?: Ports;
  dport?: Ports;
  dscp?: { dscp: number; mask?: number };
  flowlabel?: { label: number; mask: number };
}

type Row = OptionRow<RuleFilter, unknown>;

const portsHelp = '[ ipproto PROTOCOL ] [ sport PORTS ] [ dport PORTS ]';

/** An option whose value goes into one member. */
function into<K extends keyof RuleFilter>(
  key: K,
  words: string,
  help: string | undefined,
  read: (word: string, family: Family) => NonNullable<RuleFilter[K]>,
): Row {
  return {
    words,
    ...(help === undefined ? {} : { help }),
    apply: (filter, take) => {
      filter[key] = read(take(), filter.family);
    },
  };
}

export const ruleFilterRows: readonly Row[] = [
  into('priority', 'preference* order* priority* pref', '[ pref NUMBER ]', (word) =>
    unsigned(word, 32, 'preference value is invalid\n'),
  ),
  {
    words: 'not',
    help: '[ not ]',
    apply: (filter) => {
      filter.not = true;
    },
  },
  into('source', 'from* src*', '[ from PREFIX ] [ to PREFIX ]', prefix),
  into('destination', 'to dst*', undefined, prefix),
  into('tos', 'tos dsfield', '[ tos TOS ]', (word) => dsfieldNumber(word, 'TOS value is invalid\n')),
  into('mark', 'fwmark', '[ fwmark FWMARK[/MASK] ]', readMark),
  into('input', 'dev iif', '[ iif DEV ] [ oif DEV ]', deviceName('"iif"/"dev"')),
  into('output', 'oif', undefined, deviceName('"oif"')),
  {
    words: 'l3mdev',
    help: '[ l3mdev ]',
    apply: (filter) => {
      filter.l3mdev = true;
    },
  },
  into('users', 'uidrange', '[ uidrange NUMBER-NUMBER ]', readUsers),
  into('tunnel', 'tun_id*', '[ tun_id NUMBER ]', readTunnelId),
  into('table', 'lookup* table*', '[ table TABLE_ID ]', (word) =>
    numberIn(tables, word, 32, 'table id value is invalid\n'),
  ),
  into('protocol', 'protocol*', '[ protocol PROTO ]', (word) => numberIn(protocols, word, 8, 'invalid "protocol"\n')),
  into('ipProto', 'ipproto', portsHelp, readIpProtocol),
  into('sport', 'sport', undefined, readPorts),
  into('dport', 'dport', undefined, readPorts),
  into('dscp', 'dscp', '[ dscp DSCP[/MASK] ] [ flowlabel FLOWLABEL[/MASK] ]', readDscp),
  into('flowlabel', 'flowlabel', undefined, readFlowLabel),
];

/** Reads the words behind `list` or `flush`. Throws Exit. */
export function readRuleFilter(list: readonly string[], family: Family): RuleFilter {
  const filter: RuleFilter = { family };
  readOptions(
    {
      rows: ruleFilterRows,
      otherwise: (draft, word) => {
        draft.destination = prefix(word, draft.family);
      },
    },
    new Words(list),
    filter,
    {},
  );
  return filter;
}

const isSame = (want: Range | undefined, have: Range | undefined) =>
  want === undefined || (have !== undefined && have.start === want.start && have.end === want.end);

const arePorts = (want: Ports | undefined, have: Range | undefined, mask = 0xffff) =>
  want === undefined || want.mask === 0 || (isSame(want, have) && (want.mask ?? 0xffff) === mask);

const holds = (want: InetPrefix | undefined, have: string | undefined) =>
  want === undefined || want.length === 0 || (have !== undefined && isWithin(parse(have), want));

/** Whether a rule is shown. */
export function isRuleShown(rule: RuleMessage, filter: RuleFilter): boolean {
  const { header, attributes } = rule;
  const dscp = filter.dscp?.mask === 0 ? undefined : filter.dscp;
  // a value of zero is as if it were not given
  const equal: readonly (readonly [unknown, unknown])[] = [
    [filter.priority, attributes.priority ?? 0],
    [filter.tos, header.tos],
    [filter.mark?.mark || undefined, attributes.fwmark ?? 0],
    [filter.mark?.mask || undefined, attributes.fwmask ?? 0],
    [filter.input, attributes.iifname],
    [filter.output, attributes.oifname],
    [filter.l3mdev, attributes.l3mdev],
    [filter.tunnel || undefined, attributes.tunId],
    [filter.table || undefined, tableOf(rule)],
    [filter.ipProto || undefined, attributes.ipProto],
    [dscp?.dscp, attributes.dscp],
    [dscp && (dscp.mask ?? 0x3f), attributes.dscpMask ?? 0x3f],
    [filter.flowlabel?.label, attributes.flowlabel],
    [filter.flowlabel?.mask, attributes.flowlabelMask],
  ];
  return (
    equal.every(([want, have]) => want === undefined || want === have) &&
    (filter.not === undefined || (header.flags & FIB_RULE_INVERT) !== 0) &&
    isSame(filter.users, attributes.uidRange) &&
    arePorts(filter.sport, attributes.sportRange, attributes.sportMask) &&
    arePorts(filter.dport, attributes.dportRange, attributes.dportMask) &&
    holds(filter.source, attributes.src) &&
    holds(filter.destination, attributes.dst)
  );
}
