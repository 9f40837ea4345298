import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AttributeSet } from '../wire/shape.ts';
import { ackAttributes } from './extended-ack.ts';
import { inetSocketAttributes, inetSocketRequestAttributes, inetUlpInfo } from './families/diag/inet.ts';
import { netlinkSocketAttributes } from './families/diag/netlink.ts';
import { packetSocketAttributes } from './families/diag/packet.ts';
import { unixSocketAttributes } from './families/diag/unix.ts';
import { xdpSocketAttributes } from './families/diag/xdp.ts';
import { familyAttributes } from './families/generic/controller.ts';
import { ethtoolChannelsAttributes } from './families/generic/ethtool/channels.ts';
import { ethtoolCoalesceAttributes } from './families/generic/ethtool/coalesce.ts';
import { ethtoolBit, ethtoolBitset, ethtoolHeader } from './families/generic/ethtool/ethtool-message.ts';
import { ethtoolFeaturesAttributes } from './families/generic/ethtool/features.ts';
import { ethtoolLinkInfoAttributes } from './families/generic/ethtool/link-info.ts';
import { ethtoolLinkModesAttributes } from './families/generic/ethtool/link-modes.ts';
import { ethtoolLinkStateAttributes } from './families/generic/ethtool/link-state.ts';
import { ethtoolPauseAttributes } from './families/generic/ethtool/pause.ts';
import { ethtoolRingsAttributes } from './families/generic/ethtool/rings.ts';
import { ethtoolString, ethtoolStringsAttributes, ethtoolStringset } from './families/generic/ethtool/strings.ts';
import { ethtoolTimestampingAttributes } from './families/generic/ethtool/timestamping.ts';
import { fouAttributes } from './families/generic/fou.ts';
import { ioam6Attributes } from './families/generic/ioam6.ts';
import { l2tpAttributes, l2tpStatistics } from './families/generic/l2tp.ts';
import {
  macsecAttributes,
  macsecOffload,
  macsecRxsc,
  macsecRxscStats,
  macsecSa,
  macsecSaStats,
  macsecSecy,
  macsecSecyStats,
  macsecTxscStats,
} from './families/generic/macsec.ts';
import { mptcpAddress, mptcpAttributes, mptcpEventAttributes } from './families/generic/mptcp.ts';
import { seg6Attributes } from './families/generic/seg6.ts';
import { tcpMetricsAttributes } from './families/generic/tcp-metrics.ts';
import { wireguardAllowedIp, wireguardAttributes, wireguardPeer } from './families/generic/wireguard.ts';
import { netfilterBatchAttributes } from './families/netfilter/batch.ts';
import {
  conntrackAttributes,
  conntrackCpuStatistics,
  conntrackExpectationAttributes,
  conntrackNat,
  conntrackProtoinfo,
  conntrackTuple,
} from './families/netfilter/conntrack.ts';
import * as nft from './families/netfilter/expressions.ts';
import { nftChainAttributes, nftHook } from './families/netfilter/nft-chain.ts';
import { nftCompatAttributes } from './families/netfilter/nft-compat.ts';
import { nftData, nftVerdict } from './families/netfilter/nft-data.ts';
import { nftElement, nftElementsAttributes } from './families/netfilter/nft-elements.ts';
import { nftFlowtableAttributes, nftFlowtableHook } from './families/netfilter/nft-flowtable.ts';
import { nftGenerationAttributes } from './families/netfilter/nft-generation.ts';
import {
  nftCtExpectation,
  nftCtHelper,
  nftObjectAttributes,
  nftSecmark,
  nftTcpTimeouts,
  nftTunnelKey,
  nftUdpTimeouts,
} from './families/netfilter/nft-object.ts';
import { nftRuleAttributes, nftRuleCompat } from './families/netfilter/nft-rule.ts';
import { nftSetAttributes, nftSetDesc } from './families/netfilter/nft-set.ts';
import { nftTableAttributes } from './families/netfilter/nft-table.ts';
import { nftTraceAttributes } from './families/netfilter/nft-trace.ts';
import { actionAttributes, actionKinds } from './families/route/action.ts';
import { addressAttributes } from './families/route/address.ts';
import { addressLabelAttributes } from './families/route/address-label.ts';
import {
  bridgeVlanAttributes,
  bridgeVlanDumpAttributes,
  bridgeVlanEntry,
  bridgeVlanGlobal,
} from './families/route/bridge-vlan.ts';
import { encaps } from './families/route/encap.ts';
import { filterKinds } from './families/route/filter.ts';
import { bond, bondSlave } from './families/route/kinds/bond.ts';
import { bridge, bridgePort, bridgeQuerierState, bridgeRouterPort, bridgeSpec } from './families/route/kinds/bridge.ts';
import { geneve } from './families/route/kinds/geneve.ts';
import { gre, ip6gre } from './families/route/kinds/gre.ts';
import { ip6tnl, ipip, sit } from './families/route/kinds/ip-tunnel.ts';
import { macsec } from './families/route/kinds/macsec.ts';
import { macvlan } from './families/route/kinds/macvlan.ts';
import {
  amt,
  bareudp,
  dsa,
  gtp,
  hsr,
  ipoib,
  ipvlan,
  rmnet,
  tun,
  vrf,
  wwan,
  xfrm,
} from './families/route/kinds/small.ts';
import { vlan } from './families/route/kinds/vlan.ts';
import { vti, vti6 } from './families/route/kinds/vti.ts';
import { vxlan } from './families/route/kinds/vxlan.ts';
import { linkAttributes, veth } from './families/route/link.ts';
import { linkInet6 } from './families/route/link-af-spec.ts';
import {
  bond3adXstats,
  bridgeXstats,
  linkOffloadXstats,
  linkStatisticsAttributes,
  linkStatisticsRequestAttributes,
  linkXstats,
} from './families/route/link-statistics.ts';
import { linkPort, linkVfInfoList } from './families/route/link-vf.ts';
import {
  mdbAttributes,
  mdbEntryAttributes,
  mdbRequestAttributes,
  mdbRequestEntryAttributes,
} from './families/route/mdb.ts';
import { neighbourAttributes } from './families/route/neighbour.ts';
import { neighbourTableAttributes, neighbourTableParms } from './families/route/neighbour-table.ts';
import { netconfAttributes } from './families/route/netconf.ts';
import { nexthopAttributes, nexthopResBucket, nexthopResGroup } from './families/route/nexthop.ts';
import { nsidAttributes } from './families/route/nsid.ts';
import { prefixAttributes } from './families/route/prefix.ts';
import { classKinds, qdiscAttributes, qdiscKinds, sizeTable } from './families/route/qdisc.ts';
import { routeAttributes, routeMetrics } from './families/route/route.ts';
import { ruleAttributes } from './families/route/rule.ts';
import { tcStats2 } from './families/route/tc-stats.ts';
import { xstats } from './families/route/tc-xstats.ts';
import { xfrmAttributes, xfrmPolicyCountAttributes, xfrmStateCountAttributes } from './families/xfrm/attributes.ts';

