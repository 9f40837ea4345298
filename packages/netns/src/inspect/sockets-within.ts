import type { Namespace } from '../namespaces/namespace.ts';
import type { Socket, SocketKind } from '../network/sockets/socket.ts';
import { Sockets } from '../network/sockets/sockets.ts';
import { withPort } from '../wire/ip-address.ts';
import type { SocketFacts } from './sources/socket-facts.ts';

const kinds = [
  'tcp',
  'mptcp',
  'udp',
  'udplite',
  'sctp',
  'dccp',
  'raw',
  'unix',
  'packet',
  'netlink',
  'vsock',
  'xdp',
] as const satisfies SocketKind[];

/** Those of some sockets that are in a network, by their inode numbers; one that has no address yet is in no list of the kernel. */
export async function socketsWithin(
  namespace: Namespace | undefined,
  wanted: ReadonlySet<number>,
): Promise<ReadonlyMap<number, SocketFacts>> {
  using sockets = new Sockets(namespace?.fd);
  const found = (await sockets.list({ kinds })).filter(({ inode }) => wanted.has(inode));
  return new Map(found.map((socket) => [socket.inode, factsOfListed(socket)]));
}

function factsOfListed(socket: Socket): SocketFacts {
  const listening = socket.state === 'listening';
  if (!('family' in socket)) {
    const local = socket.kind === 'unix' ? socket.name?.replace('\0', '@') : undefined;
    return { what: socket.kind, local, remote: undefined, listening };
  }
  const { kind, family, local, remote } = socket;
  return {
    what: family === 'inet6' ? `${kind}6` : kind,
    local: local.port === 0 ? undefined : withPort(local.address, local.port),
    remote: remote.port === 0 ? undefined : withPort(remote.address, remote.port),
    listening,
  };
}
