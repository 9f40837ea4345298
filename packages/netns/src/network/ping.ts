import { EAGAIN, EINTR, ETIMEDOUT } from '../errno-numbers.ts';
import { InvalidArgumentError, KernelError } from '../errors.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { builtin } from '../native/builtin.ts';
import {
  AF_INET,
  AF_INET6,
  CLONE_NEWNET,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_RAW,
  UV_READABLE,
} from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { inNamespace } from '../native/passage.ts';
import { check, perform, syscall } from '../native/syscall.ts';
import { watchDescriptor } from '../native/watch.ts';
import { parseIpAddress } from '../wire/ip-address.ts';
import { decodeEchoReply, encodeEchoRequest } from './icmp-echo.ts';

/** How one echo request is sent: `-W` and `-s` of `ping`. */
export interface PingOptions {
  /** How long to wait for the answer, in milliseconds. Default: 1000. */
  readonly timeout?: number;
  /** Bytes of data to send, besides the headers. Default: 56. */
  readonly size?: number;
}

/** The answer to one echo request. */
export interface PingReply {
  /** How long the answer took, in milliseconds. */
  readonly milliseconds: number;
}

/**
 * Asks another machine (or namespace) whether it is there: one ICMP echo request from inside a namespace, and its reply.
 * `ip netns exec NAME ping -c 1 ADDRESS`, without the program.
 *
 * Rejects with KernelError: ETIMEDOUT (no answer came), ENETUNREACH (no route), EPERM (it takes CAP_NET_RAW in there);
 * InvalidArgumentError for what is no address. icmp(7), raw(7).
 */
export async function ping(namespace: Namespace, address: string, options: PingOptions = {}): Promise<PingReply> {
  const operation = `ping ${address} from ${namespace}`;
  const { timeout = 1000, size = 56 } = options;
  if (!Number.isInteger(size) || size < 0 || size > 65_000)
    throw new InvalidArgumentError('size', size, 'it is no number of bytes from 0 to 65000');
  const { family, socketAddress } = destination(address);
  using socket = openSocket(namespace, family, operation);
  perform(operation, 'connect', socket.raw, socketAddress, socketAddress.length);
  const asked = {
    identifier: builtin('crypto').randomBytes(2).readUInt16BE(),
    sequence: 1,
    data: builtin('crypto').randomBytes(size),
  };
  const packet = encodeEchoRequest(family, asked);
  const start = performance.now();
  perform(operation, 'sendto', socket.raw, packet, packet.length, 0, null, 0);
  await new Promise<void>((resolve, reject) => {
    const buffer = new Uint8Array(65_536);
    const end = (error?: unknown) => {
      clearTimeout(timer);
      watch.close();
      if (error === undefined) resolve();
      else reject(error);
    };
    const timer = setTimeout(
      () => end(new KernelError({ errno: ETIMEDOUT, syscall: 'read', operation })),
      Math.max(timeout, 0),
    );
    const watch = watchDescriptor(socket.raw, UV_READABLE, () => {
      const length = syscall('read', socket.raw, buffer, buffer.length);
      if (length === -EAGAIN || length === -EINTR) return;
      try {
        check(length, 'read', operation);
      } catch (error) {
        return end(error);
      }
      const reply = decodeEchoReply(family, buffer.subarray(0, length));
      if (reply?.identifier === asked.identifier && Buffer.compare(reply.data, asked.data) === 0) end();
    });
  });
  return { milliseconds: performance.now() - start };
}

/** `struct sockaddr_in` or `struct sockaddr_in6` with port 0. */
function destination(address: string): { readonly family: 4 | 6; readonly socketAddress: Uint8Array } {
  const bytes = parseIpAddress(address);
  if (bytes === undefined) throw new InvalidArgumentError('address', address, 'it is no IP address');
  const family = bytes.length === 4 ? 4 : 6;
  const socketAddress = new Uint8Array(family === 4 ? 16 : 28);
  new Uint16Array(socketAddress.buffer, 0, 1)[0] = family === 4 ? AF_INET : AF_INET6;
  socketAddress.set(bytes, family === 4 ? 4 : 8);
  return { family, socketAddress };
}

const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;

function openSocket(namespace: Namespace, family: 4 | 6, operation: string): Fd {
  const [domain, protocol] = family === 4 ? [AF_INET, IPPROTO_ICMP] : [AF_INET6, IPPROTO_ICMPV6];
  const { results, failed } = inNamespace(namespace.fd, CLONE_NEWNET, operation, [
    ['socket', domain, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol],
  ]);
  if (failed) throw new KernelError({ errno: failed.errno, syscall: failed.step < 0 ? 'setns' : 'socket', operation });
  return Fd.adopt(results[0] ?? -1, 'the ICMP socket');
}
