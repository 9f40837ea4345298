import { SO_NETNS_COOKIE, SOL_SOCKET } from '../../../src/native/constants.ts';
import { syscall } from '../../../src/native/syscall.ts';

/** Which network namespace a socket belongs to. */
export function networkCookie(socket: number): bigint | undefined {
  const cookie = new BigUint64Array(1);
  const bytes = new Uint8Array(cookie.buffer);
  const result = syscall('getsockopt', socket, SOL_SOCKET, SO_NETNS_COOKIE, bytes, Int32Array.of(8));
  return result === 0 ? cookie[0] : undefined;
}
