import { DecodeError } from '../errors.ts';
import { NLA_TYPE_MASK, slotOf, type UnknownAttribute } from './attributes.ts';
import type { ArrayOf, AttributeSet, Field, Pair, Prefixed, Records, Shape, Struct } from './shape.ts';
import { align4, type Slice } from './slice.ts';
import { isPadding } from './struct.ts';

/** Where the interpreter is: the bytes, the address family of the message, and the path for errors. */
export interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly origin: number;
  readonly path: string[];
  family: number;
}

type Value = Record<string, unknown>;
type Range = readonly [start: number, end: number];

export function cursorOf(slice: Slice, name: string): Cursor {
  return { bytes: slice.bytes, view: slice.view, origin: slice.origin, path: [name], family: 0 };
}

/**
 * Reads a shape by walking its declaration. This is the reference: it says exactly what is wrong and where. The compiled
 * decoder gives the same values faster, and hands over to this one when the bytes are malformed.
 */
export function readShape(shape: Shape, cursor: Cursor, start: number, end: number): unknown {
  switch (shape.form) {
    case 'leaf':
      if (shape.sizes !== undefined && !shape.sizes.includes(end - start))
        fail(cursor, start, `${shape.name} takes ${shape.sizes.join(' or ')} bytes, not ${end - start}`);
      return shape.read(cursor.bytes, cursor.view, start, end);
    case 'struct':
      return readStruct(shape, cursor, start, end);
    case 'array':
      return readArray(shape, cursor, start, end);
    case 'attributes':
      return readAttributes(shape, cursor, start, end);
    case 'prefixed':
      return readPrefixed(shape, cursor, start, end);
    case 'records':
      return readRecords(shape, cursor, start, end);
  }
}

/** A message: the first byte of its header says which family its attributes belong to. */
export function readPrefixed(shape: Prefixed, cursor: Cursor, start: number, end: number): Value {
  const outer = cursor.family;
  const header = readHeader(shape, cursor, start, end);
  cursor.family = cursor.bytes[start] as number;
  const attributes = readAttributes(shape.attributes, cursor, start + align4(shape.header.size), end);
  cursor.family = outer;
  return { header, attributes };
}

function readHeader(shape: Prefixed, cursor: Cursor, start: number, end: number): Value {
  cursor.path.push('header');
  const header = readStruct(shape.header, cursor, start, Math.min(start + shape.header.size, end));
  cursor.path.pop();
  return header;
}

function readRecords({ record }: Records, cursor: Cursor, start: number, end: number): Value[] {
  const values: Value[] = [];
  walkRecords(record, cursor, start, end, (from, to) => {
    cursor.path.push(String(values.length));
    const header = readHeader(record, cursor, from, to);
    values.push({
      header,
      attributes: readAttributes(record.attributes, cursor, from + align4(record.header.size), to),
    });
    cursor.path.pop();
  });
  return values;
}

/** Calls `visit` for each record from `start` to `end`; a length that cannot be right is an error. */
export function walkRecords(
  record: Prefixed,
  cursor: Cursor,
  start: number,
  end: number,
  visit: (from: number, to: number) => void,
): void {
  const { size } = record.header;
  for (let at = start; at < end; ) {
    const remaining = end - at;
    const length = remaining < 2 ? 0 : cursor.view.getUint16(at, true);
    if (length < size) fail(cursor, at, `${remaining} bytes remain for a record that says ${length} and takes ${size}`);
    if (length > remaining) fail(cursor, at, `record says ${length} bytes, ${remaining} remain`);
    visit(at, at + length);
    at += align4(length);
  }
}

/** Calls `visit` for each attribute from `start` to `end`; a length that cannot be right is an error, never a hang. */
export function walkAttributes(
  cursor: Cursor,
  start: number,
  end: number,
  visit: (number: number, from: number, to: number, flags: number) => void,
): void {
  let at = start;
  while (at < end) {
    const remaining = end - at;
    if (remaining < 4) fail(cursor, at, `${remaining} bytes remain, too few for an attribute`);
    const length = cursor.view.getUint16(at, true);
    const type = cursor.view.getUint16(at + 2, true);
    const number = type & NLA_TYPE_MASK;
    if (length < 4) fail(cursor, at, `attribute ${number} says ${length} bytes, less than its own header`);
    if (length > remaining) fail(cursor, at, `attribute ${number} says ${length} bytes, ${remaining} remain`);
    visit(number, at + 4, at + length, type & ~NLA_TYPE_MASK);
    at += align4(length);
  }
}

