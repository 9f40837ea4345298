import type { ConntrackMessage } from '../../netlink/families/netfilter/conntrack.ts';
import type { IpFamily } from '../prefix.ts';

/** Packets of a connection in one direction, by what is in their headers. */
export interface ConnectionTuple {
  readonly source: string;
  readonly destination: string;
  /** Of TCP, UDP and their like. */
  readonly sourcePort?: number | undefined;
  readonly destinationPort?: number | undefined;
  /** Of ICMP. */
  readonly icmpType?: number | undefined;
  readonly icmpCode?: number | undefined;
  readonly icmpId?: number | undefined;
}

/** Which connection: what goes in the direction of its first packet. */
export interface ConnectionKey extends ConnectionTuple {
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `sctp`, `dccp`, `udplite`, `gre`, or a number. */
  readonly protocol: string | number;
  /** Connections of one zone know nothing of those of others. Default: 0. */
  readonly zone?: number | undefined;
  /** The kernel's number for it, so that none that came after it is meant. */
  readonly id?: number | undefined;
}

/** What of a connection can be changed. */
export interface ConnectionChanges {
  /** When it is forgotten, in seconds from now. */
  readonly timeout?: number | undefined;
  readonly mark?: number | undefined;
  /** Words to add: `assured`, `seen_reply`, `fixed_timeout`. What is there cannot be taken away. */
  readonly status?: readonly string[] | undefined;
  /** Numbers of labels, 0 to 127; those that are not named are taken away. Needs a rule that uses labels. */
  readonly labels?: readonly number[] | undefined;
  /** Of TCP: `ESTABLISHED`, `TIME_WAIT`, … */
  readonly state?: string | undefined;
  /** Who watches it for further connections: `ftp`, `sip`, … */
  readonly helper?: string | undefined;
}

/** A connection that is made by hand. */
export interface ConnectionSpec extends ConnectionKey, ConnectionChanges {
  readonly timeout: number;
  /** The answers. Default: the other way round. */
  readonly reply?: ConnectionTuple | undefined;
  /** The source becomes this: an address, `192.0.2.1:1024`, or `192.0.2.1:1024-65535`; that of IPv6 in brackets if a port follows. */
  readonly sourceNat?: string | undefined;
  /** The destination becomes this. */
  readonly destinationNat?: string | undefined;
}

/** Packets and bytes. */
export interface ConnectionCounters {
  readonly packets: bigint;
  readonly bytes: bigint;
}

/** A connection that the kernel keeps track of. Given back to `delete`, `get` or `update`, it means the same. */
export interface Connection extends ConnectionKey {
  readonly family: IpFamily;
  readonly protocol: string;
  readonly zone: number;
  /** The answers: their source is where packets really go. */
  readonly reply: ConnectionTuple;
  /** Of TCP, SCTP and DCCP. */
  readonly state: string | undefined;
  /** `assured`, `seen_reply`, `confirmed`, `src_nat`, `dst_nat`, … */
  readonly status: readonly string[];
  /** Seconds until it is forgotten, if nothing comes. */
  readonly timeout: number | undefined;
  readonly mark: number | undefined;
  readonly labels: readonly number[];
  readonly helper: string | undefined;
  /** Where `net.netfilter.nf_conntrack_acct` is on. */
  readonly counters: { readonly original: ConnectionCounters; readonly reply: ConnectionCounters } | undefined;
  /** Nanoseconds since 1970, where `net.netfilter.nf_conntrack_timestamp` is on. */
  readonly started: bigint | undefined;
  readonly stopped: bigint | undefined;
  /** The connection because of which it was expected. */
  readonly master: ConnectionTuple | undefined;
  /** The security context. */
  readonly context: string | undefined;
  /** Everything that the kernel said. */
  readonly message: ConntrackMessage;
}

/** A connection that is expected, because another one said so. */
export interface ExpectedConnection {
  readonly protocol: string;
  readonly tuple: ConnectionTuple;
  /** Which parts of it count. */
  readonly mask: ConnectionTuple;
  readonly master: ConnectionTuple;
  readonly timeout: number | undefined;
  readonly helper: string | undefined;
  readonly zone: number;
  readonly flags: readonly string[];
  readonly id: number | undefined;
}