const folder = '/usr/include/linux';
const headers = [
  'amt.h',
  'ethtool_netlink.h',
  'inet_diag.h',
  'netfilter/nfnetlink_conntrack.h',
  'netlink_diag.h',
  'packet_diag.h',
  'unix_diag.h',
  'xdp_diag.h',
  'fib_rules.h',
  'gen_stats.h',
  'fou.h',
  'genetlink.h',
  'ioam6_genl.h',
  'mptcp.h',
  'mptcp_pm.h',
  'seg6_genl.h',
  'tcp_metrics.h',
  'wireguard.h',
  'wwan.h',
  'if_addr.h',
  'if_addrlabel.h',
  'if_bonding.h',
  'if_bridge.h',
  'if_link.h',
  'if_macsec.h',
  'if_tunnel.h',
  'ila.h',
  'ioam6_iptunnel.h',
  'l2tp.h',
  'lwtunnel.h',
  'mpls_iptunnel.h',
  'neighbour.h',
  'netfilter/nf_tables.h',
  'netfilter/nf_tables_compat.h',
  'netfilter/nfnetlink.h',
  'netfilter/nfnetlink_cttimeout.h',
  'net_namespace.h',
  'netconf.h',
  'netlink.h',
  'nexthop.h',
  'pkt_cls.h',
  'pkt_sched.h',
  'rpl_iptunnel.h',
  'rtnetlink.h',
  'seg6_iptunnel.h',
  'seg6_local.h',
  'tc_act/tc_bpf.h',
  'tc_act/tc_connmark.h',
  'tc_act/tc_csum.h',
  'tc_act/tc_ct.h',
  'tc_act/tc_ctinfo.h',
  'tc_act/tc_defact.h',
  'tc_act/tc_gact.h',
  'tc_act/tc_gate.h',
  'tc_act/tc_ife.h',
  'tc_act/tc_mirred.h',
  'tc_act/tc_mpls.h',
  'tc_act/tc_nat.h',
  'tc_act/tc_pedit.h',
  'tc_act/tc_sample.h',
  'tc_act/tc_skbedit.h',
  'tc_act/tc_skbmod.h',
  'tc_act/tc_tunnel_key.h',
  'tc_act/tc_vlan.h',
  'veth.h',
  'xfrm.h',
];

