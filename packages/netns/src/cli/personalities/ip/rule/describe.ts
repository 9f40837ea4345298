import { AF_INET, AF_INET6 } from '../../../../netlink/families/route/address-families.ts';
import { FIB_RULE_INVERT, type RuleMessage } from '../../../../netlink/families/route/rule.ts';
import { ipProtocolName } from '../ip-protocols.ts';
import type { JsonObject } from '../json.ts';
import { groupTable } from '../link/names.ts';
import { hexWithPrefix } from '../numbers.ts';
import { dscpName, dsfieldName, named, protocols, realms, tables, typeName } from '../route-names.ts';
import { type Part, toJson, toText, type View, value, when } from '../show/fields.ts';
import type { Range } from './ranges.ts';

type Shown = Part<RuleMessage, View>;

/** What a rule does, in the numbers of types of routes, which these are. */
const actions = { unspec: 0, table: 1, goto: 2, nop: 3, nat: 10 } as const;
const unresolved = 0x4;
const inputDetached = 0x8;
const outputDetached = 0x10;
const kernelProtocol = 2;

export function tableOf({ header, attributes }: RuleMessage): number {
  return attributes.table ?? header.table;
}

function painted(text: string, family: number, { paint }: View): string {
  return paint(family === AF_INET ? 'inet' : family === AF_INET6 ? 'inet6' : undefined, text);
}

/** A prefix in the text ` to 10.0.0.0/8`, and the two members that JSON has for it. */
function prefix(which: 'src' | 'dst', word: string): Shown {
  return ({ header, attributes }, view) => {
    const address = attributes[which];
    const length = which === 'src' ? header.srcLen : header.dstLen;
    const full = header.family === AF_INET6 ? 128 : 32;
    const members = length === 0 || length === full ? {} : { [`${which}len`]: length };
    if (address !== undefined && length !== 0) {
      const tail = length === full ? '' : `/${length}`;
      return {
        text: `${word}${painted(address, header.family, view)}${tail}`,
        json: { [which]: address, ...members },
      };
    }
    if (length !== 0) return { text: `${word}0/${length}`, json: { [which]: '0', ...members } };
    return which === 'src' ? { text: `${word}all`, json: { src: 'all' } } : undefined;
  };
}

function device(word: 'iif' | 'oif', detached: number): Shown {
  return ({ header, attributes }, { paint }) => {
    const name = attributes[`${word}name`];
    if (name === undefined) return undefined;
    const isDetached = (header.flags & detached) !== 0;
    return {
      text: ` ${word} ${paint('ifname', name)}${isDetached ? ' [detached]' : ''}`,
      json: { [word]: name, ...(isDetached ? { [`${word}_detached`]: null } : {}) },
    };
  };
}

function range(word: string, start: string, end: string, found: Range | undefined, mask?: number) {
  if (found === undefined) return undefined;
  if (found.start !== found.end) {
    return { text: ` ${word} ${found.start}-${found.end}`, json: { [start]: found.start, [end]: found.end } };
  }
  const json = { [word]: found.start, ...(mask !== undefined && { [`${word}_mask`]: hexWithPrefix(mask) }) };
  if (mask === undefined || mask === 0xffff) return { text: ` ${word} ${found.start}`, json };
  return { text: ` ${word} ${hexWithPrefix(found.start)}/${hexWithPrefix(mask)}`, json };
}

const mark: Shown = ({ attributes: { fwmark, fwmask } }) => {
  if (fwmark === undefined && fwmask === undefined) return undefined;
  const text = hexWithPrefix(fwmark ?? 0);
  if (fwmask === undefined || fwmask === 0xffffffff) return { text: ` fwmark ${text}`, json: { fwmark: text } };
  return { text: ` fwmark ${text}/${hexWithPrefix(fwmask)}`, json: { fwmark: text, fwmask: hexWithPrefix(fwmask) } };
};

const realmNames: Shown = ({ attributes: { flow } }, { options }) => {
  if (flow === undefined) return undefined;
  const to = named(realms, flow & 0xffff, options);
  if (flow >>> 16 === 0) return { text: ` realms ${to}`, json: { flow_to: to } };
  const from = named(realms, flow >>> 16, options);
  return { text: ` realms ${from}/${to}`, json: { flow_from: from, flow_to: to } };
};

