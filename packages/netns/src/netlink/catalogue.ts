import type { AnyMessage, Direction } from '../wire/message.ts';
import {
  inetSocket,
  inetSocketDestroy,
  inetSocketOfBothFamilies,
  mptcpSocket,
  sctpSocket,
} from './families/diag/inet.ts';
import { netlinkSocket } from './families/diag/netlink.ts';
import { packetSocket } from './families/diag/packet.ts';
import { unixSocket } from './families/diag/unix.ts';
import { vsockSocket } from './families/diag/vsock.ts';
import { xdpSocket } from './families/diag/xdp.ts';
import { genericFamily } from './families/generic/controller.ts';
import { ethtoolChannels } from './families/generic/ethtool/channels.ts';
import { ethtoolCoalesce } from './families/generic/ethtool/coalesce.ts';
import { ethtoolFeatures } from './families/generic/ethtool/features.ts';
import { ethtoolLinkInfo } from './families/generic/ethtool/link-info.ts';
import { ethtoolLinkModes } from './families/generic/ethtool/link-modes.ts';
import { ethtoolLinkState } from './families/generic/ethtool/link-state.ts';
import { ethtoolPause } from './families/generic/ethtool/pause.ts';
import { ethtoolRings } from './families/generic/ethtool/rings.ts';
import { ethtoolStrings } from './families/generic/ethtool/strings.ts';
import { ethtoolTimestamping } from './families/generic/ethtool/timestamping.ts';
import { fou } from './families/generic/fou.ts';
import { ila } from './families/generic/ila.ts';
import { ioam6Namespace, ioam6Schema } from './families/generic/ioam6.ts';
import { l2tpSession, l2tpTunnel } from './families/generic/l2tp.ts';
import { macsecDevice } from './families/generic/macsec.ts';
import { mptcpEndpoint, mptcpEvent, mptcpLimits } from './families/generic/mptcp.ts';
import { seg6Hmac, seg6TunnelSource } from './families/generic/seg6.ts';
import { tcpMetrics } from './families/generic/tcp-metrics.ts';
import { wireguard } from './families/generic/wireguard.ts';
import { netfilterBatch } from './families/netfilter/batch.ts';
import {
  conntrack,
  conntrackCpuStatistics,
  conntrackExpectation,
  conntrackReset,
  conntrackStatistics,
} from './families/netfilter/conntrack.ts';
import { nftChain } from './families/netfilter/nft-chain.ts';
import { nftCompat } from './families/netfilter/nft-compat.ts';
import { nftElements, nftElementsReset } from './families/netfilter/nft-elements.ts';
import { nftFlowtable } from './families/netfilter/nft-flowtable.ts';
import { nftGeneration } from './families/netfilter/nft-generation.ts';
import { nftObject, nftObjectReset } from './families/netfilter/nft-object.ts';
import { nftRule, nftRuleReset } from './families/netfilter/nft-rule.ts';
import { nftSet } from './families/netfilter/nft-set.ts';
import { nftTable } from './families/netfilter/nft-table.ts';
import { nftTrace } from './families/netfilter/nft-trace.ts';
import { action } from './families/route/action.ts';
import { address, anycastAddress, multicastAddress } from './families/route/address.ts';
import { addressLabel } from './families/route/address-label.ts';
import { bridgeVlan, bridgeVlanDump } from './families/route/bridge-vlan.ts';
import { chain, filter } from './families/route/filter.ts';
import { link, linkProperty } from './families/route/link.ts';
import { linkStatistics } from './families/route/link-statistics.ts';
import { mdb } from './families/route/mdb.ts';
import { neighbour } from './families/route/neighbour.ts';
import { neighbourTable } from './families/route/neighbour-table.ts';
import { netconf } from './families/route/netconf.ts';
import { nexthop, nexthopBucket } from './families/route/nexthop.ts';
import { nsid } from './families/route/nsid.ts';
import { prefix } from './families/route/prefix.ts';
import { qdisc, trafficClass } from './families/route/qdisc.ts';
import { route } from './families/route/route.ts';
import { rule } from './families/route/rule.ts';
import {
  xfrmAcquire,
  xfrmAsyncEvent,
  xfrmMapping,
  xfrmPolicies,
  xfrmPolicy,
  xfrmPolicyCount,
  xfrmPolicyDefault,
  xfrmPolicyExpired,
  xfrmPolicyFlush,
  xfrmPolicyGone,
  xfrmReport,
  xfrmState,
  xfrmStateCount,
  xfrmStateExpired,
  xfrmStateFlush,
  xfrmStateGone,
  xfrmStateNumber,
  xfrmStates,
} from './families/xfrm/xfrm.ts';
import { messageName } from './message-name.ts';

