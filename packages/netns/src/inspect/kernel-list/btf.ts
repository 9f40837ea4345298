/**
 * Where members stand in the running kernel's structures: read from its type information (BTF), `/sys/kernel/btf/vmlinux`.
 * Documentation/bpf/btf.rst, `linux/btf.h`. Pure.
 */

/** Offsets in bytes, by structure and member; a member is missing where this kernel has none. */
export type MemberOffsets<W extends Wanted> = {
  readonly [S in keyof W]: Readonly<Partial<Record<W[S][number], number>>>;
};

/** Which members of which structures. */
export type Wanted = Readonly<Record<string, readonly string[]>>;

const magic = 0xeb9f;
const kindStruct = 4;
const kindUnion = 5;

/** Bytes behind the 12 of a record: fixed, and for each of its elements. */
const trailing: Readonly<Record<number, readonly [fixed: number, each: number]>> = {
  1: [4, 0], // INT
  3: [12, 0], // ARRAY
  [kindStruct]: [0, 12],
  [kindUnion]: [0, 12],
  6: [0, 8], // ENUM
  13: [0, 8], // FUNC_PROTO
  14: [4, 0], // VAR
  15: [0, 12], // DATASEC
  17: [4, 0], // DECL_TAG
  19: [0, 12], // ENUM64
};

/** Undefined if these are no bytes of this format (or of one with records that we do not know). */
export function memberOffsets<const W extends Wanted>(bytes: Uint8Array, wanted: W): MemberOffsets<W> | undefined {
  const btf = sectionsOf(bytes);
  if (btf === undefined) return undefined;
  const names = new Map<number, string>();
  for (const name of [...Object.keys(wanted), ...Object.values(wanted).flat()]) {
    const at = offsetOfName(btf.strings, name);
    if (at !== undefined) names.set(at, name);
  }
  const records = findRecords(btf, (at) => names.has(at));
  if (records === undefined) return undefined;
  const offsets = Object.fromEntries(
    Object.entries(wanted).map(([name, members]) => {
      const found: Record<string, number> = {};
      for (const record of records.structs.get(name) ?? []) addMembers(record, 0, members, found, 0);
      return [name, found];
    }),
  );
  return offsets as MemberOffsets<W>;

  /** Members of structures without a name count as those of the structure around them. */
  function addMembers(record: number, base: number, members: readonly string[], found: Record<string, number>, depth: number) {
    const { view } = btf as Sections;
    const info = view.getUint32(record + 4, true);
    const bitFields = info >>> 31 === 1;
    for (let at = record + 12, end = at + 12 * (info & 0xffff); at < end; at += 12) {
      const nameAt = view.getUint32(at, true);
      const bits = view.getUint32(at + 8, true);
      const offset = base + (bitFields ? bits & 0xffffff : bits) / 8;
      const name = names.get(nameAt);
      if (name !== undefined && members.includes(name)) found[name] ??= offset;
      if (nameAt !== 0 || depth > 8) continue;
      const inner = records?.starts[view.getUint32(at + 4, true)];
      const kind = inner === undefined ? 0 : kindOf(view.getUint32(inner + 4, true));
      if (inner !== undefined && (kind === kindStruct || kind === kindUnion))
        addMembers(inner, offset, members, found, depth + 1);
    }
  }

  function findRecords({ view, types }: Sections, isWanted: (name: number) => boolean) {
    const starts = new Int32Array(Math.floor(types / 12) + 1);
    const structs = new Map<string, number[]>();
    let id = 1;
    for (let at = 0; at + 12 <= types; id++) {
      starts[id] = at;
      const name = view.getUint32(at, true);
      const info = view.getUint32(at + 4, true);
      const kind = kindOf(info);
      if (kind === 0 || kind > 19) return undefined;
      if (kind === kindStruct && isWanted(name)) {
        const text = names.get(name) ?? '';
        structs.set(text, [...(structs.get(text) ?? []), at]);
      }
      const rest = trailing[kind];
      at += 12 + (rest === undefined ? 0 : rest[0] + rest[1] * (info & 0xffff));
    }
    return { starts, structs };
  }
}

/** Of later formats the kind has 7 bits; the spare ones are zero today. */
function kindOf(info: number): number {
  return (info >>> 24) & 0x7f & 0x1f;
}

interface Sections {
  readonly view: DataView;
  /** How long the records are. */
  readonly types: number;
  readonly strings: Uint8Array;
}

function sectionsOf(bytes: Uint8Array): Sections | undefined {
  if (bytes.length < 24) return undefined;
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (head.getUint16(0, true) !== magic) return undefined;
  const [length, typesAt, types, stringsAt, strings] = [4, 8, 12, 16, 20].map((at) => head.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (length + typesAt + types > bytes.length || length + stringsAt + strings > bytes.length) return undefined;
  return {
    view: new DataView(bytes.buffer, bytes.byteOffset + length + typesAt, types),
    types,
    strings: bytes.subarray(length + stringsAt, length + stringsAt + strings),
  };
}

const encoder = new TextEncoder();

/** Where a name stands among the strings: each ends with NUL, and none is there twice. */
function offsetOfName(strings: Uint8Array, name: string): number | undefined {
  const at = indexOfBytes(strings, encoder.encode(`\0${name}\0`));
  return at < 0 ? undefined : at + 1;
}

function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array): number {
  const [, first = 0] = wanted;
  for (let at = bytes.indexOf(first, 1); at >= 1; at = bytes.indexOf(first, at + 1)) {
    let index = 0;
    while (index < wanted.length && bytes[at - 1 + index] === wanted[index]) index++;
    if (index === wanted.length) return at - 1;
  }
  return -1;
}
