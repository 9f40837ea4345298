import { attrs, byKind, listOf, nested } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { u8, u16be, u32be, u64be } from '../../../wire/integers.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { netfilterFamilies } from './nfgenmsg.ts';
import { nftData } from './nft-data.ts';

/**
 * The expressions that rules are made of, as the kernel has them (`linux/netfilter/nf_tables.h`): each is a small machine over registers.
 * Registers 1 to 4 hold 16 bytes each, 8 to 23 are the same memory in words of four bytes; 0 is the verdict. What
 * is in them are bytes as in the packet (network order) or, for what the kernel itself knows (a mark, an index), as in the machine.
 *
 * `sreg` is read, `dreg` is written. All numbers travel in network order. See nft(8) for what they are good for.
 */

/** NFTA_COUNTER_*. */
export const nftCounter = attrs({ bytes: [1, u64be], packets: [2, u64be] });

/** NFTA_LIMIT_*: `rate` for each `unit` seconds. */
export const nftLimit = attrs({
  rate: [1, u64be],
  unit: [2, u64be],
  burst: [3, u32be],
  type: [4, named(u32be, ['packets', 'bytes'])],
  flags: [5, flags(u32be, ['inv'])],
});

/** NFTA_QUOTA_*. */
export const nftQuota = attrs({
  bytes: [1, u64be],
  flags: [2, flags(u32be, ['inv', 'depleted'])],
  consumed: [4, u64be],
});

/** NFTA_CONNLIMIT_*: `ct count`. */
export const nftConnlimit = attrs({ count: [1, u32be], flags: [2, flags(u32be, ['inv'])] });

/** NFTA_LAST_*: how long ago it was last reached, in milliseconds, once it was (`set`). Linux 5.14. */
export const nftLast = attrs({ set: [1, u32be], msecs: [2, u64be] });

/** NFTA_SYNPROXY_*. */
export const nftSynproxy = attrs({
  mss: [1, u16be],
  wscale: [2, u8],
  flags: [3, flags(u32be, ['mss', 'wscale', 'sack-perm', 'timestamp', 'ecn'])],
});

/** Expressions that an element of a set can carry: they count or measure. */
const stateful = {
  counter: nested(nftCounter),
  limit: nested(nftLimit),
  quota: nested(nftQuota),
  connlimit: nested(nftConnlimit),
  last: nested(nftLast),
} as const;

/** An expression of an element of a set. */
export const nftStatefulExpression = byKind(1, 2, stateful);

/** NFT_PAYLOAD_*: which header an offset counts from. */
export const nftPayloadBases = ['link', 'network', 'transport', 'inner', 'tunnel'] as const;

/** NFTA_PAYLOAD_*: bytes of the packet into `dreg`, or, with `sreg`, from there into the packet, whose checksum is set right. */
export const nftPayload = attrs({
  dreg: [1, u32be],
  base: [2, named(u32be, nftPayloadBases)],
  offset: [3, u32be],
  len: [4, u32be],
  sreg: [5, u32be],
  csumType: [6, named(u32be, ['none', 'inet', 'sctp'])],
  csumOffset: [7, u32be],
  csumFlags: [8, flags(u32be, ['pseudohdr'])],
});

/** NFT_META_*, named as `nft` names them. */
export const nftMetaKeys = {
  0: 'length',
  1: 'protocol',
  2: 'priority',
  3: 'mark',
  4: 'iif',
  5: 'oif',
  6: 'iifname',
  7: 'oifname',
  8: 'iiftype',
  9: 'oiftype',
  10: 'skuid',
  11: 'skgid',
  12: 'nftrace',
  13: 'rtclassid',
  14: 'secmark',
  15: 'nfproto',
  16: 'l4proto',
  17: 'ibrname',
  18: 'obrname',
  19: 'pkttype',
  20: 'cpu',
  21: 'iifgroup',
  22: 'oifgroup',
  23: 'cgroup',
  24: 'random',
  25: 'ipsec',
  26: 'iifkind',
  27: 'oifkind',
  28: 'ibrpvid',
  29: 'ibrvproto',
  30: 'time',
  31: 'day',
  32: 'hour',
  33: 'sdif',
  34: 'sdifname',
  35: 'broute',
  37: 'ibrhwaddr',
} as const;

/** NFTA_META_*: what the kernel knows of the packet, read or, with `sreg`, set. */
export const nftMeta = attrs({ dreg: [1, u32be], key: [2, named(u32be, nftMetaKeys)], sreg: [3, u32be] });