/** Which prefix the kernel gives the members of each set. */
const prefixes: readonly (readonly [prefix: string, set: AttributeSet])[] = [
  ['IFLA_', linkAttributes],
  ['IFLA_INET6_', linkInet6],
  ['IFLA_PORT_', linkPort],
  ['IFLA_VF_', linkVfInfoList.byName.get('info') as never],
  ['IFLA_VXLAN_', vxlan],
  ['IFLA_BR_', bridge],
  ['IFLA_BRPORT_', bridgePort],
  ['IFLA_BRIDGE_', bridgeSpec],
  ['IFLA_MACVLAN_', macvlan],
  ['IFLA_VLAN_', vlan],
  ['IFLA_TUN_', tun],
  ['IFLA_IPVLAN_', ipvlan],
  ['IFLA_VRF_', vrf],
  ['IFLA_GENEVE_', geneve],
  ['IFLA_GRE_', gre],
  ['IFLA_GRE_', ip6gre],
  ['IFLA_IPTUN_', ipip],
  ['IFLA_IPTUN_', ip6tnl],
  ['IFLA_IPTUN_', sit],
  ['IFLA_VTI_', vti],
  ['IFLA_VTI_', vti6],
  ['IFLA_XFRM_', xfrm],
  ['IFLA_BAREUDP_', bareudp],
  ['IFLA_DSA_', dsa],
  ['IFLA_AMT_', amt],
  ['IFLA_GTP_', gtp],
  ['IFLA_RMNET_', rmnet],
  ['IFLA_WWAN_', wwan],
  ['IFLA_IPOIB_', ipoib],
  ['IFLA_HSR_', hsr],
  ['IFLA_MACSEC_', macsec],
  ['IFLA_BOND_', bond],
  ['IFLA_BOND_SLAVE_', bondSlave],
  ['VETH_INFO_', veth],
  ['IFA_', addressAttributes],
  ['RTA_', routeAttributes],
  ['RTAX_', routeMetrics],
  ['MPLS_IPTUNNEL_', encaps.mpls],
  ['LWTUNNEL_IP_', encaps.ip],
  ['LWTUNNEL_IP6_', encaps.ip6],
  ['ILA_ATTR_', encaps.ila],
  ['SEG6_IPTUNNEL_', encaps.seg6],
  ['LWT_BPF_', encaps.bpf],
  ['SEG6_LOCAL_', encaps.seg6local],
  ['RPL_IPTUNNEL_', encaps.rpl],
  ['IOAM6_IPTUNNEL_', encaps.ioam6],
  ['LWT_XFRM_', encaps.xfrm],
  ['NHA_', nexthopAttributes],
  ['NHA_RES_GROUP_', nexthopResGroup],
  ['NHA_RES_BUCKET_', nexthopResBucket],
  ['NETCONFA_', netconfAttributes],
  ['PREFIX_', prefixAttributes],
  ['IFAL_', addressLabelAttributes],
  ['BRIDGE_VLANDB_', bridgeVlanAttributes],
  ['BRIDGE_VLANDB_ENTRY_', bridgeVlanEntry],
  ['BRIDGE_VLANDB_GOPTS_', bridgeVlanGlobal],
  ['BRIDGE_VLANDB_DUMP_', bridgeVlanDumpAttributes],
  ['BRIDGE_QUERIER_', bridgeQuerierState],
  ['MDBA_', mdbAttributes],
  ['MDBA_MDB_EATTR_', mdbEntryAttributes],
  ['MDBA_ROUTER_PATTR_', bridgeRouterPort],
  ['MDBA_', mdbRequestAttributes],
  ['MDBE_ATTR_', mdbRequestEntryAttributes],
  ['IFLA_STATS_', linkStatisticsAttributes],
  ['IFLA_STATS_', linkStatisticsRequestAttributes],
  ['LINK_XSTATS_TYPE_', linkXstats],
  ['BRIDGE_XSTATS_', bridgeXstats],
  ['BOND_3AD_STAT_', bond3adXstats],
  ['IFLA_OFFLOAD_XSTATS_', linkOffloadXstats],
  ['FRA_', ruleAttributes],
  ['NDA_', neighbourAttributes],
  ['NDTA_', neighbourTableAttributes],
  ['NDTPA_', neighbourTableParms],
  ['NETNSA_', nsidAttributes],
  ['TCA_', qdiscAttributes],
  ['TCA_STATS_', tcStats2],
  ['TCA_STAB_', sizeTable],
  ['TCA_TBF_', qdiscKinds.tbf],
  ['TCA_HTB_', qdiscKinds.htb],
  ['TCA_HFSC_', classKinds.hfsc],
  ['TCA_NETEM_', qdiscKinds.netem.attributes],
  ['TCA_FQ_CODEL_', qdiscKinds.fq_codel],
  ['TCA_FQ_', qdiscKinds.fq],
  ['TCA_FQ_PIE_', qdiscKinds.fq_pie],
  ['TCA_CODEL_', qdiscKinds.codel],
  ['TCA_CAKE_', qdiscKinds.cake],
  ['TCA_CAKE_STATS_', xstats.cake],
  ['TCA_RED_', qdiscKinds.red],
  ['TCA_GRED_', qdiscKinds.gred],
  ['TCA_CHOKE_', qdiscKinds.choke],
  ['TCA_SFB_', qdiscKinds.sfb],
  ['TCA_PIE_', qdiscKinds.pie],
  ['TCA_HHF_', qdiscKinds.hhf],
  ['TCA_CBS_', qdiscKinds.cbs],
  ['TCA_ETF_', qdiscKinds.etf],
  ['TCA_ETS_', qdiscKinds.ets],
  ['TCA_DRR_', classKinds.drr],
  ['TCA_QFQ_', classKinds.qfq],
  ['TCA_MQPRIO_', qdiscKinds.mqprio.attributes],
  ['TCA_TAPRIO_ATTR_', qdiscKinds.taprio],
  ['TCA_U32_', filterKinds.u32],
  ['TCA_BPF_', filterKinds.bpf],
  ['TCA_FLOWER_', filterKinds.flower],
  ['TCA_MATCHALL_', filterKinds.matchall],
  ['TCA_FW_', filterKinds.fw],
  ['TCA_ROUTE4_', filterKinds.route],
  ['TCA_BASIC_', filterKinds.basic],
  ['TCA_CGROUP_', filterKinds.cgroup],
  ['TCA_FLOW_', filterKinds.flow],
  ['TCA_ACT_', actionAttributes],
  ['TCA_GACT_', actionKinds.gact],
  ['TCA_MIRRED_', actionKinds.mirred],
  ['TCA_POLICE_', actionKinds.police],
  ['TCA_SKBEDIT_', actionKinds.skbedit],
  ['TCA_PEDIT_', actionKinds.pedit],
  ['TCA_NAT_', actionKinds.nat],
  ['TCA_VLAN_', actionKinds.vlan],
  ['TCA_TUNNEL_KEY_', actionKinds.tunnel_key],
  ['TCA_CSUM_', actionKinds.csum],
  ['TCA_CONNMARK_', actionKinds.connmark],
  ['TCA_CT_', actionKinds.ct],
  ['TCA_CTINFO_', actionKinds.ctinfo],
  ['TCA_DEF_', actionKinds.simple],
  ['TCA_SAMPLE_', actionKinds.sample],
  ['TCA_ACT_BPF_', actionKinds.bpf],
  ['TCA_MPLS_', actionKinds.mpls],
  ['TCA_IFE_', actionKinds.ife],
  ['TCA_GATE_', actionKinds.gate],
  ['TCA_SKBMOD_', actionKinds.skbmod],
  ['CTRL_ATTR_', familyAttributes],
  ['ETHTOOL_A_HEADER_', ethtoolHeader],
  ['ETHTOOL_A_BITSET_BIT_', ethtoolBit],
  ['ETHTOOL_A_BITSET_', ethtoolBitset],
  ['ETHTOOL_A_STRING_', ethtoolString],
  ['ETHTOOL_A_STRINGSET_', ethtoolStringset],
  ['ETHTOOL_A_STRSET_', ethtoolStringsAttributes],
  ['ETHTOOL_A_FEATURES_', ethtoolFeaturesAttributes],
  ['ETHTOOL_A_RINGS_', ethtoolRingsAttributes],
  ['ETHTOOL_A_CHANNELS_', ethtoolChannelsAttributes],
  ['ETHTOOL_A_COALESCE_', ethtoolCoalesceAttributes],
  ['ETHTOOL_A_PAUSE_', ethtoolPauseAttributes],
  ['ETHTOOL_A_LINKINFO_', ethtoolLinkInfoAttributes],
  ['ETHTOOL_A_LINKMODES_', ethtoolLinkModesAttributes],
  ['ETHTOOL_A_LINKSTATE_', ethtoolLinkStateAttributes],
  ['ETHTOOL_A_TSINFO_', ethtoolTimestampingAttributes],
  ['WGDEVICE_A_', wireguardAttributes],
  ['WGPEER_A_', wireguardPeer],
  ['WGALLOWEDIP_A_', wireguardAllowedIp],
  ['TCP_METRICS_ATTR_', tcpMetricsAttributes],
  ['MPTCP_PM_ATTR_', mptcpAttributes],
  ['MPTCP_PM_ADDR_ATTR_', mptcpAddress],
  ['MPTCP_ATTR_', mptcpEventAttributes],
  ['SEG6_ATTR_', seg6Attributes],
  ['FOU_ATTR_', fouAttributes],
  ['IOAM6_ATTR_', ioam6Attributes],
  ['L2TP_ATTR_', l2tpAttributes],
  ['L2TP_ATTR_', l2tpStatistics],
  ['MACSEC_ATTR_', macsecAttributes],
  ['MACSEC_SECY_ATTR_', macsecSecy],
  ['MACSEC_RXSC_ATTR_', macsecRxsc],
  ['MACSEC_SA_ATTR_', macsecSa],
  ['MACSEC_OFFLOAD_ATTR_', macsecOffload],
  ['MACSEC_SECY_STATS_ATTR_', macsecSecyStats],
  ['MACSEC_TXSC_STATS_ATTR_', macsecTxscStats],
  ['MACSEC_RXSC_STATS_ATTR_', macsecRxscStats],
  ['MACSEC_SA_STATS_ATTR_', macsecSaStats],
  ['XFRMA_', xfrmAttributes],
  ['XFRMA_SAD_', xfrmStateCountAttributes],
  ['XFRMA_SPD_', xfrmPolicyCountAttributes],
  ['CTA_', conntrackAttributes],
  ['CTA_TUPLE_', conntrackTuple],
  ['CTA_PROTOINFO_', conntrackProtoinfo],
  ['CTA_NAT_', conntrackNat],
  ['CTA_EXPECT_', conntrackExpectationAttributes],
  ['CTA_STATS_', conntrackCpuStatistics.attributes],
  ['INET_DIAG_', inetSocketAttributes],
  ['INET_DIAG_REQ_', inetSocketRequestAttributes],
  ['INET_ULP_INFO_', inetUlpInfo],
  ['NETLINK_DIAG_', netlinkSocketAttributes],
  ['PACKET_DIAG_', packetSocketAttributes],
  ['UNIX_DIAG_', unixSocketAttributes],
  ['XDP_DIAG_', xdpSocketAttributes],
  ['NLMSGERR_ATTR_', ackAttributes],
  ['NFNL_BATCH_', netfilterBatchAttributes],
  ['NFTA_TABLE_', nftTableAttributes],
  ['NFTA_CHAIN_', nftChainAttributes],
  ['NFTA_HOOK_', nftHook],
  ['NFTA_RULE_', nftRuleAttributes],
  ['NFTA_RULE_COMPAT_', nftRuleCompat],
  ['NFTA_SET_', nftSetAttributes],
  ['NFTA_SET_DESC_', nftSetDesc],
  ['NFTA_SET_ELEM_', nftElement],
  ['NFTA_SET_ELEM_LIST_', nftElementsAttributes],
  ['NFTA_OBJ_', nftObjectAttributes],
  ['NFTA_CT_HELPER_', nftCtHelper],
  ['NFTA_CT_EXPECT_', nftCtExpectation],
  ['CTA_TIMEOUT_TCP_', nftTcpTimeouts],
  ['CTA_TIMEOUT_UDP_', nftUdpTimeouts],
  ['NFTA_SECMARK_', nftSecmark],
  ['NFTA_TUNNEL_KEY_', nftTunnelKey],
  ['NFTA_FLOWTABLE_', nftFlowtableAttributes],
  ['NFTA_FLOWTABLE_HOOK_', nftFlowtableHook],
  ['NFTA_GEN_', nftGenerationAttributes],
  ['NFTA_TRACE_', nftTraceAttributes],
  ['NFTA_COMPAT_', nftCompatAttributes],
  ['NFTA_DATA_', nftData],
  ['NFTA_VERDICT_', nftVerdict],
  ['NFTA_COUNTER_', nft.nftCounter],
  ['NFTA_LIMIT_', nft.nftLimit],
  ['NFTA_QUOTA_', nft.nftQuota],
  ['NFTA_CONNLIMIT_', nft.nftConnlimit],
  ['NFTA_LAST_', nft.nftLast],
  ['NFTA_SYNPROXY_', nft.nftSynproxy],
  ['NFTA_PAYLOAD_', nft.nftPayload],
  ['NFTA_META_', nft.nftMeta],
  ['NFTA_CT_', nft.nftCt],
  ['NFTA_FIB_', nft.nftFib],
  ['NFTA_LOOKUP_', nft.nftLookup],
  ['NFTA_IMMEDIATE_', nft.nftImmediate],
  ['NFTA_CMP_', nft.nftCmp],
  ['NFTA_BITWISE_', nft.nftBitwise],
  ['NFTA_BYTEORDER_', nft.nftByteorder],
  ['NFTA_RANGE_', nft.nftRange],
  ['NFTA_NG_', nft.nftNumgen],
  ['NFTA_HASH_', nft.nftHash],
  ['NFTA_NAT_', nft.nftNat],
  ['NFTA_MASQ_', nft.nftMasq],
  ['NFTA_REDIR_', nft.nftRedir],
  ['NFTA_REJECT_', nft.nftReject],
  ['NFTA_LOG_', nft.nftLog],
  ['NFTA_DUP_', nft.nftDup],
  ['NFTA_FWD_', nft.nftFwd],
  ['NFTA_QUEUE_', nft.nftQueue],
  ['NFTA_TPROXY_', nft.nftTproxy],
  ['NFTA_OBJREF_', nft.nftObjref],
  ['NFTA_DYNSET_', nft.nftDynset],
  ['NFTA_EXTHDR_', nft.nftExthdr],
  ['NFTA_RT_', nft.nftRt],
  ['NFTA_SOCKET_', nft.nftSocket],
  ['NFTA_OSF_', nft.nftOsf],
  ['NFTA_XFRM_', nft.nftXfrm],
  ['NFTA_TUNNEL_', nft.nftTunnel],
  ['NFTA_FLOW_', nft.nftFlowOffload],
  ['NFTA_MATCH_', nft.nftExtension],
  ['NFTA_TARGET_', nft.nftExtension],
];

