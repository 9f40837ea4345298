import { NetlinkConnection } from '../../../../connection/connection.ts';
import type { Fd } from '../../../../native/fd.ts';
import { NSID_NOT_ASSIGNED, nsid } from '../../../../netlink/families/route/nsid.ts';
import { noSuchDevice } from '../exit.ts';
import type { Session } from '../session.ts';
import type { LinkDraft } from './draft.ts';
import { Lookup } from './lookup.ts';

/**
 * Puts the link below into a request, and the namespace that it is in. Both are told in the numbers of the
 * namespace that the new link will be in.
 */
export async function placeBelow(session: Session, draft: LinkDraft, lookup: Lookup): Promise<void> {
  const { below, belowNamespace, namespace, attributes } = draft;
  if (belowNamespace === undefined) {
    if (below !== undefined) attributes.link = indexOf(lookup, below);
    return;
  }
  using own = namespace === undefined ? undefined : new NetlinkConnection({ namespace });
  const connection = own ?? (await session.connection());
  const id = 'id' in belowNamespace ? belowNamespace.id : idFor(connection, belowNamespace.fd);
  attributes.linkNetnsid = id;
  if (below !== undefined) attributes.link = indexOf(new Lookup(connection, id), below);
}

function indexOf(lookup: Lookup, name: string): number {
  const index = lookup.indexOf(name);
  if (index === 0) throw noSuchDevice(name);
  return index;
}

/** The id that a namespace has in that of `connection`; one that has none yet is given one. */
function idFor(connection: NetlinkConnection, file: Fd): number {
  const operation = 'find the id of a namespace';
  const ask = () => connection.requestSync(nsid, 'get', { attributes: { fd: file.raw } }, { operation })[0];
  const known = ask()?.attributes.nsid ?? NSID_NOT_ASSIGNED;
  if (known !== NSID_NOT_ASSIGNED) return known;
  connection.requestSync(nsid, 'new', { attributes: { fd: file.raw, nsid: NSID_NOT_ASSIGNED } }, { operation });
  return ask()?.attributes.nsid ?? NSID_NOT_ASSIGNED;
}
