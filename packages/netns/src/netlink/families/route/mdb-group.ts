import { formatIpAddress, parseIpAddress } from '../../../wire/ip-address.ts';
import { macAddress } from '../../../wire/mac-address.ts';
import { leaf } from '../../../wire/shape.ts';

const ETH_P_IP = 0x0800;
const ETH_P_IPV6 = 0x86dd;

/**
 * The group of a `struct br_mdb_entry` as text: `239.1.1.1`, `ff02::1:3`, or a hardware address. On the wire sixteen bytes for any
 * of the three, then the Ethernet protocol that says which (0 for a hardware address).
 */
export const mdbGroup = leaf<string>({
  name: 'mdbGroup',
  sizes: [18],
  read(bytes, view, start) {
    const protocol = view.getUint16(start + 16);
    if (protocol === ETH_P_IP) return formatIpAddress(bytes, start, start + 4);
    if (protocol === ETH_P_IPV6) return formatIpAddress(bytes, start, start + 16);
    return macAddress.read(bytes, view, start, start + 6) as string;
  },
  write(writer, value) {
    const start = writer.length;
    const ip = typeof value === 'string' ? parseIpAddress(value) : undefined;
    if (ip !== undefined) writer.append(ip);
    else {
      const refused = macAddress.write(writer, value);
      if (refused !== undefined || writer.length - start !== 6) return 'must be an IP or hardware address';
    }
    writer.reserve(start + 18 - writer.length);
    if (ip !== undefined) writer.view.setUint16(start + 16, ip.length === 4 ? ETH_P_IP : ETH_P_IPV6);
    return undefined;
  },
});
