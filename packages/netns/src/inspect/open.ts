import { KernelError } from '../errors.ts';
import { namespaceOfSocket } from '../namespaces/discover/of-socket.ts';
import { Namespace } from '../namespaces/namespace.ts';
import { Fd } from '../native/fd.ts';
import type { MachineNamespace } from './census.ts';
import { openNamespacePath } from './relations.ts';
import { pathOfDescriptor } from './sources/descriptors.ts';
import { openByHandle } from './sources/handle.ts';

/**
 * Opens a namespace that a census has found, whatever holds it; undefined if it is gone by now or may not be opened. The caller closes
 * it: as long as it is open, it lives.
 */
export function openMachineNamespace(
  namespace: Pick<MachineNamespace, 'type' | 'inode' | 'id' | 'keepers' | 'paths'>,
): Namespace | undefined {
  const { type, inode, id } = namespace;
  const byHandle = id === undefined ? -1 : openByHandle(type, inode, id);
  const raw = byHandle >= 0 ? byHandle : openByPath(namespace);
  return raw === undefined ? openBySocket(namespace) : new Namespace(Fd.adopt(raw, `${type}:[${inode}]`), type);
}

/** The user namespace that owns one, to be closed; undefined where we are not told. */
export function ownerIfTold(namespace: Namespace): Namespace | undefined {
  try {
    return namespace.owner();
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}

/** By a socket that keeps it, which takes rights over its process and over the namespace. */
function openBySocket({ inode, keepers }: Pick<MachineNamespace, 'inode' | 'keepers'>): Namespace | undefined {
  for (const keeper of keepers) {
    for (const holder of keeper.kind === 'socket' ? keeper.holders : []) {
      if (holder.tid !== undefined) continue;
      const found = namespaceOfSocket(holder);
      if (found?.id.ino === inode) return found;
      found?.close(); // the descriptor is another socket's by now
    }
  }
  return undefined;
}

function openByPath({ type, inode, keepers, paths }: Pick<MachineNamespace, 'type' | 'inode' | 'keepers' | 'paths'>) {
  for (const path of [...paths, ...pathsOf(type, keepers)]) {
    const raw = openNamespacePath(path, inode);
    if (raw !== undefined) return raw;
  }
  return undefined;
}

/** Files that lead to it as long as its keepers are there. */
function* pathsOf(type: MachineNamespace['type'], keepers: MachineNamespace['keepers']): Generator<string> {
  for (const keeper of keepers) {
    if (keeper.kind === 'process') yield `/proc/${keeper.pid}/ns/${type}`;
    else if (keeper.kind === 'thread') yield `/proc/${keeper.pid}/task/${keeper.tid}/ns/${type}`;
    else if (keeper.kind === 'descriptor') yield pathOfDescriptor(keeper);
  }
}
