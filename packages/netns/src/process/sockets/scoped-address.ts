import { EINVAL, ENODEV } from '../../errno-numbers.ts';
import { AF_INET6 } from '../../native/constants.ts';
import { deviceIndex, deviceName } from '../../native/device-requests.ts';
import { syscall } from '../../native/syscall.ts';
import { formatIpAddress } from '../../wire/ip-address.ts';
import { ipSocketAddress, splitZone } from './socket-address.ts';

/** An address as Node's sockets tell it. */
export interface ToldAddress {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly port: number;
}

/** `struct sockaddr_in6`: family, port, flow label, address, and behind it the index of the device. */
export const socketAddressSize = 28;
const scopeOffset = 24;

/**
 * A socket address as Node has it. A link-local one is an address at a device, which is called here as it is inside the namespace of the
 * socket: Node would look for the name in the namespace of the process, find another device, or fail.
 */
export function toldAddress(socket: number, bytes: Uint8Array): ToldAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const port = view.getUint16(2);
  if (view.getUint16(0, true) !== AF_INET6) return { address: formatIpAddress(bytes, 4, 8), family: 'IPv4', port };
  const scope = view.getUint32(scopeOffset, true);
  const bare = formatIpAddress(bytes, 8, scopeOffset);
  return { address: scope === 0 ? bare : `${bare}%${deviceName(socket, scope) ?? scope}`, family: 'IPv6', port };
}

/** An address with a zone as a `struct sockaddr_in6`, for the namespace of a socket; or -errno. */
export function zonedAddress(socket: number, text: string, port: number): Uint8Array | number {
  const [bare, zone = ''] = splitZone(text);
  const bytes = ipSocketAddress(bare, port);
  if (bytes?.length !== socketAddressSize) return -EINVAL;
  const index = /^\d+$/.test(zone) ? Number(zone) : deviceIndex(socket, zone);
  if (index === undefined) return -ENODEV;
  new DataView(bytes.buffer).setUint32(scopeOffset, index, true);
  return bytes;
}

/** The part of Node's native sockets that tells addresses. */
export interface AddressHandle {
  readonly fd: number;
  getsockname(out: object): number;
  getpeername(out: object): number;
}

/** Lets a socket of Node's tell link-local addresses as they are called inside. */
export function tellScopedAddresses(handle: AddressHandle): void {
  for (const call of ['getsockname', 'getpeername'] as const) {
    const node = handle[call];
    handle[call] = (out) => {
      const bytes = new Uint8Array(socketAddressSize);
      const result = syscall(call, handle.fd, bytes, Int32Array.of(bytes.length));
      if (result < 0 || !isScoped(bytes)) return node.call(handle, out);
      Object.assign(out, toldAddress(handle.fd, bytes));
      return 0;
    };
  }
}

function isScoped(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer);
  return view.getUint16(0, true) === AF_INET6 && view.getUint32(scopeOffset, true) !== 0;
}
