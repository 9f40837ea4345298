import { ClosedError, KernelError, NetlinkError } from '../errors.ts';
import { isAcknowledgement, readAcknowledgement, type SentRequest } from '../netlink/extended-ack.ts';
import { type NetlinkMessage, NLM_F_DUMP_INTR, NLM_F_MULTI, NLMSG_NOOP, splitDatagram } from '../netlink/header.ts';
import type { Writer } from '../wire/writer.ts';
import type { DebugLog } from './debug.ts';
import type { Datagram, Transport } from './transport.ts';

/** What a request is, beside its bytes. */
export interface RequestDetails {
  readonly declaration: SentRequest['declaration'];
  readonly sequence: number;
  /** The kernel's name of it, for errors: `RTM_NEWLINK`. */
  readonly name: string;
  /** What is being done, after "cannot". */
  readonly operation: string;
  /** What ends it: an acknowledgement (the end of a dump is one), or, for a question, the one message that answers it. */
  readonly until: 'acknowledged' | 'answered';
}

/** Where each message of an answer goes; it must be decoded now: its memory is used again. */
export type MessageSink = (message: NetlinkMessage) => void;

/** Work that goes on whenever something has arrived. */
export interface Task<T> {
  /** Goes on as far as it can without waiting; true at the end. Throws when it fails. */
  advance(): boolean;
  readonly result: T;
}

/**
 * A request under way: sent once, then its answers are taken in until the one that ends it.
 *
 * Waiting is somebody else's business, by blocking or by the event loop. Answers to other requests (left over from one that failed
 * half-way) are passed over. `advance` throws NetlinkError when the kernel refuses, KernelError ENOBUFS when it dropped answers,
 * DecodeError when an answer makes no sense.
 */
export class Exchange {
  /** A change interrupted the dump (NLM_F_DUMP_INTR): it may have holes. */
  interrupted = false;
  readonly #transport: Transport;
  readonly #request: Writer;
  readonly #details: RequestDetails;
  readonly #sink: MessageSink;
  readonly #log: DebugLog | undefined;
  #sent = false;

  /** `request` holds the bytes, and is not written to before the end. */
  constructor(
    transport: Transport,
    request: Writer,
    details: RequestDetails,
    sink: MessageSink,
    log: DebugLog | undefined,
  ) {
    this.#transport = transport;
    this.#request = request;
    this.#details = details;
    this.#sink = sink;
    this.#log = log;
  }

  advance(): boolean {
    try {
      for (;;) {
        const datagrams = this.#sent ? this.#transport.receive() : this.#send();
        if (datagrams.length === 0) return false;
        for (const datagram of datagrams) if (this.#takeIn(datagram)) return true;
      }
    } catch (error) {
      if (!(error instanceof NetlinkError)) drain(this.#transport);
      throw error;
    }
  }

  #send(): readonly Datagram[] {
    const { bytes, length } = this.#request;
    this.#log?.('sent', bytes.subarray(0, length));
    this.#sent = true;
    return this.#transport.converse(bytes, length);
  }

  #takeIn(datagram: Datagram): boolean {
    const { bytes, start, end } = datagram;
    this.#log?.('received', bytes.subarray(start, end));
    for (const message of splitDatagram(datagram)) {
      if (message.sequence !== this.#details.sequence || message.type === NLMSG_NOOP) continue;
      if (message.flags & NLM_F_DUMP_INTR) this.interrupted = true;
      const last = isAcknowledgement(message);
      if (last) this.#throwIfRefused(message);
      else this.#sink(message);
      if (last || (this.#details.until === 'answered' && !(message.flags & NLM_F_MULTI))) return true;
    }
    return false;
  }

  #throwIfRefused(message: NetlinkMessage): void {
    const { declaration, name, operation } = this.#details;
    const request = { bytes: this.#request.bytes.subarray(0, this.#request.length), declaration };
    const { errno, extack } = readAcknowledgement(message, request);
    if (errno !== 0) throw new NetlinkError({ errno, syscall: name, operation }, extack);
  }
}

/** Takes in what is left of an answer that could not be understood: while a dump is unfinished the kernel begins no other (EBUSY). */
function drain(transport: Transport): void {
  for (let count = 0; count < 10_000; count++) {
    try {
      if (transport.receive().length === 0) return;
    } catch (error) {
      if (error instanceof ClosedError) return;
    }
  }
}

const patienceMs = 30_000;

/** Drives a task by blocking this thread. The kernel's answers are there when the request is sent, so it hardly ever does. */
export function driveSync<T>(transport: Transport, task: Task<T>, operation: string): T {
  while (!task.advance()) {
    if (!transport.wait(patienceMs)) throw new KernelError({ errno: 110, syscall: 'ppoll', operation }); // ETIMEDOUT
  }
  return task.result;
}

/** A wait that can be ended from outside. */
export type Cancel = (error: unknown) => void;

/** Drives a task by the event loop, from where it stopped. `waiting` gets the means to end each wait with an error. */
export async function driveAsync<T>(
  transport: Transport,
  task: Task<T>,
  waiting: (cancel: Cancel | undefined) => void,
): Promise<T> {
  while (!task.advance()) {
    await new Promise<void>((resolve, reject) => {
      const watch = transport.watch(() => {
        watch.close();
        resolve();
      });
      waiting((error) => {
        watch.close();
        reject(error);
      });
    }).finally(() => waiting(undefined));
  }
  return task.result;
}
