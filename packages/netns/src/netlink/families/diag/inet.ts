import { attrs, nested, repeated } from '../../../wire/attributes.ts';
import { bytes, fixed } from '../../../wire/bytes.ts';
import { bool, flag, u8, u16, u16be, u32, u64 } from '../../../wire/integers.ts';
import { exchange, message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out, Struct, Typed } from '../../../wire/shape.ts';
import { array, pad, struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_SOCK_DIAG } from '../../protocols.ts';
import { AF_INET, AF_INET6, addressFamilies } from '../route/address-families.ts';
import { mptcpInfo } from './mptcp-info.ts';
import { SOCK_DESTROY, SOCK_DIAG_BY_FAMILY, shutdowns, socketCookie, socketMemory, socketStates } from './sock-diag.ts';
import { tcpInfo } from './tcp-info.ts';

/** Protocols that can be asked for (`IPPROTO_*`). The number of MPTCP does not fit into the header: it goes into the attribute `protocol`. */
export const inetDiagProtocols = { tcp: 6, udp: 17, dccp: 33, sctp: 132, udplite: 136, raw: 255, mptcp: 262 } as const;

/** What is running (`idiag_timer`), named as `ss` names it. */
export const inetDiagTimers = ['off', 'on', 'keepalive', 'timewait', 'persist', 'unknown'] as const;

/** Attributes that have to be asked for: bit N - 1 of `ext` is attribute N. */
export const inetDiagExtensions = [
  'meminfo',
  'info',
  'vegasInfo',
  'cong',
  'tos',
  'tclass',
  'skmeminfo',
  'shutdown',
] as const;

/** The bit that asks for an attribute. That of `vegasInfo` also asks for what BBR and DCTCP know, that of `tclass` for `classId`. */
export function inetDiagExtension(name: (typeof inetDiagExtensions)[number]): number {
  return 1 << inetDiagExtensions.indexOf(name);
}

/** Bits of `sockopt` (`struct inet_diag_sockopt`), lowest first. */
export const inetDiagSockopts = [
  'recverr',
  'is_icsk',
  'freebind',
  'hdrincl',
  'mc_loop',
  'transparent',
  'mc_all',
  'nodefrag',
  'bind_address_no_port',
  'recverr_rfc4884',
  'defer_connect',
] as const;

const family = named(u8, addressFamilies);

/** `struct inet_diag_sockid`: which socket. Of the 16 bytes of an IPv4 address the first four count. */
const socketId = {
  sport: u16be,
  dport: u16be,
  src: fixed(bytes, 16),
  dst: fixed(bytes, 16),
  ifindex: u32,
  cookie: socketCookie,
};

/** `struct inet_diag_req_v2` (`linux/inet_diag.h`). `rawProtocol` counts when `protocol` is that of raw sockets; `states` has a bit for each. */
export const inetDiagReqV2 = struct({
  family,
  protocol: u8,
  ext: flags(u8, inetDiagExtensions),
  rawProtocol: u8,
  states: u32,
  ...socketId,
});

/** `struct inet_diag_msg`. `expires` is in milliseconds; `rqueue` and `wqueue` of one that listens are connections: waiting, and at most. */
export const inetDiagMsg = struct({
  family,
  state: named(u8, socketStates),
  timer: named(u8, inetDiagTimers),
  retrans: u8,
  ...socketId,
  expires: u32,
  rqueue: u32,
  wqueue: u32,
  uid: u32,
  inode: u32,
});

/** INET_DIAG_REQ_*. `bytecode` is a program that says which sockets are meant, see `inet-filter.ts`. */
export const inetSocketRequestAttributes = attrs({
  bytecode: [1, bytes],
  skBpfStorages: [2, nested(attrs({ mapFd: [1, repeated(u32)] }))],
  protocol: [3, u32],
});

