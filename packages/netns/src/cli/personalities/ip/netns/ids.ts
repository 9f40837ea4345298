import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { NetlinkError } from '../../../../errors.ts';
import { listNames, type NameEntry } from '../../../../namespaces/names.ts';
import { openNamespace } from '../../../../namespaces/reference.ts';
import { AT_FDCWD, R_OK } from '../../../../native/constants.ts';
import { syscall } from '../../../../native/syscall.ts';
import { nsid } from '../../../../netlink/families/route/nsid.ts';
import { refusalText } from '../report.ts';
import type { Session } from '../session.ts';

/** What the kernel answers to a request for the id of a file that is no network namespace. */
const notANamespace = 'Error: Peer netns reference is invalid.';

/** The id that a named namespace has in that of `connection`, if it has one, or what is wrong with the entry. */
export function askForId(
  connection: NetlinkConnection,
  entry: NameEntry,
): { readonly id?: number; readonly complaint?: string } {
  if (entry.state === 'stale') return isReadable(entry.path) ? { complaint: notANamespace } : {};
  try {
    using namespace = openNamespace({ path: entry.path });
    const [answer] = connection.requestSync(
      nsid,
      'get',
      { attributes: { fd: namespace.fd.raw } },
      { operation: `ask for the id of ${entry.name}` },
    );
    const id = answer?.attributes.nsid ?? -1;
    return id < 0 ? {} : { id };
  } catch (error) {
    return error instanceof NetlinkError ? { complaint: refusalText(error) } : {}; // else it went away meanwhile
  }
}

/**
 * The names of the namespaces that have an id here, by id; of two names for one namespace the first counts. Says on
 * stderr what is wrong with entries that are no namespaces.
 */
export async function namesById(session: Session): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  if (!isReadable(session.runDirectory)) return names;
  const connection = await session.connection();
  for (const entry of listNames({ runDirectory: session.runDirectory })) {
    const { id, complaint } = askForId(connection, entry);
    if (complaint !== undefined) session.warn(`${complaint}\n`);
    if (id !== undefined && !names.has(id)) names.set(id, entry.name);
  }
  return names;
}

export function isReadable(path: string): boolean {
  return syscall('faccessat', AT_FDCWD, path, R_OK) >= 0;
}
