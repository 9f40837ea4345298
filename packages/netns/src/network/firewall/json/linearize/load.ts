import { bytesFor, ones } from '../bits.ts';
import { checkKeys, integerAt, isObject, type JsonObject, listAt, objectAt, onlyEntry, optional } from '../checked.ts';
import { isImmediateJson, keyBytes } from '../constants.ts';
import type { DataKind } from '../elements-read.ts';
import type { PartType } from '../elements-show.ts';
import { fault, type Path, unknownWord } from '../fault.ts';
import { machineNumber, port } from '../parts.ts';
import { type OptionKind, optionKinds } from '../protocols.ts';
import { registerAt } from '../registers.ts';
import { loadCt, loadFib, loadOption, loadPayload } from './load-fields.ts';
import { loadIpsec, loadMeta, loadNumgen, loadOsf, loadRoute, loadSocket } from './load-keys.ts';
import { lookUp } from './lookup.ts';
import { maskBits, oneValueAt, shiftBy, shiftDown, swapBytes } from './operate.ts';
import { type Operand, REGISTER, type RuleWriter } from './writer.ts';

/** What can be computed with. */
const operators: readonly string[] = ['|', '^', '&', '<<', '>>'];

/** Puts what a term stands for into the registers from `offset` on. */
type Load = (writer: RuleWriter, value: unknown, offset: number, path: Path) => Operand;

/** How each kind of term is loaded, but for those that compute. */
const loads: Readonly<Record<string, Load>> = {
  payload: loadPayload,
  meta: loadMeta,
  ct: loadCt,
  rt: loadRoute,
  socket: loadSocket,
  ipsec: loadIpsec,
  osf: loadOsf,
  fib: loadFib,
  numgen: loadNumgen,
  jhash: loadJhash,
  symhash: loadSymhash,
  map: loadMap,
  ...Object.fromEntries((Object.keys(optionKinds) as OptionKind[]).map((kind) => [kind, loadOfOption(kind)])),
};

function loadOfOption(kind: OptionKind): Load {
  return (writer, value, offset, path) => loadOption(writer, kind, value, offset, path);
}

/** Loads a term; what has to be asked before is asked. */
export function load(writer: RuleWriter, json: unknown, offset: number, path: Path): Operand {
  if (!isObject(json))
    throw fault(path, json, 'must be something of the packet, as in { "payload": ... } or { "meta": ... }');
  const [kind, value] = onlyEntry(json, path);
  if (operators.includes(kind)) return compute(writer, json, offset, path);
  if (kind === 'concat') throw fault(path, json, 'cannot stand here');
  const write = Object.hasOwn(loads, kind) ? loads[kind] : undefined;
  if (write === undefined) throw unknownWord(path, kind, 'expression', [...Object.keys(loads), 'concat']);
  return write(writer, value, offset, path.at(kind));
}

/** Loads a key, one expression or several side by side. */
export function loadKey(
  writer: RuleWriter,
  json: unknown,
  offset: number,
  path: Path,
): { parts: Operand[]; length: number } {
  if (!isObject(json) || !('concat' in json)) {
    const operand = load(writer, json, offset, path);
    return { parts: [operand], length: bytesFor(operand.bits + (operand.shift ?? 0)) };
  }
  const parts: Operand[] = [];
  let at = offset;
  for (const [index, part] of listAt(json.concat, path.at('concat')).entries()) {
    const operand = loadAligned(writer, part, at, path.at('concat').at(index));
    parts.push(operand);
    at += Math.ceil(bytesFor(operand.bits) / 4) * 4;
    if (at > 4 * REGISTER) throw fault(path, json, 'is longer than 64 bytes');
  }
  if (parts.length === 0) throw fault(path, json, 'must have parts');
  return { parts, length: at - offset };
}

/** A part of a concatenation is at the lowest bit of its register. */
function loadAligned(writer: RuleWriter, json: unknown, offset: number, path: Path): Operand {
  if (isObject(json) && '>>' in json && Array.isArray(json['>>'])) {
    // `nft` writes the shift that brings a field to the lowest bit.
    const [inner, by] = json['>>'];
    const operand = load(writer, inner, offset, path.at('>>').at(0));
    if (operand.shift !== undefined && operand.shift === by) return shiftDown(writer, operand, offset);
    return shiftBy(writer, operand, '>>', by, offset, path.at('>>').at(1));
  }
  const operand = load(writer, json, offset, path);
  return operand.shift ? shiftDown(writer, operand, offset) : operand;
}

