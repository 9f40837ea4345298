import { DecodeError, type ExtendedAck } from '../errors.ts';
import { attrs } from '../wire/attributes.ts';
import { bytes } from '../wire/bytes.ts';
import { s64, u32, u64 } from '../wire/integers.ts';
import { cursorOf, readAttributes } from '../wire/interpret.ts';
import { type AttributePath, pathAt, pathOfMissing } from '../wire/locate.ts';
import type { Out, Prefixed } from '../wire/shape.ts';
import { align4, type Slice, sliceOf } from '../wire/slice.ts';
import { str } from '../wire/text.ts';
import {
  messageAt,
  type NetlinkMessage,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
} from './header.ts';

/** What the kernel would have accepted (NL_POLICY_TYPE_ATTR_*, since Linux 5.10). */
const policyAttributes = attrs({
  type: [1, u32],
  minValueS: [2, s64],
  maxValueS: [3, s64],
  minValueU: [4, u64],
  maxValueU: [5, u64],
  minLength: [6, u32],
  maxLength: [7, u32],
  policyIndex: [8, u32],
  policyMaxtype: [9, u32],
  bitfield32Mask: [10, u32],
  mask: [12, u64],
});

/** NLMSGERR_ATTR_* (`linux/netlink.h`). */
export const ackAttributes = attrs({
  message: [1, str],
  offset: [2, u32],
  cookie: [3, bytes],
  policy: [4, policyAttributes],
  missingType: [5, u32],
  missingNest: [6, u32],
});

/** How a request ended: the answer to NLM_F_ACK, an error, or the end of a dump. */
export interface Acknowledgement {
  /** 0 for success, otherwise the positive error number. */
  readonly errno: number;
  /** What the kernel says beside the number; `undefined` when it says nothing. */
  readonly extack: AckDetails | undefined;
}

/** An {@link ExtendedAck} with the parts that only programs need. */
export interface AckDetails extends ExtendedAck {
  readonly cookie?: Uint8Array;
  readonly policy?: Out<typeof policyAttributes>;
}

/** The request that is being answered, for turning offsets into names. */
export interface SentRequest {
  /** Begins with the message, header included. */
  readonly bytes: Uint8Array | Slice;
  readonly declaration: { readonly shape: Prefixed };
}

/** Whether a message ends a request: NLMSG_ERROR (also the acknowledgement of success) or NLMSG_DONE. */
export function isAcknowledgement(message: NetlinkMessage): boolean {
  return message.type === NLMSG_ERROR || message.type === NLMSG_DONE;
}

/** The number alone: most requests succeed, and then there is nothing more to know. Throws DecodeError. */
export function errnoIn({ type, view, start, end, origin }: NetlinkMessage): number {
  const done = type === NLMSG_DONE;
  // A NLMSG_DONE of old kernels may be empty.
  if (done && start === end) return 0;
  if (end - start < 4)
    throw new DecodeError(done ? 'done' : 'error', start - origin, `takes at least 4 bytes, not ${end - start}`);
  return -view.getInt32(start, true) || 0;
}

/**
 * Reads NLMSG_ERROR (errno, the request's header, a copy of the request unless NLM_F_CAPPED, then attributes if
 * NLM_F_ACK_TLVS) or NLMSG_DONE (errno, then attributes). With the request at hand the attribute that the kernel
 * complains of is named: `linkinfo.data.id`. Extended acks need NETLINK_EXT_ACK, since Linux 4.12. Throws DecodeError.
 */
export function readAcknowledgement(message: NetlinkMessage, request?: SentRequest): Acknowledgement {
  const errno = errnoIn(message);
  const { start, end, origin } = message;
  if ((message.flags & NLM_F_ACK_TLVS) === 0 || start === end) return { errno, extack: undefined };
  const done = message.type === NLMSG_DONE;
  const name = done ? 'done' : 'error';
  const at = start + 4 + (done ? 0 : echoedLength(message));
  if (at > end) throw new DecodeError(name, start - origin, 'the copied request goes beyond the end');
  const read = readAttributes(ackAttributes, cursorOf(message, name), at, end) as Out<typeof ackAttributes>;
  return { errno, extack: details(read, request) };
}

/** How much of the request is copied into the error message: its header, and the rest unless the kernel says otherwise. */
function echoedLength({ flags, view, start, end }: NetlinkMessage): number {
  if ((flags & NLM_F_CAPPED) !== 0 || end - start < 4 + NLMSG_HDRLEN) return NLMSG_HDRLEN;
  const length = view.getUint32(start + 4, true);
  // Not aligned before it is known to be small: alignment works on 32 signed bits.
  return length > end - start ? length : align4(Math.max(NLMSG_HDRLEN, length));
}

function details(read: Out<typeof ackAttributes>, request: SentRequest | undefined): AckDetails {
  const { message, offset, missingType, cookie, policy } = read;
  const attribute = request === undefined ? undefined : attributeOf(read, request);
  return {
    ...(message !== undefined && { message }),
    ...(offset !== undefined && { offset }),
    ...(attribute !== undefined && { attribute }),
    ...(missingType !== undefined && { missingType }),
    ...(cookie !== undefined && { cookie }),
    ...(policy !== undefined && { policy }),
  };
}

function attributeOf(read: Out<typeof ackAttributes>, { bytes, declaration }: SentRequest): AttributePath | undefined {
  const slice = sliceOf(bytes);
  const sent = messageAt(slice, slice.start);
  if (read.missingType !== undefined) return pathOfMissing(declaration.shape, sent, read.missingType, read.missingNest);
  return read.offset === undefined ? undefined : pathAt(declaration.shape, sent, read.offset);
}
