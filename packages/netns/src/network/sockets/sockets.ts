import { NetlinkConnection } from '../../connection/connection.ts';
import type { DumpResult } from '../../connection/conversation.ts';
import type { Declaration } from '../../connection/declaration.ts';
import { EINVAL, ENOENT, EOPNOTSUPP } from '../../errno-numbers.ts';
import { KernelError, UnsupportedError } from '../../errors.ts';
import type { Fd } from '../../native/fd.ts';
import {
  type InetSocketMessage,
  inetDiagExtension,
  inetDiagProtocols,
  inetSocket,
  inetSocketDestroy,
  inetSocketOfBothFamilies,
  mptcpSocket,
  sctpSocket,
} from '../../netlink/families/diag/inet.ts';
import { NDIAG_PROTO_ALL, netlinkSocket } from '../../netlink/families/diag/netlink.ts';
import { packetSocket } from '../../netlink/families/diag/packet.ts';
import { AF_NETLINK, AF_UNIX, AF_VSOCK, AF_XDP, INET_DIAG_NOCOOKIE } from '../../netlink/families/diag/sock-diag.ts';
import { unixSocket } from '../../netlink/families/diag/unix.ts';
import { vsockSocket } from '../../netlink/families/diag/vsock.ts';
import { xdpSocket } from '../../netlink/families/diag/xdp.ts';
import { AF_INET, AF_PACKET } from '../../netlink/families/route/address-families.ts';
import { NETLINK_SOCK_DIAG } from '../../netlink/protocols.ts';
import { withPort } from '../../wire/ip-address.ts';
import type { In, Out } from '../../wire/shape.ts';
import { InterfaceNames } from '../interface-names.ts';
import { familyNumber, type IpFamily } from '../prefix.ts';
import { type Snapshot, snapshot } from '../snapshot.ts';
import { cgroupPaths } from './cgroup-paths.ts';
import { inetSocketKinds, isInetKind, type ReadyFilter, readyFilter, type SocketFilter } from './filter.ts';
import { socketOwners } from './owners.ts';
import { rawSocketTable } from './raw-table.ts';
import { inetSocketOf, netlinkSocketOf, packetSocketOf, unixSocketOf, vsockSocketOf, xdpSocketOf } from './read.ts';
import type { InetSocket, InetSocketKind, Socket, SocketKind } from './socket.ts';

/** Which sockets are listed, and what is found out about each: the options of `ss`. */
export interface SocketListOptions {
  /** Find out which processes have each socket: one pass over /proc. `ss -p`. */
  readonly processes?: boolean | undefined;
  /** Ask for everything that the kernel knows: TCP's own state, memory, congestion control, options, groups. `ss -iem`. */
  readonly details?: boolean | undefined;
}

/** What `list` gives: an array, and what has to be known about it. The marks are not enumerable. */
export type SocketList = Snapshot<Socket> & {
  /** Whether `processes` is all that there is: `partial` where some processes may not be looked at; `unasked`. */
  readonly owners: 'all' | 'partial' | 'unasked';
  /** Kinds that were asked for and that this kernel cannot list. */
  readonly unlisted: readonly SocketKind[];
};

/** What kernels answer that do not have the protocol, or were built without its part of sock_diag. */
const notHere: readonly number[] = [ENOENT, EINVAL, EOPNOTSUPP, 93, 94, 97]; // EPROTONOSUPPORT, ESOCKTNOSUPPORT, EAFNOSUPPORT

/** Every state. */
const allStates = 0xffffffff;

/**
 * The sockets of one network namespace, over a socket to the kernel (NETLINK_SOCK_DIAG) that lives inside it. `ss`. sock_diag(7).
 *
 * Anybody may list the sockets of a namespace that they are in.
 */
export class Sockets implements Disposable {
  readonly #namespace: Fd | undefined;
  readonly #connection: NetlinkConnection;

  /** `namespace` undefined: this process's own. Throws KernelError. */
  constructor(namespace?: Fd, connection = new NetlinkConnection({ protocol: NETLINK_SOCK_DIAG, namespace })) {
    this.#namespace = namespace;
    this.#connection = connection;
  }

