import type { Declaration } from '../connection/declaration.ts';
import type { Datagram, Transport } from '../connection/transport.ts';
import { ClosedError, KernelError } from '../errors.ts';
import type { Watch } from '../native/watch.ts';
import {
  encodeMessage,
  type MessageHeader,
  type NetlinkMessage,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLM_F_MULTI,
  NLMSG_DONE,
  NLMSG_ERROR,
  splitDatagram,
} from '../netlink/header.ts';
import type { In } from '../wire/shape.ts';
import { sliceOf } from '../wire/slice.ts';
import type { Writer } from '../wire/writer.ts';

/**
 * What the scripted kernel does next: hand out a datagram; have nothing for one receive (`wait`); or fail a receive with an error
 * number (ENOBUFS is 105), as when messages were dropped.
 */
export type ScriptedStep = Uint8Array | 'wait' | { readonly errno: number };

/** A request as the script sees it. */
export type ScriptedRequest = NetlinkMessage;

/**
 * A kernel that says what the test tells it to: a transport for `NetlinkConnection` and `subscribe`, without a socket.
 *
 *     const kernel = new ScriptedKernel((request) => [acknowledge(request, 17)]);
 *     const connection = new NetlinkConnection({ transport: kernel });
 */
export class ScriptedKernel implements Transport {
  /** Every datagram that was sent to it. */
  readonly sent: Uint8Array[] = [];
  closed = false;
  readonly #script: (request: ScriptedRequest, index: number) => Iterable<ScriptedStep>;
  readonly #steps: ScriptedStep[] = [];
  #asked = 0;
  readonly #watches = new Set<() => void>();

  /** `script` is called with each request, and the number of requests before it. */
  constructor(script: (request: ScriptedRequest, index: number) => Iterable<ScriptedStep>) {
    this.#script = script;
  }

  /** One datagram at a time, however many may come. */
  converse(bytes: Uint8Array, length: number): Datagram | undefined {
    if (this.closed) throw new ClosedError('the scripted kernel');
    if (length > 0) this.sent.push(bytes.slice(0, length));
    for (const request of splitDatagram(bytes.subarray(0, length))) this.push(...this.#script(request, this.#asked++));
    return this.receive()[0];
  }

  /** Says something unasked: an event, or the rest of an answer. */
  push(...steps: readonly ScriptedStep[]): void {
    this.#steps.push(...steps);
    if (steps.length > 0) for (const ready of this.#watches) setImmediate(ready);
  }

  receive(): readonly Datagram[] {
    if (this.closed) throw new ClosedError('the scripted kernel');
    const step = this.#steps.shift();
    if (step === undefined || step === 'wait') return [];
    if (step instanceof Uint8Array) return [{ ...sliceOf(step), nsid: undefined }];
    throw new KernelError({ errno: step.errno, syscall: 'recvmmsg', operation: 'receive netlink messages' });
  }

  wait(): boolean {
    return this.#steps.length > 0;
  }

  watch(ready: () => void): Watch {
    const call = () => {
      if (this.#watches.has(call)) ready();
    };
    this.#watches.add(call);
    if (this.#steps.length > 0) setImmediate(call);
    const close = () => void this.#watches.delete(call);
    return { keepAlive: () => {}, close, [Symbol.dispose]: close };
  }

  [Symbol.dispose](): void {
    this.closed = true;
    this.#watches.clear();
  }
}

/** An answer to a request: one message with a value of the catalogue's. */
export function answer<D extends Declaration>(
  request: MessageHeader,
  declaration: D,
  verb: keyof D['types'] & string,
  value: In<D>,
  flags = 0,
): Uint8Array {
  const writer = declaration as { write(writer: Writer, value: unknown): void };
  return encodeMessage({ type: declaration.types[verb] ?? 0, flags, sequence: request.sequence }, writer, value);
}

/** The end of a request: success, or an error number with the kernel's own words. */
export function acknowledge(request: MessageHeader, errno = 0, text?: string): Uint8Array {
  const flags = NLM_F_CAPPED | (text === undefined ? 0 : NLM_F_ACK_TLVS);
  const echoed = new Uint8Array(16); // the header of the request; NLM_F_CAPPED: nothing of its payload
  new DataView(echoed.buffer).setUint32(0, 16, true);
  return encodeMessage({ type: NLMSG_ERROR, flags, sequence: request.sequence }, rawPayload, [
    signed(-errno),
    echoed,
    textAttribute(text),
  ]);
}

/** The end of a dump. */
export function done(request: MessageHeader, flags = 0): Uint8Array {
  return encodeMessage({ type: NLMSG_DONE, flags: flags | NLM_F_MULTI, sequence: request.sequence }, rawPayload, [
    signed(0),
  ]);
}

/** Several messages in one datagram, as the kernel packs them. */
export function together(...messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(messages.flatMap((message) => [...message, ...new Uint8Array(-message.length & 3)]));
}

const rawPayload = {
  write(writer: Writer, parts: readonly Uint8Array[]): void {
    for (const part of parts) writer.append(part);
  },
};

function signed(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}

/** NLMSGERR_ATTR_MSG (1). */
function textAttribute(text: string | undefined): Uint8Array {
  if (text === undefined) return new Uint8Array();
  const bytes = new TextEncoder().encode(`${text}\0`);
  const attribute = new Uint8Array((4 + bytes.length + 3) & ~3);
  new DataView(attribute.buffer).setUint16(0, 4 + bytes.length, true);
  new DataView(attribute.buffer).setUint16(2, 1, true);
  attribute.set(bytes, 4);
  return attribute;
}
