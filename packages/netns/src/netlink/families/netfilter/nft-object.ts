import { attrs, nested, pair, repeated } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { u8, u16be, u32, u32be, u64be } from '../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { flags, word } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { str } from '../../../wire/text.ts';
import { nftConnlimit, nftCounter, nftLimit, nftQuota, nftSynproxy } from './expressions.ts';
import { nftables, nftMessage } from './nft-numbers.ts';
import { nftUserdata } from './nft-userdata.ts';

/** Kinds of objects (NFT_OBJECT_*), named as `nft` names them. */
export const nftObjectTypes = {
  1: 'counter',
  2: 'quota',
  3: 'ct helper',
  4: 'limit',
  5: 'ct count',
  6: 'tunnel',
  7: 'ct timeout',
  8: 'secmark',
  9: 'ct expectation',
  10: 'synproxy',
} as const;

/** NFTA_CT_HELPER_*: which helper follows the connections. `l3proto` is NFPROTO_*, `l4proto` IPPROTO_*. */
export const nftCtHelper = attrs({ name: [1, str], l3proto: [2, u16be], l4proto: [3, u8] });

/** CTA_TIMEOUT_TCP_*: seconds in each state. */
export const nftTcpTimeouts = attrs({
  synSent: [1, u32be],
  synRecv: [2, u32be],
  established: [3, u32be],
  finWait: [4, u32be],
  closeWait: [5, u32be],
  lastAck: [6, u32be],
  timeWait: [7, u32be],
  close: [8, u32be],
  synSent2: [9, u32be],
  retrans: [10, u32be],
  unack: [11, u32be],
});

/** CTA_TIMEOUT_UDP_*: seconds, before and after an answer was seen. */
export const nftUdpTimeouts = attrs({ unreplied: [1, u32be], replied: [2, u32be] });

/** NFTA_CT_TIMEOUT_*: the protocol says which states there are. */
export const nftCtTimeout = attrs({
  l3proto: [1, u16be],
  policy: pair(2, 3, { tcp: nested(nftTcpTimeouts), udp: nested(nftUdpTimeouts) }, word(u8, { 6: 'tcp', 17: 'udp' })),
});

/** NFTA_CT_EXPECT_*: a connection that another one announces. `timeout` in milliseconds, in the machine's order unlike all others. */
export const nftCtExpectation = attrs({
  l3proto: [1, u16be],
  l4proto: [2, u8],
  dport: [3, u16be],
  timeout: [4, u32],
  size: [5, u8],
});

/** NFTA_SECMARK_*: an SELinux context. */
export const nftSecmark = attrs({ ctx: [1, str] });

/** NFTA_TUNNEL_KEY_*: what a packet for a tunnel is given on its way. */
export const nftTunnelKey = attrs({
  id: [1, u32be],
  ip: [2, nested(attrs({ src: [1, ipv4Address], dst: [2, ipv4Address] }))],
  ip6: [3, nested(attrs({ src: [1, ipv6Address], dst: [2, ipv6Address], flowlabel: [3, u32be] }))],
  flags: [4, flags(u32be, ['zero_csum_tx', 'dont_fragment', 'seq_number'])],
  tos: [5, u8],
  ttl: [6, u8],
  sport: [7, u16be],
  dport: [8, u16be],
  opts: [
    9,
    nested(
      attrs({
        vxlan: [1, nested(attrs({ gbp: [1, u32be] }))],
        erspan: [2, nested(attrs({ version: [1, u32be], v1Index: [2, u32be], v2Hwid: [3, u8], v2Dir: [4, u8] }))],
        geneve: [3, repeated(nested(attrs({ class: [1, u16be], type: [2, u8], data: [3, bytes] })))],
      }),
    ),
  ],
});

/** NFTA_OBJ_*. `state` is type and contents of the object. */
export const nftObjectAttributes = attrs({
  table: [1, str],
  name: [2, str],
  state: pair(
    3,
    4,
    {
      counter: nested(nftCounter),
      quota: nested(nftQuota),
      'ct helper': nested(nftCtHelper),
      limit: nested(nftLimit),
      'ct count': nested(nftConnlimit),
      tunnel: nested(nftTunnelKey),
      'ct timeout': nested(nftCtTimeout),
      secmark: nested(nftSecmark),
      'ct expectation': nested(nftCtExpectation),
      synproxy: nested(nftSynproxy),
    },
    word(u32be, nftObjectTypes),
  ),
  use: [5, u32be],
  handle: [6, u64be],
  userdata: [8, nftUserdata],
});

/** Objects that rules and maps refer to by name: `nft list counters`, … See nft(8). `destroy` since Linux 6.3. */
export const nftObject = message({
  ...nftables,
  name: 'nftObject',
  kernelName: 'NFT_MSG_*OBJ',
  types: { new: nftMessage(18), get: nftMessage(19), del: nftMessage(20), destroy: nftMessage(31) },
  attributes: nftObjectAttributes,
});

/** Asks for objects and sets counters and quotas to zero: `nft reset counters`. Answered by {@link nftObject}. */
export const nftObjectReset = message({
  ...nftables,
  name: 'nftObjectReset',
  kernelName: 'NFT_MSG_*OBJ_RESET',
  types: { get: nftMessage(21) },
  attributes: nftObjectAttributes,
});

export type NftObjectMessage = Out<typeof nftObject>;
export type NftObjectMessageInput = In<typeof nftObject>;
