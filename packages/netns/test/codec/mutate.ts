/** A small random generator with a seed (mulberry32), so that a failing input can be made again. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One to four random damages to `bytes`: flipped bits, other bytes, cuts, edited lengths and types, splices with `other`. */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: (below: number) => number): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let count = 1 + random(4); count > 0; count--) {
    const damage = damages[random(damages.length)] as (typeof damages)[number];
    if (result.length > 0) result = damage(result, other, random);
  }
  return result;
}

const damages: readonly ((bytes: Uint8Array, other: Uint8Array, random: (below: number) => number) => Uint8Array)[] = [
  function flipBit(bytes, _other, random) {
    const at = random(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << random(8));
    return bytes;
  },
  function setByte(bytes, _other, random) {
    bytes[random(bytes.length)] = [0, 1, 0x7f, 0x80, 0xff, random(256)][random(6)] as number;
    return bytes;
  },
  function truncate(bytes, _other, random) {
    return bytes.slice(0, random(bytes.length));
  },
  function editLength(bytes, _other, random) {
    const at = random(bytes.length) & ~3;
    bytes[at] = [0, 1, 3, 4, 5, 8, 0xff, random(256)][random(8)] as number;
    if (at + 1 < bytes.length && random(2) === 0) bytes[at + 1] = random(4);
    return bytes;
  },
  function editType(bytes, _other, random) {
    const at = (random(bytes.length) & ~3) + 2;
    if (at < bytes.length) bytes[at] = random(80);
    if (at + 1 < bytes.length) bytes[at + 1] = [0, 0, 0x40, 0x80, 0xc0][random(5)] as number;
    return bytes;
  },
  function splice(bytes, other, random) {
    const cut = random(bytes.length) & ~3;
    const from = random(other.length + 1) & ~3;
    const tail = other.slice(from, from + random(200));
    const result = new Uint8Array(cut + tail.length);
    result.set(bytes.subarray(0, cut));
    result.set(tail, cut);
    return result;
  },
  function duplicate(bytes, _other, random) {
    const from = random(bytes.length) & ~3;
    const piece = bytes.slice(from, from + 4 + random(64));
    const result = new Uint8Array(bytes.length + piece.length);
    result.set(bytes.subarray(0, from));
    result.set(piece, from);
    result.set(bytes.subarray(from), from + piece.length);
    return result;
  },
];
