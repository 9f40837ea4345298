import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { type AddressMessage, address } from '../../../../netlink/families/route/address.ts';
import { AF_UNSPEC } from '../../../../netlink/families/route/address-families.ts';
import type { LinkMessage } from '../../../../netlink/families/route/link.ts';
import { familyNumber } from '../families.ts';
import { isWithin, address as parse } from '../inet.ts';
import type { JsonObject } from '../json.ts';
import { briefParts, linkParts } from '../link/describe.ts';
import { type Filter, isOfKind, isShown, readFilter } from '../link/filter.ts';
import { gatherView } from '../link/gather.ts';
import { Lookup } from '../link/lookup.ts';
import { addressProtocolTable, scopeTable } from '../link/names.ts';
import { findLinks } from '../link/show.ts';
import { statistics } from '../link/statistics.ts';
import { type LinkView, linkName } from '../link/view.ts';
import type { Session } from '../session.ts';
import { toJson, toText } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { type AddressView, addressParts, allFlags, briefAddressParts, ownAddress } from './describe.ts';
import { matchesLabel } from './label.ts';
import { addressHelp } from './usage.ts';

/** `ip address show …`. */
export async function showAddresses(session: Session, words: readonly string[]): Promise<number> {
  const { family } = session.options;
  const connection = await session.connection();
  const lookup = new Lookup(connection);
  const filter = readFilter(words, family, { lookup, help: () => addressHelp() });
  if (family === 'link') filter.family = undefined;
  const found = findLinks(connection, lookup, filter, session.options.statistics > 0);
  if (family === 'mpls' || family === 'bridge') return 0; // families whose links have no addresses
  const known = family === 'inet6' && filter.device === undefined ? found.map(asIpv6Knows) : found;
  const addresses = family === 'link' ? [] : findAddresses(connection, filter, known);
  const links = known.filter((link) => isOfKind(link, filter) && hasWanted(link, addresses, filter));
  const shown = links.filter((link) => isShown(link, filter));
  const view = await gatherView(session, lookup, known, shown, {
    linkCommand: false,
    firstLineOnly: filter.family !== undefined,
    addressesOnly: isAddressesOnly(session, filter),
  });
  print(session, links, filter, addresses, view);
  return 0;
}

/** With `-6`, `ip` asks IPv6 for the links, which knows little of them; its answers are not worth another request. */
function asIpv6Knows({ header, attributes }: LinkMessage): LinkMessage {
  const { ifname, address, mtu, link, operstate, stats64 } = attributes;
  const known = { ifname, address, mtu, link, operstate, stats64 };
  return { header, attributes: Object.fromEntries(Object.entries(known).filter(([, each]) => each !== undefined)) };
}

/** The addresses of the family that is asked for, of the one link if only one is. */
export function findAddresses(
  connection: NetlinkConnection,
  filter: Filter,
  links: readonly LinkMessage[],
): readonly AddressMessage[] {
  const family = familyNumber(filter.family);
  const index = filter.device === undefined ? undefined : links[0]?.header.index;
  const header = index === undefined ? { family } : { family, index };
  const found = connection.dumpSync(address, { header }, { operation: 'list addresses' }).messages;
  // of a family that has none, the kernel lists all that there are
  return family === AF_UNSPEC ? found : found.filter((each) => each.header.family === family);
}

/** A link without any address is shown unless a family is asked for; one with addresses only if one of them is wanted. */
function hasWanted(link: LinkMessage, addresses: readonly AddressMessage[], filter: Filter): boolean {
  const own = addresses.filter((each) => each.header.index === link.header.index);
  if (own.length === 0) return filter.family === undefined;
  return own.some((each) => isWanted(each, link, filter));
}

export function isWanted(each: AddressMessage, link: LinkMessage, filter: Filter): boolean {
  const text = ownAddress(each);
  if (filter.scope !== undefined && each.header.scope !== filter.scope) return false;
  if (((allFlags(each) ^ filter.flags) & filter.flagMask) !== 0) return false;
  if (filter.within !== undefined && (text === undefined || !isWithin(parse(text), filter.within))) return false;
  // what an older kernel does not say is shown
  const { proto = filter.protocol } = each.attributes;
  if (proto !== filter.protocol && filter.protocol !== undefined) return false;
  if (filter.label === undefined) return true;
  return matchesLabel(filter.label, each.attributes.label ?? link.attributes.ifname ?? '');
}

/** With `-oneline` or a label, links are only named. */
function isAddressesOnly({ options }: Session, filter: Filter): boolean {
  return !options.brief && (options.oneline || filter.label !== undefined);
}

function print(
  session: Session,
  links: readonly LinkMessage[],
  filter: Filter,
  addresses: readonly AddressMessage[],
  view: LinkView,
): void {
  const { options } = session;
  const addressView: AddressView = {
    ...viewOf(session),
    scopes: scopeTable(),
    protocols: addressProtocolTable(),
    alone: options.oneline,
    linkName: (index) => linkName(view, index),
  };
  const ofLink = options.brief ? briefParts : linkParts;
  const ofAddress = options.brief ? briefAddressParts : addressParts;
  const withoutLink = isAddressesOnly(session, filter);
  const withAddresses = options.family !== 'link';
  const withStatistics = options.statistics > 0 && !options.brief && !withoutLink;
  const own = (link: LinkMessage) => addresses.filter((each) => each.header.index === link.header.index);

  // Where links are only named, in JSON one stays that is not in the state that is asked for.
  const isListed = (link: LinkMessage) => withoutLink || isShown(link, filter);
  const hasListed = (link: LinkMessage) => isShown(link, filter);

  const members = (link: LinkMessage): JsonObject => {
    if (!isListed(link)) return {};
    return {
      ...(!withoutLink && toJson(ofLink, link, view)),
      ...(withAddresses && {
        addr_info: hasListed(link)
          ? own(link).map((each) => (isWanted(each, link, filter) ? toJson(ofAddress, each, addressView) : {}))
          : [],
      }),
      ...(withStatistics && statistics(link, view)?.json),
    };
  };

  const text = (link: LinkMessage): string => {
    if (!isListed(link) || !hasListed(link)) return '';
    const end = options.brief ? '' : '\n';
    const wanted = own(link).filter((each) => isWanted(each, link, filter));
    const said = [
      withoutLink ? '' : `${toText(ofLink, link, view)}${end}`,
      ...wanted.map((each) => `${toText(ofAddress, each, addressView)}${end}`),
      options.brief ? '\n' : '',
      withStatistics ? `${statistics(link, view)?.text ?? ''}${view.newline}` : '',
    ];
    return said.join('');
  };

  if (options.json) session.printJson(links.map(members));
  else for (const link of links) session.output.write(text(link));
}
