import type { qdiscKinds } from '../../../netlink/families/route/qdisc.ts';
import type { In, Out } from '../../../wire/shape.ts';
import type { SettingsOf } from './kind.ts';

type Wire = typeof qdiscKinds.prio;

/** As many queues as `bands`; the first that has something is served. Each is a class: `1:1`, `1:2`, … */
export interface PrioOptions {
  /** 2 to 16. Default: 3. */
  readonly bands?: number | undefined;
  /** For each of the 16 priorities (of the sender's socket, or by type of service) its band, counted from 0. */
  readonly priorityMap?: readonly number[] | undefined;
}

const usualMap = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1] as const;

export const prio: SettingsOf<PrioOptions, In<Wire>, Out<Wire>> = {
  encode: ({ bands = 3, priorityMap = usualMap }) => ({ bands, priomap: priorityMap }),
  decode: ({ bands, priomap }) => ({ bands, priorityMap: priomap }),
};