/** NFT_CT_*, named as `nft` names them. */
export const nftCtKeys = {
  0: 'state',
  1: 'direction',
  2: 'status',
  3: 'mark',
  4: 'secmark',
  5: 'expiration',
  6: 'helper',
  7: 'l3proto',
  8: 'saddr',
  9: 'daddr',
  10: 'protocol',
  11: 'proto-src',
  12: 'proto-dst',
  13: 'label',
  14: 'packets',
  15: 'bytes',
  16: 'avgpkt',
  17: 'zone',
  18: 'event',
  19: 'ip saddr',
  20: 'ip daddr',
  21: 'ip6 saddr',
  22: 'ip6 daddr',
  23: 'id',
} as const;

/** NFTA_CT_*: what is known of the connection, read or, with `sreg`, set. `direction` is IP_CT_DIR_*. */
export const nftCt = attrs({
  dreg: [1, u32be],
  key: [2, named(u32be, nftCtKeys)],
  direction: [3, named(u8, ['original', 'reply'])],
  sreg: [4, u32be],
});

/** NFT_FIB_RESULT_*. */
export const nftFibResults = ['unspec', 'oif', 'oifname', 'type'] as const;
/** NFTA_FIB_F_*: what is looked up, lowest bit first. */
export const nftFibFlags = ['saddr', 'daddr', 'mark', 'iif', 'oif', 'present'] as const;

/** NFTA_FIB_*: asks the routing table. */
export const nftFib = attrs({
  dreg: [1, u32be],
  result: [2, named(u32be, nftFibResults)],
  flags: [3, flags(u32be, nftFibFlags)],
});

/** NFTA_LOOKUP_*: looks into a set, and with `dreg` gets from a map. `setId` is a set of the same transaction. */
export const nftLookup = attrs({
  set: [1, str],
  sreg: [2, u32be],
  dreg: [3, u32be],
  setId: [4, u32be],
  flags: [5, flags(u32be, ['inv'])],
});

/** NFTA_IMMEDIATE_*: bytes into a register, or, with `dreg` 0, the verdict. */
export const nftImmediate = attrs({ dreg: [1, u32be], data: [2, nested(nftData)] });

/** NFT_CMP_*, as `nft` writes them. */
export const nftCmpOps = ['==', '!=', '<', '<=', '>', '>='] as const;

/** NFTA_CMP_*: the rule goes on if it holds. */
export const nftCmp = attrs({ sreg: [1, u32be], op: [2, named(u32be, nftCmpOps)], data: [3, nested(nftData)] });

/** NFT_BITWISE_*. The first is `dreg = (sreg & mask) ^ xor`. The last three since Linux 6.13. */
export const nftBitwiseOps = ['mask_xor', 'lshift', 'rshift', 'and', 'or', 'xor'] as const;

/** NFTA_BITWISE_*. */
export const nftBitwise = attrs({
  sreg: [1, u32be],
  dreg: [2, u32be],
  len: [3, u32be],
  mask: [4, nested(nftData)],
  xor: [5, nested(nftData)],
  op: [6, named(u32be, nftBitwiseOps)],
  data: [7, nested(nftData)],
  sreg2: [8, u32be],
});

/** NFTA_BYTEORDER_*: words of `size` bytes from one byte order to the other. */
export const nftByteorder = attrs({
  sreg: [1, u32be],
  dreg: [2, u32be],
  op: [3, named(u32be, ['ntoh', 'hton'])],
  len: [4, u32be],
  size: [5, u32be],
});

/** NFTA_RANGE_*. */
export const nftRange = attrs({
  sreg: [1, u32be],
  op: [2, named(u32be, ['==', '!='])],
  fromData: [3, nested(nftData)],
  toData: [4, nested(nftData)],
});

/** NFTA_NG_*: numbers one after the other, or at random. */
export const nftNumgen = attrs({
  dreg: [1, u32be],
  modulus: [2, u32be],
  type: [3, named(u32be, ['inc', 'random'])],
  offset: [4, u32be],
  setName: [5, str],
  setId: [6, u32be],
});

/** NFTA_HASH_*. */
export const nftHash = attrs({
  sreg: [1, u32be],
  dreg: [2, u32be],
  len: [3, u32be],
  modulus: [4, u32be],
  seed: [5, u32be],
  offset: [6, u32be],
  type: [7, named(u32be, ['jhash', 'symhash'])],
  setName: [8, str],
  setId: [9, u32be],
});