/** INET_ULP_INFO_*: what sits on top of a TCP connection, kTLS or a subflow of MPTCP. */
export const inetUlpInfo = attrs({
  name: [1, str],
  tls: [
    2,
    nested(
      attrs({
        version: [1, u16],
        cipher: [2, u16],
        txconf: [3, u16],
        rxconf: [4, u16],
        zcRoTx: [5, flag],
        rxNoPad: [6, flag],
        txMaxPayloadLen: [7, u16],
      }),
    ),
  ],
  mptcp: [
    3,
    nested(
      attrs({
        tokenRem: [1, u32],
        tokenLoc: [2, u32],
        relwriteSeq: [3, u32],
        mapSeq: [4, u64],
        mapSfseq: [5, u32],
        ssnOffset: [6, u32],
        mapDatalen: [7, u16],
        flags: [8, u32],
        idRem: [9, u8],
        idLoc: [10, u8],
      }),
    ),
  ],
});

const vegasInfo = struct({ enabled: u32, rttcnt: u32, rtt: u32, minrtt: u32 });
const dctcpInfo = struct({ enabled: u16, ceState: u16, alpha: u32, abEcn: u32, abTot: u32 });
/** Bandwidth in bytes per second, the round-trip time in microseconds; of the gains, 256 is one. */
const bbrInfo = struct({ bwLo: u32, bwHi: u32, minRtt: u32, pacingGain: u32, cwndGain: u32 });

/** `struct tcp_diag_md5sig`: a key that packets of an address are signed with. */
const md5sig = struct({ family, prefixlen: u8, keylen: u16, addr: fixed(bytes, 16), key: fixed(bytes, 80) });

/** `struct sctp_info` (`linux/sctp.h`). Times in milliseconds. */
export const sctpInfo = struct({
  tag: u32,
  state: u32,
  rwnd: u32,
  unackdata: u16,
  penddata: u16,
  instrms: u16,
  outstrms: u16,
  fragmentationPoint: u32,
  inqueue: u32,
  outqueue: u32,
  overallError: u32,
  maxBurst: u32,
  maxseg: u32,
  peerRwnd: u32,
  peerTag: u32,
  peerCapable: u8,
  peerSack: u8,
  reserved1: pad(2),
  isacks: u64,
  osacks: u64,
  opackets: u64,
  ipackets: u64,
  rtxchunks: u64,
  outofseqtsns: u64,
  idupchunks: u64,
  gapcnt: u64,
  ouodchunks: u64,
  iuodchunks: u64,
  oodchunks: u64,
  iodchunks: u64,
  octrlchunks: u64,
  ictrlchunks: u64,
  primaryAddress: fixed(bytes, 128),
  primaryState: u32,
  primaryCwnd: u32,
  primarySrtt: u32,
  primaryRto: u32,
  primaryHbinterval: u32,
  primaryPathmaxrxt: u32,
  primarySackdelay: u32,
  primarySackfreq: u32,
  primarySsthresh: u32,
  primaryPartialBytesAcked: u32,
  primaryFlightSize: u32,
  primaryError: u16,
  reserved2: pad(2),
  autoclose: u32,
  adaptationInd: u32,
  pdPoint: u32,
  nodelay: u8,
  disableFragments: u8,
  v4mapped: u8,
  fragInterleave: u8,
  type: u32,
  reserved3: pad(4),
});

/** INET_DIAG_*. `mark`, `classId` and `md5sig` are told only to who has CAP_NET_ADMIN. What `info` is depends on the protocol. */
function attributesWith<S extends Typed<Struct, unknown>>(info: S) {
  return attrs({
    meminfo: [1, struct({ rmem: u32, wmem: u32, fmem: u32, tmem: u32 })],
    info: [2, info],
    vegasInfo: [3, vegasInfo],
    cong: [4, str],
    tos: [5, u8],
    tclass: [6, u8],
    skmeminfo: [7, socketMemory],
    shutdown: [8, shutdowns],
    dctcpInfo: [9, dctcpInfo],
    protocol: [10, u8],
    skv6only: [11, bool],
    locals: [12, array(fixed(bytes, 128))],
    peers: [13, array(fixed(bytes, 128))],
    mark: [15, u32],
    bbrInfo: [16, bbrInfo],
    classId: [17, u32],
    md5sig: [18, array(md5sig)],
    ulpInfo: [19, nested(inetUlpInfo)],
    skBpfStorages: [
      20,
      nested(attrs({ storage: [1, repeated(nested(attrs({ mapId: [2, u32], mapValue: [3, bytes] })))] })),
    ],
    cgroupId: [21, u64],
    sockopt: [22, flags(u16, inetDiagSockopts)],
  });
}