export function readAttributes(set: AttributeSet, cursor: Cursor, start: number, end: number): Value {
  const value: Value = {};
  const kinds = new Map<Pair, Range>();
  const data = new Map<Pair, Range>();
  walkAttributes(cursor, start, end, (number, from, to) => {
    const slot = slotOf(set, number, cursor.family);
    // The key holds the place of the unknown ones among the others; they are collected below.
    if (slot === undefined) {
      if (!set.partial) value.unknown = undefined;
    } else if (slot.form === 'field') readField(slot, cursor, from, to, value);
    else {
      (slot.form === 'kind' ? kinds : data).set(slot.pair, [from, to]);
      if (slot.pair.name === undefined) value[slot.form] = undefined; // holds its place, too
    }
  });
  // Kind and data are read after the walk, because nothing says that the kind comes first.
  for (const pair of set.pairs) {
    const kind = kinds.get(pair);
    if (kind === undefined) {
      if (!data.has(pair)) continue;
      if (!set.partial) value.unknown = undefined;
      if (pair.name === undefined) delete value.data;
    } else if (pair.name === undefined) {
      readPair(pair, cursor, kind, data.get(pair), value, set.partial);
      if (value.data === undefined) delete value.data;
    } else {
      cursor.path.push(pair.name);
      value[pair.name] = readPair(pair, cursor, kind, data.get(pair), {}, set.partial);
      cursor.path.pop();
    }
  }
  if ('unknown' in value) value.unknown = unknownAttributes(set, cursor, start, end);
  return value;
}

/** The attributes that no field takes, and the data of a pair that has no kind and so cannot be understood. */
export function unknownAttributes(set: AttributeSet, cursor: Cursor, start: number, end: number): UnknownAttribute[] {
  const unknown: UnknownAttribute[] = [];
  const orphans = new Map<Pair, UnknownAttribute | undefined>();
  walkAttributes(cursor, start, end, (type, from, to, flags) => {
    const slot = slotOf(set, type, cursor.family);
    if (slot?.form === 'field') return;
    const attribute = { type, flags, raw: cursor.bytes.slice(from, to) };
    if (slot === undefined) unknown.push(attribute);
    else if (slot.form === 'kind') orphans.set(slot.pair, undefined);
    else if (!orphans.has(slot.pair) || orphans.get(slot.pair) !== undefined) orphans.set(slot.pair, attribute);
  });
  for (const pair of set.pairs) {
    const orphan = orphans.get(pair);
    if (orphan !== undefined) unknown.push(orphan);
  }
  return unknown;
}

/** Reads one attribute into the value under its name. */
export function readField(field: Field, cursor: Cursor, from: number, to: number, value: Value): void {
  const { name, shape, count } = field;
  cursor.path.push(name);
  if (count === 'one') {
    value[name] = readShape(shape, cursor, from, to);
  } else if (count === 'list') {
    const members: unknown[] = [];
    walkAttributes(cursor, from, to, (_number, start, end) => members.push(readShape(shape, cursor, start, end)));
    value[name] = members;
  } else {
    const before = value[name] as unknown[] | undefined;
    const member = readShape(shape, cursor, from, to);
    if (before === undefined) value[name] = [member];
    else before.push(member);
  }
  cursor.path.pop();
}

/** Reads kind and data into `target`; in a partial set, no data of a kind that is not declared. */
export function readPair(
  pair: Pair,
  cursor: Cursor,
  kind: Range,
  data: Range | undefined,
  target: Value,
  partial: boolean,
): Value {
  const name = readShape(pair.kindLeaf, cursor, ...kind) as string;
  const arm = pair.arms.get(name);
  target.kind = arm === undefined ? 'other' : name;
  if (arm === undefined) {
    target.name = name;
    if (data !== undefined && !partial) target.raw = cursor.bytes.slice(...data);
  } else if (data !== undefined) {
    cursor.path.push('data');
    target.data = readShape(arm, cursor, ...data);
    cursor.path.pop();
  }
  return target;
}

export function readStruct(struct: Struct, cursor: Cursor, start: number, end: number): Value {
  const length = end - start;
  if (length < struct.size) fail(cursor, start, `struct takes ${struct.size} bytes, not ${length}`);
  const value: Value = {};
  let known = 0;
  for (const { name, offset, size, leaf } of struct.fields) {
    if (offset + size > length) break;
    known = offset + size;
    if (!isPadding(leaf)) value[name] = leaf.read(cursor.bytes, cursor.view, start + offset, start + known);
  }
  if (known < length) value.rest = cursor.bytes.slice(start + known, end);
  return value;
}

function readArray(array: ArrayOf, cursor: Cursor, start: number, end: number): unknown[] {
  const { element, size } = array;
  if ((end - start) % size !== 0)
    fail(cursor, start, `${end - start} bytes are no whole number of elements of ${size}`);
  const elements: unknown[] = [];
  for (let at = start; at < end; at += size) elements.push(readShape(element, cursor, at, at + size));
  return elements;
}

function fail(cursor: Cursor, at: number, reason: string): never {
  throw new DecodeError(cursor.path.join('.'), at - cursor.origin, reason);
}
