import { attrs } from '../../../wire/attributes.ts';
import { u8, u32, u64 } from '../../../wire/integers.ts';
import { exchange, message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { Out } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { NETLINK_SOCK_DIAG } from '../../protocols.ts';
import { AF_XDP, SOCK_DIAG_BY_FAMILY, socketCookie, socketMemory, socketTypes } from './sock-diag.ts';

/** What to tell of each (XDP_SHOW_*), lowest bit first. */
export const xdpDiagShows = ['info', 'ring_cfg', 'umem', 'meminfo', 'stats'] as const;

/** `struct xdp_diag_req` (`linux/xdp_diag.h`). */
export const xdpDiagReq = struct({
  family: u8,
  protocol: u8,
  pad: pad(2),
  inode: u32,
  show: flags(u32, xdpDiagShows),
  cookie: socketCookie,
});

/** `struct xdp_diag_msg`. */
export const xdpDiagMsg = struct({
  family: u8,
  type: named(u8, socketTypes),
  pad: pad(2),
  inode: u32,
  cookie: socketCookie,
});

const ring = struct({ entries: u32 });

/** XDP_DIAG_*. */
export const xdpSocketAttributes = attrs({
  info: [1, struct({ ifindex: u32, queueId: u32 })],
  uid: [2, u32],
  rxRing: [3, ring],
  txRing: [4, ring],
  umem: [
    5,
    struct({
      size: u64,
      id: u32,
      numPages: u32,
      chunkSize: u32,
      headroom: u32,
      ifindex: u32,
      queueId: u32,
      flags: flags(u32, ['zerocopy']),
      refs: u32,
    }),
  ],
  umemFillRing: [6, ring],
  umemCompletionRing: [7, ring],
  meminfo: [8, socketMemory],
  stats: [
    9,
    struct({
      rxDropped: u64,
      rxInvalid: u64,
      rxFull: u64,
      fillRingEmpty: u64,
      txInvalid: u64,
      txRingEmpty: u64,
    }),
  ],
});

const common = {
  kernelName: 'SOCK_DIAG_BY_FAMILY',
  protocol: NETLINK_SOCK_DIAG,
  types: { get: SOCK_DIAG_BY_FAMILY },
  families: [AF_XDP],
} as const;

/** Sockets that share memory with a device (AF_XDP), `ss --xdp`. Linux 5.1; `stats` 5.9. */
export const xdpSocket = exchange(
  message({ ...common, name: 'xdpSocketRequest', direction: 'sent', header: xdpDiagReq, attributes: attrs({}) }),
  message({
    ...common,
    name: 'xdpSocket',
    direction: 'received',
    header: xdpDiagMsg,
    attributes: xdpSocketAttributes,
  }),
);

export type XdpSocketMessage = Out<typeof xdpSocket>;
