import { attrs, list } from '../../../../wire/attributes.ts';
import { bool, s32, u8, u16, u32 } from '../../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../../wire/ip-address.ts';
import { macAddress } from '../../../../wire/mac-address.ts';
import { named } from '../../../../wire/names.ts';

/** Modes of a bond, by number. */
export const bondModes = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;

/** IFLA_BOND_*: `ip link add type bond`. Delays and intervals are in milliseconds. */
export const bond = attrs({
  mode: [1, named(u8, bondModes)],
  activeSlave: [2, u32],
  miimon: [3, u32],
  updelay: [4, u32],
  downdelay: [5, u32],
  useCarrier: [6, bool],
  arpInterval: [7, u32],
  arpIpTarget: [8, list(ipv4Address)],
  arpValidate: [9, u32],
  arpAllTargets: [10, u32],
  primary: [11, u32],
  primaryReselect: [12, u8],
  failOverMac: [13, u8],
  xmitHashPolicy: [14, u8],
  resendIgmp: [15, u32],
  numPeerNotif: [16, u8],
  allSlavesActive: [17, u8],
  minLinks: [18, u32],
  lpInterval: [19, u32],
  packetsPerSlave: [20, u32],
  adLacpRate: [21, u8],
  adSelect: [22, u8],
  adInfo: [
    23,
    attrs({
      aggregator: [1, u16],
      numPorts: [2, u16],
      actorKey: [3, u16],
      partnerKey: [4, u16],
      partnerMac: [5, macAddress],
    }),
  ],
  adActorSysPrio: [24, u16],
  adUserPortKey: [25, u16],
  adActorSystem: [26, macAddress],
  tlbDynamicLb: [27, u8],
  peerNotifDelay: [28, u32],
  adLacpActive: [29, u8],
  missedMax: [30, u8],
  nsIp6Target: [31, list(ipv6Address)],
  coupledControl: [32, u8],
  broadcastNeigh: [33, u8],
  lacpStrict: [34, u8],
});

/** IFLA_BOND_SLAVE_*: a link as a member of a bond. */
export const bondSlave = attrs({
  state: [1, u8],
  miiStatus: [2, u8],
  linkFailureCount: [3, u32],
  permHwaddr: [4, macAddress],
  queueId: [5, u16],
  adAggregatorId: [6, u16],
  adActorOperPortState: [7, u8],
  adPartnerOperPortState: [8, u16],
  prio: [9, s32],
  actorPortPrio: [10, u16],
  adChurnActorState: [11, u8],
  adChurnPartnerState: [12, u8],
});
