/** Writes programs for the kernel's own virtual machine: Documentation/bpf/standardization/instruction-set.rst. Pure. */

/** One register of the machine: r0 is what a call returned, r1 to r5 are its arguments, r6 to r9 last, r10 is the stack. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

const jumps = { always: 0x05, ifZero: 0x15, ifEqual: 0x1d, ifBelow: 0xa5 } as const;

/** A program as it is written: labels are resolved by `bytes`. */
export class Assembler {
  readonly #code: { opcode: number; dst: number; src: number; offset: number | string; immediate: number }[] = [];
  readonly #labels = new Map<string, number>();

  /** Names the place of the next instruction. */
  label(name: string): this {
    this.#labels.set(name, this.#code.length);
    return this;
  }

  /** dst = src */
  move(dst: Register, src: Register): this {
    return this.#add(0xbf, dst, src, 0, 0);
  }

  /** dst = a number */
  set(dst: Register, value: number): this {
    return this.#add(0xb7, dst, 0, 0, value);
  }

  /** dst += a number */
  add(dst: Register, value: number): this {
    return this.#add(0x07, dst, 0, 0, value);
  }

  /** dst += src */
  addRegister(dst: Register, src: Register): this {
    return this.#add(0x0f, dst, src, 0, 0);
  }

  /** dst <<= a number */
  shiftLeft(dst: Register, bits: number): this {
    return this.#add(0x67, dst, 0, 0, bits);
  }

  /** dst = the 64 bits at base + offset */
  load(dst: Register, base: Register, offset: number): this {
    return this.#add(0x79, dst, base, offset, 0);
  }

  /** The 64 bits at base + offset = src */
  store(base: Register, offset: number, src: Register): this {
    return this.#add(0x7b, base, src, offset, 0);
  }

  /** The 32 bits at base + offset = src */
  storeWord(base: Register, offset: number, src: Register): this {
    return this.#add(0x63, base, src, offset, 0);
  }

  /** The 32 bits at base + offset = a number */
  storeNumber(base: Register, offset: number, value: number): this {
    return this.#add(0x62, base, 0, offset, value);
  }

  /** dst = the map with this descriptor. Takes two places. */
  map(dst: Register, fd: number): this {
    return this.#add(0x18, dst, 1, 0, fd).#add(0, 0, 0, 0, 0);
  }

  /** Calls one of the kernel's helpers by its number. */
  call(helper: number): this {
    return this.#add(0x85, 0, 0, 0, helper);
  }

  jump(to: string): this {
    return this.#add(jumps.always, 0, 0, to, 0);
  }

  jumpIfZero(register: Register, to: string): this {
    return this.#add(jumps.ifZero, register, 0, to, 0);
  }

  jumpIfEqual(a: Register, b: Register, to: string): this {
    return this.#add(jumps.ifEqual, a, b, to, 0);
  }

  /** Without signs. */
  jumpIfBelow(register: Register, value: number, to: string): this {
    return this.#add(jumps.ifBelow, register, 0, to, value);
  }

  /** Ends, returning a number. */
  return(value: number): this {
    return this.set(0, value).#add(0x95, 0, 0, 0, 0);
  }

  /** How many instructions there are. */
  get length(): number {
    return this.#code.length;
  }

  /** The program as the kernel takes it: 8 bytes for each instruction. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(8 * this.#code.length);
    const view = new DataView(bytes.buffer);
    for (const [index, { opcode, dst, src, offset, immediate }] of this.#code.entries()) {
      view.setUint8(8 * index, opcode);
      view.setUint8(8 * index + 1, (src << 4) | dst);
      view.setInt16(8 * index + 2, typeof offset === 'string' ? this.#distance(offset, index) : offset, true);
      view.setInt32(8 * index + 4, immediate, true);
    }
    return bytes;
  }

  #distance(label: string, from: number): number {
    const to = this.#labels.get(label);
    if (to === undefined) throw new Error(`there is no label ${label}`);
    return to - from - 1;
  }

  #add(opcode: number, dst: number, src: number, offset: number | string, immediate: number): this {
    this.#code.push({ opcode, dst, src, offset, immediate });
    return this;
  }
}
