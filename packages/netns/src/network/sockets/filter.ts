import { InvalidArgumentError } from '../../errors.ts';
import {
  addressIs,
  cgroupIs,
  compileInetFilter,
  deviceIs,
  type InetEnd,
  type InetFilter,
  markIs,
  portIs,
} from '../../netlink/families/diag/inet-filter.ts';
import { socketStates } from '../../netlink/families/diag/sock-diag.ts';
import { parseIpAddress } from '../../wire/ip-address.ts';
import { type IpFamily, parsePrefix } from '../prefix.ts';
import type { PortRange } from '../rules.ts';
import type { InetSocketKind, SocketKind, SocketState } from './socket.ts';

/** Which sockets are meant. A filter that only sockets of the internet protocols can pass leaves the others out. */
export interface SocketFilter {
  /** Default: all. */
  readonly kinds?: readonly SocketKind[] | undefined;
  /** IPv4 or IPv6 alone. */
  readonly family?: IpFamily | undefined;
  /** Default: all. */
  readonly states?: readonly SocketState[] | undefined;
  /** One of these ports, or ranges of ports, here. `sport = :80`. */
  readonly localPorts?: readonly (number | PortRange)[] | undefined;
  /** One of these ports at the other end. `dport = :80`. */
  readonly remotePorts?: readonly (number | PortRange)[] | undefined;
  /** An address in one of these prefixes. `src 10.0.0.0/8`. */
  readonly local?: readonly string[] | undefined;
  /** The same at the other end. `dst 10.0.0.0/8`. */
  readonly remote?: readonly string[] | undefined;
  /** Bound to this device, by name or index. `dev eth0`. */
  readonly link?: string | number | undefined;
  /** With this mark, or with it where the mask has bits. Needs CAP_NET_ADMIN in the namespace. `fwmark = 7/0xff`. */
  readonly mark?: number | { readonly value: number; readonly mask: number } | undefined;
  /** Made in this control group of version 2, by its id. Linux 5.8. */
  readonly cgroup?: bigint | undefined;
}

/** Every kind, in the order of a listing. */
export const socketKinds: readonly SocketKind[] = [
  'netlink',
  'packet',
  'unix',
  'raw',
  'udp',
  'udplite',
  'tcp',
  'mptcp',
  'dccp',
  'sctp',
  'vsock',
  'xdp',
];

/** Kinds of the internet protocols. */
export const inetSocketKinds: readonly InetSocketKind[] = ['tcp', 'mptcp', 'udp', 'udplite', 'sctp', 'dccp', 'raw'];

export function isInetKind(kind: SocketKind): kind is InetSocketKind {
  return (inetSocketKinds as readonly string[]).includes(kind);
}

/** A filter, checked and ready. */
export interface ReadyFilter {
  readonly kinds: readonly SocketKind[];
  readonly families: readonly IpFamily[];
  /** A bit for each state. */
  readonly states: number;
  /** The program for the kernel. */
  readonly bytecode: Uint8Array | undefined;
}

const allStates = 0xffffffff;

/** Checks a filter, whose device is `link`. Throws InvalidArgumentError. */
export function readyFilter(filter: SocketFilter, link?: number): ReadyFilter {
  const conditions: InetFilter[] = [
    ...portsAre('source', filter.localPorts, 'localPorts'),
    ...portsAre('destination', filter.remotePorts, 'remotePorts'),
    ...addressesAre('source', filter.local, 'local'),
    ...addressesAre('destination', filter.remote, 'remote'),
  ];
  if (link !== undefined) conditions.push(deviceIs(link));
  if (filter.mark !== undefined) conditions.push(markOf(filter.mark));
  if (filter.cgroup !== undefined) conditions.push(cgroupIs(filter.cgroup));
  const bytecode = programOf(conditions);
  const kinds = filter.kinds ?? socketKinds;
  for (const kind of kinds)
    if (!socketKinds.includes(kind))
      throw new InvalidArgumentError('kinds', kind, `it must be one of ${socketKinds.join(', ')}`);
  const inetOnly = bytecode !== undefined || filter.family !== undefined;
  return {
    kinds: inetOnly ? kinds.filter(isInetKind) : kinds,
    families: filter.family === undefined ? ['inet', 'inet6'] : [filter.family],
    states: filter.states === undefined ? allStates : statesOf(filter.states),
    bytecode,
  };
}

function statesOf(states: readonly SocketState[]): number {
  let mask = 0;
  for (const state of states) {
    const [number] = Object.entries(socketStates).find(([, name]) => name === state) ?? [];
    if (number === undefined)
      throw new InvalidArgumentError('states', state, `it must be one of ${Object.values(socketStates).join(', ')}`);
    mask |= 1 << Number(number);
    // The kernel knows two: a connection request, and one that is nearly accepted. People know one.
    if (state === 'syn-recv') mask |= 1 << 12;
  }
  return mask >>> 0;
}

function portsAre(end: InetEnd, ports: SocketFilter['localPorts'], argument: string): InetFilter[] {
  if (ports === undefined) return [];
  return [
    {
      any: ports.map((port) => {
        const [first, last] = typeof port === 'number' ? [port, port] : port;
        if (![first, last].every((each) => Number.isInteger(each) && each >= 0 && each <= 65535) || first > last)
          throw new InvalidArgumentError(
            argument,
            port,
            'it must be a port from 0 to 65535, or the first and the last of several',
          );
        return portIs(end, first, last);
      }),
    },
  ];
}

function addressesAre(end: InetEnd, prefixes: readonly string[] | undefined, argument: string): InetFilter[] {
  if (prefixes === undefined) return [];
  return [
    {
      any: prefixes.map((text) => {
        const { address, length } = parsePrefix(text, argument);
        return addressIs(end, parseIpAddress(address) ?? new Uint8Array(4), length);
      }),
    },
  ];
}

function markOf(mark: NonNullable<SocketFilter['mark']>): InetFilter {
  const { value, mask } = typeof mark === 'number' ? { value: mark, mask: 0xffffffff } : mark;
  for (const each of [value, mask])
    if (!Number.isInteger(each) || each < 0 || each > 0xffffffff)
      throw new InvalidArgumentError('mark', each, 'it must be a whole number from 0 to 4294967295');
  return markIs(value, mask);
}

function programOf(conditions: readonly InetFilter[]): Uint8Array | undefined {
  try {
    return compileInetFilter({ all: conditions });
  } catch (error) {
    if (error instanceof RangeError)
      throw new InvalidArgumentError(
        'filter',
        'of so many ports and addresses',
        'the kernel takes at most 64 KiB of it',
      );
    throw error;
  }
}
