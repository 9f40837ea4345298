import { attrs } from '../../../wire/attributes.ts';
import { bytes, fixed } from '../../../wire/bytes.ts';
import { u8, u16, u32 } from '../../../wire/integers.ts';
import { exchange, message } from '../../../wire/message.ts';
import { flags, named } from '../../../wire/names.ts';
import type { Out } from '../../../wire/shape.ts';
import { array, pad, struct } from '../../../wire/struct.ts';
import { NETLINK_SOCK_DIAG } from '../../protocols.ts';
import { AF_PACKET } from '../route/address-families.ts';
import { SOCK_DIAG_BY_FAMILY, socketCookie, socketMemory, socketTypes } from './sock-diag.ts';

/** What to tell of each (PACKET_SHOW_*), lowest bit first. */
export const packetDiagShows = ['info', 'mclist', 'ring_cfg', 'fanout', 'meminfo', 'filter'] as const;

/** Bits of `info.flags` (PDI_*), lowest first. */
export const packetDiagFlags = ['running', 'auxdata', 'origdev', 'vnethdr', 'loss'] as const;

/** `struct packet_diag_req` (`linux/packet_diag.h`). */
export const packetDiagReq = struct({
  family: u8,
  protocol: u8,
  pad: pad(2),
  inode: u32,
  show: flags(u32, packetDiagShows),
  cookie: socketCookie,
});

/** `struct packet_diag_msg`. `num` is the protocol that it receives (ETH_P_*), 3 for all. */
export const packetDiagMsg = struct({
  family: u8,
  type: named(u8, socketTypes),
  num: u16,
  inode: u32,
  cookie: socketCookie,
});

const ring = struct({
  blockSize: u32,
  blockNr: u32,
  frameSize: u32,
  frameNr: u32,
  retireTmo: u32,
  sizeofPriv: u32,
  features: u32,
});

/** PACKET_DIAG_*. `info.index` is the device that it is bound to, 0 for all; `filter` is a classic BPF program. */
export const packetSocketAttributes = attrs({
  info: [
    0,
    struct({
      index: u32,
      version: u32,
      reserve: u32,
      copyThresh: u32,
      tstamp: u32,
      flags: flags(u32, packetDiagFlags),
    }),
  ],
  mclist: [1, array(struct({ index: u32, count: u32, type: u16, alen: u16, addr: fixed(bytes, 32) }))],
  rxRing: [2, ring],
  txRing: [3, ring],
  fanout: [4, u32],
  uid: [5, u32],
  meminfo: [6, socketMemory],
  filter: [7, bytes],
});

const common = {
  kernelName: 'SOCK_DIAG_BY_FAMILY',
  protocol: NETLINK_SOCK_DIAG,
  types: { get: SOCK_DIAG_BY_FAMILY },
  families: [AF_PACKET],
} as const;

/** The packet sockets of a namespace: who sees, or makes, whole frames. `ss -0`. packet(7). Linux 3.7; `filter` 3.10. */
export const packetSocket = exchange(
  message({ ...common, name: 'packetSocketRequest', direction: 'sent', header: packetDiagReq, attributes: attrs({}) }),
  message({
    ...common,
    name: 'packetSocket',
    direction: 'received',
    header: packetDiagMsg,
    attributes: packetSocketAttributes,
  }),
);

export type PacketSocketMessage = Out<typeof packetSocket>;
