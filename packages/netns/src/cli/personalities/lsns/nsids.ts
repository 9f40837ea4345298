import { NetlinkConnection } from '../../../connection/connection.ts';
import { KernelError } from '../../../errors.ts';
import type { NamespaceCensus } from '../../../namespaces/discover/census.ts';
import { NSID_NOT_ASSIGNED } from '../../../netlink/families/route/nsid.ts';
import { Nsids } from '../../../network/nsids.ts';

/** What our network namespace calls the others, by their inodes: the texts of the column NETNSID. What cannot be asked is missing. */
export async function readNsids(census: NamespaceCensus): Promise<Map<number, string>> {
  using connection = new NetlinkConnection();
  const nsids = new Nsids(connection);
  const texts = new Map<number, string>();
  for (const entry of census.entries()) {
    if (entry.type !== 'net') continue;
    using namespace = census.open(entry);
    if (namespace === undefined) continue;
    try {
      const { nsid } = await nsids.get({ fd: namespace.fd });
      texts.set(entry.inode, nsid === NSID_NOT_ASSIGNED ? 'unassigned' : String(nsid));
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }
  return texts;
}
