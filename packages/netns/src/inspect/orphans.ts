import type { Namespace } from '../namespaces/namespace.ts';
import { socketOwners } from '../network/sockets/owners.ts';
import type { InetSocketKind, SocketState } from '../network/sockets/socket.ts';
import { Sockets } from '../network/sockets/sockets.ts';
import { withPort } from '../wire/ip-address.ts';

/** A socket that no process has. */
export interface OrphanSocket {
  readonly what: InetSocketKind;
  /** 0 if no process can have it any more. */
  readonly inode: number;
  readonly state: SocketState;
  /** `10.0.0.1:80`, `[::1]:80`. */
  readonly local: string;
  /** Undefined if it speaks to nobody in particular. */
  readonly remote: string | undefined;
}

const kinds = ['tcp', 'mptcp', 'udp', 'udplite', 'sctp', 'dccp', 'raw'] as const satisfies InetSocketKind[];

/** What is in these states is no whole socket, and keeps nothing. */
const fleeting: readonly SocketState[] = ['time-wait', 'syn-recv'];

/**
 * The sockets of a network that no process has, of those that can be seen: connections that outlive their program, because not all that
 * it wrote has arrived, and those of the kernel itself, as the one for an endpoint of MPTCP with a port. Either can keep a namespace.
 */
export async function orphanSockets(namespace: Namespace | undefined): Promise<readonly OrphanSocket[]> {
  using sockets = new Sockets(namespace?.fd);
  const found = (await sockets.list({ kinds })).flatMap((socket) =>
    'remote' in socket && socket.kind !== 'vsock' && !fleeting.includes(socket.state) ? [socket] : [],
  );
  const owners = socketOwners(new Set(found.map(({ inode }) => inode).filter((inode) => inode !== 0)));
  return found
    .filter(({ inode }) => (owners.of.get(inode) ?? []).length === 0)
    .map(({ kind, inode, state, local, remote }) => ({
      what: kind,
      inode,
      state,
      local: withPort(local.address, local.port),
      remote: remote.port === 0 ? undefined : withPort(remote.address, remote.port),
    }));
}
