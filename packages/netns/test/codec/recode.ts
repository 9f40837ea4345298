import { declarationOf } from '../../src/netlink/catalogue.ts';
import { isAcknowledgement, readAcknowledgement } from '../../src/netlink/extended-ack.ts';
import { encodeMessage, NLMSG_HDRLEN, splitDatagram } from '../../src/netlink/header.ts';
import { NETLINK_ROUTE } from '../../src/netlink/protocols.ts';
import type { Direction } from '../../src/wire/message.ts';
import type { Writer } from '../../src/wire/writer.ts';

/** Decodes a whole message, and encodes it again where there is a declaration for it. */
export function recode(
  bytes: Uint8Array,
  direction: Direction,
  protocol = NETLINK_ROUTE,
  request?: Uint8Array,
): { decoded: unknown; reencoded?: Uint8Array } {
  const [message] = splitDatagram(bytes);
  if (message === undefined) throw new Error('no message');
  const familyOf = (whole: Uint8Array) => whole[NLMSG_HDRLEN];
  if (isAcknowledgement(message)) {
    const declaration =
      request === undefined
        ? undefined
        : declarationOf(splitDatagram(request)[0]?.type ?? 0, protocol, 'sent', familyOf(request));
    const sent = request !== undefined && declaration !== undefined ? { bytes: request, declaration } : undefined;
    return { decoded: readAcknowledgement(message, sent) };
  }
  const declaration = declarationOf(message.type, protocol, direction, familyOf(bytes));
  if (declaration === undefined) return { decoded: undefined };
  const decoded = declaration.decode(message);
  // Each declaration takes back what it decoded; the union of all declarations cannot say so.
  const { write } = declaration as { write(writer: Writer, value: unknown): void };
  return { decoded, reencoded: encodeMessage(message, { write }, decoded) };
}
