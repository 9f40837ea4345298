import { NetlinkConnection } from '../connection/connection.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { type Address, Addresses } from '../network/addresses.ts';
import { Links } from '../network/links.ts';

/** The addresses in a network namespace, or in our own. */
export async function addressesIn(namespace: Namespace | undefined): Promise<readonly Address[]> {
  using connection = new NetlinkConnection({ namespace: namespace?.fd });
  return await new Addresses(connection, new Links(connection)).list();
}
