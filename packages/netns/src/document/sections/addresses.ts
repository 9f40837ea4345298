import { addressProtocols, scopes } from '../../netlink/families/route/address.ts';
import type { Address } from '../../network/addresses.ts';
import { ipAddress, ipPrefix, isSix, linkName, normalAddress, splitPrefix } from '../formats.ts';
import { fields, integer, listOf, type TypeOf, text, truth, wordsOrNumber } from '../schema.ts';
import { filled, option, type TableSection, trimmed, words } from './table-section.ts';

const schema = listOf(
  fields(
    {
      link: linkName,
      address: ipPrefix,
      peer: {
        ...ipPrefix,
        about: 'the other end of a point-to-point link; a prefix length here is that of the address',
      },
      broadcast: ipAddress,
      label: text('what old programs call it; usually the name of the device'),
      scope: wordsOrNumber(Object.values(scopes), 255, 'how far it is valid; IPv4 only, IPv6 knows by itself'),
      noPrefixRoute: truth('make no route to the prefix'),
      noDad: truth('do not look for other users of it first; IPv6 only'),
      metric: integer(0, 0xffffffff, 'metric of the route to the prefix'),
      protocol: wordsOrNumber(Object.values(addressProtocols), 255, 'who made it'),
    },
    ['link', 'address'],
  ),
  'The IP addresses of devices. What has a lifetime belongs to whoever gave it, and is left alone.',
);

type Entry = TypeOf<typeof schema>[number];

/** Addresses that the kernel makes: of loopback, from router advertisements, and of the link. */
const ofTheKernel: readonly (string | number | undefined)[] = ['kernel_lo', 'kernel_ra', 'kernel_ll'];

const usualOfSix: Partial<Entry> = { noPrefixRoute: false, noDad: false };

function usualOf({ address, link }: Entry): Partial<Entry> {
  if (isSix(address)) return usualOfSix;
  const scope = address.startsWith('127.') ? 'host' : 'global';
  return { noPrefixRoute: false, noDad: false, label: link, scope };
}

export const addresses: TableSection<Entry, Address> = {
  name: 'addresses',
  noun: 'address',
  schema,
  list: (network) => network.addresses.list(),
  entryOf(address, links) {
    const link = links.get(address.link);
    if (link === undefined || ofTheKernel.includes(address.protocol) || !address.flags.includes('permanent'))
      return undefined;
    // Kernels before 5.18 do not say who made it.
    if (link === 'lo' && (address.address === '127.0.0.1' || address.address === '::1')) return undefined;
    const entry: Entry = {
      link,
      address: `${address.address}/${address.prefixLength}`,
      peer: address.peer,
      broadcast: address.broadcast,
      label: address.label,
      scope: address.family === 'inet' ? address.scope : undefined,
      noPrefixRoute: address.noPrefixRoute,
      noDad: address.noDad,
      metric: address.metric,
      protocol: address.protocol,
    };
    return trimmed(schema, entry, usualOf(entry));
  },
  full(entry) {
    const own = splitPrefix(entry.address);
    const peer = entry.peer === undefined ? undefined : splitPrefix(entry.peer);
    if (own === undefined) return entry;
    const length = entry.peer?.includes('/') ? peer?.length : own.length;
    const six = isSix(entry.address);
    const normal: Entry = {
      ...entry,
      address: `${own.address}/${length}`,
      peer: peer?.address === own.address ? undefined : peer?.address,
      broadcast: entry.broadcast && normalAddress(entry.broadcast),
      scope: six ? undefined : entry.scope,
    };
    return filled(schema, normal, usualOf(normal));
  },
  // The kernel tells addresses apart by these; all else can be changed only by making it anew.
  identityInDocument: ({ link, address, peer }) => `${link} ${address} ${peer}`,
  devices: ({ link }) => [link],
  isLost: (entry, loss) =>
    loss.of === 'link' && entry.link === loss.link && (loss.how === 'deleted' || isSix(entry.address)),
  command: (verb, entry) =>
    words(
      `ip address ${verb}`,
      entry.peer === undefined
        ? entry.address
        : `${entry.address.replace(/\/.*/, '')} peer ${entry.peer}${entry.address.replace(/^.*\//, '/')}`,
      `dev ${entry.link}`,
      verb !== 'delete' &&
        [
          option('broadcast', entry.broadcast),
          entry.label === entry.link ? undefined : option('label', entry.label),
          option('scope', entry.scope === usualOf(entry).scope ? undefined : entry.scope),
          entry.noPrefixRoute && 'noprefixroute',
          entry.noDad && 'nodad',
          option('metric', entry.metric),
          option('proto', entry.protocol),
        ]
          .filter(Boolean)
          .join(' '),
    ),
  run: (network, verb, entry) => network.addresses[verb](entry),
};
