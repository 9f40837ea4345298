import { type Leaf, leaf, type Typed } from './shape.ts';

/**
 * Integers. The byte order is part of the type: `u16be` is network order (ports, VLAN protocols), `u16` is the order of
 * the machine, which is little-endian on every platform that this library is built for (x86-64 and arm64).
 */
export const u8 = integer('u8', 1, 'Uint8', false);
export const u16 = integer('u16', 2, 'Uint16', true);
export const u32 = integer('u32', 4, 'Uint32', true);
export const s8 = integer('s8', 1, 'Int8', false);
export const s16 = integer('s16', 2, 'Int16', true);
export const s32 = integer('s32', 4, 'Int32', true);
export const u16be = integer('u16be', 2, 'Uint16', false);
export const u32be = integer('u32be', 4, 'Uint32', false);
export const s32be = integer('s32be', 4, 'Int32', false);
export const u64 = bigInteger('u64', 'BigUint64', true);
export const s64 = bigInteger('s64', 'BigInt64', true);
export const u64be = bigInteger('u64be', 'BigUint64', false);

/** A u8 that is either zero or not. */
export const bool = leaf<boolean>({
  name: 'bool',
  sizes: [1],
  source: '(b[p] !== 0)',
  sink: { check: `typeof x === 'boolean'`, store: 'v.setUint8(p, x ? 1 : 0)' },
  read: (bytes, _view, start) => bytes[start] !== 0,
  write(writer, value) {
    if (typeof value !== 'boolean') return 'must be true or false';
    writer.byte(value ? 1 : 0);
    return undefined;
  },
});

/** Present or not: an attribute without a payload (NLA_FLAG). `false` leaves it out. */
export const flag = leaf<boolean>({
  name: 'flag',
  sizes: [0],
  presence: true,
  source: 'true',
  read: () => true,
  write: (_writer, value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
});

/**
 * A flag that the kernel wants without a payload but sends as a u8 (IFLA_VXLAN_TTL_INHERIT). Written as the kernel wants it:
 * empty for `true`, left out for `false`.
 */
export const flagOrBool = leaf<boolean>({
  name: 'flagOrBool',
  sizes: [0, 1],
  presence: true,
  source: '(p === e || b[p] !== 0)',
  read: (bytes, _view, start, end) => start === end || bytes[start] !== 0,
  write: (_writer, value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
});

/** An unsigned integer that the kernel sends in four bytes when it fits and in eight otherwise (NLA_UINT). */
export const uint = leaf<bigint>({
  name: 'uint',
  sizes: [4, 8],
  read: (_bytes, view, start, end) =>
    end - start === 4 ? BigInt(view.getUint32(start, true)) : view.getBigUint64(start, true),
  write(writer, value) {
    if (typeof value !== 'bigint' || value < 0n || value >= 1n << 64n) return 'must be a bigint from 0 to 2^64 - 1';
    if (value < 1n << 32n) {
      const at = writer.reserve(4);
      writer.view.setUint32(at, Number(value), true);
    } else {
      const at = writer.reserve(8);
      writer.view.setBigUint64(at, value, true);
    }
    return undefined;
  },
});

/** An unsigned integer whose size says what it is: a number of four bytes, or a bigint of eight (the packet number of MACsec). */
export const u32OrU64 = leaf<number | bigint>({
  name: 'u32OrU64',
  sizes: [4, 8],
  read: (_bytes, view, start, end) =>
    end - start === 4 ? view.getUint32(start, true) : view.getBigUint64(start, true),
  write: (writer, value) => (typeof value === 'bigint' ? u64 : u32).write(writer, value),
});

type Accessor = 'Uint8' | 'Int8' | 'Uint16' | 'Int16' | 'Uint32' | 'Int32';

function integer(name: string, size: 1 | 2 | 4, accessor: Accessor, littleEndian: boolean): Typed<Leaf, number> {
  const get = `get${accessor}` as const;
  const set = `set${accessor}` as const;
  const signed = accessor.startsWith('Int');
  const min = signed ? -(2 ** (8 * size - 1)) : 0;
  const max = signed ? 2 ** (8 * size - 1) - 1 : 2 ** (8 * size) - 1;
  return leaf<number>({
    name,
    sizes: [size],
    alignment: size,
    source: `v.${get}(p, ${littleEndian})`,
    sink: {
      check: `typeof x === 'number' && x >= ${min} && x <= ${max} && Number.isInteger(x)`,
      store: `v.${set}(p, x, ${littleEndian})`,
    },
    read: (_bytes, view, start) => view[get](start, littleEndian),
    write(writer, value) {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
        return `must be an integer from ${min} to ${max}`;
      const at = writer.reserve(size);
      writer.view[set](at, value, littleEndian);
      return undefined;
    },
  });
}

function bigInteger(name: string, accessor: 'BigUint64' | 'BigInt64', littleEndian: boolean): Typed<Leaf, bigint> {
  const get = `get${accessor}` as const;
  const set = `set${accessor}` as const;
  const signed = accessor === 'BigInt64';
  const min = signed ? -(1n << 63n) : 0n;
  const max = signed ? (1n << 63n) - 1n : (1n << 64n) - 1n;
  // Most counters are zero: a bigint that need not be made.
  const isZero = 'v.getUint32(p, true) === 0 && v.getUint32(p + 4, true) === 0';
  return leaf<bigint>({
    name,
    sizes: [8],
    alignment: 8,
    source: `(${isZero} ? 0n : v.${get}(p, ${littleEndian}))`,
    sink: {
      check: `typeof x === 'bigint' && x >= ${min}n && x <= ${max}n`,
      store: `v.${set}(p, x, ${littleEndian})`,
    },
    read: (_bytes, view, start) => view[get](start, littleEndian),
    write(writer, value) {
      if (typeof value !== 'bigint' || value < min || value > max) return `must be a bigint from ${min} to ${max}`;
      const at = writer.reserve(8);
      writer.view[set](at, value, littleEndian);
      return undefined;
    },
  });
}