const action: Shown = ({ header, attributes }, { options }) => {
  switch (header.action) {
    case actions.unspec:
    case actions.table:
      return undefined;
    case actions.nat:
      return { text: ' masquerade', json: { masquerade: null } };
    case actions.nop:
      return { text: ' nop', json: { nop: null } };
    case actions.goto: {
      const target = attributes.goto;
      const missing = (header.flags & unresolved) !== 0;
      return {
        text: ` goto ${target ?? 'none'}${missing ? ' [unresolved]' : ''}`,
        json: { goto: target ?? 'none', ...(missing ? { unresolved: null } : {}) },
      };
    }
    default: {
      const name = typeName(header.action, options);
      return { text: ` ${name}`, json: { action: name } };
    }
  }
};

/** A rule as `ip rule` shows it, without the newline at its end. */
const ruleParts: readonly Shown[] = [
  value('priority', '%:\t', ({ attributes }) => attributes.priority ?? 0),
  ({ header }) => ((header.flags & FIB_RULE_INVERT) === 0 ? undefined : { text: 'not ', json: { not: null } }),
  prefix('src', 'from '),
  prefix('dst', ' to '),
  value('tos', ' tos %', ({ header: { tos } }, { options }) => (tos === 0 ? undefined : dsfieldName(tos, options))),
  mark,
  device('iif', inputDetached),
  device('oif', outputDetached),
  ({ attributes: { l3mdev } }) => (l3mdev ? { text: ' lookup [l3mdev-table]', json: { l3mdev: null } } : undefined),
  ({ attributes: { uidRange } }) =>
    uidRange && {
      text: ` uidrange ${uidRange.start}-${uidRange.end}`,
      json: { uid_start: uidRange.start, uid_end: uidRange.end },
    },
  value('ipproto', ' ipproto %', ({ attributes: { ipProto } }, { options }) => {
    if (ipProto === undefined) return undefined;
    return (options.numeric ? undefined : ipProtocolName(ipProto)) ?? `ipproto-${ipProto}`;
  }),
  ({ attributes: { sportRange, sportMask } }) => range('sport', 'sport_start', 'sport_end', sportRange, sportMask),
  ({ attributes: { dportRange, dportMask } }) => range('dport', 'dport_start', 'dport_end', dportRange, dportMask),
  value('tun_id', ' tun_id %', ({ attributes }) => attributes.tunId),
  when(
    (rule) => tableOf(rule) !== 0 && !rule.attributes.l3mdev,
    [
      value('table', ' lookup %', (rule, { options }) => named(tables, tableOf(rule), options)),
      value('suppress_prefixlen', ' suppress_prefixlength %', ({ attributes: { suppressPrefixlen } }) =>
        suppressPrefixlen === -1 ? undefined : suppressPrefixlen,
      ),
      value('suppress_ifgroup', ' suppress_ifgroup %', ({ attributes: { suppressIfgroup } }, { options }) =>
        suppressIfgroup === undefined || suppressIfgroup === -1
          ? undefined
          : named(groupTable(), suppressIfgroup, options),
      ),
    ],
  ),
  realmNames,
  action,
  value('protocol', ' proto %', ({ attributes: { protocol } }, { options }) => {
    if (protocol === undefined) return undefined;
    const isUsual = protocol === 0 || protocol === kernelProtocol;
    return isUsual && options.details === 0 ? undefined : named(protocols, protocol, options);
  }),
  ({ attributes: { dscp, dscpMask } }, { options }) => {
    if (dscp === undefined) return undefined;
    const name = dscpName(dscp, options);
    const exact = dscpMask === undefined || dscpMask === 0x3f;
    return {
      text: exact ? ` dscp ${name}` : ` dscp ${hexWithPrefix(dscp)}/${hexWithPrefix(dscpMask)}`,
      json: { dscp: name, ...(dscpMask !== undefined && { dscp_mask: hexWithPrefix(dscpMask) }) },
    };
  },
  ({ attributes: { flowlabel, flowlabelMask } }) => {
    if (flowlabel === undefined || flowlabelMask === undefined) return undefined;
    const mask = hexWithPrefix(flowlabelMask);
    return {
      text: ` flowlabel ${hexWithPrefix(flowlabel)}${flowlabelMask === 0xfffff ? '' : `/${mask}`}`,
      json: { flowlabel: hexWithPrefix(flowlabel), flowlabel_mask: mask },
    };
  },
];

export function ruleText(rule: RuleMessage, view: View): string {
  return toText(ruleParts, rule, view);
}

export function ruleJson(rule: RuleMessage, view: View): JsonObject {
  return toJson(ruleParts, rule, view);
}
