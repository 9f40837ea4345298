import { DecodeError } from '../errors.ts';
import { align4, type Slice, sliceOf } from '../wire/slice.ts';
import { Writer } from '../wire/writer.ts';

/** Size of `struct nlmsghdr` (`linux/netlink.h`). */
export const NLMSG_HDRLEN = 16;

/** Message types below 16 belong to netlink itself. */
export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLMSG_OVERRUN = 4;

export const NLM_F_REQUEST = 0x01;
export const NLM_F_MULTI = 0x02;
export const NLM_F_ACK = 0x04;
export const NLM_F_ECHO = 0x08;
/** The table changed while it was dumped: the answer may have holes, ask again. */
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP_FILTERED = 0x20;

/** In GET requests. */
export const NLM_F_ROOT = 0x100;
export const NLM_F_MATCH = 0x200;
export const NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH;

/** In NEW requests. */
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;

/** In DELETE requests. */
export const NLM_F_NONREC = 0x100;
export const NLM_F_BULK = 0x200;

/** In acknowledgements: the request was not copied into it; extended ack attributes follow. */
export const NLM_F_CAPPED = 0x100;
export const NLM_F_ACK_TLVS = 0x200;

/** The fields of `struct nlmsghdr` but its length. */
export interface MessageHeader {
  readonly type: number;
  readonly flags: number;
  /** Echoed by the kernel in every answer to a request. */
  readonly sequence: number;
  /** The netlink port of the sender; 0 is the kernel. */
  readonly port: number;
}

/** One message of a datagram. As a {@link Slice} it is the payload behind the header. */
export interface NetlinkMessage extends MessageHeader, Slice {}

/** Something that can append a payload: every message declaration. */
export interface PayloadWriter<V> {
  write(writer: Writer, value: V): void;
}

/** Appends a whole message: header, then `value` as `declaration` writes it. Throws InvalidArgumentError. */
export function writeMessage<V>(
  writer: Writer,
  header: Partial<MessageHeader> & { readonly type: number },
  declaration: PayloadWriter<V>,
  value: V,
): void {
  const { type, flags = 0, sequence = 0, port = 0 } = header;
  const at = writer.reserve(NLMSG_HDRLEN);
  declaration.write(writer, value);
  const { view, length } = writer;
  view.setUint32(at, length - at, true);
  view.setUint16(at + 4, type, true);
  view.setUint16(at + 6, flags, true);
  view.setUint32(at + 8, sequence, true);
  view.setUint32(at + 12, port, true);
}

/** Builds a whole message. Throws InvalidArgumentError. */
export function encodeMessage<V>(
  header: Partial<MessageHeader> & { readonly type: number },
  declaration: PayloadWriter<V>,
  value: V,
): Uint8Array {
  const writer = new Writer();
  writeMessage(writer, header, declaration, value);
  return writer.finish();
}

/** The message that starts at byte `at` of what one receive returned. Throws DecodeError for a length that cannot be right. */
export function messageAt(datagram: Slice, at: number): NetlinkMessage {
  const message = emptyMessage();
  readMessage(datagram, at, message);
  return message;
}

/** A place for `readMessage`. */
export function emptyMessage(): Writable<NetlinkMessage> {
  return { type: 0, flags: 0, sequence: 0, port: 0, bytes: nothing, view: nothingToSee, start: 0, end: 0, origin: 0 };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
const nothing = new Uint8Array();
const nothingToSee = new DataView(nothing.buffer);

/** The same as `messageAt`, into an object that is there already. */
export function readMessage(datagram: Slice, at: number, message: Writable<NetlinkMessage>): void {
  const { bytes, view, end, origin } = datagram;
  const remaining = end - at;
  if (remaining < NLMSG_HDRLEN)
    throw new DecodeError('nlmsghdr', at - origin, `${remaining} bytes remain, too few for a header`);
  const length = view.getUint32(at, true);
  if (length < NLMSG_HDRLEN)
    throw new DecodeError('nlmsghdr', at - origin, `message says ${length} bytes, less than its own header`);
  if (length > remaining)
    throw new DecodeError('nlmsghdr', at - origin, `message says ${length} bytes, ${remaining} remain`);
  message.type = view.getUint16(at + 4, true);
  message.flags = view.getUint16(at + 6, true);
  message.sequence = view.getUint32(at + 8, true);
  message.port = view.getUint32(at + 12, true);
  message.bytes = bytes;
  message.view = view;
  message.start = at + NLMSG_HDRLEN;
  message.end = at + length;
  message.origin = at;
}

/** Where the message behind this one starts, if there is one. */
export function nextMessage({ origin, end }: NetlinkMessage): number {
  return origin + align4(end - origin);
}

/**
 * Splits what one receive returned into its messages. The slices share the memory of `datagram`: decode, or copy, before it
 * is received into again. Throws DecodeError for a length that cannot be right.
 */
export function splitDatagram(datagram: Uint8Array | Slice): NetlinkMessage[] {
  const slice = sliceOf(datagram);
  const messages: NetlinkMessage[] = [];
  for (let at = slice.start; at < slice.end; ) {
    const message = messageAt(slice, at);
    messages.push(message);
    at = nextMessage(message);
  }
  return messages;
}

/** Gives the message that starts at byte `at` its sequence number. */
export function setSequence(view: DataView, at: number, sequence: number): void {
  view.setUint32(at + 8, sequence, true);
}

/** Sets flags of the message that starts at byte `at`, beside those that it has. */
export function addFlags(view: DataView, at: number, flags: number): void {
  view.setUint16(at + 6, view.getUint16(at + 6, true) | flags, true);
}
