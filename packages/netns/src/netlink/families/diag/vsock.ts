import { attrs } from '../../../wire/attributes.ts';
import { u8, u32 } from '../../../wire/integers.ts';
import { exchange, message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import type { Out } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { NETLINK_SOCK_DIAG } from '../../protocols.ts';
import { AF_VSOCK, SOCK_DIAG_BY_FAMILY, shutdowns, socketCookie, socketStates, socketTypes } from './sock-diag.ts';

/** `struct vsock_diag_req` (`linux/vm_sockets_diag.h`). */
export const vsockDiagReq = struct({
  family: u8,
  protocol: u8,
  pad: pad(2),
  states: u32,
  inode: u32,
  show: u32,
  cookie: socketCookie,
});

/** `struct vsock_diag_msg`. A `cid` is a machine: 2 is the host, 4294967295 any. */
export const vsockDiagMsg = struct({
  family: u8,
  type: named(u8, socketTypes),
  state: named(u8, socketStates),
  shutdown: shutdowns,
  srcCid: u32,
  srcPort: u32,
  dstCid: u32,
  dstPort: u32,
  inode: u32,
  cookie: socketCookie,
});

const common = {
  kernelName: 'SOCK_DIAG_BY_FAMILY',
  protocol: NETLINK_SOCK_DIAG,
  types: { get: SOCK_DIAG_BY_FAMILY },
  families: [AF_VSOCK],
} as const;

/** Sockets between virtual machines and their host, `ss --vsock`. vsock(7). Linux 4.15. */
export const vsockSocket = exchange(
  message({ ...common, name: 'vsockSocketRequest', direction: 'sent', header: vsockDiagReq, attributes: attrs({}) }),
  message({ ...common, name: 'vsockSocket', direction: 'received', header: vsockDiagMsg, attributes: attrs({}) }),
);

export type VsockSocketMessage = Out<typeof vsockSocket>;
