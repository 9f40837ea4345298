import type { PacketQueue } from './packet-queue.ts';

/** Whole blocks of pcapng in a row. */
export interface Batch {
  readonly blocks: Uint8Array;
  readonly packets: number;
}

const nothing: Batch = { blocks: new Uint8Array(), packets: 0 };

/** Takes what was seen up to `limit` out of all queues, the oldest first; at most `most` packets. */
export function merge(queues: readonly PacketQueue[], limit: number, most: number): Batch {
  const ready = queues.filter((queue) => queue.length > 0 && queue.time <= limit);
  const [only] = ready;
  if (only === undefined) return nothing;
  if (ready.length === 1) return only.take(limit, most);
  const heap = new Heap(ready);
  const out = new Uint8Array(ready.reduce((sum, { length }) => sum + length, 0));
  let [end, packets] = [0, 0];
  while (packets < most && heap.first.length > 0 && heap.first.time <= limit) {
    // A run of the one whose turn it is, up to where another has its turn.
    const taken = heap.first.take(Math.min(limit, heap.secondTime), most - packets);
    out.set(taken.blocks, end);
    end += taken.blocks.length;
    packets += taken.packets;
    heap.sink();
  }
  return { blocks: out.subarray(0, end), packets };
}

/** Queues by the time of their first packets: each before the two behind it. */
class Heap {
  readonly #queues: PacketQueue[];

  constructor(queues: readonly PacketQueue[]) {
    this.#queues = [...queues].sort((one, other) => one.time - other.time); // what is sorted is a heap
  }

  get first(): PacketQueue {
    return this.#queues[0] as PacketQueue;
  }

  get secondTime(): number {
    return Math.min(this.#timeAt(1), this.#timeAt(2));
  }

  /** Puts the first where it belongs now. */
  sink(): void {
    for (let at = 0; ; ) {
      const child = this.#timeAt(2 * at + 1) <= this.#timeAt(2 * at + 2) ? 2 * at + 1 : 2 * at + 2;
      if (this.#timeAt(at) <= this.#timeAt(child)) return;
      const [upper, lower] = [this.#queues[at], this.#queues[child]] as [PacketQueue, PacketQueue];
      this.#queues[at] = lower;
      this.#queues[child] = upper;
      at = child;
    }
  }

  #timeAt(index: number): number {
    return this.#queues[index]?.time ?? Number.POSITIVE_INFINITY;
  }
}
