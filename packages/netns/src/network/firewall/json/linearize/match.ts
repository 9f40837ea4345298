import { bytesFor, bytesOfNumber, ones } from '../bits.ts';
import { checkKeys, isObject, objectAt, onlyEntry, stringAt } from '../checked.ts';
import { type Constant, constantAt } from '../constants.ts';
import { itemsAt } from '../elements-read.ts';
import { fault, type Path, unknownWord } from '../fault.ts';
import { protocolAfter } from '../headers.ts';
import { type OptionKind, optionKinds } from '../protocols.ts';
import { isFlags } from '../values.ts';
import { isIcmp } from './ensure.ts';
import { loadKey } from './load.ts';
import { loadFib, loadOption } from './load-fields.ts';
import { isSet, lookUp, setContents } from './lookup.ts';
import { maskBits, swapBytes } from './operate.ts';
import type { Operand, RuleWriter } from './writer.ts';

const operators: Readonly<Record<string, number>> = { '==': 0, '!=': 1, '<': 2, '<=': 3, '>': 4, '>=': 5 };

const nonConstants: Readonly<Record<string, true>> = Object.fromEntries(
  ['payload', 'meta', 'ct', 'rt', 'socket', 'ipsec', 'fib', 'numgen', 'jhash', 'symhash', 'map'].map((word) => [
    word,
    true,
  ]),
);

export function writeMatch(writer: RuleWriter, value: unknown, path: Path): void {
  const { op, left, right, ...more } = objectAt(value, path);
  checkKeys(more, [], path);
  const operator = op === undefined ? undefined : stringAt(op, path.at('op'));
  if (operator !== undefined && !Object.hasOwn(operators, operator) && operator !== 'in' && operator !== '!')
    throw unknownWord(path.at('op'), operator, 'operator', [...Object.keys(operators), 'in', '!']);
  const rightPath = path.at('right');
  if (typeof right === 'boolean' && matchPresence(writer, left, right, operator ?? '==', path.at('left'))) return;
  const { parts } = loadKey(writer, left, 0, path.at('left'));
  const [operand] = parts as [Operand];
  if (parts.length > 1 || isSet(right)) matchSet(writer, parts, right, operator ?? '==', rightPath);
  else matchOne(writer, operand, operator, right, rightPath);
}

export function writeVmap(writer: RuleWriter, value: unknown, path: Path): void {
  const { key, data, ...more } = objectAt(value, path);
  checkKeys(more, [], path);
  const { parts } = loadKey(writer, key, 0, path.at('key'));
  lookUp(writer, data, parts, 0, { kind: 'verdict' }, path.at('data'), { dreg: 0 });
}

/** Whether an extension header, an option, a route is there. */
function matchPresence(writer: RuleWriter, left: unknown, right: boolean, op: string, path: Path): boolean {
  if (!isObject(left)) return false;
  const [kind, value] = onlyEntry(left, path);
  if (kind === 'fib') {
    loadFib(writer, value, 0, path.at(kind), true);
    compare(writer, 1, op, bytesOfNumber(right ? 1n : 0n, 4, 'machine'), path);
    return true;
  }
  if (Object.hasOwn(optionKinds, kind) && isObject(value) && value.field === undefined)
    loadOption(writer, kind as OptionKind, value, 0, path.at(kind), true);
  else return false;
  compare(writer, 1, op, Uint8Array.of(right ? 1 : 0), path);
  return true;
}

function matchSet(writer: RuleWriter, parts: readonly Operand[], right: unknown, op: string, path: Path): void {
  if (op !== '==' && op !== '!=' && op !== 'in') throw fault(path, op, 'cannot be asked of a set');
  const inverted = op === '!=';
  if (typeof right === 'string') {
    lookUp(writer, right, parts, 0, undefined, path, { inverted });
    return;
  }
  const items =
    isObject(right) && 'concat' in right
      ? itemsAt([right], parts, undefined, path, writer.target)
      : itemsAt(setContents(right, path), parts, undefined, path.at('set'), writer.target);
  const [item] = items;
  const [only] = parts;
  if (
    parts.length === 1 &&
    only !== undefined &&
    items.length === 1 &&
    item?.key !== undefined &&
    item.details === undefined
  ) {
    // One element needs no set.
    matchConstant(writer, only, inverted ? '!=' : '==', item.key[0] as Constant, path);
    return;
  }
  lookUp(writer, right, parts, 0, undefined, path, { inverted, items });
  const values = items.flatMap(({ key }) => (key === undefined ? [] : [Number(key[0]?.low)]));
  if (!inverted && only?.field?.name === 'type' && isIcmp(only.protocol)) writer.headers.icmpTypes = values;
}

