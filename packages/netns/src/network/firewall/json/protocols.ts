import { type DataType, type DataTypeName, dataTypes } from './datatypes.ts';

/** The headers that payload expressions count from, as JSON names them. The index is the kernel's number. */
export const payloadBases = ['ll', 'nh', 'th', 'ih'] as const;
export type PayloadBase = (typeof payloadBases)[number];
/** Their numbers. */
export const baseNumbers: ReadonlyMap<string, number> = new Map(payloadBases.map((name, number) => [name, number]));

/** One field of a header. Offset and width are in bits. */
export interface Field {
  readonly name: string;
  readonly offset: number;
  readonly bits: number;
  readonly type: DataType;
  /** The values of `type` in an ICMP header for which this field is there. */
  readonly onlyFor?: readonly number[];
  /** For a field that stands there several times, how many bits are between two. */
  readonly each?: number;
}

/** A protocol that payload expressions know by name. */
export interface Protocol {
  readonly name: string;
  readonly base: PayloadBase;
  readonly fields: readonly Field[];
  /** The field that says what comes behind the header, and the names of what it says. */
  readonly next?: { readonly field: string; readonly protocols: Readonly<Record<number, string>> };
  /** Where its checksum is, in bytes; the kernel mends it when a field is changed. */
  readonly checksum?: number;
}

type FieldRow = readonly [offset: number, bits: number, type?: DataTypeName, more?: Pick<Field, 'onlyFor' | 'each'>];

function fieldsOf(rows: Readonly<Record<string, FieldRow>>): Field[] {
  return Object.entries(rows).map(([name, [offset, bits, type = 'integer', more]]) => ({
    name,
    offset,
    bits,
    type: dataTypes[type],
    ...more,
  }));
}

const etherTypes = { 2048: 'ip', 2054: 'arp', 34525: 'ip6', 33024: 'vlan', 34984: 'vlan' } as const;

/** What IPv4 and IPv6 carry. */
export const transportProtocols = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  50: 'esp',
  51: 'ah',
  58: 'icmpv6',
  108: 'comp',
  132: 'sctp',
  136: 'udplite',
} as const;

const ports = { sport: [0, 16, 'inet_service'], dport: [16, 16, 'inet_service'] } as const;

