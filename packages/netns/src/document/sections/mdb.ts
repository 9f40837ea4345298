import { EEXIST, EOPNOTSUPP } from '../../errno-numbers.ts';
import { NetlinkError } from '../../errors.ts';
import { mdbGroupModes } from '../../netlink/families/route/mdb.ts';
import { routeProtocols } from '../../netlink/families/route/route.ts';
import type { MulticastGroup, MulticastGroupSpec } from '../../network/mdb.ts';
import type { Network } from '../../network/network.ts';
import { ipAddress, linkName, multicastGroup, normalAddress } from '../formats.ts';
import { fields, integer, listOf, words as oneOf, type TypeOf, wordsOrNumber } from '../schema.ts';
import { filled, option, type TableSection, trimmed, words } from './table-section.ts';

const vni = integer(0, 0xff_ffff, 'of a vxlan: another network identifier');

const schema = listOf(
  fields(
    {
      bridge: { ...linkName, about: 'the bridge, or a vxlan' },
      port: { ...linkName, about: 'behind which members are; of a vxlan itself' },
      group: multicastGroup,
      vlan: integer(1, 4094, 'only for this VLAN; needed on a bridge that filters VLANs'),
      source: { ...ipAddress, about: 'only what comes from there' },
      mode: oneOf(mdbGroupModes, "what comes from 'sources' only, or from all others"),
      sources: listOf(ipAddress, 'of a group without a source'),
      protocol: wordsOrNumber(Object.values(routeProtocols), 255, 'who made it; usually static'),
      destination: { ...ipAddress, about: "of a vxlan: the tunnel's other end" },
      destinationPort: integer(1, 65_535, 'of a vxlan: another UDP port'),
      vni,
      via: linkName,
      sourceVni: { ...vni, about: 'of a vxlan that collects: the network identifier that packets come with' },
    },
    ['bridge', 'port', 'group'],
  ),
  'Behind which ports of bridges, or where of vxlans, members of multicast groups are, as far as that stays. What was learnt is left alone.',
);

type Entry = TypeOf<typeof schema>[number];

function usualOf({ source }: Entry): Partial<Entry> {
  return { mode: source === undefined ? 'exclude' : 'include', protocol: 'static' };
}

export const mdb: TableSection<Entry, MulticastGroup> = {
  name: 'mdb',
  noun: 'multicast group',
  schema,
  async list(network) {
    const groups = (await permanentGroups(network)).filter((each, _, all) => !isImplied(each, all));
    if (groups.length === 0) return [];
    const links = await network.links.list();
    const takes = new Set(links.filter(takesGroups).map(({ index }) => index));
    const described = groups.filter(({ bridge }) => takes.has(bridge));
    // The kernel has them in an order of chance.
    return described.sort((a, b) => a.bridge - b.bridge || a.port - b.port || (placeOf(a) < placeOf(b) ? -1 : 1));
  },
  entryOf(entry, links) {
    const bridge = links.get(entry.bridge);
    const port = links.get(entry.port);
    if (bridge === undefined || port === undefined) return undefined;
    const { group, vlan, source, mode, protocol, destination, destinationPort, vni: own, sourceVni } = entry;
    const via = entry.via === undefined ? undefined : links.get(entry.via);
    const sources = sourcesOf(entry.sources);
    const more = { destination, destinationPort, vni: own, via, sourceVni };
    const seen = { bridge, port, group, vlan: vlan || undefined, source, mode, sources, protocol, ...more };
    return trimmed(schema, seen as Entry, usualOf(seen as Entry));
  },
  full: (entry) =>
    filled(
      schema,
      {
        ...entry,
        group: normalAddress(entry.group.toLowerCase()),
        source: entry.source && normalAddress(entry.source),
        sources: sourcesOf(entry.sources),
        destination: entry.destination && normalAddress(entry.destination),
      },
      usualOf(entry),
    ),
  identityInDocument: (full) => placeOf(full),
  devices: ({ bridge, port, via }) => [bridge, port, via],
  isLost: (entry, loss) =>
    loss.of === 'link' && loss.how === 'deleted' && [entry.bridge, entry.port, entry.via].includes(loss.link),
  command(verb, entry) {
    const usual = usualOf(entry);
    return words(
      `bridge mdb ${verb} dev ${entry.bridge} port ${entry.port} grp ${entry.group}`,
      option('src', entry.source),
      verb !== 'delete' && 'permanent',
      option('vid', entry.vlan),
      verb !== 'delete' && entry.mode !== usual.mode && `filter_mode ${entry.mode}`,
      verb !== 'delete' && option('source_list', entry.sources?.join(',')),
      verb !== 'delete' && entry.protocol !== usual.protocol && `proto ${entry.protocol}`,
      option('dst', entry.destination),
      option('dst_port', entry.destinationPort),
      option('vni', entry.vni),
      option('via', entry.via),
      option('src_vni', entry.sourceVni),
    );
  },
  async run(network, verb, entry) {
    const usual = usualOf(entry);
    // Kernels before 6.3 know neither of these, and need not be told what is so anyway.
    const mode = entry.mode === usual.mode ? undefined : entry.mode;
    const protocol = entry.protocol === usual.protocol ? undefined : entry.protocol;
    const spec = { ...entry, mode, protocol, permanent: true };
    if (verb === 'delete') return network.mdb.delete(spec);
    try {
      await network.mdb.add(spec);
    } catch (error) {
      // While the bridge was down it was not looked at; or it is there until nobody asks for it any more.
      if (!(error instanceof NetlinkError && error.errno === EEXIST)) throw error;
      await network.mdb.delete(spec);
      await network.mdb.add(spec);
    }
  },
};

async function permanentGroups(network: Network): Promise<readonly MulticastGroup[]> {
  try {
    return (await network.mdb.list()).filter(({ permanent }) => permanent);
  } catch (error) {
    // Linux before 6.4, without bridges.
    if (error instanceof NetlinkError && error.errno === EOPNOTSUPP) return [];
    throw error;
  }
}

/** The kernel makes an entry for each source of a group by itself. */
function isImplied({ source, ...own }: MulticastGroup, all: readonly MulticastGroup[]): boolean {
  if (source === undefined) return false;
  const isOfGroup = (other: MulticastGroup) =>
    (['bridge', 'port', 'group', 'vlan', 'destination', 'sourceVni'] as const).every((key) => own[key] === other[key]);
  return all.some((other) => other.sources?.includes(source) === true && isOfGroup(other));
}

/** Only then the kernel takes groups of its ports: of a bridge that is down, and of one that does not snoop, it takes none. */
function takesGroups({ kind, up, message }: Awaited<ReturnType<Network['links']['list']>>[number]): boolean {
  if (kind !== 'bridge') return true;
  const { linkinfo } = message.attributes as { readonly linkinfo?: { readonly data?: { mcastSnooping?: boolean } } };
  return up && linkinfo?.data?.mcastSnooping !== false;
}

function sourcesOf(sources: readonly string[] | undefined): string[] | undefined {
  return sources === undefined || sources.length === 0 ? undefined : sources.map(normalAddress).sort();
}

type Place = Pick<MulticastGroupSpec, 'bridge' | 'port' | 'group' | 'vlan' | 'source' | 'destination' | 'sourceVni'>;

function placeOf({ bridge, port, group, vlan = 0, source = '', destination = '', sourceVni = 0 }: Place): string {
  return `${bridge} ${port} ${String(vlan).padStart(4, '0')} ${group} ${source} ${destination} ${sourceVni}`;
}
