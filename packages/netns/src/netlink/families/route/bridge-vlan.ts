import { attrs, nested, repeated } from '../../../wire/attributes.ts';
import { bool, u8, u16, u32, u64 } from '../../../wire/integers.ts';
import { exchange, message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { addressFamilies } from './address-families.ts';
import { bridgeQuerierState, bridgeRouterPorts } from './kinds/bridge.ts';

/** Bits of a VLAN's `flags` (BRIDGE_VLAN_INFO_*, `linux/if_bridge.h`), lowest first. */
export const bridgeVlanFlags = [
  'master',
  'pvid',
  'untagged',
  'range_begin',
  'range_end',
  'brentry',
  'only_opts',
] as const;

/** States of a port in one VLAN (BR_STATE_*). */
export const bridgePortStates = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'] as const;

/** `struct br_vlan_msg`. */
export const brVlanMsg = struct({ family: named(u8, addressFamilies), pad: pad(3), ifindex: u32 });

/** BRIDGE_VLANDB_ENTRY_*: one VLAN, or all from `info.vid` to `range`, of one port. */
export const bridgeVlanEntry = attrs({
  info: [1, struct({ flags: flags(u16, bridgeVlanFlags), vid: u16 })],
  range: [2, u16],
  state: [3, named(u8, bridgePortStates)],
  tunnelInfo: [4, nested(attrs({ id: [1, u32], cmd: [2, u32] }))],
  stats: [5, nested(attrs({ rxBytes: [1, u64], rxPackets: [2, u64], txBytes: [3, u64], txPackets: [4, u64] }))],
  mcastRouter: [6, u8],
  mcastNGroups: [7, u32],
  mcastMaxGroups: [8, u32],
  neighSuppress: [9, bool],
  neighForwardGrat: [10, bool],
});

/** BRIDGE_VLANDB_GOPTS_*: what a bridge does in one VLAN. Intervals are in hundredths of a second. */
export const bridgeVlanGlobal = attrs({
  id: [1, u16],
  range: [2, u16],
  mcastSnooping: [3, bool],
  mcastIgmpVersion: [4, u8],
  mcastMldVersion: [5, u8],
  mcastLastMemberCnt: [6, u32],
  mcastStartupQueryCnt: [7, u32],
  mcastLastMemberIntvl: [8, u64],
  mcastMembershipIntvl: [10, u64],
  mcastQuerierIntvl: [11, u64],
  mcastQueryIntvl: [12, u64],
  mcastQueryResponseIntvl: [13, u64],
  mcastStartupQueryIntvl: [14, u64],
  mcastQuerier: [15, bool],
  mcastRouterPorts: [16, nested(attrs({ router: [2, bridgeRouterPorts] }))],
  mcastQuerierState: [17, nested(bridgeQuerierState)],
  msti: [18, u16],
});

/** BRIDGE_VLANDB_* attributes. */
export const bridgeVlanAttributes = attrs({
  entry: [1, repeated(nested(bridgeVlanEntry))],
  globalOptions: [2, repeated(nested(bridgeVlanGlobal))],
});

/** What a dump of VLANs should hold (BRIDGE_VLANDB_DUMPF_*): counters too, or the bridges' settings instead. */
export const BRIDGE_VLANDB_DUMPF_STATS = 1;
export const BRIDGE_VLANDB_DUMPF_GLOBAL = 2;

/** BRIDGE_VLANDB_DUMP_* attributes. */
export const bridgeVlanDumpAttributes = attrs({ flags: [1, u32] });

/** VLANs of bridge ports, with what is known of each: `bridge vlan`, since Linux 5.6; changes of them since 5.7. */
export const bridgeVlan = message({
  name: 'bridgeVlan',
  kernelName: 'VLAN',
  protocol: NETLINK_ROUTE,
  types: { new: 112, del: 113 },
  header: brVlanMsg,
  attributes: bridgeVlanAttributes,
});

/** Asks for VLANs, all or those of one device: the numbers mean something else here than in the answers. */
export const bridgeVlanDump = exchange(
  message({
    name: 'bridgeVlanDump',
    kernelName: 'VLAN',
    protocol: NETLINK_ROUTE,
    types: { get: 114 },
    header: brVlanMsg,
    attributes: bridgeVlanDumpAttributes,
  }),
  bridgeVlan,
);

export type BridgeVlanMessage = Out<typeof bridgeVlan>;
export type BridgeVlanMessageInput = In<typeof bridgeVlan>;
