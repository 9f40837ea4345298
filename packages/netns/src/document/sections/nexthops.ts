import { nexthopAttributes } from '../../netlink/families/route/nexthop.ts';
import { routeProtocols } from '../../netlink/families/route/route.ts';
import type { Nexthop, NexthopSpec } from '../../network/nexthops.ts';
import { ipAddress, isSix, linkName, normalAddress } from '../formats.ts';
import { pairIn } from '../from-wire.ts';
import { fields, integer, listOf, words as oneOf, type TypeOf, truth, wordsOrNumber } from '../schema.ts';
import { encapCommand, encapOf, encapSchema, encapToKernel } from './encapsulation.ts';
import { filled, option, sorted, type TableSection, trimmed, words } from './table-section.ts';

const u32 = 0xffffffff;
const member = fields({ id: integer(1, u32), weight: integer(1, 65536, 'its share; usually 1') }, ['id']);

const schema = listOf(
  fields(
    {
      id: integer(1, u32, 'the number that routes refer to'),
      gateway: ipAddress,
      link: linkName,
      onlink: truth('the router is on this device whatever the addresses say'),
      encap: encapSchema,
      blackhole: truth('packets vanish'),
      family: oneOf(['inet', 'inet6'], 'needed where no router says it; usually inet'),
      group: listOf(member, 'it is made of others', 1),
      resilient: fields(
        { buckets: integer(1, 0xffff), idleTimer: integer(0, u32), unbalancedTimer: integer(0, u32) },
        [],
        'a table of buckets, so that few flows move when a member comes or goes; times in seconds',
      ),
      fdb: truth('for the forwarding database of a vxlan'),
      protocol: wordsOrNumber(Object.values(routeProtocols), 255, 'who made it'),
    },
    ['id'],
  ),
  'Nexthop objects, which routes refer to by number.',
);

type Entry = TypeOf<typeof schema>[number];

function usualOf({ gateway, group }: Entry): Partial<Entry> {
  return {
    onlink: false,
    blackhole: false,
    fdb: false,
    protocol: 'unspec',
    family: group === undefined ? (isSix(gateway ?? '') ? 'inet6' : 'inet') : undefined,
  };
}

const encap = pairIn(nexthopAttributes, 'encap');

export const nexthops: TableSection<Entry, Nexthop> = {
  name: 'nexthops',
  noun: 'nexthop',
  schema,
  list: (network) => network.nexthops.list(),
  entryOf(nexthop, links) {
    const { id, gateway, onlink, blackhole, family, group, resilient, fdb, protocol } = nexthop;
    const link = nexthop.link === undefined ? undefined : links.get(nexthop.link);
    // The kernel gives a blackhole the loopback device.
    const entry: Entry = {
      id,
      gateway,
      link: blackhole ? undefined : link,
      onlink: onlink ?? false,
      encap: encapOf(encap, nexthop.encap),
      blackhole,
      family: group === undefined ? family : undefined,
      group: group?.map(({ id, weight }) => (weight === 1 ? { id } : { id, weight })),
      resilient,
      fdb,
      protocol,
    };
    return trimmed(schema, entry, usualOf(entry));
  },
  full(entry) {
    const normal: Entry = {
      ...entry,
      gateway: entry.gateway && normalAddress(entry.gateway),
      link: entry.blackhole ? undefined : entry.link,
      encap: entry.encap && sorted(entry.encap),
      family: entry.group === undefined ? entry.family : undefined,
      group: entry.group?.map(({ id, weight = 1 }) => ({ id, weight })),
    };
    return filled(schema, normal, usualOf(normal));
  },
  identityInDocument: ({ id }) => `${id}`,
  identity: ({ id, group }) => `${id}${group === undefined ? '' : ' group'}`,
  devices: ({ link }) => [link],
  isLost: (entry, loss) => loss.of === 'link' && entry.link === loss.link,
  // The members of a group before the group.
  rank: ({ group }) => (group === undefined ? 0 : 1),
  command: (verb, entry) =>
    verb === 'delete'
      ? `ip nexthop delete id ${entry.id}`
      : words(
          entry.family === 'inet6' && entry.gateway === undefined ? 'ip -6' : 'ip',
          `nexthop ${verb} id ${entry.id}`,
          option('group', entry.group?.map(({ id, weight = 1 }) => (weight === 1 ? id : `${id},${weight}`)).join('/')),
          entry.resilient && 'type resilient',
          option('buckets', entry.resilient?.buckets),
          option('idle_timer', entry.resilient?.idleTimer),
          option('unbalanced_timer', entry.resilient?.unbalancedTimer),
          encapCommand(entry.encap),
          option('via', entry.gateway),
          option('dev', entry.link),
          entry.onlink && 'onlink',
          entry.blackhole && 'blackhole',
          entry.fdb && 'fdb',
          option('protocol', entry.protocol === 'unspec' ? undefined : entry.protocol),
        ),
  run(network, verb, entry) {
    const spec = { ...entry, encap: encapToKernel(encap, entry.encap) } as NexthopSpec;
    return network.nexthops[verb](spec);
  },
};
