import type { Instruction } from '../../../src/inspect/capture/filter/program.ts';

/** What the kernel knows of a packet beside its bytes, by SKF_AD_…: loads of 0xfffff000 and above. */
export type Beside = Readonly<Record<number, number>>;

/**
 * Runs a program of classic BPF over a packet, as the kernel does: how many bytes it keeps. Reading behind the end of the packet, and dividing
 * by 0, end it with 0.
 */
export function runProgram(program: readonly Instruction[], packet: Uint8Array, beside: Beside = {}): number {
  const memory = new Uint32Array(16);
  let [a, x] = [0, 0];
  const load = (at: number, size: number): number | undefined => {
    if (at >= 0xffff_f000) return beside[at - 0xffff_f000] ?? 0;
    if (at + size > packet.length) return undefined;
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 256 + (packet[at + index] ?? 0);
    return value;
  };
  for (let at = 0; at < program.length; at++) {
    const { code, jt, jf, k } = program[at] as Instruction;
    const size = { 0: 4, 8: 2, 16: 1 }[code & 0x18] ?? 0;
    const operand = code & 0x08 ? x : k;
    switch (code & 0x07) {
      case 0: {
        const values: Readonly<Record<number, () => number | undefined>> = {
          0: () => k,
          32: () => load(k, size),
          64: () => load((x + k) % 2 ** 32, size),
          96: () => memory[k],
          128: () => packet.length,
        };
        const value = values[code & 0xe0]?.();
        if (value === undefined) return 0;
        a = value;
        break;
      }
      case 1:
        if ((code & 0xe0) === 0xa0) {
          const byte = load(k, 1);
          if (byte === undefined) return 0;
          x = 4 * (byte & 0xf);
        } else x = { 0: k, 96: memory[k] ?? 0, 128: packet.length }[code & 0xe0] ?? 0;
        break;
      case 2:
        memory[k] = a;
        break;
      case 3:
        memory[k] = x;
        break;
      case 4: {
        if (((code & 0xf0) === 0x30 || (code & 0xf0) === 0x90) && operand === 0) return 0;
        const results: Readonly<Record<number, () => number>> = {
          0: () => a + operand,
          16: () => a - operand,
          32: () => Math.imul(a, operand),
          48: () => Math.floor(a / operand),
          64: () => a | operand,
          80: () => a & operand,
          96: () => (operand > 31 ? 0 : a << operand),
          112: () => (operand > 31 ? 0 : a >>> operand),
          128: () => -a,
          144: () => a % operand,
          160: () => a ^ operand,
        };
        a = Number(BigInt.asUintN(32, BigInt(results[code & 0xf0]?.() ?? 0)));
        break;
      }
      case 5: {
        if ((code & 0xf0) === 0) {
          at += k;
          break;
        }
        const holds = {
          16: a === operand,
          32: a > operand,
          48: a >= operand,
          64: (a & operand) !== 0,
        }[code & 0xf0];
        at += holds ? jt : jf;
        break;
      }
      case 6:
        return code & 0x10 ? a : k;
      default:
        if (code & 0x80) a = x;
        else x = a;
    }
  }
  throw new Error('the program runs over its end');
}
