import { align4 } from './slice.ts';

/** A growing buffer that an encoder appends to. Fresh bytes are zero, so padding needs no writing. */
export class Writer {
  bytes: Uint8Array;
  view: DataView;
  length = 0;
  /** Where in the value its encoder is, for errors. */
  readonly path: string[] = [];

  constructor(capacity = 512) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `size` zero bytes and says where they start. */
  reserve(size: number): number {
    const at = this.length;
    const length = at + size;
    if (length > this.bytes.length) this.#grow(length);
    this.length = length;
    return at;
  }

  byte(value: number): void {
    // Reserving may replace the buffer, so it comes first.
    const at = this.reserve(1);
    this.bytes[at] = value;
  }

  append(bytes: Uint8Array): void {
    const { length } = bytes;
    const at = this.reserve(length);
    const target = this.bytes;
    // A few bytes are copied sooner than `set` is called.
    if (length <= 32) for (let index = 0; index < length; index++) target[at + index] = bytes[index] as number;
    else target.set(bytes, at);
  }

  /** Fills up to the next multiple of four. */
  align(): void {
    this.reserve(align4(this.length) - this.length);
  }

  /** Takes back what was written from `length` on: it is zero once more. */
  truncate(length: number): void {
    this.bytes.fill(0, length, this.length);
    this.length = length;
  }

  /** The same after a failure, when something may stand beyond the end. */
  discard(length: number): void {
    this.bytes.fill(0, length);
    this.length = length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  #grow(length: number): void {
    const bytes = new Uint8Array(Math.max(length, this.bytes.length * 2));
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
