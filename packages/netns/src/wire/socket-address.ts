import { formatIpAddress, parseIpAddress, withPort } from './ip-address.ts';
import { leaf } from './shape.ts';

/** Where a socket is. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
  /** IPv6 only, where they are not zero: the flow label as it is on the wire, and the device of a link-local address. */
  readonly flowinfo?: number | undefined;
  readonly scopeId?: number | undefined;
}

const AF_INET = 2;
const AF_INET6 = 10;

/** `struct sockaddr_in` or `struct sockaddr_in6` (`netinet/in.h`): the family first, then the port in network byte order. */
export const socketAddress = leaf<SocketAddress>({
  name: 'socketAddress',
  sizes: [16, 28],
  read(bytes, view, start, end) {
    const port = view.getUint16(start + 2, false);
    if (end - start === 16) return { address: formatIpAddress(bytes, start + 4, start + 8), port };
    const flowinfo = view.getUint32(start + 4, false);
    const scopeId = view.getUint32(start + 24, true);
    return {
      address: formatIpAddress(bytes, start + 8, start + 24),
      port,
      ...(flowinfo === 0 ? {} : { flowinfo }),
      ...(scopeId === 0 ? {} : { scopeId }),
    };
  },
  write(writer, value) {
    const { address, port, flowinfo = 0, scopeId = 0 } = (value ?? {}) as Partial<SocketAddress>;
    const bytes = typeof address === 'string' ? parseIpAddress(address) : undefined;
    if (bytes === undefined || !isPort(port)) return 'must be { address, port } with an IP address and a port';
    if (!isU32(flowinfo) || !isU32(scopeId)) return 'flowinfo and scopeId must be whole numbers of 32 bits';
    const isV4 = bytes.length === 4;
    const at = writer.reserve(isV4 ? 16 : 28);
    const { view } = writer;
    view.setUint16(at, isV4 ? AF_INET : AF_INET6, true);
    view.setUint16(at + 2, port, false);
    writer.bytes.set(bytes, at + (isV4 ? 4 : 8));
    if (!isV4) view.setUint32(at + 4, flowinfo, false);
    if (!isV4) view.setUint32(at + 24, scopeId, true);
    return undefined;
  },
  show: (value) => {
    const { address, port } = value as SocketAddress;
    return withPort(address, port);
  },
});

function isPort(value: unknown): value is number {
  return isU32(value) && value <= 0xffff;
}

function isU32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
}
