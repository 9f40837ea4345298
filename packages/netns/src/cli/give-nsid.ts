import { NetlinkConnection } from '../connection/connection.ts';
import { NetlinkError } from '../errors.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { Nsids } from '../network/nsids.ts';

/** Gives a namespace an id here and reads back which; a refusal names the namespace as the user did. */
export async function giveNsid(name: string, namespace: Namespace, id: number | 'auto'): Promise<number> {
  using connection = new NetlinkConnection();
  const nsids = new Nsids(connection);
  try {
    await nsids.assign({ fd: namespace.fd }, id);
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    const { errno, syscall, extack } = error;
    throw new NetlinkError({ errno, syscall, operation: `give ${JSON.stringify(name)} the id ${id}` }, extack);
  }
  return (await nsids.get({ fd: namespace.fd })).nsid;
}
