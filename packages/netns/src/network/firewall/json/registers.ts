/** How many bytes the registers of a rule hold together. */
const REGISTER_BYTES = 64;

/** At which byte of them a register begins: 1 to 4 are of 16 bytes, 8 to 23 of 4; undefined for 0, the verdict. */
export function offsetOfRegister(register: number): number | undefined {
  if (register >= 1 && register <= 4) return (register - 1) * 16;
  return register >= 8 && register < 8 + REGISTER_BYTES / 4 ? (register - 8) * 4 : undefined;
}

/** The register that begins at a byte, as `nft` numbers it. */
export function registerAt(offset: number): number {
  return offset % 16 === 0 ? 1 + offset / 16 : 8 + offset / 4;
}

/** Registers and what a walk through a rule has put into them. */
export class Registers<T> {
  readonly #at = new Map<number, T>();

  /** Puts something in, over all that stood there. */
  set(register: number, bytes: number, value: T): boolean {
    const start = offsetOfRegister(register);
    if (start === undefined) return false;
    for (const offset of [...this.#at.keys()]) if (offset >= start && offset < start + bytes) this.#at.delete(offset);
    this.#at.set(start, value);
    return true;
  }

  get(register: number): T | undefined {
    const offset = offsetOfRegister(register);
    return offset === undefined ? undefined : this.#at.get(offset);
  }

  /** What stands there, and behind it without a gap, until `bytes` are full. */
  sequence(register: number, bytes: number, lengthOf: (value: T) => number): T[] | undefined {
    const start = offsetOfRegister(register);
    if (start === undefined) return undefined;
    const values: T[] = [];
    for (let offset = start; offset < start + bytes; ) {
      const value = this.#at.get(offset);
      if (value === undefined) return undefined;
      values.push(value);
      offset += Math.ceil(lengthOf(value) / 4) * 4;
    }
    return values;
  }
}
