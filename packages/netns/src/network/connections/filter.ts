import { InvalidArgumentError } from '../../errors.ts';
import type { ConntrackMessageInput } from '../../netlink/families/netfilter/conntrack.ts';
import { parseIpAddress } from '../../wire/ip-address.ts';
import { nameOf } from '../../wire/names.ts';
import { familyNumber, type IpFamily, type Prefix, parsePrefix } from '../prefix.ts';
import type { Connection } from './connection.ts';
import { connectionProtocols } from './read.ts';
import { protocolNumber, statusOf, tupleMessage } from './write.ts';

/** Which connections are meant; all that is given must be true. */
export interface ConnectionFilter {
  readonly family?: IpFamily | undefined;
  readonly protocol?: string | number | undefined;
  /** Of the first packet: an address or a prefix. */
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  readonly sourcePort?: number | undefined;
  readonly destinationPort?: number | undefined;
  /** With this mark, or with it where the mask has bits. */
  readonly mark?: number | { readonly value: number; readonly mask: number } | undefined;
  readonly zone?: number | undefined;
  /** With all of these: `assured`, `src_nat`, … */
  readonly status?: readonly string[] | undefined;
  /** Of TCP and its like: `ESTABLISHED`, … */
  readonly state?: string | undefined;
}

/** A filter, checked and ready. */
export interface ReadyConnectionFilter {
  /** What the kernel is asked. */
  readonly question: ConntrackMessageInput;
  /** Whether it holds what older kernels refuse: addresses and ports (Linux 5.8). */
  readonly demanding: boolean;
  /** The same question in words that all kernels know. */
  readonly plain: ConntrackMessageInput;
  /** Old kernels give all, whatever they are asked. */
  keep(connection: Connection): boolean;
}

/** Bits of CTA_FILTER_ORIG_FLAGS: which parts of the tuple count. */
const filterSource = 1;
const filterDestination = 2;
const filterProtocol = 8;
const filterSourcePort = 16;
const filterDestinationPort = 32;

/** Checks a filter. Throws InvalidArgumentError. */
export function readyConnectionFilter(filter: ConnectionFilter): ReadyConnectionFilter {
  const source = filter.source === undefined ? undefined : parsePrefix(filter.source, 'source', filter.family);
  const destination =
    filter.destination === undefined
      ? undefined
      : parsePrefix(filter.destination, 'destination', filter.family ?? source?.family);
  const family = filter.family ?? source?.family ?? destination?.family;
  const mark = typeof filter.mark === 'number' ? { value: filter.mark, mask: 0xffffffff } : filter.mark;
  const status = filter.status && statusOf(filter.status, 'status');
  const protocol = filter.protocol === undefined ? undefined : protocolNumber(filter.protocol);
  for (const argument of ['sourcePort', 'destinationPort'] as const) checkPort(filter[argument], argument);
  const plain: ConntrackMessageInput = {
    header: { family: family === undefined ? 0 : familyNumber(family) },
    attributes: { mark: mark?.value, markMask: mark?.mask, zone: filter.zone, status, statusMask: status },
  };
  const tuple = family === undefined ? undefined : tupleFilter(filter, family, source, destination, protocol);
  return {
    plain,
    demanding: tuple !== undefined,
    question: tuple === undefined ? plain : { header: plain.header, attributes: { ...plain.attributes, ...tuple } },
    keep: (connection) =>
      (family === undefined || connection.family === family) &&
      (protocol === undefined || connection.protocol === nameOf(connectionProtocols, protocol)) &&
      (source === undefined || isWithin(connection.source, source)) &&
      (destination === undefined || isWithin(connection.destination, destination)) &&
      (filter.sourcePort === undefined || connection.sourcePort === filter.sourcePort) &&
      (filter.destinationPort === undefined || connection.destinationPort === filter.destinationPort) &&
      (mark === undefined ||
        ((connection.mark ?? 0) & mask(mark.mask)) >>> 0 === (mark.value & mask(mark.mask)) >>> 0) &&
      (filter.zone === undefined || connection.zone === filter.zone) &&
      (filter.status === undefined || filter.status.every((word) => connection.status.includes(word))) &&
      (filter.state === undefined || connection.state === filter.state),
  };
}

function mask(bits: number): number {
  return bits | 0;
}

/**
 * Whole addresses, a protocol and ports: these the kernel can look for. Not for addresses of IPv6: it leaves out those that are equal, instead of
 * those that are not (Linux 5.8 to 6.18).
 */
function tupleFilter(
  filter: ConnectionFilter,
  family: IpFamily,
  source: Prefix | undefined,
  destination: Prefix | undefined,
  protocol: number | undefined,
): ConntrackMessageInput['attributes'] {
  const bits = family === 'inet6' ? 128 : 32;
  const any = family === 'inet6' ? '::' : '0.0.0.0';
  const ports = protocol !== undefined && portProtocols.includes(protocol);
  const origFlags =
    (family === 'inet' && source?.length === bits ? filterSource : 0) |
    (family === 'inet' && destination?.length === bits ? filterDestination : 0) |
    (protocol !== undefined ? filterProtocol : 0) |
    (ports && filter.sourcePort !== undefined ? filterSourcePort : 0) |
    (ports && filter.destinationPort !== undefined ? filterDestinationPort : 0);
  if (origFlags === 0) return undefined;
  const { sourcePort, destinationPort } = filter;
  const whole = (prefix: Prefix | undefined) => (prefix?.length === bits ? prefix.address : any);
  return {
    tupleOrig: tupleMessage(
      { source: whole(source), destination: whole(destination), sourcePort, destinationPort },
      protocol ?? 0,
      family,
    ),
    filter: { origFlags, replyFlags: 0 },
  };
}

/** Protocols whose connections have ports. */
const portProtocols: readonly number[] = [6, 17, 33, 132, 136];

function checkPort(port: number | undefined, argument: string): void {
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw new InvalidArgumentError(argument, port, 'it must be a port from 0 to 65535');
}

/** Whether an address is in a prefix. */
function isWithin(address: string, { address: base, length }: Prefix): boolean {
  const one = parseIpAddress(address);
  const other = parseIpAddress(base);
  if (one === undefined || other === undefined || one.length !== other.length) return false;
  const whole = length >> 3;
  for (let at = 0; at < whole; at++) if (one[at] !== other[at]) return false;
  const rest = length & 7;
  return rest === 0 || ((one[whole] ?? 0) ^ (other[whole] ?? 0)) >> (8 - rest) === 0;
}