const protocolRows: readonly (Omit<Protocol, 'fields'> & { readonly fields: Readonly<Record<string, FieldRow>> })[] = [
  {
    name: 'ether',
    base: 'll',
    fields: { daddr: [0, 48, 'ether_addr'], saddr: [48, 48, 'ether_addr'], type: [96, 16, 'ether_type'] },
    next: { field: 'type', protocols: etherTypes },
  },
  {
    name: 'vlan',
    base: 'll',
    fields: { pcp: [0, 3], dei: [3, 1], id: [4, 12], type: [16, 16, 'ether_type'] },
    next: { field: 'type', protocols: etherTypes },
  },
  {
    name: 'arp',
    base: 'nh',
    fields: {
      htype: [0, 16],
      ptype: [16, 16, 'ether_type'],
      hlen: [32, 8],
      plen: [40, 8],
      operation: [48, 16, 'arp_op'],
      'saddr ether': [64, 48, 'ether_addr'],
      'saddr ip': [112, 32, 'ipv4_addr'],
      'daddr ether': [144, 48, 'ether_addr'],
      'daddr ip': [192, 32, 'ipv4_addr'],
    },
  },
  {
    name: 'ip',
    base: 'nh',
    checksum: 10,
    fields: {
      version: [0, 4],
      hdrlength: [4, 4],
      dscp: [8, 6, 'dscp'],
      ecn: [14, 2, 'ecn'],
      length: [16, 16],
      id: [32, 16],
      'frag-off': [48, 16],
      ttl: [64, 8],
      protocol: [72, 8, 'inet_proto'],
      checksum: [80, 16],
      saddr: [96, 32, 'ipv4_addr'],
      daddr: [128, 32, 'ipv4_addr'],
    },
    next: { field: 'protocol', protocols: transportProtocols },
  },
  {
    name: 'ip6',
    base: 'nh',
    fields: {
      version: [0, 4],
      dscp: [4, 6, 'dscp'],
      ecn: [10, 2, 'ecn'],
      flowlabel: [12, 20],
      length: [32, 16],
      nexthdr: [48, 8, 'inet_proto'],
      hoplimit: [56, 8],
      saddr: [64, 128, 'ipv6_addr'],
      daddr: [192, 128, 'ipv6_addr'],
    },
    next: { field: 'nexthdr', protocols: transportProtocols },
  },
  {
    name: 'icmp',
    base: 'th',
    checksum: 2,
    fields: {
      type: [0, 8, 'icmp_type'],
      code: [8, 8, 'icmp_code'],
      checksum: [16, 16],
      id: [32, 16, 'integer', { onlyFor: [0, 8] }],
      sequence: [48, 16, 'integer', { onlyFor: [0, 8] }],
      gateway: [32, 32, 'integer', { onlyFor: [5] }],
      mtu: [48, 16, 'integer', { onlyFor: [3] }],
    },
  },
  {
    name: 'igmp',
    base: 'th',
    checksum: 2,
    fields: { type: [0, 8, 'igmp_type'], mrt: [8, 8], checksum: [16, 16], group: [32, 32] },
  },
  {
    name: 'icmpv6',
    base: 'th',
    checksum: 2,
    fields: {
      type: [0, 8, 'icmpv6_type'],
      code: [8, 8, 'icmpv6_code'],
      checksum: [16, 16],
      'parameter-problem': [32, 32, 'integer', { onlyFor: [4] }],
      mtu: [32, 32, 'integer', { onlyFor: [2] }],
      id: [32, 16, 'integer', { onlyFor: [128, 129] }],
      sequence: [48, 16, 'integer', { onlyFor: [128, 129] }],
      'max-delay': [32, 16, 'integer', { onlyFor: [130] }],
    },
  },
  {
    name: 'tcp',
    base: 'th',
    checksum: 16,
    fields: {
      ...ports,
      sequence: [32, 32],
      ackseq: [64, 32],
      doff: [96, 4],
      reserved: [100, 4],
      flags: [104, 8, 'tcp_flag'],
      window: [112, 16],
      checksum: [128, 16],
      urgptr: [144, 16],
    },
  },
  { name: 'udp', base: 'th', checksum: 6, fields: { ...ports, length: [32, 16], checksum: [48, 16] } },
  { name: 'udplite', base: 'th', checksum: 6, fields: { ...ports, csumcov: [32, 16], checksum: [48, 16] } },
  { name: 'sctp', base: 'th', fields: { ...ports, vtag: [32, 32], checksum: [64, 32] } },
  { name: 'dccp', base: 'th', fields: { ...ports, type: [67, 4, 'dccp_pkttype'] } },
  {
    name: 'ah',
    base: 'th',
    fields: {
      nexthdr: [0, 8, 'inet_proto'],
      hdrlength: [8, 8],
      reserved: [16, 16],
      spi: [32, 32],
      sequence: [64, 32],
    },
  },
  { name: 'esp', base: 'th', fields: { spi: [0, 32], sequence: [32, 32] } },
  { name: 'comp', base: 'th', fields: { nexthdr: [0, 8, 'inet_proto'], flags: [8, 8], cpi: [16, 16] } },
  { name: 'th', base: 'th', fields: ports },
];

/** All protocols by name: the only place that knows of their fields. */
export const protocols: Readonly<Record<string, Protocol>> = Object.fromEntries(
  protocolRows.map((row) => [row.name, { ...row, fields: fieldsOf(row.fields) }]),
);

/** A header that is found by its type, wherever in the packet it is: an extension header, an option, a chunk. */
export interface Option {
  readonly name: string;
  readonly type: number;
  readonly fields: readonly Field[];
}

function optionsOf(
  rows: Readonly<Record<string, readonly [type: number, fields: Readonly<Record<string, FieldRow>>]>>,
) {
  return Object.entries(rows).map(([name, [type, fields]]): Option => ({ name, type, fields: fieldsOf(fields) }));
}

const nextHeader = { nexthdr: [0, 8, 'inet_proto'] } as const;
const extension = { ...nextHeader, hdrlength: [8, 8] } as const;
const routing = { ...extension, type: [16, 8], 'seg-left': [24, 8] } as const;
const segments = [64, 128, 'ipv6_addr', { each: 128 }] as const;

const kindAndLength = { kind: [0, 8], length: [8, 8] } as const;
const sackBlock = (number: number): Readonly<Record<string, FieldRow>> => ({
  ...kindAndLength,
  left: [16 + 64 * number, 32],
  right: [48 + 64 * number, 32],
});

