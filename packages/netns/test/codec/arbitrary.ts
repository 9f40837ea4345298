import fc from 'fast-check';
import { formatIpAddress } from '../../src/wire/ip-address.ts';
import type { AttributeSet, Field, Leaf, Pair, Prefixed, Shape, Struct } from '../../src/wire/shape.ts';
import { isPadding } from '../../src/wire/struct.ts';

type Value = Record<string, unknown>;
type Rule = (size: number | undefined, leaf: Leaf) => fc.Arbitrary<unknown>;

const byteArray = (size: number | undefined) =>
  fc.uint8Array(size === undefined ? { maxLength: 40 } : { minLength: size, maxLength: size });
const integer = (min: number, max: number) => () => fc.integer({ min, max });
const bigInteger = (bits: bigint, signed: boolean) => () =>
  signed
    ? fc.bigInt({ min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n })
    : fc.bigInt({ min: 0n, max: (1n << bits) - 1n });
const macText = (size: number | undefined) =>
  byteArray(size).map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':'));
const address = (size: number) => () => byteArray(size).map((bytes) => formatIpAddress(bytes));

/** Values of each leaf, by its name. A new leaf needs a line here; without one the property tests say so. */
const leaves: Readonly<Record<string, Rule>> = {
  u8: integer(0, 0xff),
  u16: integer(0, 0xffff),
  u32: integer(0, 0xffffffff),
  s8: integer(-0x80, 0x7f),
  s16: integer(-0x8000, 0x7fff),
  s32: integer(-0x80000000, 0x7fffffff),
  u16be: integer(0, 0xffff),
  u32be: integer(0, 0xffffffff),
  s32be: integer(-0x80000000, 0x7fffffff),
  u64: bigInteger(64n, false),
  s64: bigInteger(64n, true),
  u64be: bigInteger(64n, false),
  uint: bigInteger(64n, false),
  u32OrU64: () => fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })),
  bool: () => fc.boolean(),
  // `false` is written by leaving the attribute out, so it does not come back.
  flag: () => fc.constant(true),
  flagOrBool: () => fc.constant(true),
  str: () => fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
  text: (size = 0) =>
    fc
      .string({ unit: 'grapheme', maxLength: 8 })
      .map((text) =>
        new TextDecoder()
          .decode(new TextEncoder().encode(text.replaceAll('\0', '')).subarray(0, size))
          .replaceAll('\ufffd', ''),
      ),
  bytes: byteArray,
  base64: (size) => byteArray(size).map((bytes) => btoa(String.fromCharCode(...bytes))),
  socketAddress: () =>
    fc.record(
      { address: fc.oneof(address(4)(), address(16)()), port: fc.nat({ max: 0xffff }) },
      { noNullPrototype: true },
    ),
  macAddress: (size) => macText(size),
  mdbGroup: () => fc.oneof(address(4)(), address(16)(), macText(6)),
  mplsLabels: () => fc.array(fc.integer({ min: 0, max: 0xfffff }), { minLength: 1, maxLength: 30 }),
  via: () =>
    fc.record(
      { family: fc.nat({ max: 0xffff }), address: fc.oneof(address(4)(), address(16)(), macText(6), macText(20)) },
      { noNullPrototype: true },
    ),
  ipAddress: () => fc.oneof(address(4)(), address(16)()),
  ipv4Address: address(4),
  ipv6Address: address(16),
  userdata: whatItReads, // any bytes are userdata
  word: whatItReads,
  member: whatItReads,
  items: whatItReads,
  followed: whatItReads,
};

/** Whatever the bytes mean. */
function whatItReads(size: number | undefined, leaf: Leaf): fc.Arbitrary<unknown> {
  return byteArray(size).map((bytes) => leaf.read(bytes, new DataView(bytes.buffer), 0, bytes.length));
}

/** Any value that the shape can encode and gets back when it decodes. */
export function arbitraryOf(shape: Shape, family = 0): fc.Arbitrary<unknown> {
  switch (shape.form) {
    case 'leaf':
      return leafValue(shape);
    case 'struct':
      return structValue(shape, true);
    case 'array':
      return fc.array(shape.element.form === 'struct' ? structValue(shape.element, false) : leafValue(shape.element), {
        maxLength: 5,
      });
    case 'attributes':
      return attributesValue(shape, family);
    case 'prefixed':
      return prefixedValue(shape);
    case 'records':
      return fc.array(recordValue(shape.record, family), { maxLength: 3 });
  }
}

