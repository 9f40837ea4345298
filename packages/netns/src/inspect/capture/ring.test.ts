import { describe, expect, it } from 'vitest';
import { merge } from './merge.ts';
import { PacketQueue, timeBase } from './packet-queue.ts';
import { packetsIn } from './packets-in.ts';
import { PacketRing } from './ring.ts';

const blockSize = 4096;

/** The kernel's part: blocks of a ring with packets in them. */
class FakeRing {
  readonly memory: ArrayBuffer;
  readonly view: DataView;

  constructor(blocks: number) {
    this.memory = new ArrayBuffer(blocks * blockSize);
    this.view = new DataView(this.memory);
  }

  /** `tag`: what a VLAN tag that was taken out says. */
  fill(
    block: number,
    packets: readonly { seconds: number; nanoseconds: number; bytes: Uint8Array; tag?: number; type?: number }[],
  ) {
    const { view } = this;
    const start = block * blockSize;
    let at = start + 48;
    view.setUint32(start + 16, 48, true);
    view.setUint32(start + 12, packets.length, true);
    for (const { seconds, nanoseconds, bytes, tag, type = 0 } of packets) {
      const next = (82 + bytes.length + 15) & ~15;
      [next, seconds, nanoseconds, bytes.length, bytes.length + 7].forEach((value, index) => {
        view.setUint32(at + 4 * index, value, true);
      });
      view.setUint32(at + 20, tag === undefined ? 1 : 1 | 0x10 | 0x40, true);
      view.setUint16(at + 24, 82, true);
      view.setUint32(at + 32, tag ?? 0, true);
      view.setUint16(at + 36, 0x88a8, true);
      view.setUint8(at + 58, type);
      new Uint8Array(this.memory).set(bytes, at + 82);
      at += next;
    }
    view.setUint32(start + 8, 1, true);
  }

  status(block: number) {
    return this.view.getUint32(block * blockSize + 8, true);
  }
}

const start = 1_700_000_000n * 1_000_000_000n;
const frame = (text: string) => Buffer.concat([Buffer.alloc(12), Buffer.from(text)]);
const at = (seconds: number, nanoseconds: number, text: string) => ({ seconds, nanoseconds, bytes: frame(text) });

function drained(ring: PacketRing, queue: PacketQueue): void {
  ring.drain((packet) => queue.put(packet, ring.bytes));
}

describe('a ring', () => {
  it('gives what is ready, in turn, and the blocks back', () => {
    const kernel = new FakeRing(3);
    const ring = new PacketRing(kernel.memory, blockSize);
    const queue = new PacketQueue(5, false, timeBase(start));
    expect(ring.isEmpty).toBe(true);
    const told: string[] = [];
    const drain = () => {
      drained(ring, queue);
      for (const { bytes } of packetsIn(queue.take(Number.POSITIVE_INFINITY, 99).blocks))
        told.push(Buffer.from(bytes).toString().slice(12));
      return told.splice(0).join(' ');
    };
    kernel.fill(1, [at(1, 1, 'too early')]);
    expect(drain()).toBe('');
    kernel.fill(0, [at(1, 1, 'a'), at(1, 2, 'b')]);
    expect(drain()).toBe('a b too early');
    expect([kernel.status(0), kernel.status(1)]).toEqual([0, 0]);
    kernel.fill(2, [at(1, 1, 'c')]);
    kernel.fill(0, []);
    kernel.fill(1, [at(1, 1, 'd')]);
    expect(drain()).toBe('c d');
    kernel.view.setUint32(2 * blockSize + 12, 1, true);
    expect(ring.isEmpty).toBe(false);
  });
});

