import { inChild } from '../../native/child.ts';
import { detachedMount } from '../../native/detached-mount.ts';
import { Fd } from '../../native/fd.ts';
import { syscall } from '../../native/syscall.ts';

/** An instance of /proc that nobody else uses and that is mounted nowhere; undefined without the right to make one (CAP_SYS_ADMIN). */
export function openPrivateProc(): Fd | undefined {
  const { results, failed } = inChild('open a private /proc', detachedMount('proc'));
  const [context, , root] = results;
  if (failed !== undefined && context !== undefined) syscall('close', context);
  return root === undefined ? undefined : Fd.adopt(root, 'a private /proc');
}
