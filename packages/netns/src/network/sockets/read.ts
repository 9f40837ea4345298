import {
  type InetSocketMessage,
  inetDiagTimers,
  type MptcpSocketMessage,
  type SctpSocketMessage,
} from '../../netlink/families/diag/inet.ts';
import type { NetlinkSocketMessage } from '../../netlink/families/diag/netlink.ts';
import type { PacketSocketMessage } from '../../netlink/families/diag/packet.ts';
import { socketStates, socketTypes } from '../../netlink/families/diag/sock-diag.ts';
import type { UnixSocketMessage } from '../../netlink/families/diag/unix.ts';
import type { VsockSocketMessage } from '../../netlink/families/diag/vsock.ts';
import type { XdpSocketMessage } from '../../netlink/families/diag/xdp.ts';
import { AF_INET6 } from '../../netlink/families/route/address-families.ts';
import { formatIpAddress } from '../../wire/ip-address.ts';
import { flagNames, nameOf } from '../../wire/names.ts';
import { familyName } from '../prefix.ts';
import type {
  InetSocket,
  InetSocketKind,
  NetlinkSocketEntry,
  PacketSocket,
  SocketMemory,
  SocketState,
  UnixSocket,
  VsockSocket,
  XdpSocket,
} from './socket.ts';

const sides = ['receive', 'send'];

/** What is filled in when all are listed. */
const later = { processes: undefined } as const;

export function inetSocketOf(
  kind: InetSocketKind,
  message: InetSocketMessage | MptcpSocketMessage | SctpSocketMessage,
): InetSocket {
  const { header, attributes } = message;
  const size = header.family === AF_INET6 ? 16 : 4;
  const timer = header.timer === 0 ? undefined : timerOf(header);
  return {
    kind,
    family: familyName(header.family),
    state: stateOf(header.state),
    local: { address: formatIpAddress(header.src, 0, size), port: header.sport },
    remote: { address: formatIpAddress(header.dst, 0, size), port: header.dport },
    link: header.ifindex || undefined,
    receiveQueue: header.rqueue,
    sendQueue: header.wqueue,
    inode: header.inode,
    cookie: header.cookie,
    uid: header.uid,
    shutdown: shutdownOf(attributes.shutdown),
    timer,
    congestion: attributes.cong,
    v6only: attributes.skv6only,
    mark: attributes.mark,
    cgroup: attributes.cgroupId === undefined ? undefined : { id: attributes.cgroupId, path: undefined },
    memory: attributes.skmeminfo,
    ...later,
    message,
  };
}

function timerOf({ timer, expires, retrans }: InetSocketMessage['header']) {
  return { name: nameOf(inetDiagTimers, timer), expires, retransmits: retrans };
}

export function unixSocketOf(message: UnixSocketMessage): UnixSocket {
  const { header, attributes } = message;
  return {
    kind: 'unix',
    type: nameOf(socketTypes, header.type),
    state: stateOf(header.state),
    name: attributes.name === undefined ? undefined : unixName(attributes.name),
    peer: attributes.peer,
    receiveQueue: attributes.rqlen?.rqueue ?? 0,
    sendQueue: attributes.rqlen?.wqueue ?? 0,
    ...commonOf(header, attributes),
    shutdown: shutdownOf(attributes.shutdown),
    message,
  };
}

/** A path ends at a NUL; an abstract name begins with one, and holds what it holds. */
function unixName(bytes: Uint8Array): string {
  const end = bytes.indexOf(0, 1);
  const meant = bytes[0] === 0 || end === -1 ? bytes : bytes.subarray(0, end);
  return new TextDecoder().decode(meant);
}

export function packetSocketOf(message: PacketSocketMessage): PacketSocket {
  const { header, attributes } = message;
  return {
    kind: 'packet',
    type: nameOf(socketTypes, header.type),
    state: 'close',
    protocol: header.num,
    link: attributes.info?.index || undefined,
    receiveQueue: attributes.meminfo?.rmemAlloc ?? 0,
    sendQueue: attributes.meminfo?.wmemAlloc ?? 0,
    ...commonOf(header, attributes),
    message,
  };
}

export function netlinkSocketOf(message: NetlinkSocketMessage): NetlinkSocketEntry {
  const { header, attributes } = message;
  return {
    kind: 'netlink',
    state: header.state === 1 ? 'established' : 'close', // NETLINK_CONNECTED
    protocol: header.protocol,
    port: header.portid,
    remotePort: header.dstPortid,
    groups: groupsOf(attributes.groups ?? []),
    receiveQueue: attributes.meminfo?.rmemAlloc ?? 0,
    sendQueue: attributes.meminfo?.wmemAlloc ?? 0,
    ...commonOf(header, attributes),
    message,
  };
}

/** Group N is bit N - 1. */
function groupsOf(words: readonly number[]): number[] {
  return words.flatMap((word, index) =>
    Array.from({ length: 32 }, (_, bit) => 32 * index + bit + 1).filter((_, bit) => (word >>> bit) & 1),
  );
}

export function vsockSocketOf(message: VsockSocketMessage): VsockSocket {
  const { header } = message;
  return {
    kind: 'vsock',
    type: nameOf(socketTypes, header.type),
    state: stateOf(header.state),
    local: { cid: header.srcCid, port: header.srcPort },
    remote: { cid: header.dstCid, port: header.dstPort },
    receiveQueue: 0,
    sendQueue: 0,
    ...commonOf(header, {}),
    shutdown: shutdownOf(header.shutdown),
    message,
  };
}

export function xdpSocketOf(message: XdpSocketMessage): XdpSocket {
  const { header, attributes } = message;
  return {
    kind: 'xdp',
    state: 'close',
    link: attributes.info?.ifindex || undefined,
    queue: attributes.info?.queueId,
    receiveQueue: attributes.meminfo?.rmemAlloc ?? 0,
    sendQueue: attributes.meminfo?.wmemAlloc ?? 0,
    ...commonOf(header, attributes),
    message,
  };
}

function commonOf(
  { inode, cookie }: { readonly inode: number; readonly cookie: bigint },
  { uid, meminfo }: { readonly uid?: number | undefined; readonly meminfo?: SocketMemory },
) {
  return { inode, cookie, uid, memory: meminfo, cgroup: undefined, shutdown: nothing, ...later };
}

const nothing: readonly string[] = [];

function shutdownOf(bits: number | undefined): readonly string[] {
  return bits ? flagNames(sides, bits) : nothing;
}

/** A connection request is one, whether the kernel keeps it apart or not. */
function stateOf(state: number): SocketState {
  return state === 12 ? 'syn-recv' : ((socketStates as Readonly<Record<number, SocketState>>)[state] ?? 'close');
}
