import type { ByteOrder } from './bits.ts';

/** How a value of a type is written in JSON. */
export type ValueForm =
  | 'number'
  | 'words'
  | 'bits'
  | 'ipv4'
  | 'ipv6'
  | 'mac'
  | 'name'
  | 'boolean'
  | 'milliseconds'
  | 'date'
  | 'hour'
  | 'link'
  | 'handle'
  | 'label'
  | 'verdict';

/** One of libnftables' data types: what the bytes of a value mean. */
export interface DataType {
  readonly name: string;
  /** libnftables' own number, which sets carry. */
  readonly number: number;
  /** How wide; 0: as wide as what it is compared with. */
  readonly bits: number;
  readonly order: ByteOrder;
  readonly form: ValueForm;
  /** Words for values, or, of the form `bits`, for bits. The first word for a value is the one that is shown. */
  readonly words?: Readonly<Record<string, number>>;
  /** Words that are understood, but not shown. */
  readonly moreWords?: Readonly<Record<string, number>>;
  /** Ranges that are prefixes are shown as prefixes. */
  readonly prefixes?: boolean;
}

/** IPPROTO_*, as `getprotobyname` has them on Debian. */
export const protocols = {
  ip: 0,
  icmp: 1,
  igmp: 2,
  ggp: 3,
  ipencap: 4,
  st: 5,
  tcp: 6,
  egp: 8,
  igp: 9,
  pup: 12,
  udp: 17,
  hmp: 20,
  'xns-idp': 22,
  rdp: 27,
  'iso-tp4': 29,
  dccp: 33,
  xtp: 36,
  ddp: 37,
  'idpr-cmtp': 38,
  ipv6: 41,
  'ipv6-route': 43,
  'ipv6-frag': 44,
  idrp: 45,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  skip: 57,
  'ipv6-icmp': 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  rspf: 73,
  vmtp: 81,
  eigrp: 88,
  ospf: 89,
  'ax.25': 93,
  ipip: 94,
  etherip: 97,
  encap: 98,
  pim: 103,
  ipcomp: 108,
  vrrp: 112,
  l2tp: 115,
  isis: 124,
  sctp: 132,
  fc: 133,
  'mobility-header': 135,
  udplite: 136,
  'mpls-in-ip': 137,
  manet: 138,
  hip: 139,
  shim6: 140,
  wesp: 141,
  rohc: 142,
  ethernet: 143,
} as const;

/** Ports that rules name most often; `/etc/services` is not read. */
export const services = {
  'ftp-data': 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  http: 80,
  kerberos: 88,
  pop3: 110,
  sunrpc: 111,
  ntp: 123,
  'netbios-ns': 137,
  'netbios-dgm': 138,
  'netbios-ssn': 139,
  imap2: 143,
  snmp: 161,
  'snmp-trap': 162,
  bgp: 179,
  ldap: 389,
  https: 443,
  'microsoft-ds': 445,
  isakmp: 500,
  syslog: 514,
  submission: 587,
  ldaps: 636,
  imaps: 993,
  pop3s: 995,
  openvpn: 1194,
  'ms-sql-s': 1433,
  mysql: 3306,
  postgresql: 5432,
  'ipsec-nat-t': 4500,
  sip: 5060,
  mdns: 5353,
  'http-alt': 8080,
} as const;

const icmpCodes = {
  'net-unreachable': 0,
  'host-unreachable': 1,
  'prot-unreachable': 2,
  'port-unreachable': 3,
  'frag-needed': 4,
  'net-prohibited': 9,
  'host-prohibited': 10,
  'admin-prohibited': 13,
} as const;

const icmpTypes = {
  'echo-reply': 0,
  'destination-unreachable': 3,
  'source-quench': 4,
  redirect: 5,
  'echo-request': 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'parameter-problem': 12,
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'info-request': 15,
  'info-reply': 16,
  'address-mask-request': 17,
  'address-mask-reply': 18,
} as const;

const icmpv6Types = {
  'destination-unreachable': 1,
  'packet-too-big': 2,
  'time-exceeded': 3,
  'parameter-problem': 4,
  'echo-request': 128,
  'echo-reply': 129,
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'nd-router-solicit': 133,
  'nd-router-advert': 134,
  'nd-neighbor-solicit': 135,
  'nd-neighbor-advert': 136,
  'nd-redirect': 137,
  'router-renumbering': 138,
  'ind-neighbor-solicit': 141,
  'ind-neighbor-advert': 142,
  'mld2-listener-report': 143,
} as const;

