/**
 * A stretch of received bytes that a decoder works on: the bytes, a DataView over the same memory, and where to start and stop.
 *
 * One DataView serves a whole datagram of messages; making one per message would cost more than decoding its header.
 */
export interface Slice {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  /** Where the offsets in errors count from: the first byte of the message that this is part of. */
  readonly origin: number;
}

/** All of `bytes` as a slice. A slice that is given is returned as it is. */
export function sliceOf(bytes: Uint8Array | Slice): Slice {
  if (!(bytes instanceof Uint8Array)) return bytes;
  // A subclass of Uint8Array may copy, or not copy, differently; everything below relies on the plain one.
  const plain =
    bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  return { bytes: plain, view, start: 0, end: plain.length, origin: 0 };
}

/** Netlink aligns everything to four bytes (NLMSG_ALIGN, NLA_ALIGN). */
export function align4(length: number): number {
  return (length + 3) & ~3;
}
