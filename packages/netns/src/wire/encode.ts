import { nearest } from '../closest.ts';
import { InvalidArgumentError } from '../errors.ts';
import { isMarked, NLA_F_NESTED, NLA_TYPE_MASK, type UnknownAttribute } from './attributes.ts';
import type { ArrayOf, AttributeSet, Field, Pair, Prefixed, Records, Shape, Struct } from './shape.ts';
import { isPadding } from './struct.ts';
import type { Writer } from './writer.ts';

type Value = Readonly<Record<string, unknown>>;

/** Appends a value. Throws InvalidArgumentError with the path of the part that cannot be written. */
export function encodeValue(shape: Shape, writer: Writer, value: unknown, name: string): void {
  const { path } = writer;
  if (path.length > 0) path.length = 0; // the one before was refused
  path.push(name);
  writeShape(shape, writer, value);
  path.pop();
}

export function writeShape(shape: Shape, writer: Writer, value: unknown): void {
  switch (shape.form) {
    case 'leaf': {
      const refused = shape.write(writer, value);
      if (refused !== undefined) refuse(writer, value, refused);
      break;
    }
    case 'struct':
      writeStruct(shape, writer, objectOf(value, writer));
      break;
    case 'array':
      writeArray(shape, writer, listOf(value, writer));
      break;
    case 'attributes':
      writeAttributes(shape, writer, objectOf(value, writer));
      break;
    case 'prefixed':
      writePrefixed(shape, writer, objectOf(value, writer));
      break;
    case 'records':
      writeRecords(shape, writer, listOf(value, writer));
  }
}

function writePrefixed(shape: Prefixed, writer: Writer, value: Value): void {
  onlyKeys(value, prefixedKeys, writer);
  writer.path.push('header');
  const header = objectOf(value.header ?? nothing, writer);
  if (header.rest !== undefined) refuse(writer, header.rest, 'nothing can stand between the header and its attributes');
  writeStruct(shape.header, writer, header);
  writer.path.pop();
  writer.align();
  writeAttributes(shape.attributes, writer, objectOf(value.attributes ?? nothing, writer));
}

function writeRecords({ record }: Records, writer: Writer, values: readonly unknown[]): void {
  for (const [index, value] of values.entries()) {
    writer.path.push(String(index));
    const start = writer.length;
    writePrefixed(record, writer, objectOf(value, writer));
    const length = writer.length - start;
    if (length > 0xffff) refuse(writer, length, 'a record holds at most 65535 bytes');
    writer.view.setUint16(start, length, true);
    writer.path.pop();
  }
}

const prefixedKeys = ['header', 'attributes'];
const nothing: Value = {};

/** Attributes in the order of the value's keys: what was decoded goes back in the order in which it came. */
function writeAttributes(set: AttributeSet, writer: Writer, value: Value): void {
  for (const key in value) {
    const given = value[key];
    if (given === undefined) continue;
    const declared = set.byName.get(key);
    writer.path.push(key);
    if (declared === undefined) writeOther(set, writer, key, value);
    else if (declared.form === 'field') writeField(declared, writer, given);
    else writePair(declared, writer, objectOf(given, writer));
    writer.path.pop();
  }
}

export function writePair(pair: Pair, writer: Writer, value: Value): void {
  onlyKeys(value, pairKeys, writer);
  for (const key of pairKeys) {
    if (value[key] === undefined) continue;
    writer.path.push(key);
    writePairKey(pair, writer, key, value);
    writer.path.pop();
  }
}

const pairKeys = ['kind', 'name', 'data', 'raw'];

/** Keys that are not attributes: what is unknown, and kind and data of the set itself. */
export function writeOther(set: AttributeSet, writer: Writer, key: string, value: Value): void {
  if (key === 'unknown') {
    for (const attribute of listOf(value.unknown, writer)) writeUnknown(writer, attribute as UnknownAttribute);
    return;
  }
  const inline = set.pairs.find((pair) => pair.name === undefined);
  if (inline === undefined || !pairKeys.includes(key))
    refuse(writer, value[key], `there is no such attribute${meant(key, set.byName)}`);
  else writePairKey(inline, writer, key, value);
}

function writePairKey(pair: Pair, writer: Writer, key: string, value: Value): void {
  const { kind, name } = value;
  const arm = typeof kind === 'string' ? pair.arms.get(kind) : undefined;
  if (key === 'kind') {
    if (arm === undefined && kind !== 'other') refuse(writer, kind, "not a known kind: use kind 'other' with a name");
    writeAttribute(pair.kindLeaf, writer, pair.kindNumber, arm === undefined ? name : kind);
  } else if (key === 'data') {
    if (arm === undefined) refuse(writer, value.data, 'data needs a known kind: use raw');
    writeAttribute(arm, writer, pair.dataNumber, value.data);
  } else if (kind !== 'other') {
    refuse(writer, value[key], "goes with kind 'other' only");
  } else if (key === 'raw') {
    writeUnknown(writer, { type: pair.dataNumber, raw: value.raw as Uint8Array });
  }
}

