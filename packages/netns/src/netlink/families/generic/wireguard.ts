import { attrs, listOf, nested } from '../../../wire/attributes.ts';
import { base64 } from '../../../wire/base64.ts';
import { fixed } from '../../../wire/bytes.ts';
import { s64, u8, u16, u32, u64 } from '../../../wire/integers.ts';
import { ipAddress } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { flags } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { socketAddress } from '../../../wire/socket-address.ts';
import { struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_GENERIC } from '../../protocols.ts';
import { genericFamilies, genericMessage } from './families.ts';
import { genlmsghdr } from './genlmsghdr.ts';

/** WGDEVICE_F_*, WGPEER_F_* (`linux/wireguard.h`). */
export const WGDEVICE_F_REPLACE_PEERS = 1;
export const WGPEER_F_REMOVE_ME = 1;
export const WGPEER_F_REPLACE_ALLOWEDIPS = 2;
export const WGPEER_F_UPDATE_ONLY = 4;

/** 32 bytes, as `wg` writes them. */
const key = fixed(base64, 32);

/** WGALLOWEDIP_A_*; the last one since Linux 6.16. */
export const wireguardAllowedIp = attrs({
  family: [1, u16],
  ipaddr: [2, ipAddress],
  cidrMask: [3, u8],
  flags: [4, flags(u32, ['remove'])],
});

/** WGPEER_A_*. Times of handshakes are the wall clock's; the interval is in seconds. */
export const wireguardPeer = attrs({
  publicKey: [1, key],
  presharedKey: [2, key],
  flags: [3, flags(u32, ['remove', 'replaceAllowedIps', 'updateOnly'])],
  endpoint: [4, socketAddress],
  persistentKeepaliveInterval: [5, u16],
  lastHandshakeTime: [6, struct({ seconds: s64, nanoseconds: s64 })],
  rxBytes: [7, u64],
  txBytes: [8, u64],
  allowedips: [9, listOf(0, nested(wireguardAllowedIp))],
  protocolVersion: [10, u32],
});

/** WGDEVICE_A_*. */
export const wireguardAttributes = attrs({
  ifindex: [1, u32],
  ifname: [2, str],
  privateKey: [3, key],
  publicKey: [4, key],
  flags: [5, flags(u32, ['replacePeers'])],
  listenPort: [6, u16],
  fwmark: [7, u32],
  peers: [8, listOf(0, nested(wireguardPeer))],
});

/**
 * The keys and peers of a WireGuard device: `wg show`, `wg set`. It is asked for as a table, and a long list of peers comes in several
 * messages; where the allowed addresses of a peer do not fit, the next message goes on with the same peer. Linux 5.6.
 */
export const wireguard = message({
  name: 'wireguard',
  kernelName: 'WG_CMD_*_DEVICE',
  protocol: NETLINK_GENERIC,
  types: { get: genericMessage(genericFamilies.wireguard, 0), set: genericMessage(genericFamilies.wireguard, 1) },
  header: genlmsghdr,
  attributes: wireguardAttributes,
});

export type WireguardMessage = Out<typeof wireguard>;
export type WireguardMessageInput = In<typeof wireguard>;