/** NF_NAT_RANGE_* (`linux/netfilter/nf_nat.h`), named as `nft` names them where it does. */
export const nftNatFlags = [
  'map_ips',
  'proto_specified',
  'random',
  'persistent',
  'fully-random',
  'proto_offset',
  'netmap',
] as const;

/** NFT_NAT_*. */
export const nftNatTypes = ['snat', 'dnat'] as const;

/** NFTA_NAT_*: `snat` and `dnat`. The registers hold addresses and ports, the lowest and the highest. */
export const nftNat = attrs({
  type: [1, named(u32be, nftNatTypes)],
  family: [2, named(u32be, netfilterFamilies)],
  regAddrMin: [3, u32be],
  regAddrMax: [4, u32be],
  regProtoMin: [5, u32be],
  regProtoMax: [6, u32be],
  flags: [7, flags(u32be, nftNatFlags)],
});

/** NFTA_MASQ_*. */
export const nftMasq = attrs({
  flags: [1, flags(u32be, nftNatFlags)],
  regProtoMin: [2, u32be],
  regProtoMax: [3, u32be],
});

/** NFTA_REDIR_*. */
export const nftRedir = attrs({
  regProtoMin: [1, u32be],
  regProtoMax: [2, u32be],
  flags: [3, flags(u32be, nftNatFlags)],
});

/** NFT_REJECT_*. */
export const nftRejectTypes = ['icmp', 'tcp reset', 'icmpx'] as const;

/** NFTA_REJECT_*. */
export const nftReject = attrs({ type: [1, named(u32be, nftRejectTypes)], icmpCode: [2, u8] });

/** NFT_LOGLEVEL_*. */
export const nftLogLevels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug', 'audit'] as const;
/** NF_LOG_* (`linux/netfilter/nf_log.h`), lowest bit first. */
export const nftLogFlags = ['tcp sequence', 'tcp options', 'ip options', 'skuid', 'nflog', 'ether'] as const;

/** NFTA_LOG_*. */
export const nftLog = attrs({
  group: [1, u16be],
  prefix: [2, str],
  snaplen: [3, u32be],
  qthreshold: [4, u16be],
  level: [5, named(u32be, nftLogLevels)],
  flags: [6, flags(u32be, nftLogFlags)],
});

/** NFTA_DUP_*. */
export const nftDup = attrs({ sregAddr: [1, u32be], sregDev: [2, u32be] });

/** NFTA_FWD_*. */
export const nftFwd = attrs({
  sregDev: [1, u32be],
  sregAddr: [2, u32be],
  nfproto: [3, named(u32be, netfilterFamilies)],
});

/** NFTA_QUEUE_*: to a program. */
export const nftQueue = attrs({
  num: [1, u16be],
  total: [2, u16be],
  flags: [3, flags(u16be, ['bypass', 'fanout'])],
  sregQnum: [4, u32be],
});

/** NFTA_TPROXY_*. */
export const nftTproxy = attrs({
  family: [1, named(u32be, netfilterFamilies)],
  regAddr: [2, u32be],
  regPort: [3, u32be],
});

/** NFTA_OBJREF_*: an object by its name, or by what a map gives. `immType` is NFT_OBJECT_*. */
export const nftObjref = attrs({
  immType: [1, u32be],
  immName: [2, str],
  setSreg: [3, u32be],
  setName: [4, str],
  setId: [5, u32be],
});

/** NFT_DYNSET_OP_*. */
export const nftDynsetOps = ['add', 'update', 'delete'] as const;

/** NFTA_DYNSET_*: adds to a set what is in the registers. `timeout` in milliseconds. */
export const nftDynset = attrs({
  setName: [1, str],
  setId: [2, u32be],
  op: [3, named(u32be, nftDynsetOps)],
  sregKey: [4, u32be],
  sregData: [5, u32be],
  timeout: [6, u64be],
  expr: [7, nested(nftStatefulExpression)],
  flags: [9, flags(u32be, ['inv', 'expr'])],
  expressions: [10, listOf(1, nested(nftStatefulExpression))],
});

/** NFT_EXTHDR_OP_*: where the option is looked for. */
export const nftExthdrOps = ['ipv6', 'tcp option', 'ip option', 'sctp chunk', 'dccp option'] as const;

/** NFTA_EXTHDR_*: extension headers of IPv6 and options. */
export const nftExthdr = attrs({
  dreg: [1, u32be],
  type: [2, u8],
  offset: [3, u32be],
  len: [4, u32be],
  flags: [5, flags(u32be, ['present'])],
  op: [6, named(u32be, nftExthdrOps)],
  sreg: [7, u32be],
});

