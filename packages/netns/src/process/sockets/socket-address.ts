import { AF_INET, AF_INET6, AF_UNIX } from '../../native/constants.ts';
import { parseIpAddress } from '../../wire/ip-address.ts';

export type IpFamily = 4 | 6;

/** An address without its zone, and the zone: `fe80::1%eth0` or `fe80::1%2`. */
export function splitZone(address: string): readonly [address: string, zone: string | undefined] {
  const at = address.indexOf('%');
  return at === -1 ? [address, undefined] : [address.slice(0, at), address.slice(at + 1)];
}

/** The address family constant of IPv4 or IPv6. */
export function domainOf(family: IpFamily): number {
  return family === 4 ? AF_INET : AF_INET6;
}

/** `struct sockaddr_in` or `struct sockaddr_in6`, by the address; undefined for text that is none. ip(7), ipv6(7). */
export function ipSocketAddress(address: string, port: number): Uint8Array | undefined {
  const bytes = parseIpAddress(address);
  if (bytes === undefined) return undefined;
  const result = new Uint8Array(bytes.length === 4 ? 16 : 28);
  new Uint16Array(result.buffer, 0, 1)[0] = bytes.length === 4 ? AF_INET : AF_INET6;
  new DataView(result.buffer).setUint16(2, port);
  result.set(bytes, bytes.length === 4 ? 4 : 8); // an IPv6 address comes after the flow label
  return result;
}

const longestUnixPath = 107;

const libuvPads = process.versions.uv.localeCompare('1.47', undefined, { numeric: true }) < 0;

/**
 * `struct sockaddr_un`, as long as it has to be. A name that begins with a NUL byte is abstract: it exists only in its network
 * namespace, and ends where the structure ends. libuv before 1.47, which Node brings along before 22 (but Debian's Node has its own),
 * fills such names with NUL bytes, which makes other names of them; what is to meet Node there has to do the same. Undefined if the text is too long, or a path with a NUL byte in it. unix(7).
 */
export function unixSocketAddress(path: string): Uint8Array | undefined {
  const bytes = new TextEncoder().encode(path);
  if (bytes.length > longestUnixPath || (!isAbstract(path) && path.includes('\0'))) return undefined;
  const padded = isAbstract(path) && libuvPads;
  const result = new Uint8Array(padded ? 110 : 2 + bytes.length + (isAbstract(path) ? 0 : 1));
  new Uint16Array(result.buffer, 0, 1)[0] = AF_UNIX;
  result.set(bytes, 2);
  return result;
}

export function isAbstract(path: string): boolean {
  return path.startsWith('\0');
}