describe('a queue', () => {
  it.each([0, 1, 2, 3, 63, 64, 65, 1500])('keeps time, lengths and %i bytes', (length) => {
    const kernel = new FakeRing(1);
    const ring = new PacketRing(kernel.memory, blockSize);
    const queue = new PacketQueue(5, false, timeBase(start));
    const bytes = Buffer.alloc(length, 0xa5);
    kernel.fill(0, [{ seconds: 4_294_967_295, nanoseconds: 999_999_999, bytes, type: 4 }]);
    drained(ring, queue);
    const { blocks, packets } = queue.take(Number.POSITIVE_INFINITY, 9);
    expect([packets, blocks.length % 4]).toEqual([1, 0]);
    expect([...packetsIn(blocks)]).toEqual([
      {
        interface: 5,
        time: 4_294_967_295_999_999_999n,
        direction: 'out',
        length: length + 7,
        bytes: Uint8Array.from(bytes),
      },
    ]);
  });

  it('puts a tag back', () => {
    const kernel = new FakeRing(1);
    const ring = new PacketRing(kernel.memory, blockSize);
    const queue = new PacketQueue(0, false, timeBase(start));
    kernel.fill(0, [{ seconds: 1, nanoseconds: 1, bytes: Buffer.from('aaaaaabbbbbbccddd'), tag: 0x2005 }]);
    drained(ring, queue);
    const [packet] = packetsIn(queue.take(Number.POSITIVE_INFINITY, 1).blocks);
    expect(Buffer.from(packet?.bytes ?? []).toString('latin1')).toBe('aaaaaabbbbbb\x88\xa8\x20\x05ccddd');
    expect(packet?.length).toBe(28);
  });

  it('grows, and forgets what was taken', () => {
    const kernel = new FakeRing(1);
    const ring = new PacketRing(kernel.memory, blockSize);
    const queue = new PacketQueue(0, false, timeBase(start));
    for (let round = 0; round < 100; round++) {
      kernel.fill(0, [at(1_700_000_000, round, `${round} ${'x'.repeat(1000)}`), at(1_700_000_000, round, 'y')]);
      drained(ring, queue);
      if (round % 3 === 0) expect([...packetsIn(queue.take(round - 1, 1).blocks)].length).toBeLessThanOrEqual(1);
    }
    const rest = [...packetsIn(queue.take(Number.POSITIVE_INFINITY, 1000).blocks)];
    expect(queue.taken).toBe(200);
    expect(rest.map(({ time }) => time)).toEqual(
      rest.map(({ time }) => time).toSorted((one, other) => Number(one - other)),
    );
    expect(queue.length).toBe(0);
  });
});

describe('merging', () => {
  const queues = (...times: readonly (readonly number[])[]) =>
    times.map((list, number) => {
      const kernel = new FakeRing(1);
      const ring = new PacketRing(kernel.memory, blockSize);
      const queue = new PacketQueue(number, false, timeBase(start));
      kernel.fill(
        0,
        list.map((time) => at(1_700_000_000, time, `${time}`)),
      );
      drained(ring, queue);
      return queue;
    });
  const said = (blocks: Uint8Array) =>
    [...packetsIn(blocks)].map(({ interface: number, time }) => `${number}:${time - start}`).join(' ');

  it('puts packets of many in the order of time', () => {
    const { blocks, packets } = merge(queues([1, 4, 9], [2, 3, 10], [], [5], [6, 7, 8]), Number.POSITIVE_INFINITY, 99);
    expect(said(blocks)).toBe('0:1 1:2 1:3 0:4 3:5 4:6 4:7 4:8 0:9 1:10');
    expect(packets).toBe(10);
  });

  it('takes nothing beyond its limits', () => {
    const some = queues([1, 5], [2, 6]);
    expect(said(merge(some, 4, 99).blocks)).toBe('0:1 1:2');
    expect(merge(some, 4, 99).packets).toBe(0);
    expect(said(merge(some, Number.POSITIVE_INFINITY, 1).blocks)).toBe('0:5');
    expect(said(merge(some, Number.POSITIVE_INFINITY, 9).blocks)).toBe('1:6');
    expect(merge([], Number.POSITIVE_INFINITY, 9).packets).toBe(0);
  });
});
