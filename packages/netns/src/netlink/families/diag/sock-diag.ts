import { u8, u32, u64 } from '../../../wire/integers.ts';
import { flags } from '../../../wire/names.ts';
import { struct } from '../../../wire/struct.ts';

/** Message numbers of NETLINK_SOCK_DIAG (`linux/sock_diag.h`). What a message is about, its first byte says: the address family. */
export const SOCK_DIAG_BY_FAMILY = 20;
/** Since Linux 4.5, where the kernel was built with CONFIG_INET_DIAG_DESTROY. */
export const SOCK_DESTROY = 21;

/** Address families of sockets that the kernel can list (`AF_*`). */
export const AF_UNIX = 1;
export const AF_NETLINK = 16;
export const AF_VSOCK = 40;
export const AF_XDP = 44;

/** Types of sockets (`SOCK_*`), named as `ss` names them. */
export const socketTypes = { 1: 'stream', 2: 'dgram', 3: 'raw', 5: 'seqpacket', 6: 'dccp', 10: 'packet' } as const;

/**
 * States of sockets (`TCP_*`, `net/tcp_states.h`), named as `ss` names them in filters. Other protocols use `established`, `close`, `listen`.
 * `bound-inactive`: bound to a port and neither connected nor listening, since Linux 6.8.
 */
export const socketStates = {
  1: 'established',
  2: 'syn-sent',
  3: 'syn-recv',
  4: 'fin-wait-1',
  5: 'fin-wait-2',
  6: 'time-wait',
  7: 'close',
  8: 'close-wait',
  9: 'last-ack',
  10: 'listening',
  11: 'closing',
  12: 'new-syn-recv',
  13: 'bound-inactive',
} as const;

/** Half of a connection that was shut down, lowest bit first. */
export const shutdowns = flags(u8, ['receive', 'send']);

/** A number that no other socket has as long as this kernel runs; two words in C, so it is aligned as one. */
export const socketCookie = { ...u64, alignment: 4 };

/** Accepts a socket whatever its cookie. */
export const INET_DIAG_NOCOOKIE = 0xffff_ffff_ffff_ffffn;

/** What a socket holds in memory (SK_MEMINFO_*), in bytes; `drops` are packets that found no room, since Linux 4.7. */
export const socketMemory = struct(
  {
    rmemAlloc: u32,
    rcvbuf: u32,
    wmemAlloc: u32,
    sndbuf: u32,
    fwdAlloc: u32,
    wmemQueued: u32,
    optmem: u32,
    backlog: u32,
  },
  { drops: u32 },
);
