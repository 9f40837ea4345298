import { formatIpAddress, withPort } from '../../wire/ip-address.ts';

/** A packet in a few words. */
export interface PacketSummary {
  /** The innermost protocol that is known: `TCP`, `ICMPv6`, `ARP`, or a type of Ethernet as `0x88cc`. */
  readonly protocol: string;
  /** Addresses, with ports where there are any. */
  readonly source: string | undefined;
  readonly destination: string | undefined;
  /** What else there is to say: flags of TCP, what ARP asks. */
  readonly info: string;
}

/** LINKTYPE_…: what a packet begins with. */
export const linkTypes = { ethernet: 1, ip: 101, cooked: 113 } as const;

const tags = [0x8100, 0x88a8, 0x9100];
const carried: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPIP',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  89: 'OSPF',
  103: 'PIM',
  112: 'VRRP',
  132: 'SCTP',
};
const portProtocols = [6, 17, 132];
/** Extension headers of IPv6 that others stand behind: hop by hop, routing, destination options. */
const extensions = [0, 43, 60];
const FRAGMENT = 44;
const tcpFlags = [
  [2, 'S'],
  [1, 'F'],
  [4, 'R'],
  [8, 'P'],
  [32, 'U'],
  [64, 'E'],
  [128, 'C'],
  [16, '.'],
] as const;
const icmpTypes: Readonly<Record<number, string>> = {
  0: 'echo reply',
  3: 'unreachable',
  5: 'redirect',
  8: 'echo request',
  11: 'time exceeded',
};
const icmp6Types: Readonly<Record<number, string>> = {
  1: 'unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  128: 'echo request',
  129: 'echo reply',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbour solicitation',
  136: 'neighbour advertisement',
  143: 'multicast report',
};

/** Says what a packet is. It may be damaged, or cut anywhere: then there is less to say. */
export function summarize(linkType: number, bytes: Uint8Array): PacketSummary {
  if (linkType === linkTypes.ethernet) return ethernet(bytes);
  if (linkType === linkTypes.ip) return network((bytes[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800, bytes, '');
  if (linkType === linkTypes.cooked) return network(u16(bytes, 14), bytes.subarray(16), '');
  return { protocol: '?', source: undefined, destination: undefined, info: '' };
}

function ethernet(bytes: Uint8Array): PacketSummary {
  let at = 12;
  const seen: string[] = [];
  while (tags.includes(u16(bytes, at)) && at + 4 < bytes.length) {
    seen.push(`vlan ${u16(bytes, at + 2) & 0xfff}`);
    at += 4;
  }
  const told = network(u16(bytes, at), bytes.subarray(at + 2), seen.join(', '));
  if (told.source !== undefined || bytes.length < 12) return told;
  return { ...told, source: hardware(bytes, 6), destination: hardware(bytes, 0) };
}

function network(type: number, bytes: Uint8Array, before: string): PacketSummary {
  const told = byType(type, bytes);
  return before === '' ? told : { ...told, info: told.info === '' ? before : `${before}, ${told.info}` };
}

function byType(type: number, bytes: Uint8Array): PacketSummary {
  if (type === 0x0800 && bytes.length >= 20) return ipv4(bytes);
  if (type === 0x86dd && bytes.length >= 40) return ipv6(bytes);
  if ((type === 0x0806 || type === 0x8035) && bytes.length >= 28) return arp(bytes);
  const protocol = { 2048: 'IPv4', 34525: 'IPv6', 2054: 'ARP' }[type] ?? `0x${type.toString(16).padStart(4, '0')}`;
  return { protocol, source: undefined, destination: undefined, info: '' };
}

function arp(bytes: Uint8Array): PacketSummary {
  const [source, destination] = [formatIpAddress(bytes, 14, 18), formatIpAddress(bytes, 24, 28)];
  const info = u16(bytes, 6) === 2 ? `${source} is at ${hardware(bytes, 8)}` : `who has ${destination}`;
  return { protocol: 'ARP', source, destination, info };
}

function ipv4(bytes: Uint8Array): PacketSummary {
  const fragment = u16(bytes, 6) & 0x1fff;
  const header = 4 * ((bytes[0] ?? 0) & 0xf);
  const ends = [formatIpAddress(bytes, 12, 16), formatIpAddress(bytes, 16, 20)] as const;
  const size = Math.max(0, u16(bytes, 2) - header);
  return transport(bytes[9] ?? 0, bytes.subarray(header), ends, { fragment: fragment * 8, size });
}

function ipv6(bytes: Uint8Array): PacketSummary {
  let [next, at, fragment] = [bytes[6] ?? 0, 40, 0];
  while (extensions.includes(next) && at + 8 <= bytes.length) {
    next = bytes[at] ?? 0;
    at += 8 * ((bytes[at + 1] ?? 0) + 1);
  }
  if (next === FRAGMENT && at + 8 <= bytes.length) {
    fragment = u16(bytes, at + 2) & 0xfff8;
    next = bytes[at] ?? 0;
    at += 8;
  }
  const ends = [formatIpAddress(bytes, 8, 24), formatIpAddress(bytes, 24, 40)] as const;
  return transport(next, bytes.subarray(at), ends, { fragment, size: Math.max(0, u16(bytes, 4) + 40 - at) });
}

interface Rest {
  /** Where in the whole packet this begins; only at 0 there is a header. */
  readonly fragment: number;
  /** How many bytes are behind the header of the network, whether they are here or not. */
  readonly size: number;
}

function transport(number: number, bytes: Uint8Array, ends: readonly [string, string], rest: Rest): PacketSummary {
  const protocol = carried[number] ?? `protocol ${number}`;
  const [source, destination] = ends;
  if (rest.fragment > 0) return { protocol, source, destination, info: `fragment at ${rest.fragment}` };
  if (portProtocols.includes(number) && bytes.length >= 4) {
    const info = number === 6 ? tcpInfo(bytes, rest.size) : number === 17 ? `${Math.max(0, rest.size - 8)} bytes` : '';
    return {
      protocol,
      source: withPort(source, u16(bytes, 0)),
      destination: withPort(destination, u16(bytes, 2)),
      info,
    };
  }
  const types = number === 1 ? icmpTypes : number === 58 ? icmp6Types : undefined;
  const [type] = bytes;
  const info = types === undefined || type === undefined ? '' : (types[type] ?? `type ${type}`);
  return { protocol, source, destination, info };
}

/** The flags in tcpdump's letters, and how many bytes of data there are. */
function tcpInfo(bytes: Uint8Array, size: number): string {
  if (bytes.length < 14) return '';
  const flags = bytes[13] ?? 0;
  const letters = tcpFlags.filter(([bit]) => (flags & bit) !== 0).map(([, letter]) => letter);
  return `[${letters.join('')}] ${Math.max(0, size - 4 * ((bytes[12] ?? 0) >> 4))} bytes`;
}

function hardware(bytes: Uint8Array, at: number): string {
  return [...bytes.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
