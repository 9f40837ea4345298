import { attrs } from '../../../../wire/attributes.ts';
import { bytes, fixed } from '../../../../wire/bytes.ts';
import { bool, flag, flagOrBool, u8, u16be, u32, u32be } from '../../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../../wire/ip-address.ts';
import { struct } from '../../../../wire/struct.ts';

/** IFLA_VXLAN_*: `ip link add type vxlan`. `group` is a multicast group or the one remote; `link` the device below. */
export const vxlan = attrs({
  id: [1, u32],
  group: [2, ipv4Address],
  link: [3, u32],
  local: [4, ipv4Address],
  ttl: [5, u8],
  tos: [6, u8],
  learning: [7, bool],
  ageing: [8, u32],
  limit: [9, u32],
  portRange: [10, struct({ low: u16be, high: u16be })],
  proxy: [11, bool],
  rsc: [12, bool],
  l2miss: [13, bool],
  l3miss: [14, bool],
  port: [15, u16be],
  group6: [16, ipv6Address],
  local6: [17, ipv6Address],
  udpCsum: [18, bool],
  udpZeroCsum6Tx: [19, bool],
  udpZeroCsum6Rx: [20, bool],
  remcsumTx: [21, bool],
  remcsumRx: [22, bool],
  gbp: [23, flag],
  remcsumNopartial: [24, flag],
  collectMetadata: [25, bool],
  label: [26, u32be],
  gpe: [27, flag],
  ttlInherit: [28, flagOrBool],
  df: [29, u8],
  vnifilter: [30, bool],
  localbypass: [31, bool],
  labelPolicy: [32, u32],
  reservedBits: [33, fixed(bytes, 8)],
  mcRoute: [34, bool],
});