const ipOption = { type: [0, 8], length: [8, 8] } as const;
const recordRoute = { ...ipOption, ptr: [16, 8], addr: [24, 32, 'ipv4_addr'] } as const;

const chunk = { type: [0, 8], flags: [8, 8], length: [16, 16] } as const;
const initChunk = {
  ...chunk,
  'init-tag': [32, 32],
  'a-rwnd': [64, 32],
  'num-outbound-streams': [96, 16],
  'num-inbound-streams': [112, 16],
  'initial-tsn': [128, 32],
} as const;

/** Kinds of such headers, as JSON names the expression. `op` is NFT_EXTHDR_OP_*. Those that come first are shown. */
export const optionKinds = {
  exthdr: {
    op: 0,
    options: optionsOf({
      hbh: [0, extension],
      rt: [43, routing],
      srh: [43, { ...routing, 'last-entry': [32, 8], flags: [40, 8], tag: [48, 16], sid: segments }],
      rt0: [43, { ...routing, reserved: [32, 32], addr: segments }],
      rt2: [43, { ...routing, reserved: [32, 32], addr: [64, 128, 'ipv6_addr'] }],
      frag: [
        44,
        {
          ...nextHeader,
          reserved: [8, 8],
          'frag-off': [16, 13],
          reserved2: [29, 2],
          'more-fragments': [31, 1],
          id: [32, 32],
        },
      ],
      dst: [60, extension],
      mh: [135, { ...extension, type: [16, 8, 'mh_type'], reserved: [24, 8], checksum: [32, 16] }],
    }),
  },
  'tcp option': {
    op: 1,
    options: optionsOf({
      eol: [0, { kind: [0, 8] }],
      nop: [1, { kind: [0, 8] }],
      maxseg: [2, { ...kindAndLength, size: [16, 16] }],
      window: [3, { ...kindAndLength, count: [16, 8] }],
      'sack-perm': [4, kindAndLength],
      sack: [5, sackBlock(0)],
      sack0: [5, sackBlock(0)],
      sack1: [5, sackBlock(1)],
      sack2: [5, sackBlock(2)],
      sack3: [5, sackBlock(3)],
      timestamp: [8, { ...kindAndLength, tsval: [16, 32], tsecr: [48, 32] }],
      md5sig: [19, kindAndLength],
      mptcp: [30, { ...kindAndLength, subtype: [16, 4] }],
      fastopen: [34, kindAndLength],
    }),
  },
  'ip option': {
    op: 2,
    options: optionsOf({
      lsrr: [131, recordRoute],
      rr: [7, recordRoute],
      ssrr: [137, recordRoute],
      ra: [148, { ...ipOption, value: [16, 16] }],
    }),
  },
  'sctp chunk': {
    op: 3,
    options: optionsOf({
      data: [0, { ...chunk, tsn: [32, 32], stream: [64, 16], ssn: [80, 16], ppid: [96, 32] }],
      init: [1, initChunk],
      'init-ack': [2, initChunk],
      sack: [
        3,
        {
          ...chunk,
          'cum-tsn-ack': [32, 32],
          'a-rwnd': [64, 32],
          'num-gap-ack-blocks': [96, 16],
          'num-dup-tsns': [112, 16],
        },
      ],
      heartbeat: [4, chunk],
      'heartbeat-ack': [5, chunk],
      abort: [6, chunk],
      shutdown: [7, { ...chunk, 'cum-tsn-ack': [32, 32] }],
      'shutdown-ack': [8, chunk],
      error: [9, chunk],
      'cookie-echo': [10, chunk],
      'cookie-ack': [11, chunk],
      ecne: [12, { ...chunk, 'lowest-tsn': [32, 32] }],
      cwr: [13, { ...chunk, 'lowest-tsn': [32, 32] }],
      'shutdown-complete': [14, chunk],
      'asconf-ack': [128, { ...chunk, seqno: [32, 32] }],
      'forward-tsn': [192, { ...chunk, 'new-cum-tsn': [32, 32] }],
      asconf: [193, { ...chunk, seqno: [32, 32] }],
    }),
  },
} as const satisfies Readonly<Record<string, { readonly op: number; readonly options: readonly Option[] }>>;

export type OptionKind = keyof typeof optionKinds;
