import { attrs } from '../../../wire/attributes.ts';
import { u8, u16, u32, u64 } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import { named } from '../../../wire/names.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { pad, struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { addressFamilies } from './address-families.ts';

/** `struct ndtmsg` (`linux/neighbour.h`). */
export const ndtmsg = struct({ family: named(u8, addressFamilies), pad: pad(3) });

/** NDTPA_*: the settings of one device, or of new devices where `ifindex` is missing. Times are in milliseconds. */
export const neighbourTableParms = attrs({
  ifindex: [1, u32],
  refcnt: [2, u32],
  reachableTime: [3, u64],
  baseReachableTime: [4, u64],
  retransTime: [5, u64],
  gcStaletime: [6, u64],
  delayProbeTime: [7, u64],
  queueLen: [8, u32],
  appProbes: [9, u32],
  ucastProbes: [10, u32],
  mcastProbes: [11, u32],
  anycastDelay: [12, u64],
  proxyDelay: [13, u64],
  proxyQlen: [14, u32],
  locktime: [15, u64],
  queueLenbytes: [16, u32],
  mcastReprobes: [17, u32],
  intervalProbeTimeMs: [19, u64],
});

/** NDTA_* attributes. `thresh1` to `thresh3` are the limits of the garbage collector; `gcInterval` is in milliseconds. */
export const neighbourTableAttributes = attrs({
  name: [1, str],
  thresh1: [2, u32],
  thresh2: [3, u32],
  thresh3: [4, u32],
  config: [
    5,
    struct({
      keyLen: u16,
      entrySize: u16,
      entries: u32,
      lastFlush: u32,
      lastRand: u32,
      hashRnd: u32,
      hashMask: u32,
      hashChainGc: u32,
      proxyQlen: u32,
    }),
  ],
  parms: [6, neighbourTableParms],
  stats: [
    7,
    struct(
      {
        allocs: u64,
        destroys: u64,
        hashGrows: u64,
        resFailed: u64,
        lookups: u64,
        hits: u64,
        rcvProbesMcast: u64,
        rcvProbesUcast: u64,
        periodicGcRuns: u64,
        forcedGcRuns: u64,
      },
      { tableFulls: u64 },
    ),
  ],
  gcInterval: [8, u64],
});

/** The tables that neighbours are kept in (`arp_cache`, `ndisc_cache`), with their settings: `ip ntable`. */
export const neighbourTable = message({
  name: 'neighbourTable',
  kernelName: 'NEIGHTBL',
  protocol: NETLINK_ROUTE,
  types: { new: 64, get: 66, set: 67 },
  header: ndtmsg,
  attributes: neighbourTableAttributes,
});

export type NeighbourTableMessage = Out<typeof neighbourTable>;
export type NeighbourTableMessageInput = In<typeof neighbourTable>;
