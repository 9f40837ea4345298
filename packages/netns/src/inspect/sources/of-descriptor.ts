import { idOfDescriptor } from '../../namespaces/identity.ts';
import { SIOCGSKNS, SO_NETNS_COOKIE, SOL_SOCKET, TUNGETIFF } from '../../native/constants.ts';
import { syscall } from '../../native/syscall.ts';
import { readText } from '../../wire/text.ts';

const cookie = new BigUint64Array(1);
const cookieBytes = new Uint8Array(cookie.buffer);
const length = new Int32Array([8]);

/** The number of the network namespace that a socket is in. It takes no right over that. SO_NETNS_COOKIE, Linux 5.14. */
export function cookieOfSocket(socket: number): bigint | undefined {
  length[0] = 8;
  return syscall('getsockopt', socket, SOL_SOCKET, SO_NETNS_COOKIE, cookieBytes, length) < 0 ? undefined : cookie[0];
}

/**
 * The inode number of the network namespace in which a socket was made or `/dev/net/tun` was opened; -errno: -EPERM without
 * CAP_NET_ADMIN there, -ENOTTY if it is something else. SIOCGSKNS, Linux 4.10.
 */
export function inodeOfSocket(socket: number): number {
  const namespace = syscall('ioctl', socket, SIOCGSKNS, 0);
  if (namespace < 0) return namespace;
  try {
    return idOfDescriptor(namespace).ino;
  } finally {
    syscall('close', namespace);
  }
}

/** An option of a socket that is a whole number. */
export function socketOption(socket: number, option: number): number | undefined {
  const value = new Int32Array(1);
  const size = new Int32Array([4]);
  const result = syscall('getsockopt', socket, SOL_SOCKET, option, value, size);
  return result < 0 ? undefined : value[0];
}

/** The device that `/dev/net/tun` feeds; undefined: none yet. */
export function deviceOfTun(tun: number): string | undefined {
  const request = new Uint8Array(40); // struct ifreq
  return syscall('ioctl', tun, TUNGETIFF, request) < 0 ? undefined : readText(request, 0, 16);
}
