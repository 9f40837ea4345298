import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { NetlinkError } from '../../../../errors.ts';
import { nexthop } from '../../../../netlink/families/route/nexthop.ts';
import { DeviceNames } from '../device-names.ts';
import { failure } from '../exit.ts';
import { refusalText } from '../report.ts';
import type { Session } from '../session.ts';
import { readNexthopFilter } from './filter.ts';
import { findNexthops } from './show.ts';
import { nexthopHelp } from './usage.ts';

/** `ip nexthop flush …`: deletes the nexthops that the selector means, or all of them. */
export async function flushNexthops(session: Session, words: readonly string[]): Promise<number> {
  const connection = await session.connection();
  const filter = readNexthopFilter(words, { devices: new DeviceNames(connection), help: () => nexthopHelp() });
  if (filter.id !== undefined) {
    try {
      remove(connection, filter.id);
    } catch (error) {
      if (error instanceof NetlinkError) throw failure(refusalText(error));
      throw error;
    }
    return 0;
  }
  const found = findNexthops(session, connection, filter);
  for (const { attributes } of found) if (attributes.id !== undefined) removeIfThere(connection, attributes.id);
  if (found.length > 0) session.output.write(`Flushed ${found.length} nexthops\n`);
  else session.output.write('Nothing to flush\n');
  return 0;
}

function remove(connection: NetlinkConnection, id: number): void {
  connection.requestSync(nexthop, 'del', { attributes: { id } }, { operation: 'delete a nexthop' });
}

/** A group goes with its last member, so it may be gone already. */
function removeIfThere(connection: NetlinkConnection, id: number): void {
  try {
    remove(connection, id);
  } catch (error) {
    if (!(error instanceof NetlinkError && error.code === 'ENOENT')) throw error;
  }
}
