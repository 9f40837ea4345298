import { NetlinkError } from '../../../../errors.ts';
import { type AddressMessage, address } from '../../../../netlink/families/route/address.ts';
import { failure } from '../exit.ts';
import { flushRounds } from '../flush.ts';
import { readFilter } from '../link/filter.ts';
import { Lookup } from '../link/lookup.ts';
import { addressProtocolTable, scopeTable } from '../link/names.ts';
import { findLinks } from '../link/show.ts';
import type { Session } from '../session.ts';
import { toText } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { addressParts } from './describe.ts';
import { findAddresses, isWanted } from './show.ts';
import { addressHelp } from './usage.ts';

/** `ip address flush SELECTOR`: deletes the addresses that the selector means. */
export async function flushAddresses(session: Session, words: readonly string[]): Promise<number> {
  if (words.length === 0) throw failure('Flush requires arguments.');
  const { family, loops } = session.options;
  if (family === 'link') throw failure('Cannot flush link addresses.');
  const connection = await session.connection();
  const lookup = new Lookup(connection);
  const filter = readFilter(words, family, { lookup, help: () => addressHelp() });
  const links = findLinks(connection, lookup, filter, false);
  const byIndex = new Map(links.map((link) => [link.header.index, link]));
  const linkName = (index: number) => byIndex.get(index)?.attributes.ifname ?? `if${index}`;
  const view = { ...viewOf(session), scopes: scopeTable(), protocols: addressProtocolTable(), alone: true, linkName };
  return flushRounds<AddressMessage>(session, {
    find: () =>
      findAddresses(connection, filter, links).filter((each) => {
        const link = byIndex.get(each.header.index);
        return link !== undefined && isWanted(each, link, filter);
      }),
    rounds: loops,
    noun: 'addresses',
    incomplete: (rounds) => failure(`*** Flush remains incomplete after ${rounds} rounds. ***`, 255),
    text: (each) => toText(addressParts, each, view),
    remove: ({ header, attributes }) => {
      const { local, address: other, label } = attributes;
      try {
        const request = { header, attributes: { local, address: other, label } };
        connection.requestSync(address, 'del', request, { operation: 'delete an address' });
      } catch (error) {
        // With the first address of a network, the others may have gone.
        if (!(error instanceof NetlinkError && error.code === 'EADDRNOTAVAIL')) throw error;
      }
    },
  });
}