const mobilityTypes = {
  'binding-refresh-request': 0,
  'home-test-init': 1,
  'careof-test-init': 2,
  'home-test': 3,
  'careof-test': 4,
  'binding-update': 5,
  'binding-acknowledgement': 6,
  'binding-error': 7,
  'fast-binding-update': 8,
  'fast-binding-acknowledgement': 9,
  'fast-binding-advertisement': 10,
  'experimental-mobility-header': 11,
  'home-agent-switch-message': 12,
} as const;

const codePoints = {
  cs0: 0,
  cs1: 8,
  cs2: 16,
  cs3: 24,
  cs4: 32,
  cs5: 40,
  cs6: 48,
  cs7: 56,
  df: 0,
  be: 0,
  lephb: 1,
  af11: 10,
  af12: 12,
  af13: 14,
  af21: 18,
  af22: 20,
  af23: 22,
  af31: 26,
  af32: 28,
  af33: 30,
  af41: 34,
  af42: 36,
  af43: 38,
  va: 44,
  ef: 46,
} as const;

const ctEvents = {
  new: 0,
  related: 1,
  destroy: 2,
  reply: 3,
  assured: 4,
  protoinfo: 5,
  helper: 6,
  mark: 7,
  seqadj: 8,
  secmark: 9,
  label: 10,
} as const;

const days = { Sunday: 0, Monday: 1, Tuesday: 2, Wednesday: 3, Thursday: 4, Friday: 5, Saturday: 6 } as const;

/** What a row of the table leaves out: the bytes are the packet's, the value is a number. */
type Row = readonly [
  number: number,
  bits: number,
  form?: ValueForm,
  more?: Partial<Pick<DataType, 'order' | 'words' | 'moreWords' | 'prefixes'>>,
];

const machine = { order: 'machine' } as const;

