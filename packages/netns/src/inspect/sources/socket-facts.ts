import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  SO_ACCEPTCONN,
  SO_DOMAIN,
  SO_PROTOCOL,
  SO_TYPE,
} from '../../native/constants.ts';
import { syscall } from '../../native/syscall.ts';
import { formatIpAddress } from '../../wire/ip-address.ts';
import { readText } from '../../wire/text.ts';
import type { Holder } from '../keeper.ts';
import { borrow, openProcess } from './borrowed.ts';
import { socketOption } from './of-descriptor.ts';

/** What a socket is, as people say it. */
export interface SocketFacts {
  /** `tcp`, `udp`, `unix`, `netlink`, `packet`, `raw`, or the numbers of what has no name here. */
  readonly what: string;
  /** `10.0.0.1:80`, `[::1]:80`, a path, a port of netlink; undefined: it has none. */
  readonly local: string | undefined;
  readonly remote: string | undefined;
  /** Whether it waits for connections. */
  readonly listening: boolean;
}

/** Asks a socket of another process; undefined without the right to, or if it is gone. */
export function socketFacts({ pid, tid, fd }: Holder): SocketFacts | undefined {
  using process = openProcess(pid, tid);
  return process && borrow(process, fd, factsOf);
}

function factsOf(socket: number): SocketFacts | undefined {
  const domain = socketOption(socket, SO_DOMAIN);
  if (domain === undefined) return undefined;
  return {
    what: nameOf(domain, socketOption(socket, SO_TYPE) ?? 0, socketOption(socket, SO_PROTOCOL) ?? 0),
    local: addressOf('getsockname', socket),
    remote: domain === AF_NETLINK || domain === AF_PACKET ? undefined : addressOf('getpeername', socket),
    listening: socketOption(socket, SO_ACCEPTCONN) === 1,
  };
}

const protocols: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmp',
  132: 'sctp',
  262: 'mptcp',
};
const families: Readonly<Record<number, string>> = {
  [AF_UNIX]: 'unix',
  [AF_NETLINK]: 'netlink',
  [AF_PACKET]: 'packet',
  40: 'vsock',
  44: 'xdp',
};
const SOCK_RAW = 3;

function nameOf(domain: number, type: number, protocol: number): string {
  if (domain !== AF_INET && domain !== AF_INET6) return families[domain] ?? `family ${domain}`;
  const name = type === SOCK_RAW ? 'raw' : (protocols[protocol] ?? `protocol ${protocol}`);
  return domain === AF_INET6 ? `${name}6` : name;
}

function addressOf(call: 'getsockname' | 'getpeername', socket: number): string | undefined {
  const address = new Uint8Array(128);
  const length = Int32Array.of(address.length);
  if (syscall(call, socket, address, length) < 0) return undefined;
  return sayAddress(address.subarray(0, length[0]));
}

/** Reads a `struct sockaddr`; undefined if it says nothing: no port, no path. */
export function sayAddress(address: Uint8Array): string | undefined {
  if (address.length < 2) return undefined;
  const view = new DataView(address.buffer, address.byteOffset, address.length);
  const port = address.length >= 4 ? view.getUint16(2, false) : 0;
  switch (view.getUint16(0, true)) {
    case AF_INET:
      return port === 0 && isZero(address, 4, 8) ? undefined : `${formatIpAddress(address.subarray(4, 8))}:${port}`;
    case AF_INET6:
      return port === 0 && isZero(address, 8, 24) ? undefined : `[${formatIpAddress(address.subarray(8, 24))}]:${port}`;
    case AF_UNIX:
      if (address.length <= 2) return undefined;
      return address[2] === 0 ? `@${readText(address, 3, address.length)}` : readText(address, 2, address.length);
    case AF_NETLINK:
      return address.length >= 8 ? `port ${view.getUint32(4, true)}` : undefined;
    default:
      return undefined;
  }
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  return bytes.subarray(from, to).every((byte) => byte === 0);
}
