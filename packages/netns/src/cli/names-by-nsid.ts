import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { listNames } from '../namespaces/names.ts';
import { openNamespace } from '../namespaces/reference.ts';
import type { Nsids } from '../network/nsids.ts';

/** Which names belong to which id of this namespace. A name that disappears meanwhile has none. */
export async function namesByNsid(
  nsids: Nsids,
  place: RunDirectoryOptions,
): Promise<Map<number, { readonly names: string[]; readonly inode: number }>> {
  const found = new Map<number, { readonly names: string[]; readonly inode: number }>();
  for (const { name, id, path } of listNames(place)) {
    if (id === undefined) continue;
    const nsid = await nsidOf(nsids, path);
    if (nsid < 0) continue;
    const known = found.get(nsid);
    if (known) known.names.push(name);
    else found.set(nsid, { names: [name], inode: id.ino });
  }
  for (const { names } of found.values()) names.sort();
  return found;
}

async function nsidOf(nsids: Nsids, path: string): Promise<number> {
  try {
    using namespace = openNamespace({ path });
    return (await nsids.get({ fd: namespace.fd })).nsid;
  } catch {
    return -1;
  }
}