/** Into which Linux moved what older headers have elsewhere. */
const newer: readonly string[] = ['mptcp_pm.h'];

/** Words of ours for what the kernel calls otherwise, or calls the same in every family. */
const ours: Readonly<Record<string, string>> = {
  INET_DIAG_VEGAS_INFO: 'INET_DIAG_VEGASINFO',
  INET_DIAG_DCTCP_INFO: 'INET_DIAG_DCTCPINFO',
  INET_DIAG_BBR_INFO: 'INET_DIAG_BBRINFO',
  IFLA_BRIDGE_PORT: 'IFLA_PROTINFO',
  IFLA_INET6: 'IFLA_PROTINFO',
  RTA_DST_LABEL: 'RTA_DST',
  RTA_MFC_EXPIRES: 'RTA_EXPIRES',
  RTA_MFC_EXPIRES6: 'RTA_EXPIRES',
  IFLA_STATS_LINK64: 'IFLA_STATS_LINK_64',
  IFLA_BRIDGE_SPEC: 'IFLA_AF_SPEC',
  NLMSGERR_ATTR_MESSAGE: 'NLMSGERR_ATTR_MSG',
  NLMSGERR_ATTR_OFFSET: 'NLMSGERR_ATTR_OFFS',
  NLMSGERR_ATTR_MISSING_TYPE: 'NLMSGERR_ATTR_MISS_TYPE',
  NLMSGERR_ATTR_MISSING_NEST: 'NLMSGERR_ATTR_MISS_NEST',
};

