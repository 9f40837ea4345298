import { InvalidArgumentError } from '../errors.ts';
import { isMarked, NLA_F_NESTED, NLA_TYPE_MASK, type UnknownAttribute } from './attributes.ts';
import type { ArrayOf, AttributeSet, Field, Pair, Prefixed, Records, Shape, Struct } from './shape.ts';
import type { Writer } from './writer.ts';

/** What is being written, and where in the value the encoder is: the path is for errors. */
interface Encoder {
  readonly writer: Writer;
  readonly path: string[];
}

type Value = Readonly<Record<string, unknown>>;

/** Appends a value. Throws InvalidArgumentError with the path of the part that cannot be written. */
export function encodeValue(shape: Shape, writer: Writer, value: unknown, name: string): void {
  writeShape(shape, { writer, path: [name] }, value);
}

function writeShape(shape: Shape, encoder: Encoder, value: unknown): void {
  switch (shape.form) {
    case 'leaf': {
      const refused = shape.write(encoder.writer, value);
      if (refused !== undefined) refuse(encoder, value, refused);
      break;
    }
    case 'struct':
      writeStruct(shape, encoder, objectOf(value, encoder));
      break;
    case 'array':
      writeArray(shape, encoder, listOf(value, encoder));
      break;
    case 'attributes':
      writeAttributes(shape, encoder, objectOf(value, encoder));
      break;
    case 'prefixed':
      writePrefixed(shape, encoder, objectOf(value, encoder));
      break;
    case 'records':
      writeRecords(shape, encoder, listOf(value, encoder));
  }
}

function writePrefixed(shape: Prefixed, encoder: Encoder, value: Value): void {
  onlyKeys(value, prefixedKeys, encoder);
  encoder.path.push('header');
  const header = objectOf(value.header ?? {}, encoder);
  if (header.rest !== undefined)
    refuse(encoder, header.rest, 'nothing can stand between the header and its attributes');
  writeStruct(shape.header, encoder, header);
  encoder.path.pop();
  encoder.writer.align();
  writeAttributes(shape.attributes, encoder, objectOf(value.attributes ?? {}, encoder));
}

function writeRecords({ record }: Records, encoder: Encoder, values: readonly unknown[]): void {
  const { writer } = encoder;
  for (const [index, value] of values.entries()) {
    encoder.path.push(String(index));
    const start = writer.length;
    writePrefixed(record, encoder, objectOf(value, encoder));
    const length = writer.length - start;
    if (length > 0xffff) refuse(encoder, length, 'a record holds at most 65535 bytes');
    writer.view.setUint16(start, length, true);
    encoder.path.pop();
  }
}

const prefixedKeys = ['header', 'attributes'];

/** Attributes in the order of the value's keys: what was decoded goes back in the order in which it came. */
function writeAttributes(set: AttributeSet, encoder: Encoder, value: Value): void {
  for (const key of Object.keys(value)) {
    const given = value[key];
    if (given === undefined) continue;
    const declared = set.byName.get(key);
    encoder.path.push(key);
    if (declared === undefined) writeOther(set, encoder, key, value);
    else if (declared.form === 'field') writeField(declared, encoder, given);
    else writePair(declared, encoder, objectOf(given, encoder));
    encoder.path.pop();
  }
}

function writePair(pair: Pair, encoder: Encoder, value: Value): void {
  onlyKeys(value, pairKeys, encoder);
  for (const key of pairKeys) {
    if (value[key] === undefined) continue;
    encoder.path.push(key);
    writePairKey(pair, encoder, key, value);
    encoder.path.pop();
  }
}

const pairKeys = ['kind', 'name', 'data', 'raw'];

/** Keys that are not attributes: what is unknown, and kind and data of the set itself. */
function writeOther(set: AttributeSet, encoder: Encoder, key: string, value: Value): void {
  if (key === 'unknown') {
    for (const attribute of listOf(value.unknown, encoder)) writeUnknown(encoder, attribute as UnknownAttribute);
    return;
  }
  const inline = set.pairs.find((pair) => pair.name === undefined);
  if (inline === undefined || !pairKeys.includes(key)) refuse(encoder, value[key], 'there is no such attribute');
  else writePairKey(inline, encoder, key, value);
}