/** Every message that the library knows. Tests, the formatter and `describeMessage` loop over it; nothing keeps a list of its own. */
export const catalogue: readonly KnownMessage[] = [
  link,
  linkProperty,
  linkStatistics.sent,
  linkStatistics.received,
  address,
  multicastAddress,
  anycastAddress,
  addressLabel,
  route,
  nexthop,
  nexthopBucket,
  rule,
  neighbour,
  neighbourTable,
  netconf,
  prefix,
  bridgeVlan,
  bridgeVlanDump.sent,
  mdb.sent,
  mdb.received,
  nsid,
  netfilterBatch,
  nftTable,
  nftChain,
  nftRule,
  nftRuleReset,
  nftSet,
  nftElements,
  nftElementsReset,
  nftObject,
  nftObjectReset,
  nftFlowtable,
  nftGeneration,
  nftTrace,
  nftCompat,
  qdisc,
  trafficClass,
  filter,
  chain,
  action,
  genericFamily,
  ethtoolChannels.sent,
  ethtoolChannels.received,
  ethtoolCoalesce.sent,
  ethtoolCoalesce.received,
  ethtoolFeatures.sent,
  ethtoolFeatures.received,
  ethtoolLinkInfo.sent,
  ethtoolLinkInfo.received,
  ethtoolLinkModes.sent,
  ethtoolLinkModes.received,
  ethtoolLinkState.sent,
  ethtoolLinkState.received,
  ethtoolRings.sent,
  ethtoolRings.received,
  ethtoolStrings.sent,
  ethtoolStrings.received,
  ethtoolTimestamping.sent,
  ethtoolTimestamping.received,
  ethtoolPause.sent,
  wireguard,
  tcpMetrics,
  mptcpEndpoint,
  mptcpLimits,
  mptcpEvent,
  seg6Hmac,
  seg6TunnelSource,
  fou,
  ila,
  ioam6Namespace,
  ioam6Schema,
  l2tpTunnel,
  l2tpSession,
  macsecDevice,
  conntrack,
  conntrackReset.sent,
  conntrackCpuStatistics,
  conntrackStatistics,
  conntrackExpectation,
  xfrmState,
  xfrmStateGone,
  xfrmStates.sent,
  xfrmStateNumber.sent,
  xfrmStateFlush,
  xfrmStateExpired,
  xfrmAcquire,
  xfrmAsyncEvent,
  xfrmReport,
  xfrmMapping,
  xfrmStateCount,
  xfrmPolicy,
  xfrmPolicyGone,
  xfrmPolicies.sent,
  xfrmPolicyFlush,
  xfrmPolicyExpired,
  xfrmPolicyCount,
  xfrmPolicyDefault,
  inetSocket.sent,
  inetSocket.received,
  inetSocketOfBothFamilies.sent,
  inetSocketDestroy,
  mptcpSocket.received,
  sctpSocket.received,
  unixSocket.sent,
  unixSocket.received,
  packetSocket.sent,
  packetSocket.received,
  netlinkSocket.sent,
  netlinkSocket.received,
  vsockSocket.sent,
  vsockSocket.received,
  xdpSocket.sent,
  xdpSocket.received,
];

/** A message of the catalogue. The types of all of them together are more than a compiler wants to write down. */
export type KnownMessage = AnyMessage;

/**
 * The declaration of a message number: `16` of NETLINK_ROUTE is `link`. A few numbers mean something else on their way to the kernel, and
 * that of NETLINK_SOCK_DIAG means another thing for each `family`: the first byte behind the header.
 */
export function declarationOf(
  type: number,
  protocol = 0,
  direction: Direction = 'received',
  family?: number,
): KnownMessage | undefined {
  numbered ??= byNumber();
  const table = numbered[direction];
  return table.get(keyOf(protocol, type)) ?? table.get(keyOf(protocol, type, family));
}

/** Declarations by protocol, number and, where that matters, family; made when the first is asked for. */
let numbered: Readonly<Record<Direction, ReadonlyMap<number, KnownMessage>>> | undefined;

function byNumber() {
  const tables = { sent: new Map<number, KnownMessage>(), received: new Map<number, KnownMessage>() };
  for (const known of catalogue)
    for (const direction of ['sent', 'received'] as const)
      if ((known.direction ?? direction) === direction)
        for (const type of Object.values<number>(known.types))
          for (const family of known.families ?? [undefined]) {
            const key = keyOf(known.protocol, type, family);
            if (!tables[direction].has(key)) tables[direction].set(key, known);
          }
  return tables;
}

function keyOf(protocol: number, type: number, family = -1): number {
  return (protocol * 65536 + type) * 512 + family + 1;
}

/** The kernel's name of a message number: `16` is `RTM_NEWLINK`; a number that is not known stays one. */
export function messageTypeName(type: number, protocol = 0, direction?: Direction): string {
  for (const known of catalogue)
    if ((known.direction ?? direction) === (direction ?? known.direction))
      for (const [verb, number] of Object.entries(known.types))
        if (number === type && known.protocol === protocol) return messageName(known, verb);
  return `type ${type}`;
}
