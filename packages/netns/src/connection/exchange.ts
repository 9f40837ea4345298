import { ClosedError, KernelError, NetlinkError } from '../errors.ts';
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
  try {
    for (;;) {
      const datagrams = transport.receive();
      if (datagrams.length === 0) yield;
      for (const { bytes } of datagrams) {
        log?.('received', bytes);
        for (const message of splitDatagram(bytes)) {
          if (message.sequence !== request.sequence || message.type === NLMSG_NOOP) continue;
          if (message.flags & NLM_F_DUMP_INTR) interrupted = true;
          const last = isAcknowledgement(message);
          if (last) throwIfRefused(request, readAcknowledgement(message, request));
          else sink(message);
          if (last || (request.until === 'answered' && !(message.flags & NLM_F_MULTI))) return { interrupted };
        }
      }
    }
  } catch (error) {
    if (!(error instanceof NetlinkError)) drain(transport);
    throw error;
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

/** A wait that can be ended from outside. */
export type Cancel = (error: unknown) => void;

/** Drives an exchange by the event loop, from where it stopped. `waiting` gets the means to end each wait with an error. */
export async function driveAsync<T>(
  transport: Transport,
  work: Generator<void, T>,
  waiting: (cancel: Cancel | undefined) => void,
): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
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
}
