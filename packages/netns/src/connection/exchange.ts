import { ClosedError, NetlinkError } from '../errors.ts';
import { errnoIn, isAcknowledgement, readAcknowledgement } from '../netlink/extended-ack.ts';
import {
  emptyMessage,
  type NetlinkMessage,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLMSG_NOOP,
  nextMessage,
  readMessage,
  setSequence,
} from '../netlink/header.ts';
import { messageName } from '../netlink/message-name.ts';
import type { Slice } from '../wire/slice.ts';
import { Writer } from '../wire/writer.ts';
import type { DebugLog } from './debug.ts';
import type { Line } from './line.ts';
import type { Datagram, Transport } from './transport.ts';

const noLines: readonly Line[] = [];
const nothing = new Writer(0);
/** Datagrams of a long answer that are received at once: 128 KiB, which the nearer caches hold beside what is made of them. */
const mostAtOnce = 4;

/**
 * The request under way: one or more messages in one datagram, sent once; then answers are taken in until the last message has got
 * its own. The kernel answers in the order of the messages, and goes on with the next when it refused one.
 *
 * Waiting is somebody else's business, by blocking or by the event loop. Answers to other requests (left over from one that failed
 * half-way) are passed over. One object serves all requests of a connection, one after the other.
 */
export class Exchange {
  /** A change interrupted the dump (NLM_F_DUMP_INTR): it may have holes. */
  interrupted = false;
  readonly #transport: Transport;
  readonly #log: DebugLog | undefined;
  #request = nothing;
  #lines: readonly Line[] = noLines;
  /** The sequence number of the first line; the others follow. */
  #first = 0;
  #sequence = 0;
  #sent = false;
  /** The one that is being looked at: a long table would make as much garbage of these as of its values. Decoders keep nothing of it. */
  readonly #message = emptyMessage();

  constructor(transport: Transport, log: DebugLog | undefined) {
    this.#transport = transport;
    this.#log = log;
  }

  /** `request` holds the messages of `lines`, and is not written to before the end. */
  begin(request: Writer, lines: readonly Line[]): void {
    this.#request = request;
    this.#lines = lines;
    this.#first = (this.#sequence + 1) >>> 0;
    // Counted, not iterated, here and below: changes come by the thousand.
    for (let index = 0; index < lines.length; index++) {
      this.#sequence = (this.#sequence + 1) >>> 0;
      setSequence(request.view, (lines[index] as Line).start, this.#sequence);
    }
    this.#sent = false;
    this.interrupted = false;
  }

  /**
   * Goes on as far as it can without waiting; true at the end. What the kernel refuses is noted in its line. Throws KernelError, with
   * ENOBUFS when the kernel dropped answers, and DecodeError when an answer makes no sense.
   */
  advance(): boolean {
    let ended = true;
    try {
      ended = this.#takeInWhatIsThere();
    } catch (error) {
      drain(this.#transport);
      throw error;
    } finally {
      if (ended) this.#lines = noLines; // a connection that rests keeps no answers alive
    }
    return ended;
  }

  #takeInWhatIsThere(): boolean {
    for (;;) {
      const answers = this.#sent ? this.#transport.converse(this.#request.bytes, 0, mostAtOnce) : this.#send();
      if (answers === undefined) return false;
      if (this.#takeIn(answers)) return true;
    }
  }

  #send(): Datagram | undefined {
    const { bytes, length } = this.#request;
    this.#log?.('sent', bytes.subarray(0, length));
    this.#sent = true;
    // A small table comes in two datagrams, of which the second says that this was all.
    const most = this.#lines.length === 1 && this.#lines[0]?.until === 'acknowledged' ? 2 : 1;
    return this.#transport.converse(bytes, length, most);
  }

  /** True when that was the end. */
  #takeIn(datagram: Slice): boolean {
    this.#log?.('received', datagram.bytes.subarray(datagram.start, datagram.end));
    const message = this.#message;
    const list = this.#lines[0]?.list;
    list?.keep(datagram);
    for (let at = datagram.start; at < datagram.end; ) {
      if (list !== undefined) {
        at = list.add(datagram, at, this.#first);
        this.interrupted ||= list.interrupted;
        if (at >= datagram.end) break;
      }
      readMessage(datagram, at, message);
      const index = (message.sequence - this.#first) >>> 0;
      const last = this.#lines.length - 1;
      const line = index <= last ? this.#lines[index] : undefined;
      if (line !== undefined && this.#answer(line, message) && (index === last || line.opens)) return true;
      at = nextMessage(message);
    }
    return false;
  }

  /** True when the line has got its answer. */
  #answer(line: Line, message: NetlinkMessage): boolean {
    if (message.type === NLMSG_NOOP) return false;
    if (message.flags & NLM_F_DUMP_INTR) this.interrupted = true;
    if (isAcknowledgement(message)) {
      line.refusal = this.#refusal(line, message);
      return true;
    }
    if (line.until === 'done') return false;
    if (line.answeredBy?.includes(message.type) === false) return false;
    const decoded = line.declaration.decode(message);
    const answer = line.read === undefined ? decoded : line.read(decoded as never);
    if (answer === undefined) return false;
    if (line.answers === undefined)
      line.answers = [answer]; // an array that begins empty makes room for 17
    else line.answers.push(answer);
    return line.until === 'answered' && !(message.flags & NLM_F_MULTI);
  }

  #refusal({ declaration, verb, operation, start }: Line, message: NetlinkMessage): NetlinkError | undefined {
    if (errnoIn(message) === 0) return undefined;
    const { bytes, view, length } = this.#request;
    const sent = { bytes, view, start, end: length, origin: start };
    const { errno, extack } = readAcknowledgement(message, { bytes: sent, declaration });
    const syscall = messageName(declaration, verb);
    const done = typeof operation === 'string' ? operation : operation();
    return new NetlinkError({ errno, syscall, operation: done }, extack);
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
