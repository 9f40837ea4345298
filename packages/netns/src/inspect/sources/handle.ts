import { flagOfType, type NamespaceType } from '../../namespaces/type.ts';
import { FD_NSFS_ROOT, NS_GET_ID, O_CLOEXEC, O_RDONLY } from '../../native/constants.ts';
import { syscall } from '../../native/syscall.ts';

/** What the kernel calls a file handle of a namespace. `linux/nsfs.h`, `linux/exportfs.h`. */
const FILEID_NSFS = 0xf1;
const handleSize = 24;

/**
 * Opens a namespace by its numbers alone, whatever holds it: nothing else leads to one that is held by a socket in flight.
 * A raw descriptor or -errno; -ESTALE: it is gone, or the right is missing (CAP_SYS_ADMIN in its owner). Seen on Linux 6.18.
 * open_by_handle_at(2).
 */
export function openByHandle(type: NamespaceType, inode: number, id: bigint): number {
  return openHandle(id, flagOfType(type), inode);
}

/** The same by its id alone, whatever its type: Linux 6.19; -EINVAL or -ESTALE before. */
export function openById(id: bigint, call: typeof syscall = syscall): number {
  return openHandle(id, 0, 0, call);
}

function openHandle(id: bigint, type: number, inode: number, call: typeof syscall = syscall): number {
  const handle = new Uint8Array(handleSize);
  const view = new DataView(handle.buffer);
  view.setUint32(0, 16, true);
  view.setInt32(4, FILEID_NSFS, true);
  view.setBigUint64(8, id, true);
  view.setUint32(16, type, true);
  view.setUint32(20, inode, true);
  return call('open_by_handle_at', FD_NSFS_ROOT, handle, O_RDONLY | O_CLOEXEC);
}

/** The number that no other namespace of this boot has or will have; undefined where the kernel does not tell. Seen on Linux 6.18. */
export function idOfNamespace(fd: number): bigint | undefined {
  const id = new BigUint64Array(1);
  return syscall('ioctl', fd, NS_GET_ID, new Uint8Array(id.buffer)) < 0 ? undefined : id[0];
}
