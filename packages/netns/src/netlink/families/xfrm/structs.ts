import { bytes, fixed } from '../../../wire/bytes.ts';
import { s32, u8, u16, u16be, u32, u32be, u64 } from '../../../wire/integers.ts';
import { named } from '../../../wire/names.ts';
import { member, pad, struct } from '../../../wire/struct.ts';
import { addressFamilies } from '../route/address-families.ts';

/** Modes of IPsec (XFRM_MODE_*), by number, in the words of `ip xfrm`. */
export const xfrmModes = ['transport', 'tunnel', 'ro', 'in_trigger', 'beet'] as const;

/** Which way packets go (XFRM_POLICY_IN …), by number; policies of sockets have four more. */
export const xfrmDirections = ['in', 'out', 'fwd'] as const;

/** What becomes of packets (XFRM_POLICY_ALLOW, XFRM_POLICY_BLOCK), by number. */
export const xfrmActions = ['allow', 'block'] as const;

/** Bits of a state (XFRM_STATE_*), lowest first. */
export const xfrmStateFlags = [
  'noecn',
  'decap-dscp',
  'nopmtudisc',
  'wildrecv',
  'icmp',
  'af-unspec',
  'align4',
  'esn',
] as const;

/** More of them (XFRM_SA_XFLAG_*). */
export const xfrmStateExtraFlags = ['dont-encap-dscp', 'oseq-may-wrap'] as const;

/** Bits of a policy (XFRM_POLICY_LOCALOK …). */
export const xfrmPolicyFlags = ['localok', 'icmp'] as const;

/** Protocols of IPsec, by their numbers in IP. */
export const xfrmProtocols: Readonly<Record<number, string>> = {
  50: 'esp',
  51: 'ah',
  108: 'comp',
  43: 'route2',
  60: 'hao',
};

/** What is wrapped in UDP or TCP, by UDP_ENCAP_* and TCP_ENCAP_*. */
export const xfrmEncaps: Readonly<Record<number, string>> = { 1: 'espinudp-nonike', 2: 'espinudp', 7: 'espintcp' };

/** `xfrm_address_t`: an IPv6 address, or an IPv4 address and twelve bytes that mean nothing; the family stands elsewhere. */
export const xfrmAddress = fixed(bytes, 16);

/** `struct xfrm_selector`: the packets that are meant. Ports are compared where the mask has ones. */
export const xfrmSelector = struct({
  daddr: xfrmAddress,
  saddr: xfrmAddress,
  dport: u16be,
  dportMask: u16be,
  sport: u16be,
  sportMask: u16be,
  family: named(u16, addressFamilies),
  prefixlenD: u8,
  prefixlenS: u8,
  proto: u8,
  padding: pad(3),
  ifindex: s32,
  user: u32,
});

/** `struct xfrm_id`: what a packet names the keys by. */
export const xfrmId = struct({ daddr: xfrmAddress, spi: u32be, proto: named(u8, xfrmProtocols), padding: pad(3) });

/** `struct xfrm_lifetime_cfg`. All ones: without a limit; seconds: zero is without one. */
export const xfrmLifetimeConfig = struct({
  softByteLimit: u64,
  hardByteLimit: u64,
  softPacketLimit: u64,
  hardPacketLimit: u64,
  softAddExpiresSeconds: u64,
  hardAddExpiresSeconds: u64,
  softUseExpiresSeconds: u64,
  hardUseExpiresSeconds: u64,
});

/** `struct xfrm_lifetime_cur`. Times are seconds since 1970; zero is never. */
export const xfrmLifetimeCurrent = struct({ bytes: u64, packets: u64, addTime: u64, useTime: u64 });

/** `struct xfrm_usersa_info`: a state. */
export const xfrmStateInfo = struct({
  sel: member(xfrmSelector),
  id: member(xfrmId),
  saddr: xfrmAddress,
  lft: member(xfrmLifetimeConfig),
  curlft: member(xfrmLifetimeCurrent),
  stats: member(struct({ replayWindow: u32, replay: u32, integrityFailed: u32 })),
  seq: u32,
  reqid: u32,
  family: named(u16, addressFamilies),
  mode: named(u8, xfrmModes),
  replayWindow: u8,
  flags: u8,
  padding: pad(7),
});

/** `struct xfrm_usersa_id`: which state. */
export const xfrmStateId = struct({
  daddr: xfrmAddress,
  spi: u32be,
  family: named(u16, addressFamilies),
  proto: named(u8, xfrmProtocols),
  padding: pad(1),
});

/** `struct xfrm_userpolicy_info`: a policy. */
export const xfrmPolicyInfo = struct({
  sel: member(xfrmSelector),
  lft: member(xfrmLifetimeConfig),
  curlft: member(xfrmLifetimeCurrent),
  priority: u32,
  index: u32,
  dir: named(u8, xfrmDirections),
  action: named(u8, xfrmActions),
  flags: u8,
  share: u8,
  padding: pad(4),
});

/** `struct xfrm_userpolicy_id`: which policy. */
export const xfrmPolicyId = struct({
  sel: member(xfrmSelector),
  index: u32,
  dir: named(u8, xfrmDirections),
  padding: pad(3),
});

/** `struct xfrm_user_tmpl`: what a policy asks of a packet. */
export const xfrmTemplate = struct({
  id: member(xfrmId),
  family: named(u16, addressFamilies),
  padding: pad(2),
  saddr: xfrmAddress,
  reqid: u32,
  mode: named(u8, xfrmModes),
  share: u8,
  optional: u8,
  padding2: pad(1),
  aalgos: u32,
  ealgos: u32,
  calgos: u32,
});
