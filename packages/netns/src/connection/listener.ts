import { EINVAL, ENOBUFS } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import type { Watch } from '../native/watch.ts';
import type { Known } from '../netlink/declarations.ts';
import { messageAt, nextMessage } from '../netlink/header.ts';
import type { AnyMessage } from '../wire/message.ts';
import { type DebugLog, netlinkDebugLog } from './debug.ts';
import { type Datagram, NetlinkSocket, type SocketOptions, type Transport } from './transport.ts';

/** A change that the kernel told of, or `overrun`: it dropped some for want of room, so what is known must be asked for again. */
export type NetlinkEvent =
  | {
      readonly kind: 'message';
      readonly type: number;
      /** NLM_F_*: some events have NLM_F_CREATE for what is new. */
      readonly flags: number;
      readonly declaration: AnyMessage;
      readonly value: unknown;
      /** Where it happened, by the numbering of the listening namespace; undefined: in that one itself. */
      readonly nsid: number | undefined;
    }
  | { readonly kind: 'overrun' };

/** What to listen to: groups of events of one netlink protocol, in one network namespace. */
export interface ListenOptions extends SocketOptions {
  readonly groups: readonly number[];
  /** Groups that the kernel is too old for are passed over. */
  readonly onlyKnown?: boolean | undefined;
  /** Hear all namespaces that have an nsid in the listening one. Needs CAP_NET_BROADCAST. */
  readonly allNamespaces?: boolean | undefined;
  readonly transport?: Transport | undefined;
}

/** Who is told. */
export interface Hearer {
  tell(event: NetlinkEvent): void;
  /** Nothing can be heard any more. */
  fail(error: unknown): void;
}

/**
 * Listens to multicast groups, from its making on, and tells of each event in turn: when the event loop finds one, or at once when
 * somebody asks it to look. What is not known is left out.
 */
export class Listener implements Disposable {
  readonly #transport: Transport;
  readonly #protocol: number;
  readonly #known: Known;
  readonly #log: DebugLog | undefined;
  readonly #hearer: Hearer;
  #watch: Watch;
  #paused = false;
  #closed = false;

  constructor(options: ListenOptions, known: Known, hearer: Hearer) {
    this.#transport = options.transport ?? openListener(options);
    this.#protocol = options.protocol ?? 0;
    this.#known = known;
    this.#log = netlinkDebugLog(this.#protocol);
    this.#hearer = hearer;
    this.#watch = this.#transport.watch(this.#onReady);
  }

  readonly #onReady = () => {
    while (!this.#paused && this.look());
  };

  /** Leaves what comes where it is: when that is full, the kernel drops, and says so. For who is told too much at once. */
  pause(): void {
    if (this.#paused || this.#closed) return;
    this.#paused = true;
    this.#watch.close();
  }

  resume(): void {
    if (!this.#paused || this.#closed) return;
    this.#paused = false;
    this.#watch = this.#transport.watch(this.#onReady);
  }

  /** Tells of what is there now, as much as one system call gives; true if that was something. */
  look(): boolean {
    if (this.#closed) return false;
    let heard: readonly NetlinkEvent[];
    try {
      const datagrams = this.#transport.receive();
      if (datagrams.length === 0) return false;
      heard = this.#decode(datagrams);
    } catch (error) {
      if (error instanceof KernelError && error.errno === ENOBUFS) this.#makeGood();
      else this.#hearer.fail(error);
      return false;
    }
    // Behind the last use of the memory that they were received into: who is told may receive something else.
    for (const event of heard) this.#hearer.tell(event);
    return true;
  }

  /**
   * The kernel says once that it drops messages, and goes on without a word until the socket is empty: only then can what is told of the
   * loss be made good. libuv gives up a descriptor that reports an error (a lost message is one): then it is watched anew.
   */
  #makeGood(): void {
    try {
      for (let heard = this.#afterLoss(); heard !== undefined; heard = this.#afterLoss()) {
        // Each part before the next is received: the whole of what had been waiting is much.
        for (const event of heard) this.#hearer.tell(event);
        if (this.#closed) return;
      }
      this.#watch.close();
      if (!this.#paused) this.#watch = this.#transport.watch(this.#onReady);
    } catch (error) {
      this.#hearer.fail(error);
      return;
    }
    this.#hearer.tell({ kind: 'overrun' });
  }

  /** What is still there behind a loss, a part of it; undefined when that was all. */
  #afterLoss(): readonly NetlinkEvent[] | undefined {
    try {
      const datagrams = this.#transport.receive();
      return datagrams.length === 0 ? undefined : this.#decode(datagrams);
    } catch (error) {
      if (error instanceof KernelError && error.errno === ENOBUFS) return [];
      throw error;
    }
  }

  #decode(datagrams: readonly Datagram[]): NetlinkEvent[] {
    const events: NetlinkEvent[] = [];
    for (const datagram of datagrams) {
      this.#log?.('received', datagram.bytes.subarray(datagram.start, datagram.end));
      for (let at = datagram.start; at < datagram.end; ) {
        const message = messageAt(datagram, at);
        const { type, flags } = message;
        const declaration = this.#known.of(type, this.#protocol, 'received', message.bytes[message.start]);
        if (declaration !== undefined)
          events.push({
            kind: 'message',
            type,
            flags,
            declaration,
            value: declaration.decode(message),
            nsid: datagram.nsid,
          });
        at = nextMessage(message);
      }
    }
    return events;
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    this.#transport[Symbol.dispose]();
  }
}

function openListener(options: ListenOptions): NetlinkSocket {
  const socket = new NetlinkSocket({ receiveBuffer: 4 << 20, ...options });
  try {
    if (options.allNamespaces) socket.listenToAllNamespaces();
    for (const group of options.groups) join(socket, group, options);
    return socket;
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
}

function join(socket: NetlinkSocket, group: number, { onlyKnown }: ListenOptions): void {
  try {
    socket.join(group);
  } catch (error) {
    if (!onlyKnown || !(error instanceof KernelError) || error.errno !== EINVAL) throw error;
  }
}
