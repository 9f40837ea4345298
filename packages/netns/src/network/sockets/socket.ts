import type { InetSocketMessage, MptcpSocketMessage, SctpSocketMessage } from '../../netlink/families/diag/inet.ts';
import type { NetlinkSocketMessage } from '../../netlink/families/diag/netlink.ts';
import type { PacketSocketMessage } from '../../netlink/families/diag/packet.ts';
import type { socketStates } from '../../netlink/families/diag/sock-diag.ts';
import type { UnixSocketMessage } from '../../netlink/families/diag/unix.ts';
import type { VsockSocketMessage } from '../../netlink/families/diag/vsock.ts';
import type { XdpSocketMessage } from '../../netlink/families/diag/xdp.ts';
import type { IpFamily } from '../prefix.ts';

/** Kinds of sockets of the internet protocols. */
export type InetSocketKind = 'tcp' | 'mptcp' | 'udp' | 'udplite' | 'sctp' | 'dccp' | 'raw';

/** Kinds of sockets that can be listed. */
export type SocketKind = InetSocketKind | 'unix' | 'packet' | 'netlink' | 'vsock' | 'xdp';

/** What a socket is about: for TCP as in RFC 9293; `listening` and `established` for others, too; `close` is one that is merely open. */
export type SocketState = (typeof socketStates)[keyof typeof socketStates];

/** A process that has a socket open. */
export interface SocketOwner {
  readonly pid: number;
  /** The name of its program, at most 15 bytes. */
  readonly command: string;
  /** Its number for the socket. */
  readonly fd: number;
}

/** What a socket holds in memory, in bytes; `drops` are packets. `ss -m`. */
export type SocketMemory = NonNullable<InetSocketMessage['attributes']['skmeminfo']>;

/** The control group (version 2) that a socket was made in; without `path` if that cannot be found from here. */
export interface SocketCgroup {
  readonly id: bigint;
  readonly path: string | undefined;
}

/** What all sockets have. */
export interface SocketCommon {
  readonly state: SocketState;
  /** Bytes that came and were not read; of a TCP socket that listens, connections that wait for `accept`. `Recv-Q`. */
  readonly receiveQueue: number;
  /** Bytes that did not leave or were not acknowledged; of a TCP socket that listens, how many may wait. `Send-Q`. */
  readonly sendQueue: number;
  /** The number in `socket:[…]` of /proc/PID/fd; 0 if no process can have it any more. */
  readonly inode: number;
  /** A number that no other socket of this kernel ever has. */
  readonly cookie: bigint | undefined;
  /** Who made it. */
  readonly uid: number | undefined;
  /** Halves that were shut down. */
  readonly shutdown: readonly string[];
  /** The processes that have it; undefined if they were not asked for. */
  readonly processes: readonly SocketOwner[] | undefined;
  readonly cgroup: SocketCgroup | undefined;
  readonly memory: SocketMemory | undefined;
}

/** One end of a connection. */
export interface SocketEnd {
  readonly address: string;
  /** Of raw IP the protocol; 0 if there is none. */
  readonly port: number;
}

/** What makes TCP act next: `on` (retransmission), `keepalive`, `timewait`, `persist`, `unknown`; `ss -o`. */
export interface SocketTimer {
  readonly name: string;
  /** In milliseconds from now. */
  readonly expires: number;
  readonly retransmits: number;
}

/** A socket of TCP, UDP, raw IP and their like. */
export interface InetSocket extends SocketCommon {
  readonly kind: InetSocketKind;
  readonly family: IpFamily;
  readonly local: SocketEnd;
  readonly remote: SocketEnd;
  /** The device that it is bound to, by index. */
  readonly link: number | undefined;
  readonly timer: SocketTimer | undefined;
  /** The name of the congestion control. */
  readonly congestion: string | undefined;
  /** It takes no IPv4. */
  readonly v6only: boolean | undefined;
  /** SO_MARK; told only to who has CAP_NET_ADMIN. */
  readonly mark: number | undefined;
  /** Everything that the kernel said: `message.attributes.info` is what TCP knows of a connection. Undefined if it comes from /proc/net/raw. */
  readonly message: InetSocketMessage | MptcpSocketMessage | SctpSocketMessage | undefined;
}

/** A unix socket. */
export interface UnixSocket extends SocketCommon {
  readonly kind: 'unix';
  /** `stream`, `dgram`, `seqpacket`. */
  readonly type: string;
  /** A path, or an abstract name behind a NUL character. */
  readonly name: string | undefined;
  /** The inode of the socket at the other end. */
  readonly peer: number | undefined;
  readonly message: UnixSocketMessage;
}

/** A socket that sees, or makes, whole frames. */
export interface PacketSocket extends SocketCommon {
  readonly kind: 'packet';
  /** `raw` (with the link header), `dgram` (without). */
  readonly type: string;
  /** The protocol that it receives (ETH_P_*); 3 is all. */
  readonly protocol: number;
  /** The device, by index; undefined: all. */
  readonly link: number | undefined;
  readonly message: PacketSocketMessage;
}

/** A socket to the kernel. */
export interface NetlinkSocketEntry extends SocketCommon {
  readonly kind: 'netlink';
  /** NETLINK_*: 0 is NETLINK_ROUTE. */
  readonly protocol: number;
  /** Its address; often the process id. */
  readonly port: number;
  readonly remotePort: number;
  readonly groups: readonly number[];
  readonly message: NetlinkSocketMessage;
}

/** A socket between a virtual machine and its host. */
export interface VsockSocket extends SocketCommon {
  readonly kind: 'vsock';
  readonly type: string;
  readonly local: { readonly cid: number; readonly port: number };
  readonly remote: { readonly cid: number; readonly port: number };
  readonly message: VsockSocketMessage;
}

/** A socket that shares memory with a device. */
export interface XdpSocket extends SocketCommon {
  readonly kind: 'xdp';
  readonly link: number | undefined;
  readonly queue: number | undefined;
  readonly message: XdpSocketMessage;
}

/** A socket of any kind, as the kernel tells of it; `family` says which. `ss`. */
export type Socket = InetSocket | UnixSocket | PacketSocket | NetlinkSocketEntry | VsockSocket | XdpSocket;
