import { KernelError, NetlinkError } from '../errors.ts';
import {
  type Acknowledgement,
  isAcknowledgement,
  readAcknowledgement,
  type SentRequest,
} from '../netlink/extended-ack.ts';
import { type NetlinkMessage, NLM_F_DUMP_INTR, NLM_F_MULTI, NLMSG_NOOP, splitDatagram } from '../netlink/header.ts';
import type { DebugLog } from './debug.ts';
import type { Transport } from './transport.ts';

/** One request, and what it takes to understand the answers. */
export interface Request extends SentRequest {
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

/**
 * Sends a request and takes in its answers until the one that ends it: the acknowledgement, or the end of a dump.
 *
 * A generator, so that waiting is somebody else's business: it yields when nothing is there yet, and whoever drives it waits by
 * blocking or by the event loop. Returns whether the dump was interrupted by a change (NLM_F_DUMP_INTR): it may have holes.
 *
 * Answers to other requests (left over from one that failed half-way) are passed over. Throws NetlinkError when the kernel refuses,
 * KernelError ENOBUFS when it dropped answers, DecodeError when an answer makes no sense.
 */
export function* exchange(
  transport: Transport,
  request: Request,
  sink: MessageSink,
  log: DebugLog | undefined,
): Generator<void, { readonly interrupted: boolean }> {
  log?.('sent', request.bytes);
  transport.send(request.bytes);
  let interrupted = false;
  for (;;) {
    const datagrams = transport.receive();
    if (datagrams.length === 0) yield;
    for (const { bytes } of datagrams) {
      log?.('received', bytes);
      for (const message of splitDatagram(bytes)) {
        if (message.sequence !== request.sequence || message.type === NLMSG_NOOP) continue;
        if (message.flags & NLM_F_DUMP_INTR) interrupted = true;
        if (isAcknowledgement(message)) throwIfRefused(request, readAcknowledgement(message, request));
        else sink(message);
        if (isAcknowledgement(message) || (request.until === 'answered' && !(message.flags & NLM_F_MULTI)))
          return { interrupted };
      }
    }
  }
}

function throwIfRefused(request: Request, { errno, extack }: Acknowledgement): void {
  if (errno === 0) return;
  throw new NetlinkError({ errno, syscall: request.name, operation: request.operation }, extack);
}

const patienceMs = 30_000;

/** Drives an exchange by blocking this thread. The kernel's answers are there when `send` returns, so it hardly ever does. */
export function driveSync<T>(transport: Transport, work: Generator<void, T>, operation: string): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    if (!transport.wait(patienceMs)) throw new KernelError({ errno: 110, syscall: 'ppoll', operation }); // ETIMEDOUT
  }
}

/** Drives an exchange by the event loop, from where it stopped. */
export async function driveAsync<T>(transport: Transport, work: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await new Promise<void>((resolve) => {
      const watch = transport.watch(() => {
        watch.close();
        resolve();
      });
    });
  }
}
