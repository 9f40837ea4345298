import { attrs } from '../../../wire/attributes.ts';
import { u8, u32 } from '../../../wire/integers.ts';
import { exchange, message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { Out } from '../../../wire/shape.ts';
import { array, pad, struct } from '../../../wire/struct.ts';
import { NETLINK_SOCK_DIAG } from '../../protocols.ts';
import { AF_NETLINK, SOCK_DIAG_BY_FAMILY, socketCookie, socketMemory, socketStates, socketTypes } from './sock-diag.ts';

/** What to tell of each (NDIAG_SHOW_*), lowest bit first. */
export const netlinkDiagShows = ['meminfo', 'groups', 'ring_cfg', 'flags'] as const;

/** Bits of the attribute `flags` (NDIAG_FLAG_*), lowest first. */
export const netlinkDiagFlags = [
  'cb_running',
  'pktinfo',
  'broadcast_error',
  'no_enobufs',
  'listen_all_nsid',
  'cap_ack',
] as const;

/** Asks for the sockets of all netlink protocols (NDIAG_PROTO_ALL). */
export const NDIAG_PROTO_ALL = 0xff;

/** `struct netlink_diag_req` (`linux/netlink_diag.h`). */
export const netlinkDiagReq = struct({
  family: u8,
  protocol: u8,
  pad: pad(2),
  inode: u32,
  show: flags(u32, netlinkDiagShows),
  cookie: socketCookie,
});

/** `struct netlink_diag_msg`. */
export const netlinkDiagMsg = struct({
  family: u8,
  type: named(u8, socketTypes),
  protocol: u8,
  state: named(u8, socketStates),
  portid: u32,
  dstPortid: u32,
  dstGroup: u32,
  inode: u32,
  cookie: socketCookie,
});

const ring = struct({ blockSize: u32, blockNr: u32, frameSize: u32, frameNr: u32 });

/** NETLINK_DIAG_*. Group N is bit N - 1 of `groups`. */
export const netlinkSocketAttributes = attrs({
  meminfo: [0, socketMemory],
  groups: [1, array(u32)],
  rxRing: [2, ring],
  txRing: [3, ring],
  flags: [4, flags(u32, netlinkDiagFlags)],
});

const common = {
  kernelName: 'SOCK_DIAG_BY_FAMILY',
  protocol: NETLINK_SOCK_DIAG,
  types: { get: SOCK_DIAG_BY_FAMILY },
  families: [AF_NETLINK],
} as const;

/** The netlink sockets of a namespace: who talks with the kernel about it. `ss --family=netlink`. netlink(7). Linux 3.9. */
export const netlinkSocket = exchange(
  message({
    ...common,
    name: 'netlinkSocketRequest',
    direction: 'sent',
    header: netlinkDiagReq,
    attributes: attrs({}),
  }),
  message({
    ...common,
    name: 'netlinkSocket',
    direction: 'received',
    header: netlinkDiagMsg,
    attributes: netlinkSocketAttributes,
  }),
);

export type NetlinkSocketMessage = Out<typeof netlinkSocket>;
