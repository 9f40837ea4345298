import { EAGAIN } from '../errno-numbers.ts';
import { DecodeError, KernelError } from '../errors.ts';
import { type Ask, addon } from '../native/addon.ts';
import {
  AF_NETLINK,
  CLONE_NEWNET,
  MSG_DONTWAIT,
  MSG_TRUNC,
  NETLINK_ADD_MEMBERSHIP,
  NETLINK_CAP_ACK,
  NETLINK_EXT_ACK,
  NETLINK_GET_STRICT_CHK,
  NETLINK_LISTEN_ALL_NSID,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SOCK_CLOEXEC,
  SOCK_RAW,
  SOL_NETLINK,
  SOL_SOCKET,
  UV_READABLE,
} from '../native/constants.ts';
import { deviceIndex } from '../native/device-requests.ts';
import { Fd } from '../native/fd.ts';
import { inEachNamespace, inNamespace } from '../native/passage.ts';
import { check, perform, syscall } from '../native/syscall.ts';
import { type Watch, watchDescriptor } from '../native/watch.ts';
import { ResourceStack } from '../resource.ts';
import { type Slice, sliceOf } from '../wire/slice.ts';

/** One datagram as received, a stretch of a buffer: valid until the next receive. */
export interface Datagram extends Slice {
  /** Which namespace it came from, by the receiving namespace's own numbering; undefined: the receiving one itself. */
  readonly nsid: number | undefined;
}

/** Datagrams to and from the kernel. The only seam: a scripted kernel for tests is another one of these. */
export interface Transport extends Disposable {
  /**
   * Sends the first `length` bytes, none of 0, and receives up to `most` datagrams that are there then, one behind the other as if they were
   * one: the kernel answers while it is being asked, so that is usually the whole answer. Throws KernelError; ENOBUFS as `receive`.
   */
  converse(bytes: Uint8Array, length: number, most: number): Datagram | undefined;
  /** Prepares for so many bytes at once to the kernel, and so many that wait for being read: what is little always fits. */
  makeRoom?(outgoing: number, incoming: number): void;
  /** What is there now, possibly nothing. Throws KernelError; ENOBUFS: the kernel dropped messages for want of room. */
  receive(): readonly Datagram[];
  /** The index of a device by a short lookup that takes no lock; undefined where that does not find it, for whatever reason. */
  deviceIndex?(name: string): number | undefined;
  /** Blocks until there is something to receive; false after `milliseconds`. */
  wait(milliseconds: number): boolean;
  /** Calls back whenever there may be something to receive. */
  watch(ready: () => void): Watch;
}

/** Which netlink socket: its protocol, its network namespace, and how much it may keep. netlink(7). */
export interface SocketOptions {
  /** `NETLINK_ROUTE` (0), `NETLINK_SOCK_DIAG` (4), `NETLINK_NETFILTER` (12), … */
  readonly protocol?: number | undefined;
  /** The network namespace that the socket belongs to; undefined: this process's own. */
  readonly namespace?: Fd | undefined;
  /** Have the kernel refuse attributes that it does not understand, and filter dumps (NETLINK_GET_STRICT_CHK, Linux 4.20). Default: true. */
  readonly strict?: boolean | undefined;
  /** Bytes of socket buffer for what was not read yet. */
  readonly receiveBuffer?: number | undefined;
}

/** `Ask` takes this off the error number when it was the send that failed. */
const sendFailed = 4096;
/** The kernel gives at most 32 KiB per receive of a dump, and loses what does not fit into less. */
const slotSize = 32768;
const slots = 8;
/** What a socket has room for that nobody enlarged, and a little less (`net.core.wmem_default`, `rmem_default`). */
const usualRoom = 150_000;
const EPOLLIN = 1;

/**
 * Where datagrams are received into, one for all connections of a thread: nothing is kept in it, since a datagram is
 * decoded before the next receive.
 */
const scratch = sliceOf(new Uint8Array(slotSize * slots));
const info = new Int32Array(slots * 3);
/** The value of a socket option that is wanted. */
const on = Int32Array.of(1);

