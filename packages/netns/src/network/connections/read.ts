import {
  type ConntrackMessage,
  type ConntrackTuple,
  conntrackDccpStates,
  type conntrackExpectation,
  conntrackSctpStates,
  conntrackStatuses,
  conntrackTcpStates,
  expectationFlags,
} from '../../netlink/families/netfilter/conntrack.ts';
import { flagNames, nameOf } from '../../wire/names.ts';
import type { Out } from '../../wire/shape.ts';
import { familyName } from '../prefix.ts';
import type { Connection, ConnectionCounters, ConnectionTuple, ExpectedConnection } from './connection.ts';

/** Protocols by their numbers (IPPROTO_*), named as `conntrack` names them. */
export const connectionProtocols = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  47: 'gre',
  58: 'icmpv6',
  132: 'sctp',
  136: 'udplite',
} as const;

const nobody: ConntrackTuple = {};

/** A connection as the kernel gives it, in the words of this library. */
export function connectionOf(message: ConntrackMessage): Connection {
  const { header, attributes } = message;
  const { tupleOrig = nobody, tupleReply = nobody, countersOrig, countersReply, timestamp } = attributes;
  return {
    family: familyName(header.family),
    protocol: nameOf(connectionProtocols, tupleOrig.proto?.num ?? 0),
    ...tupleOf(tupleOrig),
    zone: attributes.zone ?? tupleOrig.zone ?? 0,
    id: attributes.id,
    reply: tupleOf(tupleReply),
    state: stateOf(attributes.protoinfo),
    status: flagNames(conntrackStatuses, attributes.status ?? 0),
    timeout: attributes.timeout,
    mark: attributes.mark,
    labels: attributes.labels === undefined ? [] : labelsOf(attributes.labels),
    helper: attributes.help?.name,
    counters:
      countersOrig === undefined && countersReply === undefined
        ? undefined
        : { original: countersOf(countersOrig), reply: countersOf(countersReply) },
    started: timestamp?.start,
    stopped: timestamp?.stop,
    master: attributes.tupleMaster && tupleOf(attributes.tupleMaster),
    context: attributes.secctx?.name,
    message,
  };
}

/** What is there, and no keys for what is not. */
export function tupleOf({ ip = {}, proto = {} }: ConntrackTuple): ConnectionTuple {
  const id = proto.icmpId ?? proto.icmpv6Id;
  const type = proto.icmpType ?? proto.icmpv6Type;
  const code = proto.icmpCode ?? proto.icmpv6Code;
  return {
    source: ip.v4Src ?? ip.v6Src ?? '',
    destination: ip.v4Dst ?? ip.v6Dst ?? '',
    ...(proto.srcPort !== undefined && { sourcePort: proto.srcPort }),
    ...(proto.dstPort !== undefined && { destinationPort: proto.dstPort }),
    ...(type !== undefined && { icmpType: type }),
    ...(code !== undefined && { icmpCode: code }),
    ...(id !== undefined && { icmpId: id }),
  };
}

function stateOf(protoinfo: ConntrackMessage['attributes']['protoinfo']): string | undefined {
  const { tcp, sctp, dccp } = protoinfo ?? {};
  if (tcp?.state !== undefined) return nameOf(conntrackTcpStates, tcp.state);
  if (sctp?.state !== undefined) return nameOf(conntrackSctpStates, sctp.state);
  return dccp?.state === undefined ? undefined : nameOf(conntrackDccpStates, dccp.state);
}

function countersOf(counters: ConntrackMessage['attributes']['countersOrig']): ConnectionCounters {
  return { packets: counters?.packets ?? 0n, bytes: counters?.bytes ?? 0n };
}

/** Label N is bit N, the lowest byte first. */
function labelsOf(bits: Uint8Array): number[] {
  const labels: number[] = [];
  for (let label = 0; label < 8 * bits.length; label++)
    if (((bits[label >> 3] ?? 0) >> (label & 7)) & 1) labels.push(label);
  return labels;
}

/** An expected connection, in the words of this library. */
export function expectedConnectionOf({ attributes }: Out<typeof conntrackExpectation>): ExpectedConnection {
  const { tuple = nobody, mask = nobody, master = nobody } = attributes;
  return {
    protocol: nameOf(connectionProtocols, tuple.proto?.num ?? 0),
    tuple: tupleOf(tuple),
    mask: tupleOf(mask),
    master: tupleOf(master),
    timeout: attributes.timeout,
    helper: attributes.helpName,
    zone: attributes.zone ?? 0,
    flags: flagNames(expectationFlags, attributes.flags ?? 0),
    id: attributes.id,
  };
}