function writePairKey(pair: Pair, encoder: Encoder, key: string, value: Value): void {
  const { kind, name } = value;
  const arm = typeof kind === 'string' ? pair.arms.get(kind) : undefined;
  if (key === 'kind') {
    if (arm === undefined && kind !== 'other') refuse(encoder, kind, "not a known kind: use kind 'other' with a name");
    writeAttribute(pair.kindLeaf, encoder, pair.kindNumber, arm === undefined ? name : kind);
  } else if (key === 'data') {
    if (arm === undefined) refuse(encoder, value.data, 'data needs a known kind: use raw');
    writeAttribute(arm, encoder, pair.dataNumber, value.data);
  } else if (kind !== 'other') {
    refuse(encoder, value[key], "goes with kind 'other' only");
  } else if (key === 'raw') {
    writeUnknown(encoder, { type: pair.dataNumber, raw: value.raw as Uint8Array });
  }
}

function writeField(field: Field, encoder: Encoder, value: unknown): void {
  if (field.count === 'one') {
    writeAttribute(field.shape, encoder, field.number, value);
    return;
  }
  const start = field.count === 'list' ? open(encoder, field.number) : undefined;
  for (const [index, member] of listOf(value, encoder).entries()) {
    encoder.path.push(String(index));
    writeAttribute(field.shape, encoder, field.count === 'list' ? index : field.number, member);
    encoder.path.pop();
  }
  if (start !== undefined) close(encoder, start);
}

function writeAttribute(shape: Shape, encoder: Encoder, number: number, value: unknown): void {
  if (shape.form === 'leaf' && shape.presence && value === false) return;
  const start = open(encoder, isMarked(shape) ? number | NLA_F_NESTED : number);
  writeShape(shape, encoder, value);
  close(encoder, start);
}

function writeUnknown(encoder: Encoder, attribute: UnknownAttribute): void {
  const { type, flags = 0, raw } = attribute;
  if (!Number.isInteger(type) || type < 0 || type > NLA_TYPE_MASK || !(raw instanceof Uint8Array))
    refuse(encoder, attribute, 'must be { type, raw } with a number below 16384 and a Uint8Array');
  const start = open(encoder, type | (flags & ~NLA_TYPE_MASK));
  encoder.writer.append(raw);
  close(encoder, start);
}

function open({ writer }: Encoder, type: number): number {
  const start = writer.reserve(4);
  writer.view.setUint16(start + 2, type, true);
  return start;
}

function close(encoder: Encoder, start: number): void {
  const { writer } = encoder;
  const length = writer.length - start;
  if (length > 0xffff) refuse(encoder, length, 'an attribute holds at most 65531 bytes');
  writer.view.setUint16(start, length, true);
  writer.align();
}

function writeStruct(struct: Struct, encoder: Encoder, value: Value): void {
  // Later fields are written up to the last one that is given; all of them when something follows.
  let wanted = struct.size;
  for (const key of Object.keys(value)) {
    const field = struct.byName.get(key);
    if (field === undefined && key !== 'rest') refuse(encoder, value[key], `there is no field ${key}`);
    if (value[key] !== undefined) wanted = Math.max(wanted, field === undefined ? Infinity : field.offset + field.size);
  }
  for (const { name, offset, size, leaf } of struct.fields) {
    if (offset + size > wanted) break;
    const given = value[name];
    if (given === undefined) encoder.writer.reserve(size);
    else {
      encoder.path.push(name);
      writeShape(leaf, encoder, given);
      encoder.path.pop();
    }
  }
  if (value.rest === undefined) return;
  if (!(value.rest instanceof Uint8Array)) refuse(encoder, value.rest, 'rest must be a Uint8Array');
  encoder.writer.append(value.rest);
}

function writeArray(array: ArrayOf, encoder: Encoder, elements: readonly unknown[]): void {
  for (const [index, element] of elements.entries()) {
    encoder.path.push(String(index));
    writeShape(array.element, encoder, element);
    encoder.path.pop();
  }
}

function onlyKeys(value: Value, allowed: readonly string[], encoder: Encoder): void {
  for (const key of Object.keys(value))
    if (!allowed.includes(key)) refuse(encoder, value[key], `${key} is none of ${allowed.join(', ')}`);
}

function objectOf(value: unknown, encoder: Encoder): Value {
  if (typeof value !== 'object' || value === null) refuse(encoder, value, 'must be an object');
  return value as Value;
}

function listOf(value: unknown, encoder: Encoder): readonly unknown[] {
  if (!Array.isArray(value)) refuse(encoder, value, 'must be an array');
  return value;
}

function refuse(encoder: Encoder, value: unknown, reason: string): never {
  throw new InvalidArgumentError(encoder.path.join('.'), value, reason);
}
