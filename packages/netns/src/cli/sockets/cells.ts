import type { InetSocket, Socket, SocketEnd, SocketOwner } from '../../network/sockets/socket.ts';

/** What a listing knows beside its sockets. */
export interface Surroundings {
  /** The name of a device. */
  deviceName(index: number): string | undefined;
  /** What unix sockets are called, by inode. */
  readonly unixNames: ReadonlyMap<number, string>;
}

/** Netid, as `ss` writes it. */
export function netidOf(socket: Socket): string {
  switch (socket.kind) {
    case 'unix':
      return socket.type === 'stream' ? 'u_str' : socket.type === 'dgram' ? 'u_dgr' : 'u_seq';
    case 'packet':
      return socket.type === 'dgram' ? 'p_dgr' : 'p_raw';
    case 'netlink':
      return 'nl';
    case 'vsock':
      return socket.type === 'dgram' ? 'v_dgr' : 'v_str';
    default:
      return socket.kind;
  }
}

/** The state, as `ss` writes it. */
export function stateCell({ state }: Socket): string {
  if (state === 'established') return 'ESTAB';
  if (state === 'listening') return 'LISTEN';
  if (state === 'close') return 'UNCONN';
  return state.toUpperCase();
}

/** The end here. */
export function localCell(socket: Socket, around: Surroundings): string {
  switch (socket.kind) {
    case 'unix':
      return unixEnd(socket.name, socket.inode);
    case 'packet':
      return `${linkProtocol(socket.protocol)}:${deviceOf(socket.link, around)}`;
    case 'netlink':
      return `${netlinkProtocols[socket.protocol] ?? socket.protocol}:${netlinkPort(socket.port)}`;
    case 'vsock':
      return vsockEnd(socket.local);
    case 'xdp':
      return `${deviceOf(socket.link, around)}:${socket.queue === undefined ? '' : `q${socket.queue}`}`;
    default:
      return inetEnd(socket, socket.local, around);
  }
}

/** The other end. */
export function peerCell(socket: Socket, around: Surroundings): string {
  switch (socket.kind) {
    case 'unix':
      return unixEnd(socket.peer === undefined ? undefined : around.unixNames.get(socket.peer), socket.peer ?? 0);
    case 'packet':
    case 'xdp':
      return '*';
    case 'netlink':
      return socket.state === 'established' ? netlinkPort(socket.remotePort) : '*';
    case 'vsock':
      return vsockEnd(socket.remote);
    default:
      return inetEnd(socket, socket.remote, around);
  }
}

/** Who has it. */
export function processCell(processes: readonly SocketOwner[]): string {
  return processes.map(({ pid, command, fd }) => `${command} pid=${pid} fd=${fd}`).join(', ');
}

/** An address of IPv6 stands in brackets; `*` is any address of both families. */
function inetEnd(socket: InetSocket, { address, port }: SocketEnd, around: Surroundings): string {
  const device =
    socket.link === undefined || address !== socket.local.address ? '' : `%${deviceOf(socket.link, around)}`;
  const host = address === '::' && socket.v6only !== true ? '*' : address.includes(':') ? `[${address}]` : address;
  return `${host}${device}:${port === 0 ? '*' : port}`;
}

function deviceOf(index: number | undefined, { deviceName }: Surroundings): string {
  return index === undefined ? '*' : (deviceName(index) ?? `if${index}`);
}

/** Of an abstract name, `@` stands for each NUL. */
export function unixEnd(name: string | undefined, inode: number): string {
  return `${name === undefined || name === '' ? '*' : name.replaceAll('\0', '@')} ${inode}`;
}

function vsockEnd({ cid, port }: { readonly cid: number; readonly port: number }): string {
  const any = (number: number) => (number === 0xffffffff ? '*' : String(number));
  return `${any(cid)}:${any(port)}`;
}

const linkProtocols: Readonly<Record<number, string>> = { 3: '*', 2048: 'ipv4', 2054: 'arp', 34525: 'ipv6' };

function linkProtocol(protocol: number): string {
  return linkProtocols[protocol] ?? (protocol === 0 ? 'none' : `0x${protocol.toString(16).padStart(4, '0')}`);
}

function netlinkPort(port: number): string {
  return port === 0 ? 'kernel' : String(port);
}

/** Names of netlink protocols, as iproute2 has them (`nl_protos`). */
const netlinkProtocols: Readonly<Record<number, string>> = {
  0: 'rtnl',
  2: 'usersock',
  3: 'fw',
  4: 'tcpdiag',
  5: 'nflog',
  6: 'xfrm',
  7: 'selinux',
  8: 'iscsi',
  9: 'audit',
  10: 'fiblookup',
  11: 'connector',
  12: 'nft',
  15: 'uevent',
  16: 'genl',
  18: 'scsi-trans',
  19: 'ecryptfs',
  20: 'rdma',
  21: 'crypto',
};
