import { KernelError } from '../../errors.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import {
  CLONE_NEWNET,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_BINDTODEVICE,
  SO_BINDTOIFINDEX,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { inNamespace } from '../../native/passage.ts';
import { type SyscallStep, syscall } from '../../native/syscall.ts';

/** What socket to make, and what to do with it at once; in this order. */
export interface SocketRequest {
  readonly domain: number;
  readonly type: number;
  readonly protocol?: number;
  readonly reuseAddress?: boolean;
  readonly reusePort?: boolean;
  /** IPv6 only: refuse (true) or accept (false) IPv4 as well. */
  readonly ipv6Only?: boolean | undefined;
  /** A device's name or number inside the namespace: all traffic goes through it. */
  readonly device?: string | undefined;
  /** A `struct sockaddr`. */
  readonly bind?: Uint8Array;
  /** How many connections may wait. */
  readonly listen?: number;
}

/** The kernel's refusal of one of the steps. */
export interface Refusal {
  readonly syscall: string;
  /** Positive, as in `errno.h`. */
  readonly errno: number;
}

/**
 * Makes a socket that belongs to the namespace: created, prepared and bound by a child inside it, in one go; this thread stays
 * where it is. Non-blocking, as Node wants it. What the kernel refuses about the socket is a result, because Node has its own
 * ways to report it. Throws KernelError if the namespace cannot be entered, ClosedError if it is closed.
 */
export function openSocket(namespace: Namespace, request: SocketRequest): Fd | Refusal {
  const steps = socketSteps(request);
  const operation = `open a socket in ${namespace}`;
  const { results, failed } = inNamespace(namespace.fd, CLONE_NEWNET, operation, steps);
  const [socket] = results;
  if (failed === undefined) return Fd.adopt(socket ?? -1, `a socket of ${namespace}`);
  if (socket !== undefined) syscall('close', socket);
  if (failed.step < 0) throw new KernelError({ errno: failed.errno, syscall: 'setns', operation });
  return { syscall: steps[failed.step]?.[0] ?? '', errno: failed.errno };
}

const socket = { result: 0 };

function socketSteps(request: SocketRequest): readonly SyscallStep[] {
  const { domain, type, protocol = 0, bind, listen, device } = request;
  const steps: SyscallStep[] = [['socket', domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol]];
  const option = (level: number, name: number, value: number) =>
    steps.push(['setsockopt', socket, level, name, Int32Array.of(value), 4]);
  if (request.reuseAddress) option(SOL_SOCKET, SO_REUSEADDR, 1);
  if (request.reusePort) option(SOL_SOCKET, SO_REUSEPORT, 1);
  if (request.ipv6Only !== undefined) option(IPPROTO_IPV6, IPV6_V6ONLY, Number(request.ipv6Only));
  if (device !== undefined) {
    if (/^\d+$/.test(device)) option(SOL_SOCKET, SO_BINDTOIFINDEX, Number(device));
    else steps.push(['setsockopt', socket, SOL_SOCKET, SO_BINDTODEVICE, device, device.length]);
  }
  if (bind !== undefined) steps.push(['bind', socket, bind, bind.length]);
  if (listen !== undefined) steps.push(['listen', socket, listen]);
  return steps;
}
