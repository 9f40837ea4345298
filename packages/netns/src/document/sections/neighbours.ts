import { routeProtocols } from '../../netlink/families/route/route.ts';
import type { Neighbour } from '../../network/neighbours.ts';
import { hardwareAddress, ipAddress, linkName, normalAddress } from '../formats.ts';
import { fields, listOf, type TypeOf, truth, wordsOrNumber } from '../schema.ts';
import { filled, option, type TableSection, trimmed, words } from './table-section.ts';

const schema = listOf(
  fields(
    {
      link: linkName,
      address: ipAddress,
      linkAddress: hardwareAddress,
      proxy: truth('answer for this address in the name of another device'),
      router: truth('it forwards packets; IPv6 only'),
      managed: truth('the kernel keeps it up to date by itself'),
      protocol: wordsOrNumber(Object.values(routeProtocols), 255, 'who made it'),
    },
    ['link', 'address'],
  ),
  'Hardware addresses of neighbours that were entered by hand. What the kernel, or a daemon, has learnt is left alone.',
);

type Entry = TypeOf<typeof schema>[number];

const usual: Partial<Entry> = { proxy: false, router: false, managed: false };

export const neighbours: TableSection<Entry, Neighbour> = {
  name: 'neighbours',
  noun: 'neighbour',
  schema,
  async list(network) {
    const [own, proxied] = await Promise.all([network.neighbours.list(), network.neighbours.list({ proxy: true })]);
    return [...own, ...proxied];
  },
  entryOf(neighbour, links) {
    const link = links.get(neighbour.link);
    const { state, proxy, managed = false, router } = neighbour;
    if (link === undefined || !(proxy || managed || state === 'PERMANENT')) return undefined;
    return trimmed(
      schema,
      {
        link,
        address: neighbour.address,
        linkAddress: proxy || managed ? undefined : neighbour.linkAddress,
        proxy,
        router,
        managed,
        protocol: neighbour.protocol === 'unspec' ? undefined : neighbour.protocol,
      },
      usual,
    );
  },
  full: (entry) =>
    filled(
      schema,
      { ...entry, address: normalAddress(entry.address), linkAddress: entry.linkAddress?.toLowerCase() },
      usual,
    ),
  identityInDocument: ({ link, address, proxy }) => `${link} ${address} ${proxy}`,
  identity: ({ link, address, proxy }) => `${link} ${address} ${proxy}`,
  devices: ({ link }) => [link],
  // Down, a device forgets its neighbours, but not for whom it answers.
  isLost: (entry, loss) =>
    loss.of === 'link' && entry.link === loss.link && (loss.how === 'deleted' || entry.proxy !== true),
  command: (verb, entry) =>
    words(
      `ip neighbour ${verb}`,
      entry.proxy && 'proxy',
      entry.address,
      option('lladdr', verb === 'delete' ? undefined : entry.linkAddress),
      verb !== 'delete' && entry.managed && 'managed',
      verb !== 'delete' && entry.router && 'router',
      `dev ${entry.link}`,
      option('protocol', verb === 'delete' ? undefined : entry.protocol),
    ),
  run: (network, verb, entry) => network.neighbours[verb](entry),
};
