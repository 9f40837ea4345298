import { bytesFor, ones } from '../bits.ts';
import { byName, checkKeys, flagsAt, integerAt, type JsonObject, objectAt, optional, wordAt } from '../checked.ts';
import { booleanPart, dataTypes } from '../datatypes.ts';
import { fault, type Path } from '../fault.ts';
import { ctKeys, fibResults } from '../keys.ts';
import {
  baseNumbers,
  type Field,
  type OptionKind,
  optionKinds,
  type Protocol,
  payloadBases,
  protocols,
} from '../protocols.ts';
import { registerAt } from '../registers.ts';
import { FIB_PRESENT, fibFlags } from '../units.ts';
import { ensure, ensureIcmpType, ensureNetwork } from './ensure.ts';
import { maskBits } from './operate.ts';
import type { Operand, RuleWriter } from './writer.ts';

export function loadPayload(writer: RuleWriter, value: unknown, into: number, path: Path): Operand {
  const dreg = registerAt(into);
  const named = fieldAt(value, path);
  if (named === undefined) return loadRaw(writer, value, dreg, path);
  const { protocol, field } = named;
  ensure(writer, protocol, path.at('protocol'));
  ensureIcmpType(writer, protocol, field);
  const start = writer.headers.startOf(protocol) + field.offset;
  const operand = loadBits(writer, payloadBases.indexOf(protocol.base), start, field.bits, dreg);
  return { ...operand, type: field.type, protocol, field };
}

export function fieldAt(value: unknown, path: Path): { protocol: Protocol; field: Field } | undefined {
  const payload = objectAt(value, path);
  if (!('protocol' in payload)) return undefined;
  checkKeys(payload, ['protocol', 'field'], path);
  const protocol = wordAt(payload.protocol, protocols, 'protocol', path.at('protocol'));
  const fields = byName(protocol.fields);
  const field = wordAt(payload.field, fields, `field of ${protocol.name}`, path.at('field'));
  return { protocol, field };
}

/** Loads the bytes that hold these bits, and leaves of them only these. */
function loadBits(writer: RuleWriter, base: number, start: number, bits: number, dreg: number): Operand {
  const offset = Math.floor(start / 8);
  const length = Math.ceil((start + bits) / 8) - offset;
  const shift = (offset + length) * 8 - start - bits;
  writer.push({ kind: 'payload', data: { dreg, base, offset, len: length } });
  if (shift === 0 && bits === length * 8)
    return { type: dataTypes.integer, bits, order: 'network', bytes: { base, offset, length } };
  maskBits(writer, dreg, length, ones(bits) << BigInt(shift), 0n, 'network');
  return { type: dataTypes.integer, bits: length * 8 - shift, order: 'network', shift };
}

function loadRaw(writer: RuleWriter, value: unknown, dreg: number, path: Path): Operand {
  const payload = objectAt(value, path);
  checkKeys(payload, ['base', 'offset', 'len'], path);
  const base = wordAt(payload.base, baseNumbers, 'base', path.at('base'));
  const offset = integerAt(payload.offset, path.at('offset'), 0, 65_535 * 8);
  const bits = integerAt(payload.len, path.at('len'), 1, 128);
  return loadBits(writer, base, offset, bits, dreg);
}

export function loadCt(writer: RuleWriter, value: unknown, into: number, path: Path): Operand {
  const { key, dir, family } = objectAt(value, path);
  const name = family !== undefined && typeof key === 'string' && /^[sd]addr$/.test(key) ? `${family} ${key}` : key;
  const known = wordAt(name, ctKeys.byName, 'key of ct', path.at('key'));
  const direction = dir === undefined ? undefined : wordAt(dir, { original: 0, reply: 1 }, 'direction', path.at('dir'));
  if (direction === undefined && /addr$|^proto-/.test(known.name))
    throw fault(path, value, 'needs "dir": original or reply');
  writer.push({
    kind: 'ct',
    data: { key: known.number, dreg: registerAt(into), ...(direction !== undefined && { direction }) },
  });
  const addresses = /^[sd]addr$/.test(known.name) && writer.headers.network?.name === 'ip6';
  const type = addresses ? dataTypes.ipv6_addr : known.type;
  return { type, bits: type.bits || known.bits, order: known.order, key: known, of: 'ct' };
}

/** `present`: only whether there is a route. */
export function loadFib(writer: RuleWriter, value: unknown, into: number, path: Path, present = false): Operand {
  const { result, flags } = objectAt(value, path);
  const known = wordAt(result, fibResults.byName, 'result of fib', path.at('result'));
  const bits = flagsAt(flags, fibFlags, 'flag of fib', path.at('flags'));
  writer.push({
    kind: 'fib',
    data: { dreg: registerAt(into), result: known.number, flags: present ? bits | FIB_PRESENT : bits },
  });
  return present ? booleanPart : { type: known.type, bits: known.bits, order: known.order };
}

/** `present`: only whether it is there. */
export function loadOption(
  writer: RuleWriter,
  kind: OptionKind,
  value: unknown,
  into: number,
  path: Path,
  present = false,
): Operand {
  const dreg = registerAt(into);
  const option = objectAt(value, path);
  if (kind === 'exthdr') ensureNetwork(writer, protocols.ip6 as Protocol, path);
  if (kind === 'ip option') ensureNetwork(writer, protocols.ip as Protocol, path);
  const { op } = optionKinds[kind];
  if ('base' in option) {
    const type = integerAt(option.base, path.at('base'), 0, 255);
    const [offset, bits] = [integerAt(option.offset, path.at('offset')), integerAt(option.len, path.at('len'), 8, 128)];
    writer.push({ kind: 'exthdr', data: { dreg, type, offset: Math.floor(offset / 8), len: bytesFor(bits), op } });
    return { type: dataTypes.integer, bits, order: 'network' };
  }
  const known = optionFieldAt(kind, option, path);
  if (known.field === undefined || present) {
    writer.push({ kind: 'exthdr', data: { dreg, type: known.type, offset: 0, len: 1, flags: 1, op } });
    return booleanPart;
  }
  const { field, start } = known;
  const offset = Math.floor(start / 8);
  const length = Math.ceil((start + field.bits) / 8) - offset;
  const shift = (offset + length) * 8 - start - field.bits;
  writer.push({ kind: 'exthdr', data: { dreg, type: known.type, offset, len: length, op } });
  if (shift === 0 && field.bits === length * 8) return { type: field.type, bits: field.bits, order: 'network' };
  maskBits(writer, dreg, length, ones(field.bits) << BigInt(shift), 0n, 'network');
  return { type: field.type, bits: length * 8 - shift, order: 'network', shift };
}

export function optionFieldAt(
  kind: OptionKind,
  option: JsonObject,
  path: Path,
): { type: number; field?: Field; start: number } {
  const all = byName(optionKinds[kind].options);
  const known = wordAt(option.name, all, kind, path.at('name'));
  if (option.field === undefined) return { type: known.type, start: 0 };
  const numbered = typeof option.field === 'string' ? /^(\w+)\[(\d{1,2})\]$/.exec(option.field) : null;
  const fields = byName(known.fields);
  const field = wordAt(numbered?.[1] ?? option.field, fields, `field of ${known.name}`, path.at('field'));
  const which = numbered === null ? 0 : Number(numbered[2]) - 1;
  const behind = optional(option.offset, integerAt, path.at('offset')) ?? 0;
  if (which < 0) throw fault(path.at('field'), option.field, 'counts from 1');
  return { type: known.type, field, start: field.offset + (field.each ?? 0) * (which + behind) };
}
