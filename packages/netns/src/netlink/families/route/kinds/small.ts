import { attrs } from '../../../../wire/attributes.ts';
import { bool, flag, u8, u16, u16be, u32 } from '../../../../wire/integers.ts';
import { ipAddress } from '../../../../wire/ip-address.ts';
import { macAddress } from '../../../../wire/mac-address.ts';
import { named } from '../../../../wire/names.ts';
import { struct } from '../../../../wire/struct.ts';

/** Kinds that take no settings: `ip link add type dummy`. A wireguard or team link is set up by its own family of messages. */
export const dummy = attrs({});
export const ifb = attrs({});
export const nlmon = attrs({});
export const team = attrs({});
export const vcan = attrs({});
export const wireguard = attrs({});

/** IFLA_TUN_*: read only; a tun device is made by opening /dev/net/tun. `type` is 1 for tun and 2 for tap. */
export const tun = attrs({
  owner: [1, u32],
  group: [2, u32],
  type: [3, u8],
  pi: [4, bool],
  vnetHdr: [5, bool],
  persist: [6, bool],
  multiQueue: [7, bool],
  numQueues: [8, u32],
  numDisabledQueues: [9, u32],
});

/** Modes of an ipvlan or ipvtap, by number. */
export const ipvlanModes = ['l2', 'l3', 'l3s'] as const;

/** IFLA_IPVLAN_*: `ip link add type ipvlan`, the same for ipvtap. `flags`: 1 private, 2 vepa. */
export const ipvlan = attrs({ mode: [1, named(u16, ipvlanModes)], flags: [2, u16] });

/** IFLA_VRF_*: `ip link add type vrf table NUMBER`; also what its members show. */
export const vrf = attrs({ table: [1, u32] });

/** IFLA_XFRM_*: the interface of IPsec policies with this id, `ip link add type xfrm if_id NUMBER`. */
export const xfrm = attrs({ link: [1, u32], ifId: [2, u32], collectMetadata: [3, flag] });

/** IFLA_BAREUDP_*: a protocol over UDP without more, `ip link add type bareudp`. `ethertype` is ETH_P_*. */
export const bareudp = attrs({
  port: [1, u16be],
  ethertype: [2, u16be],
  srcportMin: [3, u16],
  multiprotoMode: [4, flag],
});

/** IFLA_DSA_*: a port of a switch chip; `master` is the device towards it. */
export const dsa = attrs({ master: [1, u32] });

/** IFLA_IPOIB_*: `ip link add type ipoib`, IP over InfiniBand. */
export const ipoib = attrs({ pkey: [1, u16], mode: [2, u16], umcast: [3, u16] });

/** IFLA_HSR_*: a ring or two parallel networks, `ip link add type hsr`. `protocol`: 0 HSR, 1 PRP. */
export const hsr = attrs({
  slave1: [1, u32],
  slave2: [2, u32],
  multicastSpec: [3, u8],
  supervisionAddr: [4, macAddress],
  seqNr: [5, u16],
  version: [6, u8],
  protocol: [7, u8],
  interlink: [8, u32],
});

/** What an amt link is (AMT_MODE_*), by number. */
export const amtModes = ['gateway', 'relay'] as const;

/** IFLA_AMT_* (`linux/amt.h`): multicast through networks without it (RFC 7450), `ip link add type amt`. Linux 5.16. */
export const amt = attrs({
  mode: [1, named(u32, amtModes)],
  relayPort: [2, u16be],
  gatewayPort: [3, u16be],
  link: [4, u32],
  localIp: [5, ipAddress],
  remoteIp: [6, ipAddress],
  discoveryIp: [7, ipAddress],
  maxTunnels: [8, u32],
});

/** Which side of a mobile network a gtp link is (GTP_ROLE_*), by number. */
export const gtpRoles = ['ggsn', 'sgsn'] as const;

/** IFLA_GTP_*: tunnels of mobile networks, `ip link add type gtp`. */
export const gtp = attrs({
  fd0: [1, u32],
  fd1: [2, u32],
  pdpHashsize: [3, u32],
  role: [4, named(u32, gtpRoles)],
  createSockets: [5, u8],
  restartCount: [6, u8],
});

/** IFLA_RMNET_*: a channel of a Qualcomm modem, `ip link add type rmnet`. */
export const rmnet = attrs({ muxId: [1, u16], flags: [2, struct({ flags: u32, mask: u32 })] });

/** Which peers an ovpn link has (OVPN_MODE_*), by number: one, or many. */
export const ovpnModes = ['p2p', 'mp'] as const;

/** IFLA_OVPN_*: the data channel of OpenVPN, `ip link add type ovpn`. Linux 6.16. */
export const ovpn = attrs({ mode: [1, named(u8, ovpnModes)] });

/** IFLA_WWAN_* (`linux/wwan.h`): a channel of a modem, `ip link add type wwan`. Linux 5.14. */
export const wwan = attrs({ linkId: [1, u32] });
