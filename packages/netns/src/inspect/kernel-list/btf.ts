/**
 * Where members stand in the running kernel's structures: read from its type information (BTF), `/sys/kernel/btf/vmlinux`.
 * Documentation/bpf/btf.rst, `linux/btf.h`. Pure.
 */

/** Which members of which structures. */
export type Wanted = Readonly<Record<string, readonly string[]>>;

/** Offsets in bytes, by structure and member; a member is missing where this kernel has none. */
export type MemberOffsets<W extends Wanted> = {
  readonly [S in keyof W]: Readonly<Partial<Record<W[S][number], number>>>;
};

const magic = 0xeb9f;
/** How much of the file says where the rest is. */
export const btfHeaderSize = 24;
const kindStruct = 4;
const kindUnion = 5;

/** Words behind the 3 of a record: fixed, and for each of its elements. */
const trailing: Readonly<Record<number, readonly [fixed: number, each: number]>> = {
  1: [1, 0], // INT
  3: [3, 0], // ARRAY
  [kindStruct]: [0, 3],
  [kindUnion]: [0, 3],
  6: [0, 2], // ENUM
  13: [0, 2], // FUNC_PROTO
  14: [1, 0], // VAR
  15: [0, 3], // DATASEC
  17: [1, 0], // DECL_TAG
  19: [0, 3], // ENUM64
};

/** Where the two parts of the file are. */
export interface BtfPlaces {
  readonly types: { readonly at: number; readonly length: number };
  readonly strings: { readonly at: number; readonly length: number };
}

/** Reads the head of the file; undefined if it is no such file, or of the other byte order. */
export function btfPlaces(header: Uint8Array): BtfPlaces | undefined {
  if (header.length < btfHeaderSize) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  if (view.getUint16(0, true) !== magic) return undefined;
  const word = (at: number) => view.getUint32(at, true);
  return {
    types: { at: word(4) + word(8), length: word(12) },
    strings: { at: word(4) + word(16), length: word(20) },
  };
}

/**
 * Finds members of structures in the records of types and their names, or in the beginnings of both: what is wanted of a kernel is
 * often among the first few thousand of more than a hundred thousand records. `strings` has a character for each byte. Members of structures without a name count as those
 * of the structure around them. Records that nobody knows end the search.
 */
export function memberOffsets<const W extends Wanted>(types: Uint8Array, strings: string, wanted: W): MemberOffsets<W> {
  const view = new DataView(types.buffer, types.byteOffset, types.length);
  const names = new Map<number, string>();
  for (const name of [...Object.keys(wanted), ...Object.values(wanted).flat()]) {
    const at = offsetOfName(strings, name);
    if (at !== undefined) names.set(at, name);
  }
  const { starts, structs } = findRecords(types, (at) => names.has(at));
  const found = Object.fromEntries(Object.keys(wanted).map((name): [string, Record<string, number>] => [name, {}]));
  for (const at of structs) {
    const name = names.get(view.getUint32(at, true)) ?? '';
    addMembers(at, 0, wanted[name] ?? [], found[name] ?? {}, 0);
  }
  return found as MemberOffsets<W>;

  function addMembers(
    record: number,
    base: number,
    members: readonly string[],
    into: Record<string, number>,
    depth: number,
  ) {
    const info = view.getUint32(record + 4, true);
    const bitFields = info >>> 31 === 1;
    for (let at = record + 12, end = at + 12 * (info & 0xffff); at < end; at += 12) {
      const nameAt = view.getUint32(at, true);
      const bits = view.getUint32(at + 8, true);
      const offset = base + (bitFields ? bits & 0xffffff : bits) / 8;
      const name = names.get(nameAt);
      if (name !== undefined && members.includes(name)) into[name] ??= offset;
      const inner = nameAt === 0 && depth < deepest ? starts[view.getUint32(at + 4, true)] : undefined;
      if (inner !== undefined) addMembers(inner, offset, members, into, depth + 1);
    }
  }
}

const deepest = 8;

/** Where structures and unions begin, by their ids, and those of them that are wanted. */
function findRecords(types: Uint8Array, isWanted: (name: number) => boolean) {
  // Every record is of whole words, and so is what stands before them.
  const words = new Uint32Array(types.slice().buffer, 0, types.length >>> 2);
  const starts: (number | undefined)[] = [];
  const structs: number[] = [];
  for (let at = 0, id = 1; at + 3 <= words.length; id++) {
    const info = words[at + 1] as number;
    const kind = (info >>> 24) & 0x1f;
    if (kind === 0 || kind > 19) break;
    const rest = trailing[kind];
    const end = at + 3 + (rest === undefined ? 0 : rest[0] + rest[1] * (info & 0xffff));
    if (end > words.length) break;
    if (kind === kindStruct || kind === kindUnion) {
      starts[id] = 4 * at;
      if (kind === kindStruct && isWanted(words[at] as number)) structs.push(4 * at);
    }
    at = end;
  }
  return { starts, structs };
}

/** Where a name stands among the strings: each ends with NUL, and none is there twice. The first is empty. */
function offsetOfName(strings: string, name: string): number | undefined {
  const at = strings.indexOf(`\0${name}\0`);
  return at < 0 ? undefined : at + 1;
}
