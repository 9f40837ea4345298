import { ENOENT } from '../../errno-numbers.ts';
import { idOfDescriptor } from '../../namespaces/identity.ts';
import { flagOfType, type NamespaceType, typeOfFlag } from '../../namespaces/type.ts';
import { NS_GET_NSTYPE } from '../../native/constants.ts';
import { syscall } from '../../native/syscall.ts';
import type { Survey } from '../survey.ts';
import { openById } from './handle.ts';

/** How many ids are taken at once; the kernel gives a million at most. */
const idsAtOnce = 1024;

/**
 * The 64-bit ids of all namespaces of some types that the kernel calls active: a task is in them, their file is open or mounted, or one below
 * them is active. One that only sockets keep is not, so this does not take the place of the walk through the kernel's own list.
 *
 * Undefined: the kernel has no such call. Without CAP_SYS_ADMIN in the first user and pid namespaces it tells the caller's own alone. listns(2),
 * Linux 6.19.
 */
export function activeNamespaces(
  types: Iterable<NamespaceType>,
  call: typeof syscall = syscall,
): readonly bigint[] | undefined {
  let mask = 0;
  for (const type of types) mask |= flagOfType(type);
  const found: bigint[] = [];
  const page = new BigUint64Array(idsAtOnce);
  const bytes = new Uint8Array(page.buffer);
  for (let last = 0n; ; ) {
    const count = call('listns', listRequest(last, mask), bytes, idsAtOnce, 0);
    if (count === -ENOENT) return found; // the last one has ended, or there are no more
    if (count < 0) return undefined;
    found.push(...page.subarray(0, count));
    const end = page[count - 1];
    if (count < idsAtOnce || end === undefined || end <= last) return found;
    last = end;
  }
}

/** `struct ns_id_req`, `linux/nsfs.h`: ids after `last`, of the types of `mask`, in all user namespaces. */
export function listRequest(last: bigint, mask: number): Uint8Array {
  const request = new Uint8Array(32);
  const view = new DataView(request.buffer);
  view.setUint32(0, request.length, true);
  view.setBigUint64(8, last, true);
  view.setUint32(16, mask >>> 0, true);
  return request;
}

/** Adds the active namespaces that nothing else has led to; whether there were any. Each is open only while it is asked. */
export function addActive(survey: Survey, call: typeof syscall = syscall): boolean {
  const ids = activeNamespaces(survey.types, call) ?? [];
  if (ids.length === 0) return false;
  const known = new Set([...survey.drafts.values()].map(({ id }) => id));
  const before = survey.drafts.size;
  for (const id of ids) {
    if (known.has(id)) continue;
    const fd = openById(id, call);
    if (fd < 0) continue; // it has ended, or may not be opened
    const type = typeOfFlag(call('ioctl', fd, NS_GET_NSTYPE, 0));
    const draft = type && survey.draft(type, idOfDescriptor(fd).ino);
    if (draft !== undefined) draft.id ??= id;
    call('close', fd);
  }
  return survey.drafts.size > before;
}
