import { routeProtocols } from '../../netlink/families/route/route.ts';
import type { Rule, RuleAction, RuleSpec } from '../../network/rules.ts';
import { ipPrefix, isSix, linkName, normalPrefix } from '../formats.ts';
import { fields, integer, listOf, words as oneOf, type TypeOf, truth, wordsOrNumber } from '../schema.ts';
import { tableOf, tableSchema } from './routing-tables.ts';
import { filled, hexadecimal, option, type TableSection, trimmed, words } from './table-section.ts';

const u32 = 0xffffffff;
const ports = listOf(integer(0, 0xffff), 'the first and the last port', 2);
const actions = ['table', 'goto', 'nop', 'blackhole', 'unreachable', 'prohibit'] as const satisfies RuleAction[];

const schema = listOf(
  fields(
    {
      priority: integer(0, u32, 'rules are asked in this order, the lowest first'),
      family: oneOf(['inet', 'inet6'], 'needed where neither from nor to says it; usually inet'),
      from: ipPrefix,
      to: ipPrefix,
      inputLink: linkName,
      outputLink: linkName,
      mark: integer(0, u32, 'firewall mark'),
      markMask: integer(0, u32, 'which bits of the mark count; usually all'),
      tos: integer(0, 255),
      ipProtocol: integer(0, 255),
      sourcePorts: ports,
      destinationPorts: ports,
      users: listOf(integer(0, u32), 'the first and the last user id of senders', 2),
      tunnelId: integer(0, Number.MAX_SAFE_INTEGER),
      not: truth('for packets that are not as said'),
      action: oneOf(actions, 'usually table'),
      table: tableSchema,
      goto: integer(0, u32, 'the priority of the rule to go on with'),
      l3mdev: truth('the table of the VRF that the packet belongs to'),
      suppressPrefixLength: integer(0, 128, 'a route with a prefix of this length or shorter does not count'),
      suppressGroup: integer(0, 0x7fffffff, 'a route by a device of this group does not count'),
      protocol: wordsOrNumber(Object.values(routeProtocols), 255, 'who made it'),
      realms: integer(0, u32),
    },
    ['priority'],
  ),
  'Which routing table is asked for a packet. The rules that every namespace has from the kernel are left out, and left alone.',
);

type Entry = TypeOf<typeof schema>[number];

function usualOf({ from, to, goto, action, mark, l3mdev }: Entry): Partial<Entry> {
  return {
    family: isSix(from ?? to ?? '') ? 'inet6' : 'inet',
    action: goto === undefined ? 'table' : 'goto',
    table: (action ?? 'table') === 'table' && goto === undefined && l3mdev !== true ? 'main' : undefined,
    markMask: mark === undefined ? undefined : u32,
    not: false,
    l3mdev: false,
    protocol: 'unspec',
  };
}

export const rules: TableSection<Entry, Rule> = {
  name: 'rules',
  noun: 'rule',
  schema,
  list: (network) => network.rules.list(),
  entryOf(rule) {
    if (rule.protocol === 'kernel') return undefined;
    const { tunnelId, table, l3mdev = false, ...rest } = rule;
    const entry: Entry = {
      ...rest,
      l3mdev,
      tunnelId: tunnelId === undefined ? undefined : Number(tunnelId),
      table: table === undefined ? undefined : tableOf(table),
    } as Entry;
    return trimmed(schema, entry, usualOf(entry));
  },
  full(entry) {
    const normal: Entry = {
      ...entry,
      from: entry.from && normalPrefix(entry.from),
      to: entry.to && normalPrefix(entry.to),
      table: entry.table === undefined ? undefined : tableOf(entry.table),
    };
    return filled(schema, normal, usualOf(normal));
  },
  // A rule speaks of devices that need not be there.
  devices: () => [],
  isLost: () => false,
  command: (verb, entry) =>
    words(
      `ip ${entry.family === 'inet6' ? '-6 ' : ''}rule ${verb}`,
      entry.not && 'not',
      option('priority', entry.priority),
      option('from', entry.from),
      option('to', entry.to),
      option('iif', entry.inputLink),
      option('oif', entry.outputLink),
      entry.mark === undefined
        ? undefined
        : `fwmark ${entry.mark}${entry.markMask === u32 ? '' : `/${entry.markMask}`}`,
      option('tos', hexadecimal(entry.tos)),
      option('ipproto', entry.ipProtocol),
      option('sport', entry.sourcePorts?.join('-')),
      option('dport', entry.destinationPorts?.join('-')),
      option('uidrange', entry.users?.join('-')),
      option('tun_id', entry.tunnelId),
      entry.l3mdev && 'l3mdev',
      option('suppress_prefixlength', entry.suppressPrefixLength),
      option('suppress_ifgroup', entry.suppressGroup),
      option('realms', entry.realms),
      option('protocol', entry.protocol === 'unspec' ? undefined : entry.protocol),
      actionOf(entry),
    ),
  run(network, verb, { tunnelId, ...entry }) {
    const spec = { ...entry, ...(tunnelId !== undefined && { tunnelId: BigInt(tunnelId) }) } as RuleSpec;
    return verb === 'delete' ? network.rules.delete(spec) : network.rules.add(spec);
  },
};

function actionOf({ action, table, goto }: Entry): string {
  if (action === 'goto') return `goto ${goto}`;
  if (action === 'table') return table === undefined ? '' : `table ${table}`;
  return `type ${action}`;
}