/** Where requests go out from, if not from where they were written. */
const outgoing = new Uint8Array(slotSize);
/**
 * What asks with the bytes that were written first: mostly the same ones are written to again. And what asks with those of `outgoing`. To prepare
 * one takes longer than to ask: they are for all sockets of a thread.
 */
let usual: { readonly bytes: Uint8Array; readonly ask: Ask } | undefined;
let askOutgoing: Ask | undefined;
/** What one request was answered with. */
const answer = { ...scratch, nsid: undefined };

function cutShort(): DecodeError {
  return new DecodeError('datagram', slotSize, 'it was cut short');
}

function datagrams(count: number): readonly Datagram[] {
  if (count === -EAGAIN) return [];
  check(count, 'recvmmsg', 'receive netlink messages');
  const { bytes, view } = scratch;
  const received: Datagram[] = [];
  for (let slot = 0; slot < count; slot++) {
    const length = info[3 * slot] ?? 0;
    const nsid = info[3 * slot + 2] ?? -1;
    if ((info[3 * slot + 1] ?? 0) & MSG_TRUNC) throw cutShort();
    const start = slot * slotSize;
    received.push({ bytes, view, start, end: start + length, origin: start, nsid: nsid < 0 ? undefined : nsid });
  }
  return received;
}

function askFrom(bytes: Uint8Array, length: number): Ask {
  usual ??= { bytes, ask: asking(bytes) };
  if (bytes === usual.bytes || length === 0) return usual.ask;
  if (length > outgoing.length) return asking(bytes);
  outgoing.set(bytes.subarray(0, length));
  askOutgoing ??= asking(outgoing);
  return askOutgoing;
}

function asking(request: Uint8Array): Ask {
  const ask = addon.asking(request, scratch.bytes, MSG_DONTWAIT);
  if (typeof ask === 'number')
    throw new KernelError({ errno: -ask, syscall: 'malloc', operation: 'prepare a netlink request' });
  return ask;
}

/** A netlink socket in a network namespace. It keeps the namespace alive. netlink(7). */
export class NetlinkSocket implements Transport {
  readonly #fd: Fd;
  /** What there is room for. */
  #outgoing = usualRoom;
  #incoming = usualRoom;

  /** `socket`: one that is open in the right namespace already; it is closed with this object. */
  constructor(options: SocketOptions = {}, socket = openSocket(options)) {
    this.#fd = socket;
    try {
      this.#option(NETLINK_EXT_ACK, on); // these three may be missing on old kernels; answers are then less precise
      this.#option(NETLINK_CAP_ACK, on);
      if (options.strict !== false) this.#option(NETLINK_GET_STRICT_CHK, on);
      if (options.receiveBuffer !== undefined) this.#enlarge(options.receiveBuffer, SO_RCVBUFFORCE, SO_RCVBUF);
    } catch (error) {
      this.#fd.close();
      throw error;
    }
  }

  #option(option: number, value: Int32Array): number {
    return syscall('setsockopt', this.#fd.raw, SOL_NETLINK, option, value, 4);
  }

