import { attrs, nested } from '../../../wire/attributes.ts';
import { bool, s32, u8, u16, u16be, u32 } from '../../../wire/integers.ts';
import { ipv4Address, ipv6Address } from '../../../wire/ip-address.ts';
import { message } from '../../../wire/message.ts';
import { flags } from '../../../wire/names.ts';
import type { Out } from '../../../wire/shape.ts';
import { NETLINK_GENERIC } from '../../protocols.ts';
import { genericFamilies, genericMessage } from './families.ts';
import { genlmsghdr } from './genlmsghdr.ts';

/** Bits of an endpoint (MPTCP_PM_ADDR_FLAG_*, `linux/mptcp.h`), lowest first. `laminar` since Linux 6.18. */
export const mptcpFlags = ['signal', 'subflow', 'backup', 'fullmesh', 'implicit', 'laminar'] as const;

/** The mask of a flag: `mptcpFlag('backup')` is 4. */
export function mptcpFlag(name: (typeof mptcpFlags)[number]): number {
  return 1 << mptcpFlags.indexOf(name);
}

/** MPTCP_PM_ADDR_ATTR_*. The port is in the order of the machine. */
export const mptcpAddress = attrs({
  family: [1, u16],
  id: [2, u8],
  addr4: [3, ipv4Address],
  addr6: [4, ipv6Address],
  port: [5, u16],
  flags: [6, flags(u32, mptcpFlags)],
  ifIdx: [7, s32],
});

/** MPTCP_PM_ATTR_*. */
export const mptcpAttributes = attrs({
  addr: [1, nested(mptcpAddress)],
  rcvAddAddrs: [2, u32],
  subflows: [3, u32],
  token: [4, u32],
  locId: [5, u8],
  addrRemote: [6, nested(mptcpAddress)],
});

const family = genericFamilies.mptcp;
const common = { protocol: NETLINK_GENERIC, header: genlmsghdr, attributes: mptcpAttributes } as const;

/** Addresses that the kernel uses for more paths of a connection: `ip mptcp endpoint`. Linux 5.6. */
export const mptcpEndpoint = message({
  ...common,
  name: 'mptcpEndpoint',
  kernelName: 'MPTCP_PM_CMD_*_ADDR',
  types: {
    new: genericMessage(family, 1),
    del: genericMessage(family, 2),
    get: genericMessage(family, 3),
    flush: genericMessage(family, 4),
    set: genericMessage(family, 7),
  },
});

/** How many paths there may be: `ip mptcp limits`. Linux 5.6. */
export const mptcpLimits = message({
  ...common,
  name: 'mptcpLimits',
  kernelName: 'MPTCP_PM_CMD_*_LIMITS',
  types: { set: genericMessage(family, 5), get: genericMessage(family, 6) },
});

/** MPTCP_ATTR_*: what an event is about. Ports are in network byte order here. */
export const mptcpEventAttributes = attrs({
  token: [1, u32],
  family: [2, u16],
  locId: [3, u8],
  remId: [4, u8],
  saddr4: [5, ipv4Address],
  saddr6: [6, ipv6Address],
  daddr4: [7, ipv4Address],
  daddr6: [8, ipv6Address],
  sport: [9, u16be],
  dport: [10, u16be],
  backup: [11, u8],
  error: [12, u8],
  flags: [13, u16],
  timeout: [14, u32],
  ifIdx: [15, s32],
  resetReason: [16, u32],
  resetFlags: [17, u32],
  serverSide: [18, bool],
});

/**
 * What becomes of connections and their paths: `ip mptcp monitor`, the group `mptcp_pm_events`, since Linux 5.12. What happened is the command
 * (MPTCP_EVENT_*). It has the numbers of requests: only who listens knows that it is an event.
 */
export const mptcpEvent = message({
  protocol: NETLINK_GENERIC,
  header: genlmsghdr,
  attributes: mptcpEventAttributes,
  name: 'mptcpEvent',
  kernelName: 'MPTCP_EVENT_*',
  types: { event: genericMessage(family, 0) },
  direction: 'received',
  families: [],
});

export type MptcpEventMessage = Out<typeof mptcpEvent>;

export type MptcpEndpointMessage = Out<typeof mptcpEndpoint>;