describe.skipIf(!existsSync(`${folder}/if_link.h`))("the kernel's headers (linux-libc-dev)", () => {
  const present = headers.filter((header) => !newer.includes(header) || existsSync(`${folder}/${header}`));
  const constants = new Map(present.flatMap((header) => enumerators(readFileSync(`${folder}/${header}`, 'utf8'))));

  it.each(prefixes)('give the members of %s* the same numbers', (prefix, set) => {
    const members = 'shape' in set ? (set.shape as AttributeSet).fields : set.fields;
    const unknown: number[] = [];
    let last = -1;
    for (const { name, number } of members) {
      const constant =
        prefix +
        name
          .replace('sixrd', '6rd')
          .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
          .toUpperCase();
      const expected = constants.get(ours[constant] ?? constant);
      if (expected === undefined) unknown.push(number);
      else {
        expect(number, constant).toBe(expected);
        last = Math.max(last, number);
      }
    }
    // What is newer than the installed headers cannot be compared; it comes after all that they know.
    expect(last).toBeGreaterThanOrEqual(0);
    expect(unknown.filter((number) => number < last)).toEqual([]);
  });
});

/** Names and numbers of all enums in a C header. */
function enumerators(source: string): [name: string, number: number][] {
  const code = source.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/^#.*$/gm, '');
  return [...code.matchAll(/enum\s*\w*\s*{(.*?)}/gs)].flatMap(([, body = '']) => {
    let next = 0;
    const found: [string, number][] = [];
    for (const entry of body.split(',').map((text) => text.trim())) {
      const [, name, value] = /^(\w+)(?:\s*=\s*(\w+))?/.exec(entry) ?? [];
      if (name === undefined) continue;
      if (value !== undefined) next = found.find(([other]) => other === value)?.[1] ?? Number(value);
      found.push([name, next++]);
    }
    return found;
  });
}