/** NFT_RT_*, named as `nft` names them. */
export const nftRtKeys = ['classid', 'ip nexthop', 'ip6 nexthop', 'mtu', 'ipsec'] as const;

/** NFTA_RT_*: the route of the packet. */
export const nftRt = attrs({ dreg: [1, u32be], key: [2, named(u32be, nftRtKeys)] });

/** NFT_SOCKET_*. */
export const nftSocketKeys = ['transparent', 'mark', 'wildcard', 'cgroupv2'] as const;

/** NFTA_SOCKET_*: the socket that would get the packet. */
export const nftSocket = attrs({ key: [1, named(u32be, nftSocketKeys)], dreg: [2, u32be], level: [3, u32be] });

/** NFTA_OSF_*: which system the sender runs, by its SYN. */
export const nftOsf = attrs({ dreg: [1, u32be], ttl: [2, u8], flags: [3, flags(u32be, ['version'])] });

/** NFT_XFRM_KEY_*. */
export const nftXfrmKeys = ['unspec', 'ip daddr', 'ip6 daddr', 'ip saddr', 'ip6 saddr', 'reqid', 'spi'] as const;

/** NFTA_XFRM_*: `ipsec`. `dir` is XFRM_POLICY_IN or _OUT. */
export const nftXfrm = attrs({
  dreg: [1, u32be],
  key: [2, named(u32be, nftXfrmKeys)],
  dir: [3, named(u8, ['in', 'out'])],
  spnum: [4, u32be],
});

/** NFTA_TUNNEL_*: what the tunnel said that the packet came through. */
export const nftTunnel = attrs({
  key: [1, named(u32be, ['path', 'id'])],
  dreg: [2, u32be],
  mode: [3, named(u32be, ['none', 'rx', 'tx'])],
});

/** NFTA_FLOW_*: the connection goes past the rules from now on. */
export const nftFlowOffload = attrs({ tableName: [1, str] });

/** NFTA_INNER_*: an expression for what is in a tunnel. Linux 6.2. */
export const nftInner = attrs({
  num: [1, u32be],
  type: [2, named(u32be, { 1: 'vxlan', 2: 'geneve', 3: 'gre', 4: 'gretap' })],
  flags: [3, flags(u32be, ['header', 'link', 'network', 'transport'])],
  hdrsize: [4, u32be],
  expr: [5, nested(byKind(1, 2, { payload: nested(nftPayload), meta: nested(nftMeta) }))],
});

/** NFTA_MATCH_*, NFTA_TARGET_*: an extension of iptables, whose `info` is a struct of its own. */
export const nftExtension = attrs({ name: [1, str], rev: [2, u32be], info: [3, bytes] });

/** NFTA_EXPR_*: one expression of a rule, told apart by `kind`. What is not known is kept as it came, as `kind: 'other'`. */
export const nftExpression = byKind(1, 2, {
  ...stateful,
  bitwise: nested(nftBitwise),
  byteorder: nested(nftByteorder),
  cmp: nested(nftCmp),
  ct: nested(nftCt),
  dup: nested(nftDup),
  dynset: nested(nftDynset),
  exthdr: nested(nftExthdr),
  fib: nested(nftFib),
  flow_offload: nested(nftFlowOffload),
  fwd: nested(nftFwd),
  hash: nested(nftHash),
  immediate: nested(nftImmediate),
  inner: nested(nftInner),
  log: nested(nftLog),
  lookup: nested(nftLookup),
  masq: nested(nftMasq),
  match: nested(nftExtension),
  meta: nested(nftMeta),
  nat: nested(nftNat),
  notrack: nested(attrs({})),
  numgen: nested(nftNumgen),
  objref: nested(nftObjref),
  osf: nested(nftOsf),
  payload: nested(nftPayload),
  queue: nested(nftQueue),
  quota: nested(nftQuota),
  range: nested(nftRange),
  redir: nested(nftRedir),
  reject: nested(nftReject),
  rt: nested(nftRt),
  socket: nested(nftSocket),
  synproxy: nested(nftSynproxy),
  target: nested(nftExtension),
  tproxy: nested(nftTproxy),
  tunnel: nested(nftTunnel),
  xfrm: nested(nftXfrm),
});

/** One expression, decoded: the union narrows by `kind`. */
export type NftExpression = Out<typeof nftExpression>;
/** One expression to be encoded. */
export type NftExpressionInput = In<typeof nftExpression>;
export type NftStatefulExpression = Out<typeof nftStatefulExpression>;
export type NftStatefulExpressionInput = In<typeof nftStatefulExpression>;
