import { attrs } from '../../../../wire/attributes.ts';
import { bool, flag, u8, u16be, u32, u32be } from '../../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../../wire/ip-address.ts';
import { struct } from '../../../../wire/struct.ts';

/** IFLA_GENEVE_*: `ip link add type geneve` (RFC 8926). `port` is the UDP port of the other end; a `ttl` of 0 leaves it to the kernel. */
export const geneve = attrs({
  id: [1, u32],
  remote: [2, ipv4Address],
  ttl: [3, u8],
  tos: [4, u8],
  port: [5, u16be],
  collectMetadata: [6, flag],
  remote6: [7, ipv6Address],
  udpCsum: [8, bool],
  udpZeroCsum6Tx: [9, bool],
  udpZeroCsum6Rx: [10, bool],
  label: [11, u32be],
  ttlInherit: [12, bool],
  df: [13, u8],
  innerProtoInherit: [14, flag],
  portRange: [15, struct({ low: u16be, high: u16be })],
  local: [17, ipv4Address],
  local6: [18, ipv6Address],
});
