import type { NetlinkConnection } from '../connection/connection.ts';
import { scopes } from '../netlink/families/route/address.ts';
import { linkFlag } from '../netlink/families/route/ifinfomsg.ts';
import {
  type AddressOutlineMessage,
  addressOutline,
  type LinkOutlineMessage,
  linkOutline,
} from '../netlink/families/route/outline.ts';
import type { Address } from '../network/addresses.ts';
import type { Link } from '../network/links.ts';
import { nameOf } from '../wire/names.ts';

/** What a map of networks shows of a device; a `Link` is one, too. */
export interface LinkOutline
  extends Pick<Link, 'index' | 'name' | 'kind' | 'up' | 'mtu' | 'address' | 'master' | 'link' | 'linkNetnsid'> {
  readonly message: { readonly attributes: { readonly linkinfo?: unknown } };
}

/** And of an address. */
export type AddressOutline = Pick<Address, 'link' | 'address' | 'prefixLength' | 'scope'>;

/**
 * The devices and addresses of a namespace, by the number that the connection's own has for it, or of that itself. A third of the work of `links.list()` and
 * `addresses.list()`, which decode everything. Throws NetlinkError EINVAL if it has ended.
 */
export async function outlineOf(
  connection: NetlinkConnection,
  nsid?: number,
): Promise<{ readonly links: readonly LinkOutline[]; readonly addresses: readonly AddressOutline[] }> {
  const target = nsid === undefined ? {} : { targetNetnsid: nsid };
  const links = await connection.gather(
    linkOutline,
    { attributes: { extMask: skipStatistics, ...target } },
    { operation: 'list links' },
    linkIn,
    all,
  );
  const addresses = await connection.gather(
    addressOutline,
    { attributes: target },
    { operation: 'list addresses' },
    addressIn,
    all,
  );
  return { links, addresses };
}

/** RTEXT_FILTER_SKIP_STATS, `linux/rtnetlink.h`. */
const skipStatistics = 8;
const UP = linkFlag('UP');
const all = <T>(entries: T[]): readonly T[] => entries;

function linkIn(message: LinkOutlineMessage): LinkOutline {
  const { header, attributes } = message;
  const { linkinfo } = attributes;
  return {
    index: header.index,
    name: attributes.ifname ?? '',
    kind: linkinfo?.kind === 'other' ? linkinfo.name : linkinfo?.kind,
    up: (header.flags & UP) !== 0,
    mtu: attributes.mtu,
    address: attributes.address,
    master: attributes.master,
    link: attributes.link,
    linkNetnsid: attributes.linkNetnsid,
    message,
  };
}

function addressIn({ header, attributes: { local, address = '' } }: AddressOutlineMessage): AddressOutline {
  return {
    address: local ?? address,
    prefixLength: header.prefixlen,
    link: header.index,
    scope: nameOf(scopes, header.scope),
  };
}