  /**
   * The sockets, all or those that the filter means: the kernel itself looks for states, ports, addresses, device, mark and control group.
   * `ss -a`, with `processes` `ss -ap`.
   *
   *     const web = await ns.network.sockets.list({ kinds: ['tcp'], states: ['listening'], localPorts: [80, 443] }, { processes: true });
   *
   * One that closes meanwhile may be missing. Throws NetlinkError EPERM (a filter by `mark` without CAP_NET_ADMIN), InvalidArgumentError.
   */
  async list(filter: SocketFilter = {}, options: SocketListOptions = {}): Promise<SocketList> {
    const ready = readyFilter(filter, this.#indexOf(filter.link));
    const unlisted: SocketKind[] = [];
    const sockets: Socket[] = [];
    let interrupted = false;
    for (const kind of ready.kinds) {
      const listed = await this.#listKind(kind, ready, options.details === true);
      if (listed === undefined) unlisted.push(kind);
      else {
        for (const socket of listed.messages) sockets.push(socket);
        interrupted ||= listed.interrupted;
      }
    }
    const complete = options.details ? withCgroupPaths(sockets) : sockets;
    return finish(complete, options.processes === true, interrupted, unlisted);
  }

  /**
   * Ends a connection, or a socket of UDP, at once: its program gets ECONNABORTED. `ss -K`. Only a socket that was listed can be meant: by
   * its cookie, so never another one that has the same ports by now.
   *
   * Throws NetlinkError ENOENT (it is gone), EPERM (CAP_NET_ADMIN in its namespace is needed); UnsupportedError where the kernel was built without
   * CONFIG_INET_DIAG_DESTROY, or cannot end sockets of this kind. Linux 4.5.
   */
  async kill(socket: Socket): Promise<void> {
    if (!('family' in socket) || socket.message === undefined)
      throw new UnsupportedError(`ending a ${socket.kind} socket`, 'one of TCP or UDP that the kernel can name');
    const { sport, dport, src, dst, ifindex, cookie, family } = (socket.message as InetSocketMessage).header;
    const operation = `end ${describeSocket(socket)}`;
    try {
      await this.#destroy(socket.kind, { family, sport, dport, src, dst, ifindex, cookie }, operation);
    } catch (error) {
      if (!(error instanceof KernelError && error.errno === EOPNOTSUPP)) throw error;
      if (!(await this.#canDestroy()))
        throw new UnsupportedError('ending sockets (SOCK_DESTROY)', 'a kernel with CONFIG_INET_DIAG_DESTROY', error);
      throw new UnsupportedError(`ending a ${socket.kind} socket`, 'one of a protocol that can end sockets', error);
    }
  }

  /** Ends all sockets of TCP, UDP and their like that the filter means, and says how many. One that is gone already is no error. `ss -K FILTER`. */
  async killAll(filter: SocketFilter): Promise<number> {
    let ended = 0;
    for (const socket of await this.list({ ...filter, kinds: filter.kinds ?? inetSocketKinds })) {
      try {
        await this.kill(socket);
        ended++;
      } catch (error) {
        if (!(error instanceof KernelError && error.errno === ENOENT)) throw error;
      }
    }
    return ended;
  }

  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #destroy(kind: InetSocketKind, id: object, operation: string): Promise<unknown> {
    const { header, attributes } = protocolOf(kind);
    return this.#connection.request(
      inetSocketDestroy,
      'destroy',
      { header: { ...header, ...id, states: allStates }, attributes },
      { operation },
    );
  }

  #indexOf(link: string | number | undefined): number | undefined {
    if (typeof link !== 'string') return link;
    using names = new InterfaceNames(this.#namespace);
    return names.indexOf(link);
  }

  /** Whether SOCK_DESTROY exists: a kernel that has it looks for the socket, and finds none. */
  async #canDestroy(): Promise<boolean> {
    try {
      await this.#destroy('tcp', { family: AF_INET, cookie: INET_DIAG_NOCOOKIE }, 'end no socket');
      return true;
    } catch (error) {
      return !(error instanceof KernelError && error.errno === EOPNOTSUPP);
    }
  }

