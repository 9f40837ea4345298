import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { extMaskFlag, type LinkMessage, link } from '../../../../netlink/families/route/link.ts';
import type { Slice } from '../../../../wire/slice.ts';
import { failure } from '../exit.ts';
import type { Session } from '../session.ts';
import { toJson, toText } from '../show/fields.ts';
import { briefHardwareParts, briefParts, linkParts } from './describe.ts';
import { type Filter, isOfKind, isShown, readFilter } from './filter.ts';
import { gatherView } from './gather.ts';
import { Lookup } from './lookup.ts';
import { linkHelp } from './usage.ts';

/** `ip link show …`. */
export async function showLinks(session: Session, words: readonly string[]): Promise<number> {
  const connection = await session.connection();
  const lookup = new Lookup(connection);
  const filter = readFilter(words, undefined, { lookup, help: () => linkHelp() });
  const known = findLinks(connection, lookup, filter, session.options.statistics > 0);
  const links = known.filter((each) => isOfKind(each, filter));
  const shown = links.filter((each) => isShown(each, filter));
  const view = await gatherView(session, lookup, known, shown, { linkCommand: true, firstLineOnly: false });
  const parts = session.options.brief ? [...briefParts, ...briefHardwareParts] : linkParts;
  if (session.options.json)
    session.printJson(links.map((each) => (isShown(each, filter) ? toJson(parts, each, view) : {})));
  else for (const each of shown) session.output.write(`${toText(parts, each, view)}\n`);
  return 0;
}

/** The one link that the filter names, or all of them. Throws Exit. */
export function findLinks(
  connection: NetlinkConnection,
  lookup: Lookup,
  filter: Filter,
  withStatistics: boolean,
): readonly LinkMessage[] {
  const { device } = filter;
  const extMask =
    (filter.withoutFunctions === true ? 0 : extMaskFlag('vf')) | (withStatistics ? 0 : extMaskFlag('skip_stats'));
  if (device !== undefined) {
    const found = lookup.find(device, extMask);
    if (found === undefined) throw failure(`Device "${device}" does not exist.`);
    return [found];
  }
  // Of each link a quarter is shown: the rest need not be decoded. A view keeps the bytes, and those are received into again.
  const viewed = { ...link, decode: ({ bytes, start, end }: Slice) => link.view(bytes.slice(start, end)) };
  return connection.dumpSync(viewed, { attributes: { extMask } }, { operation: 'list links' }).messages;
}
