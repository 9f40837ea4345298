import { Arena } from '../../../../native/arena.ts';
import { formatIpAddress } from '../../../../wire/ip-address.ts';
import { socketIoctl } from '../ioctl.ts';
import type { Session } from '../session.ts';

/** What is asked of a tunnel by ioctl(2) (`linux/if_tunnel.h`). */
export const requests = {
  get: 0x89f0,
  add: 0x89f1,
  delete: 0x89f2,
  change: 0x89f3,
  getRouters: 0x89f4,
  addRouter: 0x89f5,
  deleteRouter: 0x89f6,
  get6rd: 0x89f8,
  change6rd: 0x89f9,
  reset6rd: 0x89fa,
} as const;

/**
 * Bits of `inFlags` and `outFlags` (TUNNEL_CSUM and its like); `own` makes an IPIP tunnel a VTI, and one of SIT an ISATAP: that one is in the
 * order of the machine, unlike the others.
 */
export const bits = { csum: 0x8000, key: 0x2000, seq: 0x1000, own: 0x0100 } as const;

/** Numbers of protocols that are carried: what a tunnel is. */
export const carried = { any: 0, ipip: 4, ipv6: 41, gre: 47 } as const;

/** What tunnels over IPv4 and over IPv6 have in common. */
interface Common {
  name: string;
  link: number;
  protocol: number;
  inFlags: number;
  outFlags: number;
  inKey: number;
  outKey: number;
  ttl: number;
  local: Uint8Array;
  remote: Uint8Array;
}

/** `struct ip_tunnel_parm`: a tunnel over IPv4. */
export interface Tunnel4 extends Common {
  tos: number;
  /** Packets are not to be split on their way. */
  pmtudisc: boolean;
}

/** `struct ip6_tnl_parm2`: a tunnel over IPv6. */
export interface Tunnel6 extends Common {
  encapLimit: number;
  /** Traffic class and flow label. */
  flowinfo: number;
  flags: number;
}

const sizeOfName = 16;
const dontFragment = 0x4000;

export function newTunnel4(): Tunnel4 {
  return { ...newTunnel(4), tos: 0, pmtudisc: true };
}

export function newTunnel6(): Tunnel6 {
  return { ...newTunnel(16), protocol: carried.ipv6, ttl: 64, encapLimit: 4, flowinfo: 0, flags: 0 };
}

function newTunnel(sizeOfAddress: number): Common {
  const [local, remote] = [new Uint8Array(sizeOfAddress), new Uint8Array(sizeOfAddress)];
  return { name: '', link: 0, protocol: 0, inFlags: 0, outFlags: 0, inKey: 0, outKey: 0, ttl: 0, local, remote };
}

/** How a tunnel looks to the kernel: how to write it, and how to read it back. */
export interface Layout<T> {
  readonly size: number;
  write(tunnel: T, view: DataView, bytes: Uint8Array): void;
  read(view: DataView, bytes: Uint8Array): T;
}

export const layout4: Layout<Tunnel4> = {
  size: 52,
  write(tunnel, view, bytes) {
    writeName(tunnel.name, bytes);
    view.setInt32(16, tunnel.link, true);
    writeKeys(tunnel, view, 20);
    // struct iphdr: version and length of the header first
    view.setUint8(32, 0x45);
    view.setUint8(33, tunnel.tos);
    view.setUint16(38, tunnel.pmtudisc ? dontFragment : 0);
    view.setUint8(40, tunnel.ttl);
    view.setUint8(41, tunnel.protocol);
    bytes.set(tunnel.local, 44);
    bytes.set(tunnel.remote, 48);
  },
  read: (view, bytes) => ({
    name: readName(bytes),
    link: view.getInt32(16, true),
    ...readKeys(view, 20),
    tos: view.getUint8(33),
    pmtudisc: (view.getUint16(38) & dontFragment) !== 0,
    ttl: view.getUint8(40),
    protocol: view.getUint8(41),
    local: bytes.slice(44, 48),
    remote: bytes.slice(48, 52),
  }),
};

export const layout6: Layout<Tunnel6> = {
  size: 76,
  write(tunnel, view, bytes) {
    writeName(tunnel.name, bytes);
    view.setInt32(16, tunnel.link, true);
    view.setUint8(20, tunnel.protocol);
    view.setUint8(21, tunnel.encapLimit);
    view.setUint8(22, tunnel.ttl);
    view.setUint32(24, tunnel.flowinfo);
    view.setUint32(28, tunnel.flags, true);
    bytes.set(tunnel.local, 32);
    bytes.set(tunnel.remote, 48);
    writeKeys(tunnel, view, 64);
  },
  read: (view, bytes) => ({
    name: readName(bytes),
    link: view.getInt32(16, true),
    protocol: view.getUint8(20),
    encapLimit: view.getUint8(21),
    ttl: view.getUint8(22),
    flowinfo: view.getUint32(24),
    flags: view.getUint32(28, true),
    local: bytes.slice(32, 48),
    remote: bytes.slice(48, 64),
    ...readKeys(view, 64),
  }),
};

function writeName(name: string, bytes: Uint8Array): void {
  bytes.set(new TextEncoder().encode(name).subarray(0, sizeOfName - 1));
}

function readName(bytes: Uint8Array): string {
  const end = bytes.subarray(0, sizeOfName).indexOf(0);
  return new TextDecoder().decode(bytes.subarray(0, end < 0 ? sizeOfName : end));
}

function writeKeys({ inFlags, outFlags, inKey, outKey }: Common, view: DataView, at: number): void {
  view.setUint16(at, inFlags);
  view.setUint16(at + 2, outFlags);
  view.setUint32(at + 4, inKey);
  view.setUint32(at + 8, outKey);
}

function readKeys(view: DataView, at: number) {
  return {
    inFlags: view.getUint16(at),
    outFlags: view.getUint16(at + 2),
    inKey: view.getUint32(at + 4),
    outKey: view.getUint32(at + 8),
  };
}

/** Asks something of a device with these bytes, into which the kernel may write. Throws Exit (1) with the title and the kernel's reason. */
export function askDevice(session: Session, request: number, device: string, bytes: Uint8Array, title: string): void {
  using memory = new Arena(4096);
  // struct ifreq: the name of the device, then where the rest is
  const argument = new Uint8Array(40);
  writeName(device, argument);
  new DataView(argument.buffer).setBigUint64(sizeOfName, BigInt(memory.put(0, bytes)), true);
  socketIoctl(session, request, argument, title);
  memory.take(0, bytes);
}

/** Does something with a tunnel; gives what the kernel made of it. */
export function askTunnel<T>(
  session: Session,
  layout: Layout<T>,
  verb: 'get' | 'add' | 'change' | 'delete',
  device: string,
  tunnel: T,
): T {
  const bytes = new Uint8Array(layout.size);
  const view = new DataView(bytes.buffer);
  layout.write(tunnel, view, bytes);
  const title = `${verb === 'change' ? 'add' : verb} tunnel "${device}" failed`;
  askDevice(session, requests[verb], device, bytes, title);
  return layout.read(view, bytes);
}

export function isAnyAddress(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

export function addressText(bytes: Uint8Array): string {
  return formatIpAddress(bytes);
}