  /** Beyond the system's limit only with CAP_NET_ADMIN. */
  #enlarge(bytes: number, beyond: number, within: number): void {
    const size = Int32Array.of(bytes);
    if (syscall('setsockopt', this.#fd.raw, SOL_SOCKET, beyond, size, 4) < 0) {
      syscall('setsockopt', this.#fd.raw, SOL_SOCKET, within, size, 4);
    }
  }

  makeRoom(outgoing: number, incoming: number): void {
    if (outgoing > this.#outgoing) this.#enlarge(outgoing, SO_SNDBUFFORCE, SO_SNDBUF);
    if (incoming > this.#incoming) this.#enlarge(incoming, SO_RCVBUFFORCE, SO_RCVBUF);
    this.#outgoing = Math.max(outgoing, this.#outgoing);
    this.#incoming = Math.max(incoming, this.#incoming);
  }

  /** Joins a multicast group. Throws KernelError. */
  join(group: number): void {
    // A socket without a number of its own counts as the kernel's: it is left out when the kernel itself speaks.
    // (EINVAL: it has one.) struct sockaddr_nl: family, number (0: any), groups.
    syscall('bind', this.#fd.raw, Int32Array.of(AF_NETLINK, 0, 0), 12);
    check(this.#option(NETLINK_ADD_MEMBERSHIP, Int32Array.of(group)), 'setsockopt', `listen to netlink group ${group}`);
  }

  /** Also receives what happens in every namespace that has an nsid here. Needs CAP_NET_BROADCAST. Linux 4.2. */
  listenToAllNamespaces(): void {
    check(this.#option(NETLINK_LISTEN_ALL_NSID, on), 'setsockopt', 'listen to all network namespaces');
  }

  converse(bytes: Uint8Array, length: number, most: number): Datagram | undefined {
    const { raw } = this.#fd; // throws if it is closed
    const result = askFrom(bytes, length)(raw, length, most);
    if (result === -EAGAIN) return undefined;
    if (result < -sendFailed) check(result + sendFailed, 'sendto', 'send a netlink request');
    check(result, 'recvfrom', 'receive netlink messages');
    if (result > scratch.bytes.length) throw cutShort();
    answer.end = result;
    return answer;
  }

  receive(): readonly Datagram[] {
    return datagrams(addon.receive(this.#fd.raw, scratch.bytes, slotSize, info, MSG_DONTWAIT));
  }

  deviceIndex(name: string): number | undefined {
    return deviceIndex(this.#fd.raw, name);
  }

  wait(milliseconds: number): boolean {
    const poll = new Int32Array([this.#fd.raw, EPOLLIN]); // struct pollfd: fd, events and revents
    const timeout = BigInt64Array.of(
      BigInt(Math.trunc(milliseconds / 1000)),
      BigInt((milliseconds % 1000) * 1_000_000),
    );
    const result = syscall('ppoll', poll, 1, new Uint8Array(timeout.buffer), null, 0);
    return result !== 0;
  }

  watch(ready: () => void): Watch {
    return watchDescriptor(this.#fd.raw, UV_READABLE, ready);
  }

  [Symbol.dispose](): void {
    this.#fd.close();
  }
}

/** The system call that opens a socket in the namespace of whoever makes it. */
export function socketCall(protocol = 0) {
  return ['socket', AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol] as const;
}

function openSocket({ protocol = 0, namespace }: SocketOptions): Fd {
  const operation = `open a netlink socket (protocol ${protocol})`;
  const socket = socketCall(protocol);
  if (namespace === undefined) return Fd.adopt(perform(operation, ...socket), noun);
  const { results, failed } = inNamespace(namespace, CLONE_NEWNET, operation, [socket]);
  if (failed) check(-failed.errno, failed.step < 0 ? 'setns' : 'socket', `${operation} in another network namespace`);
  return Fd.adopt(results[0] ?? -1, noun);
}

const noun = 'the netlink socket';

/** Takes over what `socketCall` has opened somewhere. */
export function adoptSocket(raw: number): NetlinkSocket {
  return new NetlinkSocket({}, Fd.adopt(raw, noun));
}

/** A socket in each of many namespaces: a hundred share the cost of the child process that goes there. Throws as the constructor does. */
export function openSockets(namespaces: readonly Fd[], options: SocketOptions = {}): NetlinkSocket[] {
  using undo = new ResourceStack();
  const opened = inEachNamespace(namespaces, CLONE_NEWNET, 'open netlink sockets', socketCall(options.protocol));
  const sockets = opened.map((raw, index) =>
    // What was refused is tried once more, for the reason.
    undo.use(
      raw >= 0
        ? new NetlinkSocket(options, Fd.adopt(raw, noun))
        : new NetlinkSocket({ ...options, namespace: namespaces[index] }),
    ),
  );
  undo.commit();
  return sockets;
}
