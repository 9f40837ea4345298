import type { encapSeg6Local } from '../../../../../netlink/families/route/encap.ts';
import { formatIpAddress } from '../../../../../wire/ip-address.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { address } from '../../inet.ts';
import { parseUnsigned } from '../../numbers.ts';
import type { EncapView } from './kind.ts';

/** A header with segments, as the kernel has it. */
export type Header = NonNullable<Out<typeof encapSeg6Local>['srh']>;

/** Type of the routing header (RFC 8754). */
const SEGMENT_ROUTING = 4;
/** Bit of the header's flags: the last of what follows the segments is a signature. */
const SIGNED = 0x08;
/** What a signature takes (RFC 8754, 2.1.2): type, length, flags, the number of the key, 32 bytes that the kernel fills in. */
const signature = { type: 5, bytes: 40 } as const;

/** IPv6 addresses between commas. */
export function readSegments(word: string): readonly Uint8Array[] {
  return word.split(',').map((segment) => address(segment, 'inet6').bytes);
}

/** The number of a key; as with `ip`, what is no number means none. */
export function readKey(word: string): number {
  return parseUnsigned(word, 32) ?? 0;
}

/** The header that goes by these segments. `inline`: it comes between those of a packet, whose destination is the last segment then. */
export function segmentHeader(segments: readonly Uint8Array[], inline: boolean, key = 0): Header {
  // On the wire the last segment comes first.
  const listed = [...(inline ? [new Uint8Array(16)] : []), ...[...segments].reverse()];
  const last = listed.length - 1;
  const signed = key !== 0;
  const rest = new Uint8Array(listed.length * 16 + (signed ? signature.bytes : 0));
  for (const [at, segment] of listed.entries()) rest.set(segment, at * 16);
  if (signed) {
    const start = listed.length * 16;
    rest.set([signature.type, signature.bytes - 2], start);
    new DataView(rest.buffer).setUint32(start + 4, key);
  }
  return {
    nexthdr: 0,
    hdrlen: rest.length / 8,
    type: SEGMENT_ROUTING,
    segmentsLeft: last,
    firstSegment: last,
    flags: signed ? SIGNED : 0,
    tag: 0,
    rest,
  };
}

/** The segments, first one first, and the number of the key. */
function readHeader({ firstSegment, flags, rest = new Uint8Array() }: Header) {
  const segments: string[] = [];
  for (let at = firstSegment; at >= 0; at -= 1) {
    const start = at * 16;
    if (start + 16 <= rest.length) segments.push(formatIpAddress(rest, start, start + 16));
  }
  const end = (firstSegment + 1) * 16;
  const isSigned = (flags & SIGNED) !== 0 && rest.length >= end + signature.bytes;
  const key = isSigned ? new DataView(rest.buffer, rest.byteOffset).getUint32(end + 4) : undefined;
  return { segments, key };
}

/** `segs 2 [ fd00::1 fd00::2 ] hmac 5 `, in both notations. */
export function describeSegments(header: Header, { paint }: EncapView) {
  const { segments, key } = readHeader(header);
  const list = segments.map((segment) => paint('inet6', `${segment} `)).join('');
  return {
    text: `segs ${segments.length} [ ${list}] ${key === undefined ? '' : `hmac ${key.toString(16).toUpperCase()} `}`,
    json: { segs: segments, ...(key !== undefined && { hmac: `0x${key.toString(16)}` }) },
  };
}
