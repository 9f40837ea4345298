import { attrs, byKind, nested, pair, prefixed, repeated } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { bool, s32, u8, u16, u32, u64, uint } from '../../../wire/integers.ts';
import { macAddress } from '../../../wire/mac-address.ts';
import { message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { AttributeSet, In, Out, Prefixed, Typed } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { AF_BRIDGE, AF_INET6 } from './address-families.ts';
import { ifinfomsg } from './ifinfomsg.ts';
import { bond, bondSlave } from './kinds/bond.ts';
import { bridge, bridgePort, bridgeSpec } from './kinds/bridge.ts';
import { geneve } from './kinds/geneve.ts';
import { gre, ip6gre } from './kinds/gre.ts';
import { ip6tnl, ipip, sit } from './kinds/ip-tunnel.ts';
import { macsec } from './kinds/macsec.ts';
import { macvlan } from './kinds/macvlan.ts';
import {
  amt,
  bareudp,
  dsa,
  dummy,
  gtp,
  hsr,
  ifb,
  ipoib,
  ipvlan,
  nlmon,
  ovpn,
  rmnet,
  team,
  tun,
  vcan,
  vrf,
  wireguard,
  wwan,
  xfrm,
} from './kinds/small.ts';
import { vlan } from './kinds/vlan.ts';
import { vti, vti6 } from './kinds/vti.ts';
import { vxlan } from './kinds/vxlan.ts';
import { linkAfSpec, linkInet6 } from './link-af-spec.ts';
import { linkStats, linkStats64 } from './link-stats.ts';
import { linkPort, linkVfInfoList } from './link-vf.ts';

export { linkFlag, linkFlags } from './ifinfomsg.ts';

/** States of a link by number (IF_OPER_*, RFC 2863), named as `ip` names them. */
export const operstates = ['UNKNOWN', 'NOTPRESENT', 'DOWN', 'LOWERLAYERDOWN', 'TESTING', 'DORMANT', 'UP'] as const;

/** Link modes by number (IF_LINK_MODE_*). */
export const linkModes = ['DEFAULT', 'DORMANT', 'TESTING'] as const;

/** Bits of `extMask` (RTEXT_FILTER_*): what else a dump should hold. `skip_stats` makes it a quarter smaller. */
export const extMaskFlags = [
  'vf',
  'brvlan',
  'brvlan_compressed',
  'skip_stats',
  'mrp',
  'cfm_config',
  'cfm_status',
  'mst',
  'name_only',
] as const;

/** The mask of a dump filter: `extMaskFlag('skip_stats')` is 8. */
export function extMaskFlag(name: (typeof extMaskFlags)[number]): number {
  return 1 << extMaskFlags.indexOf(name);
}

/** IFLA_* attributes that a link and the peer of a new veth have in common, except what kind they are. */
const common = {
  address: [1, macAddress],
  broadcast: [2, macAddress],
  ifname: [3, str],
  mtu: [4, u32],
  link: [5, u32],
  qdisc: [6, str],
  stats: [7, linkStats],
  cost: [8, bytes],
  priority: [9, bytes],
  master: [10, u32],
  wireless: [11, bytes],
  bridgePort: [12, nested(bridgePort), { family: AF_BRIDGE }],
  inet6: [12, nested(linkInet6), { family: AF_INET6 }],
  protinfo: [12, bytes],
  txqlen: [13, u32],
  map: [14, struct({ memStart: u64, memEnd: u64, baseAddr: u64, irq: u16, dma: u8, port: u8, pad: pad(4) })],
  weight: [15, u32],
  operstate: [16, named(u8, operstates)],
  linkmode: [17, named(u8, linkModes)],
  netNsPid: [19, u32],
  ifalias: [20, str],
  numVf: [21, u32],
  vfinfoList: [22, linkVfInfoList],
  stats64: [23, linkStats64],
  vfPorts: [24, attrs({ port: [1, repeated(linkPort)] })],
  portSelf: [25, linkPort],
  afSpec: [26, linkAfSpec],
  bridgeSpec: [26, bridgeSpec, { family: AF_BRIDGE }],
  group: [27, u32],
  netNsFd: [28, u32],
  extMask: [29, flags(u32, extMaskFlags)],
  promiscuity: [30, u32],
  numTxQueues: [31, u32],
  numRxQueues: [32, u32],
  carrier: [33, bool],
  physPortId: [34, bytes],
  carrierChanges: [35, u32],
  physSwitchId: [36, bytes],
  linkNetnsid: [37, s32],
  physPortName: [38, str],
  protoDown: [39, bool],
  gsoMaxSegs: [40, u32],
  gsoMaxSize: [41, u32],
  xdp: [
    43,
    attrs({
      fd: [1, s32],
      attached: [2, u8],
      flags: [3, u32],
      progId: [4, u32],
      drvProgId: [5, u32],
      skbProgId: [6, u32],
      hwProgId: [7, u32],
      expectedFd: [8, s32],
    }),
  ],
  event: [44, u32],
  newNetnsid: [45, s32],
  targetNetnsid: [46, s32],
  carrierUpCount: [47, u32],
  carrierDownCount: [48, u32],
  newIfindex: [49, s32],
  minMtu: [50, u32],
  maxMtu: [51, u32],
  propList: [52, nested(attrs({ altIfname: [53, repeated(str)] }))],
  altIfname: [53, str],
  permAddress: [54, macAddress],
  protoDownReason: [55, nested(attrs({ mask: [1, u32], value: [2, u32] }))],
  parentDevName: [56, str],
  parentDevBusName: [57, str],
  groMaxSize: [58, u32],
  tsoMaxSize: [59, u32],
  tsoMaxSegs: [60, u32],
  allmulti: [61, u32],
  devlinkPort: [62, nested(attrs({ busName: [1, str], devName: [2, str], portIndex: [3, u32] }))],
  gsoIpv4MaxSize: [63, u32],
  groIpv4MaxSize: [64, u32],
  dpllPin: [65, nested(attrs({ id: [1, u32] }))],
  maxPacingOffloadHorizon: [66, uint],
  netnsImmutable: [67, bool],
  headroom: [68, u16],
  tailroom: [69, u16],
} as const;

const anyPeer = prefixed(ifinfomsg, attrs(common));

/** The other end of a pair. It has a name so that the types of all that holds one do not spell it out again. */
export interface LinkPeer extends Out<typeof anyPeer> {}
export interface LinkPeerInput extends In<typeof anyPeer> {}

const peer: Typed<Prefixed, LinkPeer, LinkPeerInput> = anyPeer;

/** VETH_INFO_*: the other end, made in the same request: `ip link add a type veth peer name b netns NAME`; the same for vxcan. */
export const veth = attrs({ peer: [1, peer] });

/** IFLA_NETKIT_*: `ip link add type netkit`, since Linux 6.7. */
export const netkit = attrs({
  peerInfo: [1, peer],
  primary: [2, bool],
  policy: [3, u32],
  peerPolicy: [4, u32],
  mode: [5, u32],
  scrub: [6, u32],
  peerScrub: [7, u32],
  headroom: [8, u16],
  tailroom: [9, u16],
  pairing: [10, u32],
});

/** IFLA_LINKINFO: what kind of link it is, with the settings of that kind, and what it is to its master. */
export const linkinfo = byKind(
  1,
  2,
  {
    veth,
    vxcan: veth,
    netkit,
    vxlan,
    bridge,
    vlan,
    macvlan,
    macvtap: macvlan,
    ipvlan,
    ipvtap: ipvlan,
    bond,
    vrf,
    tun,
    dummy,
    ifb,
    nlmon,
    vcan,
    wireguard,
    geneve,
    gre,
    gretap: gre,
    erspan: gre,
    ip6gre,
    ip6gretap: ip6gre,
    ip6erspan: ip6gre,
    ipip,
    sit,
    ip6tnl,
    vti,
    vti6,
    xfrm,
    bareudp,
    macsec,
    hsr,
    dsa,
    ipoib,
    team,
    amt,
    gtp,
    ovpn,
    rmnet,
    wwan,
  },
  { xstats: [3, bytes], slave: pair(4, 5, { bridge: bridgePort, bond: bondSlave, vrf }) },
);

const allAttributes = attrs({ ...common, linkinfo: [18, linkinfo] });

/** The attributes of a link and of each of its further names. */
export interface LinkAttributes extends Out<typeof allAttributes> {}
export interface LinkAttributesInput extends In<typeof allAttributes> {}

export const linkAttributes: Typed<AttributeSet, LinkAttributes, LinkAttributesInput> = allAttributes;

/**
 * Links, which other systems call network interfaces: `ip link`. See rtnetlink(7) and `linux/if_link.h`.
 *
 * `targetNetnsid` needs Linux 4.16 (dumps) and 4.17 (the rest), `newIfindex` 5.13, `netnsImmutable` 6.16.
 */
export const link = message({
  name: 'link',
  kernelName: 'LINK',
  protocol: NETLINK_ROUTE,
  types: { new: 16, del: 17, get: 18, set: 19 },
  header: ifinfomsg,
  attributes: linkAttributes,
});

/** Further names of a link: `ip link property add dev NAME altname OTHER`, since Linux 5.5. */
export const linkProperty = message({
  name: 'linkProperty',
  kernelName: 'LINKPROP',
  protocol: NETLINK_ROUTE,
  types: { new: 108, del: 109, get: 110 },
  header: ifinfomsg,
  attributes: linkAttributes,
});

export type LinkMessage = Out<typeof link>;
export type LinkMessageInput = In<typeof link>;