const rows = {
  verdict: [1, 0, 'verdict'],
  nf_proto: [2, 8, 'words', { words: { ipv4: 2, ipv6: 10 } }],
  bitmask: [3, 0],
  integer: [4, 0],
  string: [5, 0, 'name'],
  ll_addr: [6, 0, 'mac'],
  ipv4_addr: [7, 32, 'ipv4', { prefixes: true }],
  ipv6_addr: [8, 128, 'ipv6', { prefixes: true }],
  ether_addr: [9, 48, 'mac'],
  ether_type: [
    10,
    16,
    'words',
    { words: { ip: 0x0800, arp: 0x0806, ip6: 0x86dd, '8021q': 0x8100, '8021ad': 0x88a8, vlan: 0x8100 } },
  ],
  arp_op: [
    11,
    16,
    'words',
    { words: { request: 1, reply: 2, rrequest: 3, rreply: 4, inrequest: 8, inreply: 9, nak: 10 } },
  ],
  inet_proto: [12, 8, 'words', { words: protocols, moreWords: { icmpv6: 58, comp: 108, mh: 135 } }],
  inet_service: [13, 16, 'number', { moreWords: services }],
  icmp_type: [14, 8, 'words', { words: icmpTypes }],
  tcp_flag: [15, 8, 'bits', { words: { fin: 0, syn: 1, rst: 2, psh: 3, ack: 4, urg: 5, ecn: 6, cwr: 7 } }],
  dccp_pkttype: [
    16,
    4,
    'words',
    {
      words: {
        request: 0,
        response: 1,
        data: 2,
        ack: 3,
        dataack: 4,
        closereq: 5,
        close: 6,
        reset: 7,
        sync: 8,
        syncack: 9,
      },
    },
  ],
  mh_type: [17, 8, 'words', { words: mobilityTypes }],
  time: [18, 32, 'milliseconds', machine],
  mark: [19, 32, 'number', machine],
  iface_index: [20, 32, 'link', machine],
  iface_type: [
    21,
    16,
    'words',
    { ...machine, words: { ether: 1, ppp: 512, ipip: 768, ipip6: 769, loopback: 772, sit: 776, ipgre: 778 } },
  ],
  realm: [22, 32, 'handle', machine],
  classid: [23, 32, 'handle', machine],
  uid: [24, 32, 'number', { ...machine, moreWords: { root: 0 } }],
  gid: [25, 32, 'number', { ...machine, moreWords: { root: 0 } }],
  ct_state: [26, 32, 'bits', { ...machine, words: { invalid: 0, established: 1, related: 2, new: 3, untracked: 6 } }],
  ct_dir: [27, 8, 'words', { ...machine, words: { original: 0, reply: 1 } }],
  ct_status: [
    28,
    32,
    'bits',
    {
      ...machine,
      words: { expected: 0, 'seen-reply': 1, assured: 2, confirmed: 3, snat: 4, dnat: 5, dying: 9 },
    },
  ],
  icmpv6_type: [29, 8, 'words', { words: icmpv6Types }],
  ct_label: [30, 128, 'label', machine],
  pkt_type: [31, 8, 'words', { ...machine, words: { host: 0, unicast: 0, broadcast: 1, multicast: 2, other: 3 } }],
  icmp_code: [32, 8, 'words', { words: icmpCodes }],
  icmpv6_code: [
    33,
    8,
    'words',
    {
      words: {
        'no-route': 0,
        'admin-prohibited': 1,
        'addr-unreachable': 3,
        'port-unreachable': 4,
        'policy-fail': 5,
        'reject-route': 6,
      },
    },
  ],
  icmpx_code: [
    34,
    8,
    'words',
    { words: { 'no-route': 0, 'port-unreachable': 1, 'host-unreachable': 2, 'admin-prohibited': 3 } },
  ],
  devgroup: [35, 32, 'words', { ...machine, words: { default: 0 } }],
  dscp: [36, 6, 'words', { words: codePoints }],
  ecn: [37, 2, 'words', { words: { 'not-ect': 0, ect1: 1, ect0: 2, ce: 3 } }],
  fib_addrtype: [
    38,
    32,
    'words',
    {
      ...machine,
      words: {
        unspec: 0,
        unicast: 1,
        local: 2,
        broadcast: 3,
        anycast: 4,
        multicast: 5,
        blackhole: 6,
        unreachable: 7,
        prohibit: 8,
      },
    },
  ],
  boolean: [39, 1, 'boolean', { moreWords: { exists: 1, missing: 0 } }],
  ct_event: [40, 32, 'bits', { ...machine, words: ctEvents }],
  ifname: [41, 128, 'name'],
  igmp_type: [
    42,
    8,
    'words',
    {
      words: {
        'membership-query': 17,
        'membership-report-v1': 18,
        'membership-report-v2': 22,
        'leave-group': 23,
        'membership-report-v3': 34,
      },
    },
  ],
  date: [43, 64, 'date', machine],
  hour: [44, 32, 'hour', machine],
  day: [45, 8, 'words', { ...machine, words: days }],
  cgroupsv2: [46, 64, 'number', machine],
} as const satisfies Readonly<Record<string, Row>>;

export type DataTypeName = keyof typeof rows;

/** All data types by name: the only place that knows of them. */
export const dataTypes = Object.fromEntries(
  Object.entries(rows as Readonly<Record<string, Row>>).map(([name, [number, bits, form = 'number', more]]) => [
    name,
    { name, number, bits, form, order: 'network', ...more } satisfies DataType,
  ]),
) as Readonly<Record<DataTypeName, DataType>>;

/** Of what is there or is not: `exists`, `missing`. */
export const booleanPart = { type: dataTypes.boolean, bits: 8, order: 'machine' } as const;

const byNumber = new Map(Object.values(dataTypes).map((type) => [type.number, type]));

/** How many bits of a set's `keyType` are one data type: the parts of a concatenation stand side by side. */
const TYPE_BITS = 6;

/** The data types that a number of a set stands for, more than one for a concatenation; undefined for an unknown one. */
export function dataTypesOfNumber(number: number): readonly DataType[] | undefined {
  const types: DataType[] = [];
  for (let rest = number; rest > 0; rest = Math.floor(rest / 2 ** TYPE_BITS)) {
    const type = byNumber.get(rest % 2 ** TYPE_BITS);
    if (type === undefined) return undefined;
    types.unshift(type);
  }
  return types.length === 0 ? undefined : types;
}

/** The number of a data type, or of several side by side. */
export function numberOfDataTypes(types: readonly DataType[]): number {
  return types.reduce((number, type) => number * 2 ** TYPE_BITS + type.number, 0);
}
