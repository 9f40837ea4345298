import type { qdiscKinds } from '../../../netlink/families/route/qdisc.ts';
import type { In, Out } from '../../../wire/shape.ts';
import type { SettingsOf } from './kind.ts';

type Wire = typeof qdiscKinds.pfifo;

/** A plain queue. */
export interface FifoOptions {
  /** Packets (pfifo, pfifo_head_drop) or bytes (bfifo) that may wait. Default: as many as the device's `txQueueLength`. */
  readonly limit?: number | undefined;
}

export const fifo: SettingsOf<FifoOptions, In<Wire> | undefined, Out<Wire>> = {
  encode: ({ limit }) => (limit === undefined ? undefined : { limit }),
  decode: ({ limit }) => ({ limit }),
};
