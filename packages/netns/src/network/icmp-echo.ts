/** An ICMP echo message: type, code, checksum, identifier, sequence, data. RFC 792, RFC 4443. */
export interface EchoMessage {
  readonly identifier: number;
  readonly sequence: number;
  readonly data: Uint8Array;
}

const headerLength = 8;
const request = { 4: 8, 6: 128 } as const;
const reply = { 4: 0, 6: 129 } as const;

/** The bytes of an echo request. The checksum of IPv6 is the kernel's business: it covers addresses that are not known here. */
export function encodeEchoRequest(family: 4 | 6, { identifier, sequence, data }: EchoMessage): Uint8Array {
  const bytes = new Uint8Array(headerLength + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, request[family]);
  view.setUint16(4, identifier);
  view.setUint16(6, sequence);
  bytes.set(data, headerLength);
  if (family === 4) view.setUint16(2, checksum(bytes));
  return bytes;
}

/**
 * The echo reply in what a raw socket received (for IPv4 that begins with the IP header); undefined if it is something else: another
 * ICMP message, or the request itself where we are the one that is asked.
 */
export function decodeEchoReply(family: 4 | 6, received: Uint8Array): EchoMessage | undefined {
  const start = family === 4 ? ((received[0] ?? 0) & 15) * 4 : 0;
  const bytes = received.subarray(start);
  if (bytes.length < headerLength || bytes[0] !== reply[family]) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { identifier: view.getUint16(4), sequence: view.getUint16(6), data: bytes.slice(headerLength) };
}

/** The Internet checksum, RFC 1071: the ones' complement of the ones' complement sum of all 16-bit words. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
