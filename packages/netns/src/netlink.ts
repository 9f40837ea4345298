/**
 * Netlink for those who need a message that the library has no method for: declare it once, and get its type, encoder and decoders;
 * send it over a connection that lives in any network namespace.
 *
 * @packageDocumentation
 */

export type { Refusal } from './connection/changes.ts';
export {
  type ChangeOptions,
  type ConnectionOptions,
  NetlinkConnection,
  type RequestOptions,
} from './connection/connection.ts';
export type { DumpResult } from './connection/conversation.ts';
export type { Declaration } from './connection/declaration.ts';
export { GenericConnection } from './connection/generic.ts';
export type { MessageList } from './connection/message-list.ts';
export { type NetlinkEvent, type SubscribeOptions, subscribe } from './connection/subscribe.ts';
export { type Datagram, NetlinkSocket, type SocketOptions, type Transport } from './connection/transport.ts';
export { catalogue, declarationOf, type KnownMessage, messageTypeName } from './netlink/catalogue.ts';
export { describeMessage } from './netlink/describe.ts';
export * from './netlink/families/diag/inet.ts';
export * from './netlink/families/diag/inet-filter.ts';
export * from './netlink/families/diag/mptcp-info.ts';
export * from './netlink/families/diag/netlink.ts';
export * from './netlink/families/diag/packet.ts';
export * from './netlink/families/diag/sock-diag.ts';
export * from './netlink/families/diag/tcp-info.ts';
export * from './netlink/families/diag/unix.ts';
export * from './netlink/families/diag/vsock.ts';
export * from './netlink/families/diag/xdp.ts';
export * from './netlink/families/generic/controller.ts';
export * from './netlink/families/generic/ethtool/channels.ts';
export * from './netlink/families/generic/ethtool/coalesce.ts';
export * from './netlink/families/generic/ethtool/ethtool-message.ts';
export * from './netlink/families/generic/ethtool/features.ts';
export * from './netlink/families/generic/ethtool/link-info.ts';
export * from './netlink/families/generic/ethtool/link-modes.ts';
export * from './netlink/families/generic/ethtool/link-state.ts';
export * from './netlink/families/generic/ethtool/pause.ts';
export * from './netlink/families/generic/ethtool/rings.ts';
export * from './netlink/families/generic/ethtool/strings.ts';
export * from './netlink/families/generic/ethtool/timestamping.ts';
export * from './netlink/families/generic/families.ts';
export * from './netlink/families/generic/genlmsghdr.ts';
export * from './netlink/families/generic/tcp-metrics.ts';
export * from './netlink/families/generic/wireguard.ts';
export * from './netlink/families/netfilter/batch.ts';
export * from './netlink/families/netfilter/conntrack.ts';
export * from './netlink/families/netfilter/expressions.ts';
export * from './netlink/families/netfilter/nfgenmsg.ts';
export * from './netlink/families/netfilter/nft-chain.ts';
export * from './netlink/families/netfilter/nft-compat.ts';
export * from './netlink/families/netfilter/nft-data.ts';
export * from './netlink/families/netfilter/nft-elements.ts';
export * from './netlink/families/netfilter/nft-flowtable.ts';
export * from './netlink/families/netfilter/nft-generation.ts';
export * from './netlink/families/netfilter/nft-object.ts';
export * from './netlink/families/netfilter/nft-rule.ts';
export * from './netlink/families/netfilter/nft-set.ts';
export * from './netlink/families/netfilter/nft-table.ts';
export * from './netlink/families/netfilter/nft-trace.ts';
export * from './netlink/families/netfilter/userdata.ts';
export * from './netlink/families/route/action.ts';
export * from './netlink/families/route/address.ts';
export * from './netlink/families/route/address-label.ts';
export * from './netlink/families/route/bridge-vlan.ts';
export * from './netlink/families/route/encap.ts';
export * from './netlink/families/route/filter.ts';
export * from './netlink/families/route/link.ts';
export * from './netlink/families/route/link-statistics.ts';
export * from './netlink/families/route/mdb.ts';
export * from './netlink/families/route/neighbour.ts';
export * from './netlink/families/route/neighbour-table.ts';
export * from './netlink/families/route/netconf.ts';
export * from './netlink/families/route/nexthop.ts';
export * from './netlink/families/route/nsid.ts';
export * from './netlink/families/route/prefix.ts';
export * from './netlink/families/route/qdisc.ts';
export * from './netlink/families/route/route.ts';
export * from './netlink/families/route/rule.ts';
export * from './netlink/families/route/tc-stats.ts';
export * from './netlink/families/route/tc-xstats.ts';
export * from './netlink/families/route/tcmsg.ts';
export * from './netlink/header.ts';
export { attrs, byKind, list, listOf, nested, pair, prefixed, records, repeated } from './wire/attributes.ts';
export { bytes } from './wire/bytes.ts';
export * from './wire/integers.ts';
export { ipAddress } from './wire/ip-address.ts';
export { macAddress } from './wire/mac-address.ts';
export { exchange, message } from './wire/message.ts';
export { flags, named, word } from './wire/names.ts';
export type { In, Out } from './wire/shape.ts';
export { array, pad, struct } from './wire/struct.ts';
export { str } from './wire/text.ts';
