import { ENHANCED_PACKET } from './pcapng.ts';
import type { RingPacket } from './ring.ts';

/** epb_flags by packet type: bits 0 and 1 are the direction (1: in, 2: out), 2 to 4 how it was received. */
const flagsOfType = [
  (1 << 2) | 1, // PACKET_HOST: to this host alone
  (3 << 2) | 1, // PACKET_BROADCAST
  (2 << 2) | 1, // PACKET_MULTICAST
  (4 << 2) | 1, // PACKET_OTHERHOST: seen in promiscuous mode
  2, // PACKET_OUTGOING
];

/** All of an Enhanced Packet Block but the packet: 28 bytes before it, flags and the end of the options and the block behind. */
const before = 28;
const around = before + 16;
const TIME_HIGH = 12;
const TIME_LOW = 16;
const cookedHeader = 16;
const hardwareAddresses = 12;
const tagSize = 4;

/** 1,000,000,000 is 2^9 times this: so the nanoseconds of any time are computed without rounding. */
const odd = 1_953_125;
const high = 2 ** 23;
const word = 2 ** 32;

/** Where times are counted from, so that a number has them exactly: the two halves of nanoseconds since 1970. */
export interface TimeBase {
  readonly high: number;
  readonly low: number;
}

export function timeBase(nanoseconds: bigint): TimeBase {
  return { high: Number(nanoseconds >> 32n), low: Number(nanoseconds & 0xffff_ffffn) };
}

/**
 * The packets of one interface on their way into a file: already as blocks of pcapng, one behind the other. What is taken out is to be
 * used before the next packet comes.
 */
export class PacketQueue {
  readonly #interface: number;
  readonly #cooked: boolean;
  readonly #base: TimeBase;
  #bytes = new Uint8Array(16_384);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  /** How many packets were taken out. */
  taken = 0;

  constructor(number: number, cooked: boolean, base: TimeBase) {
    this.#interface = number;
    this.#cooked = cooked;
    this.#base = base;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** When the first was seen, in nanoseconds from the base; infinite if there is none. */
  get time(): number {
    return this.#start === this.#end ? Number.POSITIVE_INFINITY : this.#timeAt(this.#start);
  }

  put(packet: RingPacket, memory: Uint8Array): void {
    const { captured, start } = packet;
    const tag = packet.tagType === undefined || this.#cooked || captured < hardwareAddresses ? 0 : tagSize;
    const more = this.#cooked ? cookedHeader : tag;
    const size = around + ((captured + more + 3) & ~3);
    if (this.#end + size > this.#bytes.length) this.#makeRoom(size);
    const at = this.#end;
    this.#head(at, size, packet, more);
    let to = at + before;
    let from = start;
    if (this.#cooked) to = this.#cook(to, packet, memory);
    else if (tag > 0) {
      copy(memory, start, this.#bytes, to, hardwareAddresses);
      this.#view.setUint16(to + hardwareAddresses, packet.tagType ?? 0);
      this.#view.setUint16(to + hardwareAddresses + 2, packet.tag);
      to += hardwareAddresses + tagSize;
      from += hardwareAddresses;
    }
    const rest = start + captured - from;
    copy(memory, from, this.#bytes, to, rest);
    this.#tail(to + rest, at + size, packet.type);
    this.#end += size;
  }

  #head(at: number, size: number, { seconds, nanoseconds, captured, length }: RingPacket, more: number): void {
    const view = this.#view;
    const whole = seconds * odd;
    let upper = Math.floor(whole / high);
    let lower = (whole - upper * high) * 512 + nanoseconds;
    if (lower >= word) {
      upper++;
      lower -= word;
    }
    view.setUint32(at, ENHANCED_PACKET, true);
    view.setUint32(at + 4, size, true);
    view.setUint32(at + 8, this.#interface, true);
    view.setUint32(at + TIME_HIGH, upper, true);
    view.setUint32(at + TIME_LOW, lower, true);
    view.setUint32(at + 20, captured + more, true);
    view.setUint32(at + 24, length + more, true);
  }

  /** Zeros up to the flags, then these, and the end of the options and of the block. */
  #tail(from: number, end: number, type: number): void {
    const view = this.#view;
    const flags = end - 16;
    for (let at = from; at < flags; at++) this.#bytes[at] = 0;
    view.setUint32(flags, 0x0004_0002, true); // epb_flags, four bytes
    view.setUint32(flags + 4, flagsOfType[type] ?? 0, true);
    view.setUint32(flags + 8, 0, true);
    view.setUint32(flags + 12, end - this.#end, true);
  }

  /** The header of LINKTYPE_LINUX_SLL, of what the kernel says in `struct sockaddr_ll`. */
  #cook(to: number, { address, type }: RingPacket, memory: Uint8Array): number {
    const view = this.#view;
    view.setUint16(to, type);
    view.setUint16(to + 2, (memory[address + 8] ?? 0) | ((memory[address + 9] ?? 0) << 8));
    view.setUint16(to + 4, memory[address + 11] ?? 0);
    copy(memory, address + 12, this.#bytes, to + 6, 8);
    copy(memory, address + 2, this.#bytes, to + 14, 2);
    return to + cookedHeader;
  }

  /** Whole blocks: those that were seen up to `limit`, at most `most` of them. */
  take(limit: number, most: number): { readonly blocks: Uint8Array; readonly packets: number } {
    const start = this.#start;
    let packets = 0;
    while (packets < most && this.#start < this.#end && this.#timeAt(this.#start) <= limit) {
      this.#start += this.#view.getUint32(this.#start + 4, true);
      packets++;
    }
    this.taken += packets;
    const blocks = this.#bytes.subarray(start, this.#start);
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
    return { blocks, packets };
  }

  #timeAt(at: number): number {
    const { high: baseHigh, low: baseLow } = this.#base;
    const view = this.#view;
    return (view.getUint32(at + TIME_HIGH, true) - baseHigh) * word + (view.getUint32(at + TIME_LOW, true) - baseLow);
  }

  #makeRoom(size: number): void {
    const rest = this.#bytes.subarray(this.#start, this.#end);
    const needed = rest.length + size;
    const bytes =
      needed > this.#bytes.length / 2 ? new Uint8Array(2 * Math.max(needed, this.#bytes.length)) : this.#bytes;
    if (bytes === this.#bytes) bytes.copyWithin(0, this.#start, this.#end);
    else bytes.set(rest);
    this.#end = rest.length;
    this.#start = 0;
    if (bytes === this.#bytes) return;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** For short pieces a loop is quicker than a call. */
function copy(from: Uint8Array, start: number, into: Uint8Array, at: number, length: number): void {
  if (length > 64) into.set(from.subarray(start, start + length), at);
  else for (let index = 0; index < length; index++) into[at + index] = from[start + index] ?? 0;
}
