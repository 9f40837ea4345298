import { ENODEV, EPERM } from '../../errno-numbers.ts';
import { InvalidArgumentError, KernelError } from '../../errors.ts';
import type { Namespace } from '../../namespaces/namespace.ts';
import { Arena } from '../../native/arena.ts';
import {
  AF_PACKET,
  ETH_P_ALL,
  PACKET_ADD_MEMBERSHIP,
  PACKET_IGNORE_OUTGOING,
  PACKET_MR_PROMISC,
  PACKET_RX_RING,
  PACKET_STATISTICS,
  PACKET_VERSION,
  SO_ATTACH_FILTER,
  SO_ERROR,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_PACKET,
  SOL_SOCKET,
  TPACKET_V3,
} from '../../native/constants.ts';
import { deviceHardware, deviceIndex, deviceName, IFNAMSIZ } from '../../native/device-requests.ts';
import { Fd } from '../../native/fd.ts';
import { SharedMemory } from '../../native/shared-memory.ts';
import { perform, syscall } from '../../native/syscall.ts';
import { openSocket } from '../../process/sockets/open-socket.ts';
import { ResourceStack } from '../../resource.ts';
import { compileFilter, type Direction } from './filter/compile.ts';
import { encodeProgram, type Instruction } from './filter/program.ts';
import { hardwareLoopback, type LinkForm, linkFormOf } from './link-types.ts';

export interface PacketSocketOptions {
  /** What the namespace is called in messages. */
  readonly title: string;
  readonly filter: string;
  readonly snapLength: number;
  readonly direction: Direction;
  readonly promiscuous: boolean;
  /** Bytes of the ring: a few blocks. */
  readonly bufferSize: number;
  /** After how many milliseconds the kernel hands over what is not full. */
  readonly patience: number;
}

const largeBlock = 256 * 1024;
const smallBlock = 128 * 1024;
/** TPACKET_V3 has frames of any length; the kernel only wants them to fit. */
const frameSize = 2048;

/** A packet socket of one interface, and the ring in which the kernel puts what passes the filter. packet(7). */
export class PacketSocket implements Disposable {
  readonly name: string;
  readonly index: number;
  readonly form: LinkForm;
  readonly hardwareAddress: Uint8Array | undefined;
  readonly memory: ArrayBuffer;
  readonly blockSize: number;
  readonly #socket: Fd;
  readonly #memory: SharedMemory;
  readonly #counts = new Uint32Array(3);
  /** What passed the filter, and what of it found no room. */
  #received = 0n;
  #dropped = 0n;

