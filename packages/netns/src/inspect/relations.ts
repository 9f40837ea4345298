import { idOfDescriptor, idOfFileIfAny } from '../namespaces/identity.ts';
import { type NamespaceType, typeOfFlag } from '../namespaces/type.ts';
import {
  AT_FDCWD,
  NS_GET_NSTYPE,
  NS_GET_OWNER_UID,
  NS_GET_PARENT,
  NS_GET_USERNS,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDONLY,
} from '../native/constants.ts';
import { syscall } from '../native/syscall.ts';
import { idOfNamespace } from './sources/handle.ts';
import type { Draft, Survey } from './survey.ts';

/**
 * Finds the owner and the parent of every namespace of a survey, and adds those that nothing else leads to: a user namespace lives as
 * long as one that it owns. Each is open only while it is asked. ioctl_nsfs(2), Linux 4.9.
 */
export function relateAll(survey: Survey): void {
  for (const draft of [...survey.drafts.values()]) relate(survey, draft);
}

function relate(survey: Survey, draft: Draft): void {
  if (draft.related) return;
  const fd = survey.open(draft, openNamespacePath);
  if (fd === undefined) return;
  try {
    relateOpen(survey, draft, fd);
  } finally {
    syscall('close', fd);
  }
}

function relateOpen(survey: Survey, draft: Draft, fd: number): void {
  if (draft.related) return;
  draft.related = true;
  draft.id ??= idOfNamespace(fd);
  if (draft.type === 'user') draft.ownerUid = ownerUidOf(fd);
  draft.owner = relative(survey, draft, syscall('ioctl', fd, NS_GET_USERNS, 0), 'user');
  if (draft.type === 'user' || draft.type === 'pid')
    draft.parent = relative(survey, draft, syscall('ioctl', fd, NS_GET_PARENT, 0), draft.type);
}

/** Takes over the descriptor; the inode number of what it is of. */
function relative(survey: Survey, child: Draft, fd: number, type: NamespaceType): number | undefined {
  if (fd < 0) return undefined; // above what we may see
  try {
    const { ino } = idOfDescriptor(fd);
    const draft = survey.draft(type, ino);
    if (draft !== undefined) {
      const { type: childType, inode } = child;
      const isKnown = (keeper: Draft['keepers'][number]) => keeper.kind === 'child' && keeper.inode === inode;
      if (!draft.keepers.some(isKnown)) draft.keepers.push({ kind: 'child', type: childType, inode });
      relateOpen(survey, draft, fd);
    }
    return ino;
  } finally {
    syscall('close', fd);
  }
}

/** Who made a user namespace that is open. */
export function ownerUidOf(fd: number): number | undefined {
  const uid = new Uint32Array(1);
  return syscall('ioctl', fd, NS_GET_OWNER_UID, new Uint8Array(uid.buffer)) < 0 ? undefined : uid[0];
}

/** Undefined if the file is not there, may not be opened, or leads to another namespace by now. */
export function openNamespacePath(path: string, inode: number): number | undefined {
  if (idOfFileIfAny(path)?.ino !== inode) return undefined; // to open what may be a device by now could do something
  const fd = syscall('openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return undefined;
  if (typeOfFlag(syscall('ioctl', fd, NS_GET_NSTYPE, 0)) !== undefined && idOfDescriptor(fd).ino === inode) return fd;
  syscall('close', fd);
  return undefined;
}
