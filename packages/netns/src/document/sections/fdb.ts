import type { FdbEntry, FdbSpec } from '../../network/fdb.ts';
import { hardwareAddress, ipAddress, linkName, normalAddress } from '../formats.ts';
import { fields, integer, listOf, type TypeOf, truth, words as wordsOf } from '../schema.ts';
import { filled, option, type TableSection, trimmed, words } from './table-section.ts';

const schema = listOf(
  fields(
    {
      link: linkName,
      linkAddress: hardwareAddress,
      owner: wordsOf(
        ['bridge', 'self'],
        'whose table: that of the bridge that the device is a port of, or the device itself (vxlan)',
      ),
      vlan: integer(1, 4094, 'only for this VLAN'),
      kind: wordsOf(
        ['static', 'permanent'],
        'behind the port, or an address of this machine; of a vxlan always permanent',
      ),
      sticky: truth('it never moves to another port'),
      destination: ipAddress,
      port: integer(1, 65_535, 'of a vxlan: another UDP port'),
      vni: integer(0, 0xff_ffff, 'of a vxlan: another network identifier'),
      via: linkName,
      sourceVni: integer(0, 0xff_ffff, 'of a vxlan that collects: the network identifier that packets come with'),
      nexthop: integer(1, 0xffff_ffff, 'of a vxlan: a nexthop instead of a destination'),
    },
    ['link', 'linkAddress'],
  ),
  'Behind which port of a bridge, or where of a vxlan, hardware addresses are, as far as that was entered by hand. What was learnt is left alone.',
);

type Entry = TypeOf<typeof schema>[number];

/** Of a vxlan, an address with a destination; all others are of bridges. */
const usualOf = ({ destination, nexthop, owner }: Entry): Partial<Entry> => {
  const ofVxlan = owner === undefined ? destination !== undefined || nexthop !== undefined : owner === 'self';
  return { owner: ofVxlan ? 'self' : 'bridge', kind: ofVxlan ? 'permanent' : 'static', sticky: false };
};

/** What a vxlan does with what it does not know: it may have many of these. */
const zeros = '00:00:00:00:00:00';

export const fdb: TableSection<Entry, FdbEntry> = {
  name: 'fdb',
  noun: 'forwarding entry',
  schema,
  async list(network) {
    const entries = (await network.fdb.list()).filter(
      ({ kind, externallyLearned }) => kind !== 'dynamic' && !externallyLearned,
    );
    if (entries.length === 0) return [];
    const links = await network.links.list();
    const own = new Set(links.map(({ address }) => address));
    const vxlans = new Map(links.filter(({ kind }) => kind === 'vxlan').map((link) => [link.index, link]));
    const described = entries.filter((entry) => {
      if (entry.owner === 'bridge') return !own.has(entry.linkAddress);
      const vxlan = vxlans.get(entry.link);
      // What a vxlan is made with it has by itself.
      return vxlan !== undefined && !(entry.linkAddress === zeros && entry.destination === remoteOf(vxlan));
    });
    // The kernel has them in an order of chance.
    return described.sort((a, b) => a.link - b.link || (placeOf(a) < placeOf(b) ? -1 : 1));
  },
  entryOf(entry, links) {
    const link = links.get(entry.link);
    if (link === undefined) return undefined;
    const { linkAddress, owner, vlan, kind, sticky, destination, port, vni, sourceVni, nexthop } = entry;
    const via = entry.via === undefined ? undefined : links.get(entry.via);
    const seen = { link, linkAddress, owner, vlan, kind, sticky, destination, port, vni, via, sourceVni, nexthop };
    return trimmed(schema, seen as Entry, usualOf(seen as Entry));
  },
  full: (entry) =>
    filled(
      schema,
      {
        ...entry,
        linkAddress: entry.linkAddress.toLowerCase(),
        destination: entry.destination === undefined ? undefined : normalAddress(entry.destination),
      },
      usualOf(entry),
    ),
  devices: ({ link, via }) => [link, via],
  isLost: (entry, loss) =>
    loss.of === 'link' && loss.how === 'deleted' && (entry.link === loss.link || entry.via === loss.link),
  command(verb, entry) {
    const fresh = verb !== 'delete';
    const action = verb === 'add' && entry.linkAddress === zeros ? 'append' : verb;
    return words(
      `bridge fdb ${action} ${entry.linkAddress} dev ${entry.link}`,
      entry.owner === 'bridge' ? 'master' : 'self',
      fresh && entry.kind,
      fresh && entry.sticky && 'sticky',
      option('vlan', entry.vlan),
      option('dst', entry.destination),
      option('port', entry.port),
      option('vni', entry.vni),
      option('via', entry.via),
      option('src_vni', entry.sourceVni),
      option('nhid', entry.nexthop),
    );
  },
  run(network, verb, entry) {
    if (verb === 'add' && entry.linkAddress === zeros) return network.fdb.append(entry as FdbSpec);
    return network.fdb[verb](entry as FdbSpec);
  },
};

const placeOf = ({ linkAddress, vlan = 0, destination = '' }: FdbEntry) =>
  `${String(vlan).padStart(4, '0')} ${linkAddress} ${destination}`;

function remoteOf({ message }: { readonly message: { readonly attributes: object } }): string | undefined {
  const { linkinfo } = message.attributes as { readonly linkinfo?: { readonly data?: Record<string, string> } };
  const { group, group6 } = linkinfo?.data ?? {};
  return group ?? group6;
}
