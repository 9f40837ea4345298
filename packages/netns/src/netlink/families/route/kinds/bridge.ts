import { attrs, nested, prefixed, repeated } from '../../../../wire/attributes.ts';
import { fixed } from '../../../../wire/bytes.ts';
import { bool, flag, u8, u16, u16be, u32, u64 } from '../../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../../wire/ip-address.ts';
import { macAddress } from '../../../../wire/mac-address.ts';
import { struct } from '../../../../wire/struct.ts';

/** `struct ifla_bridge_id`: priority and hardware address. */
const bridgeId = struct({ prio: u16be, addr: fixed(macAddress, 6) });

/** BRIDGE_QUERIER_*: who asks for multicast members. */
export const bridgeQuerierState = attrs({
  ipAddress: [1, ipv4Address],
  ipPort: [2, u32],
  ipOtherTimer: [3, u64],
  ipv6Address: [5, ipv6Address],
  ipv6Port: [6, u32],
  ipv6OtherTimer: [7, u64],
});

/** MDBA_ROUTER_PATTR_*: a port behind which there is a multicast router. Timers are in hundredths of a second. */
export const bridgeRouterPort = attrs({
  timer: [1, u32],
  type: [2, u8],
  inetTimer: [3, u32],
  inet6Timer: [4, u32],
  vid: [5, u16],
});

/** MDBA_ROUTER_*. */
export const bridgeRouterPorts = attrs({
  port: [1, repeated(prefixed(struct({ ifindex: u32 }), bridgeRouterPort))],
});

/** IFLA_BR_*: `ip link add type bridge`. Times and timers are in hundredths of a second. */
export const bridge = attrs({
  forwardDelay: [1, u32],
  helloTime: [2, u32],
  maxAge: [3, u32],
  ageingTime: [4, u32],
  stpState: [5, u32],
  priority: [6, u16],
  vlanFiltering: [7, bool],
  vlanProtocol: [8, u16be],
  groupFwdMask: [9, u16],
  rootId: [10, bridgeId],
  bridgeId: [11, bridgeId],
  rootPort: [12, u16],
  rootPathCost: [13, u32],
  topologyChange: [14, bool],
  topologyChangeDetected: [15, bool],
  helloTimer: [16, u64],
  tcnTimer: [17, u64],
  topologyChangeTimer: [18, u64],
  gcTimer: [19, u64],
  groupAddr: [20, macAddress],
  fdbFlush: [21, flag],
  mcastRouter: [22, u8],
  mcastSnooping: [23, bool],
  mcastQueryUseIfaddr: [24, bool],
  mcastQuerier: [25, bool],
  mcastHashElasticity: [26, u32],
  mcastHashMax: [27, u32],
  mcastLastMemberCnt: [28, u32],
  mcastStartupQueryCnt: [29, u32],
  mcastLastMemberIntvl: [30, u64],
  mcastMembershipIntvl: [31, u64],
  mcastQuerierIntvl: [32, u64],
  mcastQueryIntvl: [33, u64],
  mcastQueryResponseIntvl: [34, u64],
  mcastStartupQueryIntvl: [35, u64],
  nfCallIptables: [36, bool],
  nfCallIp6tables: [37, bool],
  nfCallArptables: [38, bool],
  vlanDefaultPvid: [39, u16],
  vlanStatsEnabled: [41, bool],
  mcastStatsEnabled: [42, bool],
  mcastIgmpVersion: [43, u8],
  mcastMldVersion: [44, u8],
  vlanStatsPerPort: [45, bool],
  multiBoolopt: [46, struct({ optval: u32, optmask: u32 })],
  mcastQuerierState: [47, nested(bridgeQuerierState)],
  fdbNLearned: [48, u32],
  fdbMaxLearned: [49, u32],
  stpMode: [50, u32],
});

/** IFLA_BRPORT_*: a link as a port of a bridge, `ip link set type bridge_slave`, `bridge link`. */
export const bridgePort = attrs({
  state: [1, u8],
  priority: [2, u16],
  cost: [3, u32],
  mode: [4, bool],
  guard: [5, bool],
  protect: [6, bool],
  fastLeave: [7, bool],
  learning: [8, bool],
  unicastFlood: [9, bool],
  proxyarp: [10, bool],
  learningSync: [11, bool],
  proxyarpWifi: [12, bool],
  rootId: [13, bridgeId],
  bridgeId: [14, bridgeId],
  designatedPort: [15, u16],
  designatedCost: [16, u16],
  id: [17, u16],
  no: [18, u16],
  topologyChangeAck: [19, bool],
  configPending: [20, bool],
  messageAgeTimer: [21, u64],
  forwardDelayTimer: [22, u64],
  holdTimer: [23, u64],
  flush: [24, flag],
  multicastRouter: [25, u8],
  mcastFlood: [27, bool],
  mcastToUcast: [28, bool],
  vlanTunnel: [29, bool],
  bcastFlood: [30, bool],
  groupFwdMask: [31, u16],
  neighSuppress: [32, bool],
  isolated: [33, bool],
  backupPort: [34, u32],
  mrpRingOpen: [35, bool],
  mrpInOpen: [36, bool],
  mcastEhtHostsLimit: [37, u32],
  mcastEhtHostsCnt: [38, u32],
  locked: [39, bool],
  mab: [40, bool],
  mcastNGroups: [41, u32],
  mcastMaxGroups: [42, u32],
  neighVlanSuppress: [43, bool],
  backupNhid: [44, u32],
  neighForwardGrat: [45, bool],
});

/** IFLA_BRIDGE_* inside IFLA_AF_SPEC of an AF_BRIDGE message: `bridge vlan`. */
export const bridgeSpec = attrs({
  flags: [0, u16],
  mode: [1, u16],
  vlanInfo: [2, repeated(struct({ flags: u16, vid: u16 }))],
  vlanTunnelInfo: [3, repeated(nested(attrs({ id: [1, u32], vid: [2, u16], flags: [3, u16] })))],
});