/** Computes with constants: what can be done with one mask and one xor is one expression. */
function compute(writer: RuleWriter, json: unknown, offset: number, path: Path): Operand {
  const steps: { op: string; right: unknown; path: Path }[] = [];
  let inner: unknown = json;
  let at = path;
  while (isObject(inner)) {
    const [op, operands] = onlyEntry(inner, at);
    if (!operators.includes(op)) break;
    const [left, right, ...more] = listAt(operands, at.at(op));
    if (right === undefined || more.length > 0) throw fault(at.at(op), operands, 'must have two sides');
    steps.unshift({ op, right, path: at.at(op).at(1) });
    inner = left;
    at = at.at(op).at(0);
  }
  let operand = load(writer, inner, offset, at);
  const register = registerAt(offset);
  const shift = operand.shift ?? 0;
  const width = operand.bits + shift;
  let mask = ones(width);
  let xor = 0n;
  const flush = () => {
    if (mask !== ones(width) || xor !== 0n) maskBits(writer, register, bytesFor(width), mask, xor, operand.order);
    mask = ones(width);
    xor = 0n;
  };
  for (const { op, right, path: where } of steps) {
    if (op === '<<' || op === '>>') {
      flush();
      operand = shiftBy(writer, operand, op, right, offset, where);
      continue;
    }
    const value = oneValueAt(writer, right, operand, where) << BigInt(shift);
    if (op === '&') [mask, xor] = [mask & value, xor & value];
    else if (op === '|') [mask, xor] = [mask & ~value & ones(width), (xor & ~value) | value];
    else xor ^= value;
  }
  flush();
  const { type, bits, order } = operand;
  return { type, bits, order, ...(operand.shift !== undefined && { shift: operand.shift }) };
}

function loadJhash(writer: RuleWriter, value: unknown, offset: number, path: Path): Operand {
  const hash = objectAt(value, path);
  const seed = optional(hash.seed, integerAt, path.at('seed'));
  const common = hashData(hash, offset, path);
  const { length } = loadKey(writer, hash.expr, offset + REGISTER, path.at('expr'));
  const sreg = registerAt(offset + REGISTER);
  writer.push({ kind: 'hash', data: { ...common, sreg, len: length, ...(seed !== undefined && { seed }), type: 0 } });
  return machineNumber;
}

function loadSymhash(writer: RuleWriter, value: unknown, offset: number, path: Path): Operand {
  writer.push({ kind: 'hash', data: { ...hashData(objectAt(value, path), offset, path), type: 1 } });
  return machineNumber;
}

function hashData(hash: JsonObject, offset: number, path: Path) {
  checkKeys(hash, ['mod', 'offset', 'seed', 'expr'], path);
  const start = optional(hash.offset, integerAt, path.at('offset'));
  const modulus = integerAt(hash.mod, path.at('mod'), 1);
  return { dreg: registerAt(offset), modulus, ...(start !== undefined && { offset: start }) };
}

/** The value that a map gives for a key. */
function loadMap(writer: RuleWriter, value: unknown, offset: number, path: Path, wanted?: PartType): Operand {
  const map = objectAt(value, path);
  checkKeys(map, ['key', 'data'], path);
  const { parts } = loadKey(writer, map.key, offset, path.at('key'));
  const guess = wanted === undefined ? undefined : dataKindOf(map.data, wanted);
  const dreg = registerAt(offset);
  const view = lookUp(writer, map.data, parts, offset, guess ?? 'of the set', path.at('data'), { dreg });
  const data = view.data?.kind === 'value' ? view.data.parts[0] : undefined;
  const part = data ?? wanted ?? machineNumber;
  return { type: part.type, bits: part.bits, order: part.order, data: view };
}

/** What the values of an anonymous map are: for an address also address and port. */
function dataKindOf(contents: unknown, wanted: PartType): DataKind {
  const first = isObject(contents) && Array.isArray(contents.set) ? contents.set[0] : undefined;
  const sample = Array.isArray(first) ? first[1] : undefined;
  const parts = isObject(sample) && Array.isArray(sample.concat) ? sample.concat.length : 1;
  return { kind: 'value', parts: parts === 2 ? [wanted, port] : [wanted] };
}

/** Puts a value into the registers from `offset` on: a constant, or what has to be computed. */
export function valueInto(writer: RuleWriter, json: unknown, part: PartType, offset: number, path: Path): Operand {
  if (isImmediateJson(json) || Array.isArray(json) || (isObject(json) && isConstant(json))) {
    const value = oneValueAt(writer, json, part, path);
    immediateInto(writer, offset, keyBytes([part], [value]));
    return part;
  }
  const operand =
    isObject(json) && 'map' in json
      ? loadMap(writer, json.map, offset, path.at('map'), part)
      : load(writer, json, offset, path);
  const length = bytesFor(part.bits);
  if (operand.order !== part.order && length > 1 && operand.data === undefined)
    swapBytes(writer, registerAt(offset), length, part.order === 'network' ? 'hton' : 'ntoh');
  return operand;
}

export function immediateInto(writer: RuleWriter, offset: number, bytes: Uint8Array): void {
  writer.push({ kind: 'immediate', data: { dreg: registerAt(offset), data: { value: bytes } } });
}

export function isConstant(json: JsonObject): boolean {
  const [kind, value] = Object.entries(json)[0] ?? [];
  if (kind === 'range' || kind === 'prefix') return true;
  if (kind === undefined || !operators.includes(kind) || !Array.isArray(value)) return false;
  return value.every((each) => isImmediateJson(each) || (isObject(each) && isConstant(each)));
}
