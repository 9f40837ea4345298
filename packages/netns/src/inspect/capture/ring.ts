/** A packet in a ring; the same object for each, so it is not to be kept. */
export interface RingPacket {
  seconds: number;
  nanoseconds: number;
  /** How long it was, and how much of it is here. */
  length: number;
  captured: number;
  /** Where it begins in the memory of the ring. */
  start: number;
  /** Where its `struct sockaddr_ll` begins. */
  address: number;
  /** PACKET_HOST, PACKET_OUTGOING, … (`linux/if_packet.h`). */
  type: number;
  /** The VLAN tag that the kernel took out: its type, and what it says; undefined: none. */
  tagType: number | undefined;
  tag: number;
}

// linux/if_packet.h: struct tpacket_block_desc
const STATUS_WORD = 2;
const COUNT_WORD = 3;
const FIRST_OFFSET_WORD = 4;
const TP_STATUS_KERNEL = 0;
const TP_STATUS_USER = 1;
// struct tpacket3_hdr
const ADDRESS_OFFSET = 48;
const TP_STATUS_VLAN_VALID = 1 << 4;
const TP_STATUS_VLAN_TPID_VALID = 1 << 6;
const ETH_P_8021Q = 0x8100;

/**
 * The ring of a packet socket, TPACKET_V3: the kernel fills one block after the other and hands each over when it is full, or when its time is up. Packets
 * are where the kernel put them; no system call is made for them. `Documentation/networking/packet_mmap.rst`.
 *
 * It only looks at memory: the kernel's part is played by tests, too.
 */
export class PacketRing {
  readonly bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #halves: Uint16Array;
  readonly #status: Int32Array;
  readonly #blockWords: number;
  readonly #blocks: number;
  readonly #packet: RingPacket = {
    seconds: 0,
    nanoseconds: 0,
    length: 0,
    captured: 0,
    start: 0,
    address: 0,
    type: 0,
    tagType: undefined,
    tag: 0,
  };
  #next = 0;

  constructor(memory: ArrayBuffer, blockSize: number) {
    this.bytes = new Uint8Array(memory);
    this.#words = new Uint32Array(memory);
    this.#halves = new Uint16Array(memory);
    this.#status = new Int32Array(memory);
    this.#blockWords = blockSize / 4;
    this.#blocks = memory.byteLength / blockSize;
  }

  /** Gives all packets of the blocks that are ready, and the blocks back to the kernel. One round at most. */
  drain(take: (packet: RingPacket) => void): void {
    for (let round = 0; round < this.#blocks; round++) {
      const block = this.#next * this.#blockWords;
      // A plain read might be done before its time.
      if ((Atomics.load(this.#status, block + STATUS_WORD) & TP_STATUS_USER) === 0) return;
      this.#walk(block, take);
      Atomics.store(this.#status, block + STATUS_WORD, TP_STATUS_KERNEL);
      this.#next = (this.#next + 1) % this.#blocks;
    }
  }

  /** Nothing is in the block that the kernel is filling: what it has taken so far was given already. */
  get isEmpty(): boolean {
    return Atomics.load(this.#status, this.#next * this.#blockWords + COUNT_WORD) === 0;
  }

  #walk(block: number, take: (packet: RingPacket) => void): void {
    const words = this.#words;
    const packet = this.#packet;
    let at = block + (words[block + FIRST_OFFSET_WORD] ?? 0) / 4;
    for (let left = words[block + COUNT_WORD] ?? 0; left > 0; left--) {
      const status = words[at + 5] ?? 0;
      packet.seconds = words[at + 1] ?? 0;
      packet.nanoseconds = words[at + 2] ?? 0;
      packet.captured = words[at + 3] ?? 0;
      packet.length = words[at + 4] ?? 0;
      packet.start = 4 * at + (this.#halves[2 * at + 12] ?? 0);
      packet.address = 4 * at + ADDRESS_OFFSET;
      packet.type = this.bytes[packet.address + 10] ?? 0;
      if ((status & TP_STATUS_VLAN_VALID) === 0) packet.tagType = undefined;
      else {
        packet.tagType = (status & TP_STATUS_VLAN_TPID_VALID) === 0 ? ETH_P_8021Q : (this.#halves[2 * at + 18] ?? 0);
        packet.tag = words[at + 8] ?? 0;
      }
      take(packet);
      at += (words[at] ?? 0) / 4;
    }
  }
}
