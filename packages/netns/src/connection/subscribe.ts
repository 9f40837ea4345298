import { KernelError } from '../errors.ts';
import { EventQueue } from '../event-queue.ts';
import { declarationOf, type KnownMessage } from '../netlink/catalogue.ts';
import { messageAt, type NetlinkMessage, nextMessage } from '../netlink/header.ts';
import { netlinkDebugLog } from './debug.ts';
import { type Datagram, NetlinkSocket, type SocketOptions, type Transport } from './transport.ts';

/** A change that the kernel told of, or `overrun`: it dropped some for want of room, so what is known must be asked for again. */
export type NetlinkEvent =
  | {
      readonly kind: 'message';
      readonly type: number;
      readonly declaration: KnownMessage;
      readonly value: unknown;
      /** Where it happened, by the numbering of the listening namespace; undefined: in that one itself. */
      readonly nsid: number | undefined;
    }
  | { readonly kind: 'overrun' };

export interface SubscribeOptions extends SocketOptions {
  readonly groups: readonly number[];
  /** Hear all namespaces that have an nsid in the listening one. Needs CAP_NET_BROADCAST. */
  readonly allNamespaces?: boolean | undefined;
  readonly transport?: Transport | undefined;
}

const ENOBUFS = 105;

/**
 * Listens to multicast groups, from the moment of the call. Ends with `break`, or `return()`.
 *
 * What the kernel sends and the catalogue does not know is left out. The default buffer holds a burst of thousands.
 */
export function subscribe(options: SubscribeOptions): AsyncIterableIterator<NetlinkEvent> {
  const transport = options.transport ?? openListener(options);
  const protocol = options.protocol ?? 0;
  const log = netlinkDebugLog(protocol);
  const queue = new EventQueue<NetlinkEvent>(() => {
    watch.close();
    transport[Symbol.dispose]();
  });
  const deliver = (datagram: Datagram) => {
    log?.('received', datagram.bytes.subarray(datagram.start, datagram.end));
    for (let at = datagram.start; at < datagram.end; ) {
      const message = messageAt(datagram, at);
      const event = eventOf(message, protocol, datagram.nsid);
      if (event) queue.push(event);
      at = nextMessage(message);
    }
  };
  // libuv gives up a descriptor that reports an error (a lost message is one): then it is watched anew.
  const ready = () => {
    try {
      if (!receiveAll(transport, deliver)) return;
    } catch (error) {
      return queue.end(error);
    }
    queue.push({ kind: 'overrun' });
    watch.close();
    watch = transport.watch(ready);
  };
  let watch = transport.watch(ready);
  return queue;
}

/**
 * Takes in what is there; true if the kernel dropped messages. It says so once, and goes on dropping without a word until the
 * socket is empty: only then can what is told of the loss be made good.
 */
function receiveAll(transport: Transport, deliver: (datagram: Datagram) => void): boolean {
  let overrun = false;
  for (;;) {
    try {
      const datagrams = transport.receive();
      if (datagrams.length === 0) return overrun;
      datagrams.forEach(deliver);
    } catch (error) {
      if (!(error instanceof KernelError && error.errno === ENOBUFS)) throw error;
      overrun = true;
    }
  }
}

function openListener(options: SubscribeOptions): NetlinkSocket {
  const socket = new NetlinkSocket({ receiveBuffer: 4 << 20, ...options });
  try {
    if (options.allNamespaces) socket.listenToAllNamespaces();
    for (const group of options.groups) socket.join(group);
    return socket;
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
}

function eventOf(message: NetlinkMessage, protocol: number, nsid: number | undefined): NetlinkEvent | undefined {
  const declaration = declarationOf(message.type, protocol);
  if (declaration === undefined) return undefined;
  return { kind: 'message', type: message.type, declaration, value: declaration.decode(message), nsid };
}