export const inetSocketAttributes = attributesWith(tcpInfo);

const common = { kernelName: 'SOCK_DIAG_BY_FAMILY', protocol: NETLINK_SOCK_DIAG } as const;
const families = [AF_INET, AF_INET6] as const;

const sent = message({
  ...common,
  name: 'inetSocketRequest',
  types: { get: SOCK_DIAG_BY_FAMILY },
  direction: 'sent',
  families,
  header: inetDiagReqV2,
  attributes: inetSocketRequestAttributes,
});

/**
 * The TCP sockets of a namespace, and those of UDP, UDP-Lite, DCCP and raw IP, which have no `info`; `ss -t`, `-u`, `-d`, `-w`. sock_diag(7).
 *
 * Linux 3.3; `cgroupId` and `ulpInfo` 5.8 and 5.4, `sockopt` 5.10, `skBpfStorages` 5.7; SOCK_DESTROY 4.5 (UDP 4.10).
 */
export const inetSocket = exchange(
  sent,
  message({
    ...common,
    name: 'inetSocket',
    types: { get: SOCK_DIAG_BY_FAMILY, getTcp: 18, getDccp: 19 },
    direction: 'received',
    families,
    header: inetDiagMsg,
    attributes: inetSocketAttributes,
  }),
);

/** The same question in its old form (`struct inet_diag_req`, Linux 2.6.14): the kernel answers for IPv4 and IPv6 in one walk of its table. */
export const inetSocketOfBothFamilies = exchange(
  message({
    ...common,
    kernelName: 'TCPDIAG_GETSOCK',
    name: 'inetSocketOldRequest',
    types: { get: 18, getDccp: 19 },
    direction: 'sent',
    header: struct({
      family,
      srcLen: u8,
      dstLen: u8,
      ext: flags(u8, inetDiagExtensions),
      ...socketId,
      states: u32,
      tables: u32,
    }),
    attributes: attrs({ bytecode: [1, bytes] }),
  }),
  inetSocket.received,
);

/** Ends a connection, or a socket of UDP or raw IP: its program gets ECONNABORTED. `ss -K`. Needs CAP_NET_ADMIN in the socket's namespace. */
export const inetSocketDestroy = message({
  ...common,
  kernelName: 'SOCK_DESTROY',
  name: 'inetSocketDestroy',
  types: { destroy: SOCK_DESTROY },
  direction: 'sent',
  header: inetDiagReqV2,
  attributes: inetSocketRequestAttributes,
});

/** No message says by itself that it is one of these; who asked for MPTCP or SCTP knows. */
const asked: readonly number[] = [];

/** MPTCP connections, `ss -M`. Linux 5.9. */
export const mptcpSocket = exchange(
  sent,
  message({
    ...common,
    name: 'mptcpSocket',
    types: { get: SOCK_DIAG_BY_FAMILY },
    direction: 'received',
    families: asked,
    header: inetDiagMsg,
    attributes: attributesWith(mptcpInfo),
  }),
);

/** SCTP associations, `ss -S`. Linux 4.7. */
export const sctpSocket = exchange(
  sent,
  message({
    ...common,
    name: 'sctpSocket',
    types: { get: SOCK_DIAG_BY_FAMILY },
    direction: 'received',
    families: asked,
    header: inetDiagMsg,
    attributes: attributesWith(sctpInfo),
  }),
);

export type InetSocketMessage = Out<typeof inetSocket>;
export type InetSocketRequest = In<typeof inetSocket>;
export type MptcpSocketMessage = Out<typeof mptcpSocket>;
export type SctpSocketMessage = Out<typeof sctpSocket>;
export type TcpInfo = Out<typeof tcpInfo>;
