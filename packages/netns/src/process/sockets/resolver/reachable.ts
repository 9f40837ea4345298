import { SOCK_DGRAM } from '../../../native/constants.ts';
import { Fd } from '../../../native/fd.ts';
import { syscall } from '../../../native/syscall.ts';
import type { Home } from '../home.ts';
import { openSocket } from '../open-socket.ts';
import { domainOf, type IpFamily, ipSocketAddress, splitZone } from '../socket-address.ts';
import type { LookupAddress } from './lookup.ts';

/**
 * Puts the addresses to which the namespace has no route behind the others, and otherwise those of IPv6 first. To connect a UDP socket sends nothing: the kernel
 * only looks for a route. The first rule of RFC 6724, section 6, without which IPv6 addresses are useless where there is
 * no IPv6, and the sixth, which tells for a hosts file that has 127.0.0.1 before ::1.
 */
export function reachableFirst(home: Home, found: readonly LookupAddress[]): readonly LookupAddress[] {
  if (found.length < 2) return found;
  const probes = new Map<IpFamily, Fd | undefined>();
  const probe = (family: IpFamily) => {
    if (!probes.has(family)) {
      const opened = openSocket(home, { domain: domainOf(family), type: SOCK_DGRAM });
      probes.set(family, opened instanceof Fd ? opened : undefined);
    }
    return probes.get(family);
  };
  const isReachable = ({ address, family }: LookupAddress) => {
    const target = ipSocketAddress(splitZone(address)[0], 53);
    const socket = probe(family);
    return target !== undefined && socket !== undefined && syscall('connect', socket.raw, target, target.length) === 0;
  };
  try {
    const sorted = [...found].sort((a, b) => b.family - a.family);
    const reachable = sorted.filter(isReachable);
    return [...reachable, ...sorted.filter((one) => !reachable.includes(one))];
  } finally {
    for (const socket of probes.values()) socket?.close();
  }
}
