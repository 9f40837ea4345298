import { bytesFor, bytesOfNumber } from '../bits.ts';
import { integerAt } from '../checked.ts';
import { constantAt } from '../constants.ts';
import type { PartType } from '../elements-show.ts';
import { fault, Path } from '../fault.ts';
import { registerAt } from '../registers.ts';
import type { Operand, RuleWriter } from './writer.ts';

export function maskBits(
  writer: RuleWriter,
  register: number,
  length: number,
  mask: bigint,
  xor: bigint,
  order: 'network' | 'machine',
): void {
  const value = (number: bigint) => ({ value: bytesOfNumber(number, length, order) });
  writer.push({
    kind: 'bitwise',
    data: { sreg: register, dreg: register, len: length, op: 0, mask: value(mask), xor: value(xor) },
  });
}

export function shiftDown(writer: RuleWriter, operand: Operand, offset: number): Operand {
  return shiftBy(writer, operand, '>>', operand.shift, offset, new Path(''));
}

export function shiftBy(
  writer: RuleWriter,
  operand: Operand,
  op: '<<' | '>>',
  by: unknown,
  offset: number,
  path: Path,
): Operand {
  const bits = operand.bits + (operand.shift ?? 0);
  const amount = integerAt(by, path, 0, bits);
  const register = registerAt(offset);
  const length = bytesFor(bits);
  if (operand.order === 'network' && length > 1) swapBytes(writer, register, length, 'ntoh');
  writer.push({
    kind: 'bitwise',
    data: {
      sreg: register,
      dreg: register,
      len: length,
      op: op === '<<' ? 1 : 2,
      data: { value: bytesOfNumber(BigInt(amount), 4, 'machine') },
    },
  });
  if (operand.order === 'network' && length > 1) swapBytes(writer, register, length, 'hton');
  const { type, order } = operand;
  return { type, order, bits };
}

export function swapBytes(writer: RuleWriter, register: number, length: number, op: 'ntoh' | 'hton'): void {
  writer.push({
    kind: 'byteorder',
    data: { sreg: register, dreg: register, op: op === 'hton' ? 1 : 0, len: length, size: length },
  });
}

export function oneValueAt(writer: RuleWriter, json: unknown, part: PartType, path: Path): bigint {
  const constant = constantAt(json, part, path, writer.target);
  if (constant.range) throw fault(path, json, 'must be one value');
  return constant.low;
}
