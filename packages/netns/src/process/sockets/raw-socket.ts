import { InvalidArgumentError, KernelError } from '../../errors.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from '../../native/constants.ts';
import { Fd } from '../../native/fd.ts';
import { openSocket } from './open-socket.ts';

const domains = { unix: AF_UNIX, inet: AF_INET, inet6: AF_INET6, netlink: AF_NETLINK, packet: AF_PACKET } as const;
const types = { stream: SOCK_STREAM, dgram: SOCK_DGRAM, raw: SOCK_RAW, seqpacket: SOCK_SEQPACKET } as const;

/** An address family: a word, or any number of the kernel's (`AF_…`). */
export type SocketDomain = keyof typeof domains | number;
/** A kind of socket: a word, or a number of the kernel's (`SOCK_…`). */
export type SocketType = keyof typeof types | number;

/**
 * Makes a socket of any kind inside a namespace: raw, packet, netlink, or what else the kernel has. Non-blocking,
 * close-on-exec. `protocol` is as in socket(2); that of packet sockets is in network byte order.
 *
 * Throws KernelError: EPERM (raw and packet sockets need CAP_NET_RAW inside), EAFNOSUPPORT, EPROTONOSUPPORT;
 * InvalidArgumentError for an unknown word, or what is no 32-bit number. socket(2).
 */
export function socketIn(namespace: Namespace, domain: SocketDomain, type: SocketType, protocol = 0): Fd {
  const request = {
    domain: numberOf(domains, domain, 'socket domain'),
    type: numberOf(types, type, 'socket type'),
    protocol: integer(protocol, 'socket protocol', 'it is no 32-bit number'),
  };
  const opened = openSocket(namespace, request);
  if (opened instanceof Fd) return opened;
  throw new KernelError({ ...opened, operation: `open a socket (${domain}, ${type}, ${protocol}) in ${namespace}` });
}

function numberOf(words: Readonly<Record<string, number>>, value: string | number, what: string): number {
  const reason = `it is none of ${Object.keys(words).join(', ')}`;
  return integer(Object.hasOwn(words, value) ? words[value] : value, what, `${reason}, and no 32-bit number`);
}

/** As the system call takes it: it would cut off what is longer, and take something else for what is no number. */
function integer(value: unknown, what: string, reason: string): number {
  if (typeof value === 'number' && (value | 0) === value) return value;
  throw new InvalidArgumentError(what, value, reason);
}
