/** Whose byte order a value has: the packet's, or this machine's (little-endian on all that the library runs on). */
export type ByteOrder = 'network' | 'machine';

/** The number that bytes are. */
export function numberOfBytes(bytes: Uint8Array, order: ByteOrder): bigint {
  if (bytes.length <= 4) return BigInt(smallNumber(bytes, order));
  let value = 0n;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[order === 'network' ? at : bytes.length - 1 - at] as number;
    value = (value << 8n) | BigInt(byte);
  }
  return value;
}

function smallNumber(bytes: Uint8Array, order: ByteOrder): number {
  let value = 0;
  for (let at = 0; at < bytes.length; at++)
    value = value * 256 + (bytes[order === 'network' ? at : bytes.length - 1 - at] as number);
  return value;
}

/** The lowest `length` bytes of a number. */
export function bytesOfNumber(value: bigint, length: number, order: ByteOrder): Uint8Array {
  const bytes = new Uint8Array(length);
  if (length <= 4) {
    let rest = Number(BigInt.asUintN(length * 8, value));
    for (let at = 0; at < length; at++) {
      bytes[order === 'network' ? length - 1 - at : at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return bytes;
  }
  let rest = value;
  for (let at = 0; at < length; at++) {
    bytes[order === 'network' ? length - 1 - at : at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}

/** As many ones as that. */
export function ones(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

/** How many bytes hold so many bits. */
export function bytesFor(bits: number): number {
  return Math.ceil(bits / 8);
}

/** How many zeros there are below the lowest one. */
export function trailingZeros(value: bigint): number {
  if (value === 0n) return 0;
  let count = 0;
  while (((value >> BigInt(count)) & 1n) === 0n) count++;
  return count;
}

/** How many ones, if they are side by side; undefined for 0 and for ones with gaps. */
export function runOfOnes(value: bigint): number | undefined {
  if (value === 0n) return undefined;
  const run = (value >> BigInt(trailingZeros(value))) + 1n;
  return (run & (run - 1n)) === 0n ? run.toString(2).length - 1 : undefined;
}

/** The length of a prefix as wide as this range of values, if it is exactly one. */
export function prefixOfRange(low: bigint, high: bigint, bits: number): number | undefined {
  const span = high - low + 1n;
  if (span <= 0n || (span & (span - 1n)) !== 0n || low % span !== 0n) return undefined;
  return bits - (span.toString(2).length - 1);
}

/** The length of the prefix that a mask means; undefined if it has gaps. */
export function prefixOfMask(mask: bigint, bits: number): number | undefined {
  return prefixOfRange(mask, ones(bits), bits) ?? (mask === 0n ? 0 : undefined);
}

/** The mask of a prefix. */
export function maskOfPrefix(length: number, bits: number): bigint {
  return ones(bits) ^ ones(bits - length);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The same bytes, filled up with zeros to whole registers of four bytes. */
export function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 4 === 0) return bytes;
  const result = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  result.set(bytes);
  return result;
}
