import { InvalidArgumentError } from '../../errors.ts';
import {
  type ConntrackMessageInput,
  type conntrackNat,
  conntrackStatus,
  conntrackStatuses,
  conntrackTcpStates,
  type conntrackTuple,
} from '../../netlink/families/netfilter/conntrack.ts';
import { parseIpAddress } from '../../wire/ip-address.ts';
import { numberOf } from '../../wire/names.ts';
import type { In } from '../../wire/shape.ts';
import { familyNumber, familyOf, type IpFamily } from '../prefix.ts';
import { numberFor } from '../words.ts';
import type { ConnectionChanges, ConnectionKey, ConnectionSpec, ConnectionTuple } from './connection.ts';
import { connectionProtocols } from './read.ts';

type Tuple = In<typeof conntrackTuple>;

/** The number of a protocol. Throws InvalidArgumentError. */
export function protocolNumber(protocol: string | number): number {
  return numberFor(connectionProtocols, protocol, 'protocol', 0);
}

/** The message that names a connection. Throws InvalidArgumentError. */
export function keyMessage(key: ConnectionKey): ConntrackMessageInput {
  const family = familyOf(key.source, 'source');
  return {
    header: { family: familyNumber(family) },
    attributes: {
      tupleOrig: tupleMessage(key, key.protocol, family),
      zone: key.zone === 0 ? undefined : key.zone,
      id: key.id,
    },
  };
}

/** A direction. Throws InvalidArgumentError for what is no address of the family. */
export function tupleMessage(tuple: ConnectionTuple, protocol: string | number, family: IpFamily): Tuple {
  for (const argument of ['source', 'destination'] as const) {
    const address = tuple[argument];
    if (parseIpAddress(address)?.length !== (family === 'inet6' ? 16 : 4))
      throw new InvalidArgumentError(
        argument,
        address,
        `it must be an ${family === 'inet6' ? 'IPv6' : 'IPv4'} address`,
      );
  }
  const num = protocolNumber(protocol);
  const { source, destination, sourcePort, destinationPort, icmpType, icmpCode, icmpId } = tuple;
  const ports = { num, srcPort: sourcePort, dstPort: destinationPort };
  return {
    ip: family === 'inet6' ? { v6Src: source, v6Dst: destination } : { v4Src: source, v4Dst: destination },
    proto:
      num === 58
        ? { num, icmpv6Id: icmpId, icmpv6Type: icmpType, icmpv6Code: icmpCode }
        : num === 1
          ? { num, icmpId, icmpType, icmpCode }
          : ports,
  };
}

/** The other way round; of an ICMP request, its reply. */
export function reversed({ source, destination, ...rest }: ConnectionTuple): ConnectionTuple {
  const { sourcePort, destinationPort, icmpType } = rest;
  return {
    ...rest,
    source: destination,
    destination: source,
    sourcePort: destinationPort,
    destinationPort: sourcePort,
    icmpType: icmpType === undefined ? undefined : (answers[icmpType] ?? icmpType),
  };
}

/** What an ICMP message is answered with: echo, timestamp, information, address mask; echo of ICMPv6. */
const answers: Readonly<Record<number, number>> = {
  8: 0,
  0: 8,
  13: 14,
  14: 13,
  15: 16,
  16: 15,
  17: 18,
  18: 17,
  128: 129,
  129: 128,
};

/** What is to be changed; `present` is the status that it has: the kernel wants that whole. Throws InvalidArgumentError. */
export function changesMessage(
  changes: ConnectionChanges,
  present = 0,
): NonNullable<ConntrackMessageInput['attributes']> {
  const { timeout, mark, status, labels, state, helper } = changes;
  return {
    timeout,
    mark,
    status: status && (statusOf(status, 'status') | present) >>> 0,
    ...(labels && { labels: labelBits(labels), labelsMask: new Uint8Array(16).fill(0xff) }),
    protoinfo: state === undefined ? undefined : { tcp: { state: tcpStateOf(state) } },
    help: helper === undefined ? undefined : { name: helper },
  };
}

/** A connection to be made. Throws InvalidArgumentError. */
export function newMessage(spec: ConnectionSpec): ConntrackMessageInput {
  const { header, attributes } = keyMessage(spec);
  const family = familyOf(spec.source, 'source');
  return {
    header,
    attributes: {
      ...attributes,
      id: undefined,
      tupleReply: tupleMessage(spec.reply ?? reversed(spec), spec.protocol, family),
      ...changesMessage(spec, conntrackStatus('confirmed')),
      natSrc: natMessage(spec.sourceNat, 'sourceNat', family),
      natDst: natMessage(spec.destinationNat, 'destinationNat', family),
    },
  };
}

/** The bits of words. Throws InvalidArgumentError. */
export function statusOf(words: readonly string[], argument: string): number {
  let status = 0;
  for (const word of words) {
    const bit = (conntrackStatuses as readonly string[]).indexOf(word);
    if (bit < 0) throw new InvalidArgumentError(argument, word, `it must be one of ${conntrackStatuses.join(', ')}`);
    status |= 1 << bit;
  }
  return status;
}

function tcpStateOf(word: string): number {
  const number = numberOf(conntrackTcpStates, word);
  if (number === undefined)
    throw new InvalidArgumentError('state', word, `it must be one of ${conntrackTcpStates.join(', ')}`);
  return number;
}

function labelBits(labels: readonly number[]): Uint8Array {
  const bits = new Uint8Array(16);
  for (const label of labels) {
    if (!Number.isInteger(label) || label < 0 || label > 127)
      throw new InvalidArgumentError('labels', label, 'it must be a whole number from 0 to 127');
    bits[label >> 3] = (bits[label >> 3] ?? 0) | (1 << (label & 7));
  }
  return bits;
}

/** `192.0.2.1`, `192.0.2.1:1024`, `192.0.2.1:1024-65535`, `[2001:db8::1]:80`. */
function natMessage(text: string | undefined, argument: string, family: IpFamily): In<typeof conntrackNat> | undefined {
  if (text === undefined) return undefined;
  const [, bracketed, plain, first, last] =
    /^(?:\[([^\]]*)\]|([^[\]]*?))(?::([0-9]+)(?:-([0-9]+))?)?$/.exec(text) ?? [];
  const withoutPort = parseIpAddress(text) === undefined ? undefined : text;
  const address = withoutPort ?? bracketed ?? plain ?? '';
  if (parseIpAddress(address)?.length !== (family === 'inet6' ? 16 : 4))
    throw new InvalidArgumentError(argument, text, 'it must be an address, with a port or ports behind a colon');
  const ports = withoutPort === undefined && first !== undefined;
  return {
    ...(family === 'inet6' ? { v6Minip: address, v6Maxip: address } : { v4Minip: address, v4Maxip: address }),
    ...(ports && { proto: { portMin: Number(first), portMax: Number(last ?? first) } }),
  };
}
