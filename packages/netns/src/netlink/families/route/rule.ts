import { attrs } from '../../../wire/attributes.ts';
import { bool, s32, u8, u16, u32, u32be, u64be } from '../../../wire/integers.ts';
import { ipAddress } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { addressFamilies } from './address-families.ts';
import { routeProtocols, routeTables } from './route.ts';

/** What a rule does, by number (FR_ACT_*, `linux/fib_rules.h`): look into a table, go on at another rule, or refuse. */
export const ruleActions = {
  0: 'unspec',
  1: 'to_tbl',
  2: 'goto',
  3: 'nop',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
} as const;

/** Bits of `flags` (FIB_RULE_*). */
export const ruleFlags = {
  0: 'permanent',
  1: 'not',
  2: 'unresolved',
  3: 'iif_detached',
  4: 'oif_detached',
  16: 'find_saddr',
} as const;

/** The rule holds for what does not match (FIB_RULE_INVERT). */
export const FIB_RULE_INVERT = 2;

/** `struct fib_rule_hdr` (`linux/fib_rules.h`). */
export const fibRuleHeader = struct({
  family: named(u8, addressFamilies),
  dstLen: u8,
  srcLen: u8,
  tos: u8,
  table: named(u8, routeTables),
  reserved: pad(2),
  action: named(u8, ruleActions),
  flags: flags(u32, ruleFlags),
});

const portRange = struct({ start: u16, end: u16 });

/** FRA_* attributes. Those that say "not set" with -1 are signed here. */
export const ruleAttributes = attrs({
  dst: [1, ipAddress],
  src: [2, ipAddress],
  iifname: [3, str],
  goto: [4, u32],
  priority: [6, u32],
  fwmark: [10, u32],
  flow: [11, u32],
  tunId: [12, u64be],
  suppressIfgroup: [13, s32],
  suppressPrefixlen: [14, s32],
  table: [15, named(u32, routeTables)],
  fwmask: [16, u32],
  oifname: [17, str],
  l3mdev: [19, bool],
  uidRange: [20, struct({ start: u32, end: u32 })],
  protocol: [21, named(u8, routeProtocols)],
  ipProto: [22, u8],
  sportRange: [23, portRange],
  dportRange: [24, portRange],
  dscp: [25, u8],
  flowlabel: [26, u32be],
  flowlabelMask: [27, u32be],
  sportMask: [28, u16],
  dportMask: [29, u16],
  dscpMask: [30, u8],
});

/**
 * Rules that say which routing table is asked: `ip rule`. See ip-rule(8).
 *
 * `uidRange` needs Linux 4.10, `ipProto`, `sportRange`, `dportRange` and `protocol` 4.17, `dscp` 6.13, `flowlabel` 6.14,
 * port and dscp masks 6.15.
 */
export const rule = message({
  name: 'rule',
  kernelName: 'RULE',
  protocol: NETLINK_ROUTE,
  types: { new: 32, del: 33, get: 34 },
  header: fibRuleHeader,
  attributes: ruleAttributes,
});

export type RuleMessage = Out<typeof rule>;
export type RuleMessageInput = In<typeof rule>;