function leafValue(leaf: Leaf): fc.Arbitrary<unknown> {
  const [name = '', size] = leaf.name.split(/[[\]]/);
  const rule = leaves[name];
  if (rule === undefined) throw new Error(`no arbitrary for the leaf ${leaf.name}: add a line to leaves`);
  return rule(size === undefined ? undefined : Number(size), leaf);
}

function structValue(struct: Struct, growing: boolean): fc.Arbitrary<Value> {
  const fields = (later: boolean) => struct.fields.filter((field) => field.later === later && !isPadding(field.leaf));
  const record = (of: Struct['fields']) =>
    fc.record(Object.fromEntries(of.map((field) => [field.name, leafValue(field.leaf)])), {
      noNullPrototype: true,
    }) as fc.Arbitrary<Value>;
  const base = record(fields(false));
  if (!growing) return base;
  const later = fields(true);
  return fc.nat({ max: later.length }).chain((count) => {
    // What follows the known fields can only be there when all of them are.
    const rest =
      count === later.length
        ? fc.option(fc.uint8Array({ minLength: 1, maxLength: 9 }), { freq: 2 })
        : fc.constant(null);
    return fc
      .tuple(base, record(later.slice(0, count)), rest)
      .map(([first, second, tail]) => ({ ...first, ...second, ...(tail !== null && { rest: tail }) }));
  });
}

function prefixedValue(shape: Prefixed): fc.Arbitrary<Value> {
  const families = fc.constantFrom(0, 2, 7, 10, 28);
  return fc.tuple(structValue(shape.header, false), families).chain(([header, family]) => {
    const [first] = shape.header.fields;
    const own = first?.name === 'family' ? { ...header, family } : header;
    return attributesValue(shape.attributes, family).map((attributes) => ({ header: own, attributes }));
  });
}

function recordValue({ header, attributes }: Prefixed, family: number): fc.Arbitrary<Value> {
  return fc.record(
    { header: structValue(header, false), attributes: attributesValue(attributes, family) },
    { noNullPrototype: true },
  ) as fc.Arbitrary<Value>;
}

function attributesValue(set: AttributeSet, family: number): fc.Arbitrary<Value> {
  const chosen = set.fields.filter(
    (field) =>
      set.slots.get(field.number)?.find((slot) => slot.family === undefined || slot.family === family) === field,
  );
  const named = set.pairs.filter((pair) => pair.name !== undefined);
  const inline = set.pairs.find((pair) => pair.name === undefined);
  const record = fc.record(
    Object.fromEntries([
      ...chosen.map((field) => [field.name, fieldValue(field, family)] as const),
      ...named.map((pair) => [pair.name, pairValue(pair, family)] as const),
    ]),
    { requiredKeys: [], noNullPrototype: true },
  ) as fc.Arbitrary<Value>;
  const own = inline === undefined ? fc.constant({}) : fc.oneof(fc.constant({}), pairValue(inline, family));
  return fc
    .tuple(record, own, fc.option(fc.array(unknownValue(set), { minLength: 1, maxLength: 3 }), { freq: 2 }))
    .map(([fields, pair, unknown]) => ({ ...fields, ...(unknown !== null && { unknown }), ...pair }));
}

function fieldValue(field: Field, family: number): fc.Arbitrary<unknown> {
  const one = arbitraryOf(field.shape, family);
  if (field.count === 'one') return one;
  // A repeated attribute that occurs no times is absent.
  return fc.array(one, { minLength: field.count === 'many' ? 1 : 0, maxLength: 3 });
}

function pairValue(pair: Pair, family: number): fc.Arbitrary<Value> {
  const arms = [...pair.arms].map(([kind, shape]) =>
    fc.record(
      { kind: fc.constant(kind), data: arbitraryOf(shape, family) },
      { requiredKeys: ['kind'], noNullPrototype: true },
    ),
  );
  const name = leafValue(pair.kindLeaf).filter((text) => !pair.arms.has(text as string));
  const other = fc.record(
    { kind: fc.constant('other'), name, raw: byteArray(undefined) },
    { requiredKeys: ['kind', 'name'], noNullPrototype: true },
  );
  return fc.oneof(...arms, other) as fc.Arbitrary<Value>;
}

function unknownValue(set: AttributeSet): fc.Arbitrary<Value> {
  return fc.record(
    {
      type: fc.integer({ min: 0, max: 0x3fff }).filter((number) => !set.slots.has(number)),
      flags: fc.constantFrom(0, 0x4000, 0x8000),
      raw: byteArray(undefined),
    },
    { noNullPrototype: true },
  );
}
