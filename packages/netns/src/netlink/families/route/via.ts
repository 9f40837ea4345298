import { formatIpAddress, parseIpAddress } from '../../../wire/ip-address.ts';
import { macAddress } from '../../../wire/mac-address.ts';
import { leaf } from '../../../wire/shape.ts';

/** A next hop of another family than the route: an IPv6 router for IPv4, an IP router for MPLS. */
export interface Via {
  /** AF_INET, AF_INET6, or AF_PACKET for a hardware address. */
  readonly family: number;
  readonly address: string;
}

/** `struct rtvia` (`linux/rtnetlink.h`): the family in two bytes, then an address of 4, 6, 16 or 20 bytes. */
export const via = leaf<Via>({
  name: 'via',
  sizes: [6, 8, 18, 22],
  read(bytes, view, start, end) {
    const at = start + 2;
    const ip = end - at === 4 || end - at === 16;
    const address = ip ? formatIpAddress(bytes, at, end) : macAddress.read(bytes, view, at, end);
    return { family: view.getUint16(start, true), address };
  },
  write(writer, value) {
    const { family, address } = value as Partial<Via>;
    if (typeof family !== 'number' || typeof address !== 'string') return 'must be { family, address }';
    const at = writer.reserve(2);
    writer.view.setUint16(at, family, true);
    const ip = parseIpAddress(address);
    if (ip === undefined) return macAddress.write(writer, address);
    writer.append(ip);
    return undefined;
  },
  show: (value) => `family ${(value as Via).family} ${(value as Via).address}`,
});
