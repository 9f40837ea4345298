import type { Network } from '../../network/network.ts';
import type { Socket, SocketKind } from '../../network/sockets/socket.ts';
import { withPort } from '../../wire/ip-address.ts';
import type { Holder } from '../keeper.ts';
import type { SocketFacts } from './socket-facts.ts';

/** What the link of a descriptor says that is of an io_uring. */
export const linkOfRing = 'anon_inode:[io_uring]';

/** An io_uring with sockets that no process has otherwise: each keeps a network namespace, which nobody tells. */
export interface SeenRing {
  readonly holder: Holder;
  /** Their inode numbers. */
  readonly sockets: readonly number[];
}

/** A file that is registered with an io_uring. */
export interface RegisteredFile {
  /** `net`, `socket`: as the link of a descriptor would have it. */
  readonly kind: string;
  readonly inode: number;
}

const lineOfFile = /^ *\d+: (\w+):\[(\d+)\]$/gm;

/**
 * What is registered with an io_uring (IORING_REGISTER_FILES), from its /proc/PID/fdinfo/FD: of that which is closed otherwise, nothing
 * else tells. Undefined: the ring was busy, and the kernel left them out. Pure.
 */
export function registeredFiles(info: string): readonly RegisteredFile[] | undefined {
  const at = info.indexOf('UserFiles:');
  if (at < 0) return undefined;
  return [...info.slice(at).matchAll(lineOfFile)].map(([, kind = '', inode]) => ({ kind, inode: Number(inode) }));
}

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
  { sockets }: Network,
  wanted: ReadonlySet<number>,
): Promise<ReadonlyMap<number, SocketFacts>> {
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