  /**
   * Opens it in a namespace: nothing that the filter refuses ever gets in. Throws KernelError: EPERM (CAP_NET_RAW is needed there), ENODEV;
   * InvalidArgumentError for a filter that is wrong, or asks for what packets of this interface do not have. Linux 3.2.
   */
  constructor(namespace: Namespace, name: string, options: PacketSocketOptions) {
    if (name.length === 0 || name.length >= IFNAMSIZ)
      throw new InvalidArgumentError('interface', name, 'a name of 1 to 15 letters is needed');
    const operation = `capture on ${name} of ${options.title}`;
    using undo = new ResourceStack();
    // Protocol 0: it gets nothing until it is bound.
    const raw = undo.use(socketIn(namespace, SOCK_RAW, operation));
    this.name = name;
    this.index = found(deviceIndex(raw.raw, name), operation);
    const { type, address } = found(deviceHardware(raw.raw, name), operation);
    this.form = linkFormOf(type);
    this.hardwareAddress = this.form.layer === 'ethernet' ? address : undefined;
    this.#socket = this.form.layer === 'cooked' ? undo.use(socketIn(namespace, SOCK_DGRAM, operation)) : raw;
    if (this.#socket !== raw) raw.close();
    // What leaves the loopback device comes back in.
    const direction = type === hardwareLoopback && options.direction === 'both' ? 'in' : options.direction;
    const { filter: text, snapLength } = options;
    const program = compileFilter(text, { link: this.form.layer, snapLength, live: true, direction });
    attachFilter(this.#socket, program, operation);
    if (direction === 'in') ignoreOutgoing(this.#socket);
    this.blockSize = options.bufferSize >= 2 * largeBlock ? largeBlock : smallBlock;
    const size = this.blockSize * Math.max(2, Math.floor(options.bufferSize / this.blockSize));
    this.#memory = undo.use(
      openRing(this.#socket, { size, blockSize: this.blockSize, patience: options.patience }, operation),
    );
    this.memory = this.#memory.buffer;
    if (options.promiscuous) beginPromiscuity(this.#socket, this.index, operation);
    perform(operation, 'bind', this.#socket.raw, linkAddress(this.index), linkAddressSize);
    undo.commit();
  }

  /** To be watched; not kept. */
  get raw(): number {
    return this.#socket.raw;
  }

  /** Lets nothing in any more; what is in the ring stays. */
  stop(): void {
    attachFilter(this.#socket, [{ code: 0x06, jt: 0, jf: 0, k: 0 }], `stop capturing on ${this.name}`);
  }

  /** Clears the error that it reports, and tells whether the interface is still there. */
  isThere(): boolean {
    syscall('getsockopt', this.#socket.raw, SOL_SOCKET, SO_ERROR, new Uint8Array(4), Int32Array.of(4));
    return deviceName(this.#socket.raw, this.index) !== undefined;
  }

  /** How many packets passed the filter so far, and how many of those found no room in the ring. */
  count(): { readonly received: bigint; readonly dropped: bigint } {
    const counts = this.#counts;
    const bytes = new Uint8Array(counts.buffer);
    // The kernel counts from 0 again when it has told.
    if (
      !this.#socket.closed &&
      syscall('getsockopt', this.#socket.raw, SOL_PACKET, PACKET_STATISTICS, bytes, Int32Array.of(12)) >= 0
    ) {
      this.#received += BigInt(counts[0] ?? 0);
      this.#dropped += BigInt(counts[1] ?? 0);
    }
    return { received: this.#received, dropped: this.#dropped };
  }

  close(): void {
    this.#memory.close();
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function socketIn(namespace: Namespace, type: number, operation: string): Fd {
  const opened = openSocket(namespace, { domain: AF_PACKET, type });
  if (opened instanceof Fd) return opened;
  // packet(7) has one reason for that.
  const hint = opened.errno === EPERM ? 'it takes CAP_NET_RAW in the user namespace that owns it' : undefined;
  throw new KernelError({ ...opened, operation, hint });
}

function found<T>(fact: T | undefined, operation: string): T {
  if (fact === undefined) throw new KernelError({ errno: ENODEV, syscall: 'ioctl', operation });
  return fact;
}

/** `struct sock_fprog` holds a pointer: the program has to be where we know the address. */
function attachFilter(socket: Fd, program: readonly Instruction[], operation: string): void {
  const bytes = encodeProgram(program);
  using arena = new Arena(bytes.length);
  const header = new Uint8Array(16);
  const view = new DataView(header.buffer);
  view.setUint16(0, program.length, true);
  view.setBigUint64(8, BigInt(arena.put(0, bytes)), true);
  perform(operation, 'setsockopt', socket.raw, SOL_SOCKET, SO_ATTACH_FILTER, header, header.length);
}

/** Spares the kernel from copying what the filter refuses anyway. Linux 4.20; older ones copy. */
function ignoreOutgoing(socket: Fd): void {
  syscall('setsockopt', socket.raw, SOL_PACKET, PACKET_IGNORE_OUTGOING, Int32Array.of(1), 4);
}

interface RingSize {
  readonly size: number;
  readonly blockSize: number;
  readonly patience: number;
}

/** `struct tpacket_req3`. */
function openRing(socket: Fd, { size, blockSize, patience }: RingSize, operation: string): SharedMemory {
  perform(operation, 'setsockopt', socket.raw, SOL_PACKET, PACKET_VERSION, Int32Array.of(TPACKET_V3), 4);
  const request = Int32Array.of(blockSize, size / blockSize, frameSize, size / frameSize, patience, 0, 0);
  perform(operation, 'setsockopt', socket.raw, SOL_PACKET, PACKET_RX_RING, request, request.byteLength);
  return new SharedMemory(socket.raw, size, operation);
}

/** `struct packet_mreq`: until the socket is closed. */
function beginPromiscuity(socket: Fd, index: number, operation: string): void {
  const request = new Uint8Array(16);
  const view = new DataView(request.buffer);
  view.setInt32(0, index, true);
  view.setUint16(4, PACKET_MR_PROMISC, true);
  perform(operation, 'setsockopt', socket.raw, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request, request.length);
}

const linkAddressSize = 20;

/** `struct sockaddr_ll`: all protocols of one interface. */
function linkAddress(index: number): Uint8Array {
  const address = new Uint8Array(linkAddressSize);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ETH_P_ALL);
  view.setInt32(4, index, true);
  return address;
}