  /** Undefined if this kernel cannot list them. */
  async #listKind(kind: SocketKind, filter: ReadyFilter, details: boolean): Promise<DumpResult<Socket> | undefined> {
    if (isInetKind(kind)) return this.#listInet(kind, filter, details);
    const { states } = filter;
    switch (kind) {
      case 'unix': {
        const show = 0b1010101 | (details ? 0b101010 : 0); // name, peer, rqlen, uid; vfs, icons, meminfo
        return this.#dump(kind, unixSocket, { header: { family: AF_UNIX, states, show } }, unixSocketOf);
      }
      case 'packet': {
        const show = 0b010001 | (details ? 0b101110 : 0); // info, meminfo; mclist, rings, fanout, filter
        return this.#dumpStateless(filter, kind, packetSocket, { header: { family: AF_PACKET, show } }, packetSocketOf);
      }
      case 'netlink': {
        const header = { family: AF_NETLINK, protocol: NDIAG_PROTO_ALL, show: details ? 0b1111 : 0b11 };
        return this.#dumpStateless(filter, kind, netlinkSocket, { header }, netlinkSocketOf);
      }
      case 'vsock':
        return this.#dump(kind, vsockSocket, { header: { family: AF_VSOCK, states } }, vsockSocketOf);
      default: {
        const header = { family: AF_XDP, show: details ? 0b11111 : 0b1001 };
        return this.#dumpStateless(filter, kind, xdpSocket, { header }, xdpSocketOf);
      }
    }
  }

  async #listInet(
    kind: InetSocketKind,
    { families, states: asked, bytecode }: ReadyFilter,
    details: boolean,
  ): Promise<DumpResult<InetSocket> | undefined> {
    const ext = details ? everything : 0;
    // A connection is in no table when it is closed; to ask for it would make the kernel walk that of all others.
    const states = connecting.includes(kind) ? (asked & ~0b1000_0000) >>> 0 : asked;
    if (states === 0) return { messages: [], interrupted: false };
    const read = (message: InetSocketMessage) => inetSocketOf(kind, message);
    if (kind === 'tcp' && families.length === 2) {
      // The kernel walks the table of the whole machine for each question: for both families at once it walks once.
      const question = { header: { ext, states }, attributes: { bytecode } };
      return this.#dump(kind, inetSocketOfBothFamilies, question, read);
    }
    const { header, attributes, declaration } = protocolOf(kind);
    const messages: InetSocket[] = [];
    let interrupted = false;
    let known = false;
    for (const family of families) {
      const question = {
        header: { ...header, family: familyNumber(family), ext, states },
        attributes: { bytecode, ...attributes },
      };
      const listed =
        (await this.#dump(kind, declaration, question, read as never)) ??
        (kind === 'raw' && bytecode === undefined ? this.#rawTable(family, states) : undefined);
      if (listed === undefined) continue;
      known = true;
      interrupted ||= listed.interrupted;
      for (const socket of listed.messages) messages.push(socket as InetSocket);
    }
    return known ? { messages, interrupted } : undefined;
  }

  #rawTable(family: IpFamily, states: number): DumpResult<InetSocket> | undefined {
    const table = rawSocketTable(family, this.#namespace);
    if (table === undefined) return undefined;
    return { messages: table.filter((socket) => states & stateBit(socket)), interrupted: false };
  }

  /** Sockets that the kernel does not look for by state. */
  async #dumpStateless<D extends Declaration>(
    { states }: ReadyFilter,
    kind: SocketKind,
    declaration: D,
    question: In<D>,
    read: (message: Out<D>) => Socket,
  ): Promise<DumpResult<Socket> | undefined> {
    if ((states & openStates) === 0) return { messages: [], interrupted: false };
    const listed = await this.#dump(kind, declaration, question, read);
    return listed && { ...listed, messages: listed.messages.filter((socket) => states & stateBit(socket)) };
  }

  async #dump<D extends Declaration, S extends Socket>(
    kind: SocketKind,
    declaration: D,
    question: In<D>,
    read: (message: Out<D>) => S,
  ): Promise<DumpResult<S> | undefined> {
    try {
      const { messages, interrupted } = await this.#connection.dump(declaration, question, {
        operation: `list ${kind} sockets`,
      });
      return { messages: messages.map(read), interrupted };
    } catch (error) {
      if (error instanceof KernelError && notHere.includes(error.errno)) return undefined;
      throw error;
    }
  }
}

/** Kinds whose sockets are in the kernel's tables by their connections. */
const connecting: readonly InetSocketKind[] = ['tcp', 'dccp'];

/** All attributes that have to be asked for. */
const everything =
  inetDiagExtension('meminfo') |
  inetDiagExtension('info') |
  inetDiagExtension('vegasInfo') |
  inetDiagExtension('cong') |
  inetDiagExtension('tos') |
  inetDiagExtension('tclass') |
  inetDiagExtension('skmeminfo') |
  inetDiagExtension('shutdown');

/** `established` and `close`: more states than these have no sockets but those of connections. */
const openStates = 0b1000_0010;

function stateBit({ state }: Socket): number {
  return state === 'established' ? 0b10 : 0b1000_0000;
}

/** How a protocol is asked for; the number of MPTCP is too large for the header. */
function protocolOf(kind: InetSocketKind) {
  const protocol = inetDiagProtocols[kind];
  const declaration = kind === 'mptcp' ? mptcpSocket : kind === 'sctp' ? sctpSocket : inetSocket;
  if (protocol <= 255) return { declaration, header: { protocol }, attributes: {} };
  return { declaration, header: {}, attributes: { protocol } };
}

/** A socket in one line: `tcp 127.0.0.1:80 - 127.0.0.1:50000`. */
export function describeSocket({ kind, local, remote }: InetSocket): string {
  return `${kind} ${withPort(local.address, local.port)} - ${withPort(remote.address, remote.port)}`;
}

function withCgroupPaths(sockets: readonly Socket[]): Socket[] {
  const ids = new Set(sockets.flatMap(({ cgroup }) => (cgroup === undefined ? [] : [cgroup.id])));
  const paths = cgroupPaths(ids);
  return sockets.map((socket) =>
    socket.cgroup === undefined
      ? socket
      : { ...socket, cgroup: { id: socket.cgroup.id, path: paths.get(socket.cgroup.id) } },
  );
}

function finish(sockets: Socket[], asked: boolean, interrupted: boolean, unlisted: SocketKind[]): SocketList {
  if (!asked) return marked(sockets, 'unasked', interrupted, unlisted);
  const { of, partial } = socketOwners(new Set(sockets.flatMap(({ inode }) => (inode === 0 ? [] : [inode]))));
  const owned = sockets.map((socket) => ({ ...socket, processes: of.get(socket.inode) ?? [] }));
  return marked(owned, partial ? 'partial' : 'all', interrupted, unlisted);
}

function marked(
  sockets: Socket[],
  owners: SocketList['owners'],
  interrupted: boolean,
  unlisted: SocketKind[],
): SocketList {
  return Object.defineProperties(snapshot(sockets, interrupted), {
    owners: { value: owners },
    unlisted: { value: unlisted },
  }) as SocketList;
}
