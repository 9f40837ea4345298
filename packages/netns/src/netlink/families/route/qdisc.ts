import { attrs, byKind } from '../../../wire/attributes.ts';
import { bytes } from '../../../wire/bytes.ts';
import { flag, s8, s16, s32, u8, u16, u32 } from '../../../wire/integers.ts';
import { message } from '../../../wire/message.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { array, struct } from '../../../wire/struct.ts';
import { str } from '../../../wire/text.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { choke, codel, fqCodel, fqPie, gred, pie, red, sfb } from './qdiscs/aqm.ts';
import { cake } from './qdiscs/cake.ts';
import { drr, ets, fq, hhf, qfq, sfq } from './qdiscs/fair.ts';
import { netem } from './qdiscs/netem.ts';
import { mqprio, taprio } from './qdiscs/queues.ts';
import { hfsc, hfscClass, htb, tbf } from './qdiscs/shapers.ts';
import { cbs, etf, fifo, multiq, plug, prio, skbprio, withoutOptions } from './qdiscs/small.ts';
import { tcStats, tcStats2 } from './tc-stats.ts';
import { tcmsg } from './tcmsg.ts';

/** `struct tc_sizespec` in TCA_STAB_BASE: how large packets really are on the line, `tc qdisc add … stab overhead 24 linklayer atm`. */
const sizeSpec = struct({
  cellLog: u8,
  sizeLog: u8,
  cellAlign: s16,
  overhead: s32,
  linklayer: u32,
  mpu: u32,
  mtu: u32,
  tsize: u32,
});

/** TCA_STAB_*. */
export const sizeTable = attrs({ base: [1, sizeSpec], data: [2, array(u16)] });

/** TCA_* attributes (`linux/rtnetlink.h`) of everything that shapes. `rate` is a `struct tc_estimator`: 2^interval / 4 seconds. */
export const tcAttributes = {
  stats: [3, tcStats],
  xstats: [4, bytes],
  rate: [5, struct({ interval: s8, ewmaLog: u8 })],
  fcnt: [6, bytes],
  stats2: [7, tcStats2],
  stab: [8, sizeTable],
  dumpInvisible: [10, flag],
  chain: [11, u32],
  hwOffload: [12, u8],
  ingressBlock: [13, u32],
  egressBlock: [14, u32],
  dumpFlags: [15, struct({ value: u32, selector: u32 })],
  extWarnMsg: [16, str],
} as const;

/** The settings of each kind of queueing discipline, in TCA_OPTIONS. */
export const qdiscKinds = {
  pfifo: fifo,
  bfifo: fifo,
  pfifo_head_drop: fifo,
  pfifo_fast: prio,
  noqueue: withoutOptions,
  mq: withoutOptions,
  prio,
  tbf,
  htb,
  hfsc,
  netem,
  fq_codel: fqCodel,
  fq,
  fq_pie: fqPie,
  codel,
  cake,
  sfq,
  red,
  gred,
  drr: withoutOptions,
  qfq: withoutOptions,
  mqprio,
  taprio,
  ingress: withoutOptions,
  clsact: withoutOptions,
  plug,
  multiq,
  ets,
  cbs,
  etf,
  pie,
  hhf,
  sfb,
  choke,
  skbprio,
} as const;

/** The settings of the classes of each kind of queueing discipline that has classes with settings. */
export const classKinds = { htb, hfsc: hfscClass, drr, qfq, ets, prio: withoutOptions } as const;

export const qdiscAttributes = byKind(1, 2, qdiscKinds, tcAttributes);
export const classAttributes = byKind(1, 2, classKinds, tcAttributes);

/**
 * Queueing disciplines: what becomes of packets that leave a device, `tc qdisc`. See tc(8), `linux/pkt_sched.h`.
 *
 * Shared blocks (`ingressBlock`, `egressBlock`) need Linux 4.16.
 */
export const qdisc = message({
  name: 'qdisc',
  kernelName: 'QDISC',
  protocol: NETLINK_ROUTE,
  types: { new: 36, del: 37, get: 38 },
  header: tcmsg,
  attributes: qdiscAttributes,
});

/** The classes of a queueing discipline, each with a queue of its own: `tc class`. */
export const trafficClass = message({
  name: 'class',
  kernelName: 'TCLASS',
  protocol: NETLINK_ROUTE,
  types: { new: 40, del: 41, get: 42 },
  header: tcmsg,
  attributes: classAttributes,
});

export type QdiscMessage = Out<typeof qdisc>;
export type QdiscMessageInput = In<typeof qdisc>;
export type ClassMessage = Out<typeof trafficClass>;
export type ClassMessageInput = In<typeof trafficClass>;
