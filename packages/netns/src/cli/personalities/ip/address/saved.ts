import { type AddressMessage, address } from '../../../../netlink/families/route/address.ts';
import { dumpOf } from '../dump.ts';
import { familyNumber } from '../families.ts';
import { readFilter } from '../link/filter.ts';
import { Lookup } from '../link/lookup.ts';
import { addressProtocolTable, scopeTable } from '../link/names.ts';
import { findLinks } from '../link/show.ts';
import { readSaved } from '../saved/read.ts';
import { restore } from '../saved/restore.ts';
import type { Saved } from '../saved/saved.ts';
import { encoded, verbatim } from '../saved/verbatim.ts';
import { writeSaved } from '../saved/write.ts';
import type { Session } from '../session.ts';
import { toJson, toText } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { type AddressView, addressParts, briefAddressParts } from './describe.ts';
import { addressHelp } from './usage.ts';

const savedAddresses: Saved = {
  noun: 'address',
  magic: 0x47361222,
  declaration: address,
  wrongFile: 255,
  wrongMessage: 255,
};

/** `ip address save [dev DEV]`: the addresses of a family and a link, in the kernel's own form. Like `ip`, it reads the other words and does not heed them. */
export async function saveAddresses(session: Session, words: readonly string[]): Promise<number> {
  const connection = await session.connection();
  const lookup = new Lookup(connection);
  const { family } = session.options;
  const filter = readFilter(words, family, { lookup, help: () => addressHelp() });
  const index = filter.device === undefined ? 0 : (findLinks(connection, lookup, filter, false)[0]?.header.index ?? 0);
  const request = { header: { family: familyNumber(family), index } };
  return writeSaved(session, savedAddresses, async () =>
    dumpOf(connection, verbatim(address), encoded(address, request), 'list addresses', 'Save terminated', 1),
  );
}

/** `ip address restore`: gives the links the addresses that `ip address save` wrote. */
export function restoreAddresses(session: Session): Promise<number> {
  return restore(session, savedAddresses, readSaved(savedAddresses));
}

/** `ip address showdump`: prints what `ip address save` wrote. What the links are called is not in it. */
export function showSavedAddresses(session: Session): number {
  const found = readSaved(savedAddresses).map((payload) => address.decode(payload));
  const { options, output } = session;
  const view: AddressView = {
    ...viewOf(session),
    scopes: scopeTable(),
    protocols: addressProtocolTable(),
    alone: false,
    linkName: (index) => `if${index}`,
  };
  if (options.json) {
    const members = (each: AddressMessage) => ({ index: each.header.index, ...toJson(addressParts, each, view) });
    session.printJson([{ addr_info: found.map(members) }]);
    return 0;
  }
  for (const each of found) {
    output.write(`if${each.header.index}:${options.brief ? '\n' : view.newline}`);
    output.write(options.brief ? toText(briefAddressParts, each, view) : `${toText(addressParts, each, view)}\n`);
  }
  return 0;
}