function matchOne(writer: RuleWriter, operand: Operand, op: string | undefined, right: unknown, path: Path): void {
  if (isObject(right) && onlyEntry(right, path)[0] in nonConstants) throw fault(path, right, 'must be a constant');
  const constant = constantAt(right, operand, path, writer.target);
  const operator = op ?? (isFlags(operand.type) && !isObject(right) ? 'in' : '==');
  if (operator === 'in' || operator === '!') {
    const length = bytesFor(operand.bits + (operand.shift ?? 0));
    maskBits(writer, 1, length, constant.low << BigInt(operand.shift ?? 0), 0n, operand.order);
    compare(writer, 1, operator === 'in' ? '!=' : '==', new Uint8Array(length), path);
    return;
  }
  matchConstant(writer, operand, operator, constant, path);
}

/** Compares what is in register 1. */
function matchConstant(writer: RuleWriter, operand: Operand, op: string, constant: Constant, path: Path): void {
  const equality = op === '==' || op === '!=';
  const shift = BigInt(operand.shift ?? 0);
  const bits = operand.bits + Number(shift);
  const length = bytesFor(bits);
  if (!constant.range) {
    const order = equality ? operand.order : inComparableOrder(writer, operand, length);
    const bytes = bytesOfNumber(constant.low << shift, length, order);
    compare(writer, 1, op, bytes, path);
    const mergeable = op === '==' && operand.bytes !== undefined;
    writer.close(
      mergeable && operand.bytes ? { base: operand.bytes.base, offset: operand.bytes.offset, bytes } : undefined,
    );
    if (op === '==') learnFrom(writer, operand, constant.low);
    return;
  }
  if (!equality) throw fault(path, op, 'cannot be asked of a range');
  if (constant.prefix !== undefined) return void matchPrefix(writer, operand, op, constant, length, path);
  const order = inComparableOrder(writer, operand, length);
  const [low, high] = [constant.low, constant.high].map((value) => bytesOfNumber(value << shift, length, order)) as [
    Uint8Array,
    Uint8Array,
  ];
  if (op === '==') {
    compare(writer, 1, '>=', low, path);
    compare(writer, 1, '<=', high, path);
  } else writer.push({ kind: 'range', data: { sreg: 1, op: 1, fromData: { value: low }, toData: { value: high } } });
}

export function compare(writer: RuleWriter, sreg: number, op: string, bytes: Uint8Array, path: Path): void {
  const number = operators[op];
  if (number === undefined) throw fault(path, op, 'is an operator for flags');
  writer.push({ kind: 'cmp', data: { sreg, op: number, data: { value: bytes } } });
}

/** Which of two is greater can be seen only in network order. */
function inComparableOrder(writer: RuleWriter, operand: Operand, length: number): 'network' {
  if (operand.order === 'machine' && length > 1) swapBytes(writer, 1, length, 'hton');
  return 'network';
}

function matchPrefix(
  writer: RuleWriter,
  operand: Operand,
  op: string,
  constant: Constant,
  length: number,
  path: Path,
): void {
  const prefix = constant.prefix ?? 0;
  const bytes = bytesOfNumber(constant.low, length, 'network');
  const shorter = operand.type.form === 'name' || operand.bytes !== undefined || operand.of === 'ct';
  if (prefix % 8 === 0 && prefix > 0 && shorter) {
    // Only so many bytes are loaded as are compared.
    if (operand.bytes !== undefined)
      writer.amend((load) => (load.kind === 'payload' ? { ...load, data: { ...load.data, len: prefix / 8 } } : load));
    compare(writer, 1, op, bytes.subarray(0, prefix / 8), path);
    return;
  }
  maskBits(writer, 1, length, ones(length * 8) ^ ones(length * 8 - prefix), 0n, 'network');
  compare(writer, 1, op, bytes, path);
}

function learnFrom(writer: RuleWriter, operand: Operand, value: bigint): void {
  const { protocol, field, key } = operand;
  if (key?.tells !== undefined) writer.headers.learnFromKey(key, value);
  if (protocol === undefined || field === undefined) return;
  writer.headers.learn(protocolAfter(protocol, field, value));
  if (field.name === 'type' && isIcmp(protocol)) writer.headers.icmpTypes = [Number(value)];
}
