import { attrs } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { u8, u32 } from '../../../wire/integers.ts';
import { exchange, message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { Out } from '../../../wire/shape.ts';
import { array, pad, struct } from '../../../wire/struct.ts';
import { NETLINK_SOCK_DIAG } from '../../protocols.ts';
import {
  AF_UNIX,
  SOCK_DIAG_BY_FAMILY,
  shutdowns,
  socketCookie,
  socketMemory,
  socketStates,
  socketTypes,
} from './sock-diag.ts';

/** What to tell of each (UDIAG_SHOW_*), lowest bit first. */
export const unixDiagShows = ['name', 'vfs', 'peer', 'icons', 'rqlen', 'meminfo', 'uid'] as const;

/** `struct unix_diag_req` (`linux/unix_diag.h`). */
export const unixDiagReq = struct({
  family: u8,
  protocol: u8,
  pad: pad(2),
  states: u32,
  inode: u32,
  show: flags(u32, unixDiagShows),
  cookie: socketCookie,
});

/** `struct unix_diag_msg`. */
export const unixDiagMsg = struct({
  family: u8,
  type: named(u8, socketTypes),
  state: named(u8, socketStates),
  pad: pad(1),
  inode: u32,
  cookie: socketCookie,
});

/**
 * UNIX_DIAG_*. `name` is the path, or the abstract name behind a NUL byte; `peer` and `icons` (connections that wait for `accept`) are inodes
 * of sockets; of one that listens, `rqlen` is how many wait and at most can.
 */
export const unixSocketAttributes = attrs({
  name: [0, bytes],
  vfs: [1, struct({ inode: u32, device: u32 })],
  peer: [2, u32],
  icons: [3, array(u32)],
  rqlen: [4, struct({ rqueue: u32, wqueue: u32 })],
  meminfo: [5, socketMemory],
  shutdown: [6, shutdowns],
  uid: [7, u32],
});

const common = {
  kernelName: 'SOCK_DIAG_BY_FAMILY',
  protocol: NETLINK_SOCK_DIAG,
  types: { get: SOCK_DIAG_BY_FAMILY },
  families: [AF_UNIX],
} as const;

/** The unix sockets that were made in a namespace, `ss -x`. unix(7). Linux 3.3; `uid` 5.3. */
export const unixSocket = exchange(
  message({ ...common, name: 'unixSocketRequest', direction: 'sent', header: unixDiagReq, attributes: attrs({}) }),
  message({
    ...common,
    name: 'unixSocket',
    direction: 'received',
    header: unixDiagMsg,
    attributes: unixSocketAttributes,
  }),
);

export type UnixSocketMessage = Out<typeof unixSocket>;
