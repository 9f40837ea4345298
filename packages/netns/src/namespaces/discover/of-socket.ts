import { SIOCGSKNS } from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { syscall } from '../../native/syscall.ts';
import { Namespace } from '../namespace.ts';
import type { SeenSocket } from './in-descriptors.ts';

/**
 * The network namespace of another process's socket; undefined without the right to ask (ptrace access to the process, and
 * CAP_NET_ADMIN in that namespace). pidfd_getfd(2), Linux 5.6; SIOCGSKNS.
 */
export function namespaceOfSocket({ pid, fd }: Pick<SeenSocket, 'pid' | 'fd'>): Namespace | undefined {
  const pidfd = syscall('pidfd_open', pid, 0);
  if (pidfd < 0) return undefined;
  const socket = syscall('pidfd_getfd', pidfd, fd, 0);
  syscall('close', pidfd);
  if (socket < 0) return undefined;
  const namespace = syscall('ioctl', socket, SIOCGSKNS, 0);
  syscall('close', socket);
  return namespace < 0 ? undefined : new Namespace(Fd.adopt(namespace, `the namespace of a socket of ${pid}`), 'net');
}