export function writeField(field: Field, writer: Writer, value: unknown): void {
  if (field.count === 'one') {
    writeAttribute(field.shape, writer, field.number, value);
    return;
  }
  const { number, member, first, shape } = field;
  const list = field.count === 'list';
  const start = list ? open(writer, member === undefined ? number : number | NLA_F_NESTED) : undefined;
  const { path } = writer;
  for (const [index, one] of listOf(value, writer).entries()) {
    path.push(String(index));
    writeAttribute(shape, writer, list ? (member ?? first + index) : number, one);
    path.pop();
  }
  if (start !== undefined) close(writer, start);
}

function writeAttribute(shape: Shape, writer: Writer, number: number, value: unknown): void {
  if (shape.form === 'leaf' && shape.presence && value === false) return;
  const start = open(writer, isMarked(shape) ? number | NLA_F_NESTED : number);
  writeShape(shape, writer, value);
  close(writer, start);
}

function writeUnknown(writer: Writer, attribute: UnknownAttribute): void {
  const { type, flags = 0, raw } = attribute;
  if (!Number.isInteger(type) || type < 0 || type > NLA_TYPE_MASK || !(raw instanceof Uint8Array))
    refuse(writer, attribute, 'must be { type, raw } with a number below 16384 and a Uint8Array');
  const start = open(writer, type | (flags & ~NLA_TYPE_MASK));
  writer.append(raw);
  close(writer, start);
}

function open(writer: Writer, type: number): number {
  const start = writer.reserve(4);
  writer.view.setUint16(start + 2, type, true);
  return start;
}

function close(writer: Writer, start: number): void {
  const length = writer.length - start;
  if (length > 0xffff) refuse(writer, length, 'an attribute holds at most 65531 bytes');
  writer.view.setUint16(start, length, true);
  writer.align();
}

/** What is not given is zero. Later fields are written up to the last one that is given; all of them when something follows. */
function writeStruct(struct: Struct, writer: Writer, value: Value): void {
  const start = writer.reserve(struct.size);
  let end = writer.length;
  for (const key in value) {
    const given = value[key];
    const field = struct.byName.get(key);
    if (field === undefined) {
      if (key !== 'rest') refuse(writer, given, `there is no field ${key}${meant(key, struct.byName)}`);
    } else if (given !== undefined) {
      writer.length = start + field.offset;
      writer.path.push(key);
      writeShape(field.leaf, writer, given);
      writer.path.pop();
      end = Math.max(end, writer.length);
    }
  }
  writer.length = end;
  if (value.rest === undefined) return;
  if (!(value.rest instanceof Uint8Array)) refuse(writer, value.rest, 'rest must be a Uint8Array');
  // Of a payload that ended within a field, the rest stands where that field begins; else behind the last one.
  const { length } = value.rest;
  const next = struct.fields.find(({ later, leaf, offset }) => later && start + offset >= end && !isPadding(leaf));
  const last = struct.fields.at(-1);
  const at = next !== undefined && length < next.size ? next.offset : last === undefined ? 0 : last.offset + last.size;
  writer.reserve(start + at - end);
  writer.append(value.rest);
}

function writeArray(array: ArrayOf, writer: Writer, elements: readonly unknown[]): void {
  for (const [index, element] of elements.entries()) {
    writer.path.push(String(index));
    writeShape(array.element, writer, element);
    writer.path.pop();
  }
}

function onlyKeys(value: Value, allowed: readonly string[], writer: Writer): void {
  for (const key in value)
    if (!allowed.includes(key)) refuse(writer, value[key], `${key} is none of ${allowed.join(', ')}`);
}

function objectOf(value: unknown, writer: Writer): Value {
  if (typeof value !== 'object' || value === null) refuse(writer, value, 'must be an object');
  return value as Value;
}

function listOf(value: unknown, writer: Writer): readonly unknown[] {
  if (!Array.isArray(value)) refuse(writer, value, 'must be an array');
  return value;
}

/** Sets have dozens of names: only the nearest one is worth saying. */
function meant(key: string, names: ReadonlyMap<string, unknown>): string {
  return nearest(key, [...names.keys()]);
}

function refuse(writer: Writer, value: unknown, reason: string): never {
  throw new InvalidArgumentError(writer.path.join('.'), value, reason);
}
